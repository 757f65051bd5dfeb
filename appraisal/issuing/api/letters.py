"""Letters: drafted, written, checked by the gate, taken through their steps, mailed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.issuing import gate, selectors, services
from appraisal.issuing.models import LetterFile, LetterFinding, LetterItem, Mailing, OpinionLetter
from evidence.store import store
from federation.parties.api import MemberView
from federation.parties.selectors import ActingFor
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import AnswersFile


class LetterFindingOut(ModelFields[LetterFinding]):
    class Meta:
        model = LetterFinding
        fields = ["id", "grade", "feature", "genuine", "sample", "difference"]


class LetterItemOut(ModelFields[LetterItem]):
    """One item. `grade` of a finding: printed, annex (for the bureau only), kept (never leaves the brand)."""

    product_name = serializers.CharField(source="item.product_name")
    value = serializers.CharField(source="verdict.value")
    findings = LetterFindingOut(many=True)

    class Meta:
        model = LetterItem
        fields = [
            "id", "position", "item", "verdict", "product_name", "value", "statement", "seal_no", "price_yuan",
            "price_unit", "price_basis", "price_basis_text", "price_as_of", "findings",
        ]  # fmt: skip


class LetterFileOut(ModelFields[LetterFile]):
    class Meta:
        model = LetterFile
        fields = ["kind", "media_type", "size_bytes", "sha256", "sm3", "made_at"]


class MailingOut(ModelFields[Mailing]):
    class Meta:
        model = Mailing
        fields = ["id", "state", "courier", "waybill_no", "sent_on", "received_on", "reason", "replaces"]


class LetterRow(ModelFields[OpinionLetter]):
    class Meta:
        model = OpinionLetter
        fields = [
            "id", "number", "version_no", "state", "waits_for", "task", "supersedes", "issued_on", "formal_at",
            "is_demo",
        ]  # fmt: skip


class OpinionLetterOut(LetterRow):
    items = LetterItemOut(many=True)
    files = LetterFileOut(many=True)
    mailings = MailingOut(many=True)
    appraiser = serializers.CharField(source="appraiser.display_name")

    class Meta(LetterRow.Meta):
        fields = [
            *LetterRow.Meta.fields, "check_code", "exam_mode", "exam_began_at", "exam_ended_at", "exam_place",
            "employee_no", "remarks", "responsibility", "revision_reason", "appraiser", "problem", "end_reason",
            "items", "files", "mailings",
        ]  # fmt: skip


class GateFindingOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()
    stops = serializers.BooleanField(help_text="the letter may not go on until this is mended")
    item = serializers.IntegerField(help_text="position of the item, 0 for the whole letter")
    mark_id = serializers.CharField(allow_blank=True, help_text="the mark that a reviewer has to decide about")


class MakeLetterIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one letter")
    item_ids = serializers.ListField(child=serializers.UUIDField(), max_length=200, required=False, default=list)


class FindingIn(Fields):
    grade = serializers.ChoiceField(LetterFinding.Grade.values)
    feature = serializers.CharField(max_length=200)
    genuine = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    sample = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    difference = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


class LetterItemIn(Fields):
    id = serializers.UUIDField(help_text="`id` of the item in this letter")
    seal_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    statement = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    price_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    price_unit = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    price_basis = serializers.ChoiceField(LetterItem.PriceBasis.values, required=False, default="", allow_blank=True)
    price_basis_text = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    price_as_of = serializers.DateField(required=False, allow_null=True, default=None)
    findings = FindingIn(many=True, max_length=60)


class WriteLetterIn(Fields):
    exam_mode = serializers.ChoiceField(OpinionLetter.ExamMode.values, required=False)
    exam_began_at = serializers.DateTimeField(required=False)
    exam_ended_at = serializers.DateTimeField(required=False)
    exam_place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    employee_no = serializers.CharField(max_length=40, required=False, allow_blank=True)
    remarks = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    responsibility = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    items = LetterItemIn(many=True, required=False, default=list, max_length=200)


class LetterStepIn(Fields):
    verb = serializers.ChoiceField(
        ["submit", "approve", "send_back", "revise", "sign", "withdraw", "drop", "take_over", "decide_mark",
         "refresh_item", "leave_out"]
    )  # fmt: skip
    reason = serializers.CharField(
        max_length=1000, required=False, default="", allow_blank=True,
        help_text="send_back, revise, withdraw, drop; decide_mark: why the letter may go out",
    )  # fmt: skip
    kind = serializers.ChoiceField(["legal", "seal"], required=False, help_text="approve, send_back")
    passphrase = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, trim_whitespace=False,
        help_text="sign: of an uploaded certificate; never kept",
    )  # fmt: skip
    row_id = serializers.UUIDField(required=False, help_text="decide_mark: the mark; refresh_item, leave_out: the item")
    standing = serializers.ChoiceField(["under_renewal", "lapsed"], required=False, help_text="decide_mark")


class LetterReasonIn(Fields):
    reason = serializers.CharField(max_length=500)


class MailIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one mailing")
    courier = serializers.CharField(max_length=60)
    waybill_no = serializers.CharField(max_length=60)
    sent_on = serializers.DateTimeField()
    replaces = serializers.UUIDField(required=False, help_text="the mailing that failed or came back")


class ScanIn(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="PDF, JPEG or PNG")
    code = serializers.CharField(max_length=20, help_text="the check code printed on the sheet that was scanned")


class LettersQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(["open", "formal", "over", "all"], required=False)
    text = serializers.CharField(max_length=80, required=False)


def _whole(acting: ActingFor, letter_id: UUID, code: int = 200) -> Response:
    return Response(OpinionLetterOut(selectors.whole_letter(acting, letter_id)).data, status=code)


class Letters(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_letters", parameters=[LettersQuery], responses=LetterRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.listed(self.acting(request), **read_query(LettersQuery, request)), LetterRow)


class LetterMake(MemberView):
    """A draft from the standing verdicts of a task: of the items named, or of all that have a conclusion."""

    @extend_schema(operation_id="opinion_letter_make", request=MakeLetterIn, responses={201: OpinionLetterOut})
    def post(self, request: Request, task_id: UUID) -> Response:
        data, acting = read(MakeLetterIn, request), self.acting(request)
        made = services.make(acting=acting, task_id=task_id, item_ids=data["item_ids"], letter_id=data.get("id"))
        return _whole(acting, made.pk, status.HTTP_201_CREATED)


class LetterDetail(MemberView):
    @extend_schema(operation_id="opinion_letter", responses=OpinionLetterOut)
    def get(self, request: Request, letter_id: UUID) -> Response:
        return _whole(self.acting(request), letter_id)

    @extend_schema(operation_id="opinion_letter_write", request=WriteLetterIn, responses=OpinionLetterOut)
    def patch(self, request: Request, letter_id: UUID) -> Response:
        data, acting = read(WriteLetterIn, request), self.acting(request)
        items = [
            services.ItemSaid(
                row_id=each.pop("id"),
                findings=[services.FindingSaid(**finding) for finding in each.pop("findings")],
                **each,
            )
            for each in data.pop("items")
        ]
        services.write(acting=acting, letter_id=letter_id, items=items, **data)
        return _whole(acting, letter_id)


class LetterGate(MemberView):
    """What stops the letter, and what is worth a look before signing."""

    @extend_schema(operation_id="opinion_letter_gate", responses=GateFindingOut(many=True))
    def get(self, request: Request, letter_id: UUID) -> Response:
        letter = selectors.access_letter(self.acting(request), letter_id)
        return Response(GateFindingOut(gate.look(letter), many=True).data)


def _decide_mark(acting: ActingFor, letter_id: UUID, data: dict[str, Any]) -> object:
    said = {"mark_id": data.get("row_id") or letter_id, "standing": data.get("standing", ""), "words": data["reason"]}
    return services.decide_mark(acting=acting, letter_id=letter_id, **said)


def _with_reason(act: Callable[..., object]) -> Callable[[ActingFor, UUID, dict[str, Any]], object]:
    return lambda acting, pk, data: act(acting=acting, letter_id=pk, reason=data["reason"])


def _alone(act: Callable[..., object]) -> Callable[[ActingFor, UUID, dict[str, Any]], object]:
    return lambda acting, pk, _data: act(acting=acting, letter_id=pk)


def _on_row(act: Callable[..., object]) -> Callable[[ActingFor, UUID, dict[str, Any]], object]:
    return lambda acting, pk, data: act(acting=acting, letter_id=pk, row_id=data.get("row_id") or pk)


_STEPS: dict[str, Callable[[ActingFor, UUID, dict[str, Any]], object]] = {
    "submit": _alone(services.submit),
    "take_over": _alone(services.take_over),
    "approve": lambda a, pk, data: services.approve(acting=a, letter_id=pk, kind=data.get("kind", "")),
    "send_back": lambda a, pk, data: services.send_back(
        acting=a, letter_id=pk, kind=data.get("kind", ""), reason=data["reason"]
    ),
    "revise": _with_reason(services.revise),
    "withdraw": _with_reason(services.withdraw),
    "drop": _with_reason(services.drop),
    "sign": lambda a, pk, data: services.issue(acting=a, letter_id=pk, passphrase=data["passphrase"]),
    "decide_mark": _decide_mark,
    "refresh_item": _on_row(services.refresh_item),
    "leave_out": _on_row(services.leave_out),
}


class LetterStep(MemberView):
    """One step of the letter's life. A refused one says what is missing (409 `letter_incomplete`, `data.missing`)."""

    @extend_schema(operation_id="opinion_letter_step", request=LetterStepIn, responses=OpinionLetterOut)
    def post(self, request: Request, letter_id: UUID) -> Response:
        data, acting = read(LetterStepIn, request), self.acting(request)
        _STEPS[data["verb"]](acting, letter_id, data)
        return _whole(acting, letter_id)


