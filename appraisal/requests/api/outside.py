"""Outside a request: consultations and 执法协助."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View
from appraisal.requests import selectors, services
from appraisal.requests.models import AssistanceTask, Consultation, ConsultationLine
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read


class ConsultationOut(ModelFields[Consultation]):
    class Meta:
        model = Consultation
        fields = ["id", "organisation_id", "organisation_name", "subject", "created_at", "last_at"]


class ConsultationLineOut(ModelFields[ConsultationLine]):
    class Meta:
        model = ConsultationLine
        fields = ["id", "side", "who", "text", "at"]


class AssistanceOut(ModelFields[AssistanceTask]):
    class Meta:
        model = AssistanceTask
        fields = [
            "id", "organisation_id", "organisation_name", "subject", "text", "state", "reply_by", "reply",
            "replied_by_name", "created_at",
        ]  # fmt: skip


class ConsultIn(Fields):
    id = serializers.UUIDField(required=False)
    organisation_id = serializers.UUIDField()
    subject = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=2000)


class ConsultLineIn(Fields):
    id = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=2000)


class AssistanceIn(Fields):
    organisation_id = serializers.UUIDField()
    subject = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=4000)
    county_code = serializers.RegexField(r"^\d{6}$")
    reply_by = serializers.DateTimeField()


class Consultations(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="consultations", responses=ConsultationOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.consultations_of(request.user), ConsultationOut)

    @extend_schema(operation_id="consult", request=ConsultIn, responses={201: ConsultationOut})
    def post(self, request: Request) -> Response:
        data = read(ConsultIn, request)
        made = services.consult(by=request.user, consultation_id=data.pop("id", None), **data)
        return Response(ConsultationOut(made).data, status=status.HTTP_201_CREATED)


class ConsultationLines(View):
    @extend_schema(operation_id="consultation_lines", responses=ConsultationLineOut(many=True))
    def get(self, request: Request, consultation_id: UUID) -> Response:
        found = selectors.access_consultation(request.user, consultation_id)
        return Response(ConsultationLineOut(found.lines.all(), many=True).data)

    @extend_schema(operation_id="consultation_say", request=ConsultLineIn, responses={201: ConsultationLineOut})
    def post(self, request: Request, consultation_id: UUID) -> Response:
        data = read(ConsultLineIn, request)
        line = services.say_in_consultation(
            by=request.user, consultation_id=consultation_id, text=data["text"], line_id=data.get("id")
        )
        return Response(ConsultationLineOut(line).data, status=status.HTTP_201_CREATED)


class Assistance(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="assistance_tasks", responses=AssistanceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.assistance_of(request.user), AssistanceOut)

    @extend_schema(operation_id="assistance_ask", request=AssistanceIn, responses={201: AssistanceOut})
    def post(self, request: Request) -> Response:
        made = services.ask_assistance(by=request.user, **read(AssistanceIn, request))
        return Response(AssistanceOut(made).data, status=status.HTTP_201_CREATED)


class AssistanceDetail(View):
    @extend_schema(operation_id="assistance_task", responses=AssistanceOut)
    def get(self, request: Request, task_id: UUID) -> Response:
        return Response(AssistanceOut(selectors.access_assistance(request.user, task_id)).data)
