"""Matches, comparing by hand and series in the API of a province's host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from federation.matching import kinds, presenters, selectors, sources
from federation.matching.models import Match, MatchStep, Probe, SeriesAsk, Stop
from federation.matching.services import invited, ladder, values
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import ApiView


class Reader(BasePermission):
    """Officers, dispatchers and leaders."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(*selectors.READERS)


class Decider(BasePermission):
    """Dispatchers and leaders."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return selectors.may_decide(request.user)


class ReaderView(ApiView):
    permission_classes = [*ApiView.permission_classes, Reader]


class DeciderView(ApiView):
    permission_classes = [*ApiView.permission_classes, Decider]


class MatchesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Match.State.choices, required=False)


class MatchRecordOut(serializers.Serializer[sources.Described]):
    """A record of this province that the match concerns."""

    number = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField()


class MatchStepOut(ModelFields[MatchStep]):
    """other: what the other side said. said, told: what we let be told, and what we learned."""

    class Meta:
        model = MatchStep
        fields = ["rung", "state", "said_at", "by_name", "said", "other", "other_at", "told", "told_at"]


class MatchOut(ModelFields[Match]):
    """masked: as much of the value as pages show."""

    class Meta:
        model = Match
        fields = ["id", "kind", "masked", "state", "why", "common", "by_hand", "provinces", "found_at", "closed_at"]


class MatchDetailOut(MatchOut):
    steps = MatchStepOut(many=True)
    records = serializers.SerializerMethodField()

    class Meta(MatchOut.Meta):
        fields = [*MatchOut.Meta.fields, "steps", "records"]

    @extend_schema_field(MatchRecordOut(many=True))
    def get_records(self, match: Match) -> Any:
        (row,) = presenters.rows([match])
        return MatchRecordOut(row.records, many=True).data


class MatchStepIn(Fields):
    """phone: needed to say the third rung. until: day up to which contents may be read, for the fourth."""

    rung = serializers.ChoiceField(MatchStep.Rung.choices)
    verb = serializers.ChoiceField(["say", "decline", "withdraw"])
    name = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    until = serializers.DateField(required=False, allow_null=True, default=None)


class ProbeIn(Fields):
    kind = serializers.ChoiceField([code for code in kinds.KINDS if code not in kinds.SCOPED])
    text = serializers.CharField(max_length=200)
    reason = serializers.CharField(max_length=300)


class ProbeOut(ModelFields[Probe]):
    class Meta:
        model = Probe
        fields = ["id", "kind", "masked", "reason", "by_name", "unit_name", "at", "ends_on"]


class SeriesAskOut(ModelFields[SeriesAsk]):
    """members: the provinces that agreed to be named, once this one did too."""

    members = serializers.JSONField()

    class Meta:
        model = SeriesAsk
        fields = [
            "id", "number", "title", "why", "provinces", "agreed", "value_kinds", "first_week", "last_week",
            "match_ids", "request_ids", "state", "standing", "members", "asked_at", "answered_at",
        ]  # fmt: skip


class SeriesAnswerIn(Fields):
    verb = serializers.ChoiceField(["agree", "decline", "withdraw"])
    name = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class Matches(ReaderView):
    pagination_class = ByNewest

    @extend_schema(operation_id="matches", parameters=[MatchesQuery], responses=MatchOut(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.matches_of(request.user)
        return self.paged(rows.filter(**read_query(MatchesQuery, request)), MatchOut)


class MatchDetail(ReaderView):
    @extend_schema(operation_id="match", responses=MatchDetailOut)
    def get(self, request: Request, match_id: UUID) -> Response:
        return Response(MatchDetailOut(selectors.access_match(request.user, match_id)).data)


class MatchSteps(ReaderView):
    """Agree to a rung of the ladder, not agree, or take it back."""

    @extend_schema(operation_id="match_step", request=MatchStepIn, responses=MatchDetailOut)
    def post(self, request: Request, match_id: UUID) -> Response:
        selectors.access_match(request.user, match_id)
        said = read(MatchStepIn, request)
        verb, rung = said["verb"], said["rung"]
        if verb == "say":
            ladder.say(
                match_id=match_id, rung=rung, by=request.user, name=said["name"], phone=said["phone"],
                grant_until=said["until"],
            )  # fmt: skip
        else:
            {"decline": ladder.decline, "withdraw": ladder.withdraw}[verb](
                match_id=match_id, rung=rung, by=request.user
            )
        return Response(MatchDetailOut(selectors.access_match(request.user, match_id)).data)


class Probes(DeciderView):
    """Compare a value by hand; what was compared so."""

    pagination_class = ByNewest

    @extend_schema(operation_id="match_probes", responses=ProbeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.probes(request.user), ProbeOut)

    @extend_schema(operation_id="match_probe", request=ProbeIn, responses={201: ProbeOut})
    def post(self, request: Request) -> Response:
        row = values.probe(by=request.user, **read(ProbeIn, request))
        return Response(ProbeOut(row).data, status=status.HTTP_201_CREATED)


class SeriesAsks(ReaderView):
    pagination_class = ByNewest

    @extend_schema(operation_id="series_asks", responses=SeriesAskOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.series_asks(request.user), SeriesAskOut)


class SeriesAskDetail(ReaderView):
    @extend_schema(operation_id="series_ask", responses=SeriesAskOut)
    def get(self, request: Request, series_id: UUID) -> Response:
        return Response(SeriesAskOut(selectors.access_series_ask(request.user, series_id)).data)

    @extend_schema(operation_id="series_answer", request=SeriesAnswerIn, responses=SeriesAskOut)
    def post(self, request: Request, series_id: UUID) -> Response:
        selectors.access_series_ask(request.user, series_id)
        said = read(SeriesAnswerIn, request)
        if said["verb"] == "agree":
            row = invited.agree(series_id=series_id, by=request.user, name=said["name"], phone=said["phone"])
        elif said["verb"] == "decline":
            row = invited.decline(series_id=series_id, by=request.user, reason=said["reason"])
        else:
            row = invited.withdraw(series_id=series_id, by=request.user)
        return Response(SeriesAskOut(row).data)


class StopIn(Fields):
    kind = serializers.ChoiceField(kinds.KIND_CHOICES)
    text = serializers.CharField(max_length=200)
    why = serializers.CharField(max_length=200)


class StopOut(ModelFields[Stop]):
    class Meta:
        model = Stop
        fields = ["id", "kind", "shown", "why", "by_name", "at"]


class Stops(DeciderView):
    pagination_class = ByNewest

    @extend_schema(operation_id="match_stops", responses=StopOut(many=True))
    def get(self, request: Request) -> Response:
        """Values that are not compared."""
        return self.paged(selectors.stops(request.user), StopOut)

    @extend_schema(operation_id="match_stop_add", request=StopIn, responses={201: StopOut})
    def post(self, request: Request) -> Response:
        """Everybody's value, such as a courier's number: its matches end."""
        made = values.stop(by=request.user, **read(StopIn, request))
        return Response(StopOut(made).data, status=status.HTTP_201_CREATED)


class StopDetail(DeciderView):
    @extend_schema(operation_id="match_stop_end", responses={204: None})
    def delete(self, request: Request, stop_id: UUID) -> Response:
        """Compare it again."""
        values.unstop(selectors.access_stop(request.user, stop_id), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


urlpatterns = [
    path("matches/stops/", Stops.as_view()),
    path("matches/stops/<uuid:stop_id>/", StopDetail.as_view()),
    path("matches/", Matches.as_view()),
    path("matches/probes/", Probes.as_view()),
    path("matches/<uuid:match_id>/", MatchDetail.as_view()),
    path("matches/<uuid:match_id>/step/", MatchSteps.as_view()),
    path("series/", SeriesAsks.as_view()),
    path("series/<uuid:series_id>/", SeriesAskDetail.as_view()),
]
