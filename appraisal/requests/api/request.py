"""Requests: found, sent, cancelled, handed over; figures of the day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from appraisal.requests import selectors, services
from appraisal.requests.api.items import ItemOut
from appraisal.requests.models import Appointment, AppraisalRequest
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, YesNo, read, read_query


class RequestRow(ModelFields[AppraisalRequest]):
    officer = serializers.CharField(source="officer.display_name")
    unit = serializers.CharField(source="unit.name")

    class Meta:
        model = AppraisalRequest
        fields = [
            "id", "number", "state", "brand_name", "organisation_id", "organisation_name", "officer", "unit", "site_id",
            "urgent", "created_at", "sent_at", "claimed_at", "answered_at", "due_at", "claimed_by_name", "rung_at",
            "read_at", "enough_at", "phase", "phase_since", "waiting_s", "brand_s", "officer_s", "wall_minutes",
            "office_minutes",
        ]  # fmt: skip


class AppointmentOut(ModelFields[Appointment]):
    class Meta:
        model = Appointment
        fields = ["id", "state", "meet_at", "who", "contact", "note"]


class RequestOut(RequestRow):
    items = ItemOut(many=True)
    appointments = AppointmentOut(many=True)

    class Meta(RequestRow.Meta):
        fields = [*RequestRow.Meta.fields, "question", "items", "appointments"]


class QuestionIn(Fields):
    question = serializers.CharField(max_length=2000, allow_blank=True)
    urgent = serializers.BooleanField(required=False, default=False)


class ReasonIn(Fields):
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class OfficerIn(Fields):
    officer_id = serializers.UUIDField()


class RequestQuery(serializers.Serializer[Any]):
    state = serializers.ListField(child=serializers.ChoiceField(AppraisalRequest.State.choices), required=False)
    brand = serializers.CharField(max_length=80, required=False, help_text="part of the brand's name")
    number = serializers.CharField(max_length=40, required=False, help_text="part of the number")
    urgent = YesNo(required=False)
    sent_after = serializers.DateTimeField(required=False, help_text="RFC 3339")
    sent_before = serializers.DateTimeField(required=False, help_text="RFC 3339")


def _whole(request: Request, request_id: UUID) -> Response:
    return Response(RequestOut(selectors.whole_request(request.user, request_id, lines=False)).data)


class Requests(View):
    """Requests of the units one may see, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="requests", parameters=[RequestQuery], responses=RequestRow(many=True))
    def get(self, request: Request) -> Response:
        lookups = {
            "state": "state__in",
            "urgent": "urgent",
            "sent_after": "sent_at__gte",
            "sent_before": "sent_at__lt",
        }
        asked = read_query(RequestQuery, request)
        if not asked:
            return self.paged(selectors.newest_requests(request.user), RequestRow)
        parts = {name: asked.pop(name, "") for name in ("brand", "number")}
        rows = selectors.requests_of(request.user).filter(**{lookups[name]: value for name, value in asked.items()})
        return self.paged(selectors.holding_parts(request.user, rows, **parts), RequestRow)


class RequestDetail(View):
    @extend_schema(operation_id="request", responses=RequestOut)
    def get(self, request: Request, request_id: UUID) -> Response:
        return _whole(request, request_id)

    @extend_schema(operation_id="request_question", request=QuestionIn, responses=RequestOut)
    def patch(self, request: Request, request_id: UUID) -> Response:
        services.write_question(by=request.user, request_id=request_id, **read(QuestionIn, request))
        return _whole(request, request_id)


class RequestSend(View):
    """Sending twice sends once."""

    @extend_schema(operation_id="request_send", request=None, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        services.send(by=request.user, request_id=request_id)
        return _whole(request, request_id)


class RequestCancel(View):
    @extend_schema(operation_id="request_cancel", request=ReasonIn, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        services.cancel(by=request.user, request_id=request_id, **read(ReasonIn, request))
        return _whole(request, request_id)


class RequestHand(View):
    """Give it to a colleague of the same unit."""

    @extend_schema(operation_id="request_hand_over", request=OfficerIn, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        officer_id = read(OfficerIn, request)["officer_id"]
        colleague = selectors.colleague(selectors.access_request(request.user, request_id), officer_id)
        services.hand_to(by=request.user, request_id=request_id, officer=colleague)
        return _whole(request, request_id)


class FiguresOut(serializers.Serializer[Any]):
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    counterfeit = serializers.IntegerField()
    overdue = serializers.IntegerField()
    open = serializers.IntegerField()
    median_minutes = serializers.FloatField(allow_null=True)
    median_office_minutes = serializers.FloatField(allow_null=True)


class Figures(View):
    """Today's figures of the units one may see, computed from rows."""

    @extend_schema(operation_id="figures", responses=FiguresOut)
    def get(self, request: Request) -> Response:
        return Response(FiguresOut(selectors.day_figures(request.user)).data)