class LetterRenew(MemberView):
    """Draft the version that takes this letter's place."""

    @extend_schema(operation_id="opinion_letter_renew", request=LetterReasonIn, responses={201: OpinionLetterOut})
    def post(self, request: Request, letter_id: UUID) -> Response:
        acting = self.acting(request)
        made = services.new_version(acting=acting, letter_id=letter_id, **read(LetterReasonIn, request))
        return _whole(acting, made.pk, status.HTTP_201_CREATED)


def _file(acting: ActingFor, letter_id: UUID, kind: str) -> FileResponse:
    found = selectors.letter_file(acting, letter_id, kind)
    return FileResponse(
        store().open(found.object_key, sha256=found.sha256),
        content_type=found.media_type,
        filename=f"{kind}.pdf",
        as_attachment=True,
    )


class LetterPaper(AnswersFile, MemberView):
    @extend_schema(operation_id="opinion_letter_paper", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, letter_id: UUID) -> FileResponse:
        return _file(self.acting(request), letter_id, LetterFile.Kind.PAPER)


class LetterAnnex(AnswersFile, MemberView):
    @extend_schema(operation_id="opinion_letter_annex", responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, letter_id: UUID) -> FileResponse:
        return _file(self.acting(request), letter_id, LetterFile.Kind.ANNEX)


