"""API of what sources said and were told, on a province's host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from tenants.clues import answers_selectors as doors
from tenants.clues.models import BrandReport, Feedback, ReportAddition, SourceQuestion, Telling
from tenants.clues.services import answering, questioning


class FeedbackShownOut(serializers.Serializer[Any]):
    """What a source was shown: never more."""

    state = serializers.ChoiceField(list(answering.STATES))
    number = serializers.CharField()
    result = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)
    ended_on = serializers.CharField(allow_blank=True)


class FeedbackOut(ModelFields[Feedback]):
    shown = FeedbackShownOut()
    words = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField(help_text="who was told; a protected reporter has no name here")

    class Meta:
        model = Feedback
        fields = ["id", "clue_id", "source_id", "source", "target", "shown", "words", "letter_id", "is_final", "at"]

    def get_words(self, row: Feedback) -> str:
        return answering.words_of(row.shown)

    def get_source(self, row: Feedback) -> str:
        return doors.source_name(row.source) if row.source is not None else str(row.shown.get("campaign", ""))


class ClueTellingOut(ModelFields[Telling]):
    feedback = FeedbackOut()

    class Meta:
        model = Telling
        fields = ["id", "state", "due_on", "due_provisional", "way", "note", "told_at", "feedback"]


class ClueTellingsQuery(Fields):
    state = serializers.ChoiceField(Telling.State.choices, required=False, default=Telling.State.DUE)


class ClueToldIn(Fields):
    way = serializers.ChoiceField(Telling.Way.choices)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ReportAdditionOut(ModelFields[ReportAddition]):
    class Meta:
        model = ReportAddition
        fields = ["id", "text", "recordings", "purchases", "by_name", "at"]


class SourceQuestionOut(ModelFields[SourceQuestion]):
    class Meta:
        model = SourceQuestion
        fields = [
            "id",
            "report_id",
            "state",
            "text",
            "asked_at",
            "reply_by",
            "answer",
            "answered_by_name",
            "answered_at",
        ]


class BrandReportOut(ModelFields[BrandReport]):
    """What a brand handed in. basis, recordings, purchases: contract `clue.reverse` version 1."""

    additions = ReportAdditionOut(many=True)
    questions = SourceQuestionOut(many=True)

    class Meta:
        model = BrandReport
        fields = [
            "id", "clue_id", "organisation_id", "ref", "basis", "addressee", "recordings", "purchases", "desk_note",
            "handed_in_at", "withdrawn_at", "withdrawn_why", "additions", "questions",
        ]  # fmt: skip


class SourceQuestionIn(Fields):
    text = serializers.CharField(max_length=2000)


class ClueQualityOut(serializers.Serializer[Any]):
    """What became of one brand's clues in this province."""

    party = serializers.CharField()
    name = serializers.CharField()
    total = serializers.IntegerField()
    ended = serializers.IntegerField()
    filed = serializers.IntegerField()
    true = serializers.IntegerField()
    partly = serializers.IntegerField()
    untrue = serializers.IntegerField()
    filed_per_cent = serializers.IntegerField(allow_null=True)
    true_per_cent = serializers.IntegerField(allow_null=True)
    median_days = serializers.FloatField(allow_null=True)


class ClueBundleOut(serializers.Serializer[Any]):
    """Open clues of one brand, for one action."""

    party = serializers.CharField()
    name = serializers.CharField()
    clue_ids = serializers.SerializerMethodField()
    unit_names = serializers.ListField(child=serializers.CharField())
    division_codes = serializers.ListField(child=serializers.CharField())

    def get_clue_ids(self, row: doors.Bundle) -> list[UUID]:
        return [each.pk for each in row.clues]


class ClueFeedback(View):
    @extend_schema(operation_id="clue_feedback", responses=FeedbackOut(many=True))
    def get(self, request: Request, clue_id: UUID) -> Response:
        return Response(FeedbackOut(doors.feedback_of(request.user, clue_id), many=True).data)


class ClueReports(View):
    @extend_schema(operation_id="clue_reports", responses=BrandReportOut(many=True))
    def get(self, request: Request, clue_id: UUID) -> Response:
        return Response(BrandReportOut(doors.reports_of(request.user, clue_id), many=True).data)


class ReportQuestions(View):
    @extend_schema(operation_id="report_question", request=SourceQuestionIn, responses={201: SourceQuestionOut})
    def post(self, request: Request, report_id: UUID) -> Response:
        data = read(SourceQuestionIn, request)
        row = questioning.ask_source(by=request.user, report_id=report_id, **data)
        return Response(SourceQuestionOut(row).data, status=status.HTTP_201_CREATED)


class Tellings(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="clue_tellings", parameters=[ClueTellingsQuery], responses=ClueTellingOut(many=True))
    def get(self, request: Request) -> Response:
        query = read_query(ClueTellingsQuery, request)
        return self.paged(doors.tellings_for(request.user, state=query["state"]), ClueTellingOut)


class TellingTold(View):
    @extend_schema(operation_id="clue_telling_told", request=ClueToldIn, responses=ClueTellingOut)
    def post(self, request: Request, clue_telling_id: UUID) -> Response:
        data = read(ClueToldIn, request)
        answering.mark_told(by=request.user, telling_id=clue_telling_id, **data)
        return Response(ClueTellingOut(doors.telling(request.user, clue_telling_id)).data)


class SourceQuality(View):
    @extend_schema(operation_id="clue_source_quality", responses=ClueQualityOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(ClueQualityOut(doors.quality(), many=True).data)


class SourceBundles(View):
    @extend_schema(operation_id="clue_source_bundles", responses=ClueBundleOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(ClueBundleOut(doors.bundles_by_brand(request.user), many=True).data)


urlpatterns: list[Any] = [
    path("clues/<uuid:clue_id>/feedback/", ClueFeedback.as_view()),
    path("clues/<uuid:clue_id>/reports/", ClueReports.as_view()),
    path("clue-reports/<uuid:report_id>/questions/", ReportQuestions.as_view()),
    path("clue-tellings/", Tellings.as_view()),
    path("clue-tellings/<uuid:clue_telling_id>/told/", TellingTold.as_view()),
    path("clue-sources/quality/", SourceQuality.as_view()),
    path("clue-sources/open/", SourceBundles.as_view()),
]
