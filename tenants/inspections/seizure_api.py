"""API of seizures on a province's host."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View, step
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_services as services
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    GoodsHandover,
    PropertyListRow,
    Seal,
    Seizure,
    SeizureDecision,
    SeizureExtension,
    SeizurePause,
)


class TermOut(serializers.Serializer[Any]):
    due_at = serializers.DateTimeField()
    last_day = serializers.DateField()
    days_left = serializers.IntegerField()
    paused = serializers.BooleanField()
    unlawful = serializers.BooleanField()
    released = serializers.BooleanField()
    released_late = serializers.BooleanField()
    last_working_day = serializers.DateField(allow_null=True)
    words = serializers.CharField()


class ReportOut(serializers.Serializer[Any]):
    due_at = serializers.DateTimeField()
    reported_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()
    words = serializers.CharField()


class SeizureRow(ModelFields[Seizure]):
    term = serializers.SerializerMethodField()
    report = serializers.SerializerMethodField()

    class Meta:
        model = Seizure
        fields = [
            "id", "inspection_id", "unit_id", "state", "measure", "facts", "legal_basis", "term_days", "proposed_at",
            "decided_at", "answer", "carried_out_at", "urgent", "urgent_reason", "report_due_at", "reported_at",
            "late_reason", "released_at", "release_kind", "release_reason", "returned_to", "term", "report",
        ]  # fmt: skip

    @extend_schema_field(TermOut(allow_null=True))
    def get_term(self, row: Seizure) -> dict[str, Any] | None:
        standing = term.standing_of(row)
        return dict(TermOut(standing).data) if standing is not None else None

    @extend_schema_field(ReportOut(allow_null=True))
    def get_report(self, row: Seizure) -> dict[str, Any] | None:
        report = term.report_of(row)
        return dict(ReportOut(report).data) if report is not None else None


class RowOut(ModelFields[PropertyListRow]):
    class Meta:
        model = PropertyListRow
        fields = [
            "id", "position", "lot_id", "state", "item_name", "claimed_brand", "spec", "batch", "quantity", "unit",
            "counted_quantity", "difference_reason", "unit_price_yuan", "price_basis", "value_yuan", "hazard_class",
            "note",
        ]  # fmt: skip


class DecisionOut(ModelFields[SeizureDecision]):
    class Meta:
        model = SeizureDecision
        fields = ["id", "kind", "document_no", "reason", "days", "decided_by_name", "at"]


class GoodsSealOut(ModelFields[Seal]):
    class Meta:
        model = Seal
        fields = ["id", "number", "place", "state", "exhibit_id", "applied_at", "ended_at", "ended_why"]


class HandoverOut(ModelFields[GoodsHandover]):
    counted = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = GoodsHandover
        fields = ["id", "from_name", "to_name", "place", "counted", "difference_reason", "note", "at"]


class PauseOut(ModelFields[SeizurePause]):
    class Meta:
        model = SeizurePause
        fields = ["id", "kind", "institution", "told_at", "until", "begin", "end"]


class ExtensionOut(ModelFields[SeizureExtension]):
    class Meta:
        model = SeizureExtension
        fields = ["id", "state", "days", "reason", "asked_at", "decided_at", "answer"]


class LateVerdictOut(serializers.Serializer[Any]):
    row_id = serializers.UUIDField(source="row.pk")
    verdict_id = serializers.UUIDField(source="verdict.pk")
    value = serializers.CharField(source="verdict.value")
    arrived_at = serializers.DateTimeField()


class SeizureOut(SeizureRow):
    list_no = serializers.CharField(source="property_list.list_no")
    rows = RowOut(source="property_list.rows", many=True)
    decisions = DecisionOut(many=True)
    seals = GoodsSealOut(many=True)
    handovers = HandoverOut(many=True)
    pauses = PauseOut(many=True)
    extensions = ExtensionOut(many=True)
    late_verdicts = serializers.SerializerMethodField()

    class Meta(SeizureRow.Meta):
        fields = [
            *SeizureRow.Meta.fields, "list_no", "rows", "decisions", "seals", "handovers", "pauses", "extensions",
            "late_verdicts",
        ]  # fmt: skip

    @extend_schema_field(LateVerdictOut(many=True))
    def get_late_verdicts(self, row: Seizure) -> list[dict[str, Any]]:
        return [dict(each) for each in LateVerdictOut(selectors.late_verdicts(row), many=True).data]


class TakenIn(Fields):
    lot_id = serializers.UUIDField()
    quantity = serializers.DecimalField(12, 3, required=False, allow_null=True, default=None, min_value=0)
    difference_reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    hazard_class = serializers.ChoiceField(PropertyListRow.Hazard.choices, required=False, default="general")
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class SeizureDraftIn(Fields):
    id = serializers.UUIDField(required=False)
    inspection_id = serializers.UUIDField()
    measure = serializers.ChoiceField(Seizure.Measure.choices, required=False, default="detain")
    facts = serializers.CharField(max_length=4000)
    legal_basis = serializers.CharField(max_length=400, required=False, default=services.LEGAL_BASIS)
    taken = serializers.ListField(child=TakenIn(), min_length=1, max_length=500)


class SeizureWithdrawIn(Fields):
    reason = serializers.CharField(max_length=500)


class DecideIn(Fields):
    approve = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class UrgentIn(Fields):
    urgent_reason = serializers.CharField(max_length=500)


class ReportIn(Fields):
    words = serializers.CharField(max_length=1000)
    late_reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class SealIn(Fields):
    id = serializers.UUIDField(required=False)
    number = serializers.CharField(max_length=40)
    place = serializers.CharField(max_length=120)
    exhibit_id = serializers.UUIDField(required=False)


class SealEndIn(Fields):
    broken = serializers.BooleanField()
    reason = serializers.CharField(max_length=200)


class CountedIn(Fields):
    row_id = serializers.UUIDField()
    quantity = serializers.DecimalField(12, 3, min_value=0)


class HandoverIn(Fields):
    from_name = serializers.CharField(max_length=60)
    to_name = serializers.CharField(max_length=60)
    place = serializers.CharField(max_length=200)
    counted = serializers.ListField(child=CountedIn(), required=False, default=list, max_length=500)
    difference_reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class PauseIn(Fields):
    kind = serializers.ChoiceField(SeizurePause.Kind.choices)
    institution = serializers.CharField(max_length=120)
    told_at = serializers.DateTimeField()
    until = serializers.DateField()


class ExtendIn(Fields):
    days = serializers.IntegerField(min_value=1, max_value=30)
    reason = serializers.CharField(max_length=1000)


class ReleaseIn(Fields):
    kind = serializers.ChoiceField(Seizure.Release.choices)
    reason = serializers.CharField(max_length=500)
    returned_to = serializers.CharField(max_length=120)


def _whole(request: Request, seizure_id: UUID) -> Any:
    return SeizureOut(selectors.whole_seizure(request.user, seizure_id)).data


_step = partial(step, row="seizure_id", answers=SeizureOut, whole=_whole)


class Seizures(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="seizures", responses=SeizureRow(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.seizures_of(request.user).prefetch_related("extensions__decided_by", "pauses")
        return self.paged(rows, SeizureRow)

    @extend_schema(operation_id="seizure_draft", request=SeizureDraftIn, responses={201: SeizureOut})
    def post(self, request: Request) -> Response:
        data = read(SeizureDraftIn, request)
        taken = [services.Taken(**each) for each in data.pop("taken")]
        made = services.draft_seizure(by=request.user, taken=taken, seizure_id=data.pop("id", None), **data)
        return Response(_whole(request, made.pk), status=status.HTTP_201_CREATED)


class SeizureDetail(View):
    @extend_schema(operation_id="seizure", responses=SeizureOut)
    def get(self, request: Request, seizure_id: UUID) -> Response:
        return Response(_whole(request, seizure_id))


SeizurePropose = _step("seizure_propose", services.propose)
SeizureWithdraw = _step("seizure_withdraw", services.withdraw, reads=SeizureWithdrawIn)
SeizureDecide = _step(
    "seizure_decide", services.decide, reads=DecideIn, says="By the head of the unit: approve, or refuse with a reason."
)
SeizureCarryOut = _step("seizure_carry_out", services.carry_out)
SeizureAtOnce = _step(
    "seizure_carry_out_at_once",
    services.carry_out_at_once,
    reads=UrgentIn,
    says="Urgent: carried out before approval; to be reported within 24 hours.",
)
SeizureReport = _step("seizure_report", services.report, reads=ReportIn)


class SeizureSeals(View):
    @extend_schema(operation_id="seizure_seal", request=SealIn, responses={201: GoodsSealOut})
    def post(self, request: Request, seizure_id: UUID) -> Response:
        data = read(SealIn, request)
        seal = services.apply_seal(by=request.user, seizure_id=seizure_id, seal_id=data.pop("id", None), **data)
        return Response(GoodsSealOut(seal).data, status=status.HTTP_201_CREATED)


class SeizureSealEnd(View):
    @extend_schema(operation_id="seizure_seal_end", request=SealEndIn, responses=GoodsSealOut)
    def post(self, request: Request, seizure_id: UUID, seal_id: UUID) -> Response:
        selectors.access_seal(selectors.access_seizure(request.user, seizure_id), seal_id)
        data = read(SealEndIn, request)
        seal = services.end_seal(by=request.user, seizure_id=seizure_id, seal_id=seal_id, **data)
        return Response(GoodsSealOut(seal).data)


class SeizureHandovers(View):
    @extend_schema(operation_id="seizure_hand_over", request=HandoverIn, responses={201: HandoverOut})
    def post(self, request: Request, seizure_id: UUID) -> Response:
        data = read(HandoverIn, request)
        counted = {each["row_id"]: each["quantity"] for each in data.pop("counted")}
        event = services.hand_over(by=request.user, seizure_id=seizure_id, counted=counted, **data)
        return Response(HandoverOut(event).data, status=status.HTTP_201_CREATED)


class SeizurePauses(View):
    @extend_schema(operation_id="seizure_pause", request=PauseIn, responses={201: PauseOut})
    def post(self, request: Request, seizure_id: UUID) -> Response:
        """A technical appraisal begins, whose time does not count."""
        row = services.pause(by=request.user, seizure_id=seizure_id, **read(PauseIn, request))
        return Response(PauseOut(row).data, status=status.HTTP_201_CREATED)


SeizureResume = step("seizure_resume", services.resume, row="seizure_id", answers=PauseOut)


class SeizureExtensions(View):
    @extend_schema(operation_id="seizure_extend", request=ExtendIn, responses={201: ExtensionOut})
    def post(self, request: Request, seizure_id: UUID) -> Response:
        row = services.ask_extension(by=request.user, seizure_id=seizure_id, **read(ExtendIn, request))
        return Response(ExtensionOut(row).data, status=status.HTTP_201_CREATED)


SeizureExtensionDecide = step(
    "seizure_extension_decide", services.decide_extension, row="seizure_id", answers=ExtensionOut, reads=DecideIn
)
SeizureRelease = _step("seizure_release", services.release, reads=ReleaseIn)


urlpatterns = [
    path("seizures/", Seizures.as_view()),
    path("seizures/<uuid:seizure_id>/", SeizureDetail.as_view()),
    path("seizures/<uuid:seizure_id>/propose/", SeizurePropose.as_view()),
    path("seizures/<uuid:seizure_id>/withdraw/", SeizureWithdraw.as_view()),
    path("seizures/<uuid:seizure_id>/decide/", SeizureDecide.as_view()),
    path("seizures/<uuid:seizure_id>/carry-out/", SeizureCarryOut.as_view()),
    path("seizures/<uuid:seizure_id>/carry-out-at-once/", SeizureAtOnce.as_view()),
    path("seizures/<uuid:seizure_id>/report/", SeizureReport.as_view()),
    path("seizures/<uuid:seizure_id>/seals/", SeizureSeals.as_view()),
    path("seizures/<uuid:seizure_id>/seals/<uuid:seal_id>/end/", SeizureSealEnd.as_view()),
    path("seizures/<uuid:seizure_id>/handovers/", SeizureHandovers.as_view()),
    path("seizures/<uuid:seizure_id>/pauses/", SeizurePauses.as_view()),
    path("seizures/<uuid:seizure_id>/resume/", SeizureResume.as_view()),
    path("seizures/<uuid:seizure_id>/extensions/", SeizureExtensions.as_view()),
    path("seizures/<uuid:seizure_id>/extensions/decide/", SeizureExtensionDecide.as_view()),
    path("seizures/<uuid:seizure_id>/release/", SeizureRelease.as_view()),
]
