"""Matches without names, limits and series in the API of the office's host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.admission import holds_office_post
from federation.matching import selectors
from federation.matching.models import Pair, Series
from federation.matching.services import finding
from federation.matching.services import series as services
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import ApiView


class Official(BasePermission):
    """A post in the office."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return holds_office_post(request.user)


class OfficeView(ApiView):
    permission_classes = [*ApiView.permission_classes, Official]


class PairsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Pair.State.choices, required=False)
    kind = serializers.CharField(max_length=20, required=False)


class PairOut(ModelFields[Pair]):
    """A match of two provinces. It names them nowhere: the page does, once both agreed."""

    class Meta:
        model = Pair
        fields = ["id", "kind", "state", "why", "common", "by_hand", "provinces", "found_at", "closed_at"]


class UseOut(serializers.Serializer[selectors.Use]):
    """How much one province had compared in thirty days. held: what waits because it was over the limit."""

    province = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    looked = serializers.IntegerField()
    held_ever = serializers.IntegerField()
    held = serializers.IntegerField()


class SeriesOut(ModelFields[Series]):
    """provinces, agreed: how many. None is named here."""

    provinces = serializers.IntegerField()
    agreed = serializers.IntegerField()
    matches = serializers.IntegerField()

    class Meta:
        model = Series
        fields = [
            "id", "number", "title", "why", "state", "provinces", "agreed", "matches", "value_kinds", "product_names",
            "first_week", "last_week", "joint_case_id", "found_at", "closed_why",
        ]  # fmt: skip


class SeriesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Series.State.choices, required=False)


class SeriesStepIn(Fields):
    verb = serializers.ChoiceField(["propose", "room", "close"])
    title = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    why = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class PairStopIn(Fields):
    why = serializers.CharField(max_length=200)


class EndedOut(serializers.Serializer[Any]):
    ended = serializers.IntegerField()


class ReleaseIn(Fields):
    province = serializers.CharField(max_length=31)
    kind = serializers.CharField(max_length=20)
    why = serializers.CharField(max_length=200)


class ReleasedOut(serializers.Serializer[Any]):
    released = serializers.IntegerField()


class Pairs(OfficeView):
    pagination_class = ByNewest

    @extend_schema(operation_id="match_pairs", parameters=[PairsQuery], responses=PairOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.pairs(**read_query(PairsQuery, request)), PairOut)


class Uses(OfficeView):
    @extend_schema(operation_id="match_uses", responses=UseOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(UseOut(selectors.uses(), many=True).data)


class PairStop(OfficeView):
    @extend_schema(operation_id="match_pair_stop", request=PairStopIn, responses=EndedOut)
    def post(self, request: Request, pair_id: UUID) -> Response:
        """Have the value of a match compared no more in this round."""
        selectors.access_pair(pair_id)
        return Response({"ended": finding.stop(pair_id=pair_id, by=request.user, why=read(PairStopIn, request)["why"])})


class Releases(OfficeView):
    @extend_schema(operation_id="match_release", request=ReleaseIn, responses=ReleasedOut)
    def post(self, request: Request) -> Response:
        """Let through what was held of one province and kind."""
        return Response({"released": finding.release(by=request.user, **read(ReleaseIn, request)).count})


class SeriesList(OfficeView):
    pagination_class = ByNewest

    @extend_schema(operation_id="series_list", parameters=[SeriesQuery], responses=SeriesOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.all_series(**read_query(SeriesQuery, request)), SeriesOut)


class SeriesDetail(OfficeView):
    @extend_schema(operation_id="series", responses=SeriesOut)
    def get(self, request: Request, series_id: UUID) -> Response:
        return Response(SeriesOut(selectors.access_series(series_id)).data)

    @extend_schema(operation_id="series_step", request=SeriesStepIn, responses=SeriesOut)
    def post(self, request: Request, series_id: UUID) -> Response:
        selectors.access_series(series_id)
        said = read(SeriesStepIn, request)
        if said["verb"] == "propose":
            services.propose(series_id=series_id, by=request.user, title=said["title"], why=said["why"])
        elif said["verb"] == "room":
            services.open_room(series_id=series_id, by=request.user)
        else:
            services.close(series_id=series_id, by=request.user, why=said["why"])
        return Response(SeriesOut(selectors.access_series(series_id)).data)


urlpatterns = [
    path("matches/", Pairs.as_view()),
    path("matches/uses/", Uses.as_view()),
    path("matches/releases/", Releases.as_view()),
    path("matches/<uuid:pair_id>/stop/", PairStop.as_view()),
    path("series/", SeriesList.as_view()),
    path("series/<uuid:series_id>/", SeriesDetail.as_view()),
]