class LetterScan(MemberView):
    """A scan of the signed original, bound to the electronic letter by the code on it."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="opinion_letter_scan", request={"multipart/form-data": ScanIn}, responses={201: LetterFileOut}
    )
    def post(self, request: Request, letter_id: UUID) -> Response:
        selectors.access_letter(self.acting(request), letter_id)
        data = read(ScanIn, request)
        made = services.bind_scan(acting=self.acting(request), letter_id=letter_id, **data)
        return Response(LetterFileOut(made).data, status=status.HTTP_201_CREATED)


class LetterMailings(MemberView):
    @extend_schema(operation_id="opinion_letter_mail", request=MailIn, responses={201: MailingOut})
    def post(self, request: Request, letter_id: UUID) -> Response:
        data = read(MailIn, request)
        made = services.mail(acting=self.acting(request), letter_id=letter_id, mailing_id=data.pop("id", None), **data)
        return Response(MailingOut(made).data, status=status.HTTP_201_CREATED)


class MailingFailed(MemberView):
    """The original was lost, or refused at the door. The row stays; the next try is a new one."""

    @extend_schema(operation_id="mailing_failed", request=LetterReasonIn, responses=MailingOut)
    def post(self, request: Request, mailing_id: UUID) -> Response:
        found = services.fail(acting=self.acting(request), mailing_id=mailing_id, **read(LetterReasonIn, request))
        return Response(MailingOut(found).data)
