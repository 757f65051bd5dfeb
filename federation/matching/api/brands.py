"""What an organisation is asked and what it raises, in the API of the brands host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.matching import selectors
from federation.matching.models import BrandQuestion, RaisedSeries
from federation.matching.services import asked
from federation.parties.api import MemberView
from federation.parties.selectors import ActingFor
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from kernel.errors import NotAllowed


class BrandQuestionOut(ModelFields[BrandQuestion]):
    class Meta:
        model = BrandQuestion
        fields = ["id", "kind", "provinces", "state", "asked_at", "due_at", "answered_at", "by_name"]


class BrandAnswerIn(Fields):
    agreed = serializers.BooleanField()


class RaisedSeriesOut(ModelFields[RaisedSeries]):
    """provinces, agreed: how many of them; none is named."""

    class Meta:
        model = RaisedSeries
        fields = ["id", "number", "title", "why", "provinces", "agreed", "standing", "by_name", "raised_at"]


class RaisedSeriesIn(Fields):
    title = serializers.CharField(max_length=80)
    why = serializers.CharField(max_length=1000)
    request_ids = serializers.ListField(child=serializers.UUIDField(), min_length=2, max_length=200)


class SpeakerView(MemberView):
    """For those who answer for the organisation."""

    def speaking(self, request: Request) -> ActingFor:
        """Whose seat it is. Raises NotAllowed for members who do not speak for it."""
        acting = self.acting(request)
        if not selectors.may_speak(acting):
            raise NotAllowed()
        return acting


class BrandQuestions(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="brand_questions", responses=BrandQuestionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.questions_of(self.acting(request).organisation.pk), BrandQuestionOut)


class BrandAnswer(SpeakerView):
    """May the brand be named between two provinces?"""

    @extend_schema(operation_id="brand_answer", request=BrandAnswerIn, responses=BrandQuestionOut)
    def post(self, request: Request, question_id: UUID) -> Response:
        owner = self.acting(request).organisation.pk
        selectors.access_question(owner, question_id)
        self.speaking(request)
        said = read(BrandAnswerIn, request)
        row = asked.answer(organisation_id=owner, question_id=question_id, agreed=said["agreed"], by=request.user)
        return Response(BrandQuestionOut(row).data)


class RaisedSeriesList(SpeakerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="raised_series_list", responses=RaisedSeriesOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.raised_by(self.acting(request).organisation.pk), RaisedSeriesOut)

    @extend_schema(operation_id="raise_series", request=RaisedSeriesIn, responses={201: RaisedSeriesOut})
    def post(self, request: Request) -> Response:
        owner = self.speaking(request).organisation.pk
        said: dict[str, Any] = read(RaisedSeriesIn, request)
        row = asked.raise_series(organisation_id=owner, by=request.user, **said)
        return Response(RaisedSeriesOut(row).data, status=status.HTTP_201_CREATED)


class RaisedSeriesDetail(MemberView):
    @extend_schema(operation_id="raised_series", responses=RaisedSeriesOut)
    def get(self, request: Request, series_id: UUID) -> Response:
        return Response(RaisedSeriesOut(selectors.access_raised(self.acting(request).organisation.pk, series_id)).data)


urlpatterns = [
    path("matches/", BrandQuestions.as_view()),
    path("matches/<uuid:question_id>/", BrandAnswer.as_view()),
    path("series/", RaisedSeriesList.as_view()),
    path("series/<uuid:series_id>/", RaisedSeriesDetail.as_view()),
]
