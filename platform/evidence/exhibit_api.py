"""Exhibits in the API: look, add waybills, records, videos and documents, file, withdraw, cover, pack."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from evidence import custody, exhibits, kinds, matters, originals, packages, redactions, selectors, sheets, withdrawals
from evidence.models import Carton, CustodyEvent, Exhibit, Package, Redaction, Sheet, SheetFile, Withdrawal
from evidence.sheets import SHEET_KINDS
from evidence.store import photo_url
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, ObjectField, read, read_query
from gateway.views import AnswersFile, ApiView
from kernel.errors import NotAllowed


class Reader(BasePermission):
    """Officers, dispatchers and leaders; what each may see the doors say."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


class Decider(BasePermission):
    """Who decides on withdrawals: leaders and the bureau's administrator."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(*withdrawals.APPROVERS)


class View(ApiView):
    """Of people who keep or read evidence."""

    permission_classes = [*ApiView.permission_classes, Reader]


# What is written out --------------------------------------------------------------------------------------------------


class FlagOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()


class EvidenceOut(ModelFields[Exhibit]):
    """One exhibit: digests of the sealed original, facts of its capture, what was odd about it."""

    name = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()
    view_url = serializers.SerializerMethodField()
    content = serializers.JSONField(help_text="what was written in a waybill, a record or a video, as it was sealed")
    checks = serializers.JSONField(help_text="what the phone found of the photo")

    class Meta:
        model = Exhibit
        fields = [
            "id", "kind", "legal_kind", "name", "state", "source", "live", "view_only", "sha256", "sm3", "size_bytes",
            "media_type", "file_name", "width", "height", "captured_at", "received_at", "device_clock_offset_s",
            "latitude", "longitude", "accuracy_m", "coordinates", "position_age_s", "position_source", "kept_reason",
            "checks", "flags", "by_name", "redacted_from_id", "withdrawn_at", "content", "view_url",
        ]  # fmt: skip

    def get_name(self, exhibit: Exhibit) -> str:
        return kinds.name_of(exhibit)

    @extend_schema(responses=FlagOut(many=True))
    def get_flags(self, exhibit: Exhibit) -> list[dict[str, str]]:
        return [{"code": flag.code, "words": flag.words} for flag in kinds.flags_of(exhibit)]

    def get_view_url(self, exhibit: Exhibit) -> str:
        return photo_url(exhibit.pk) if exhibit.view_key and not exhibit.withdrawn_at else ""

    def to_representation(self, instance: Exhibit) -> dict[str, Any]:
        said = super().to_representation(instance)
        if instance.withdrawn_at:
            said["content"] = {}
        return said


class CustodyOut(ModelFields[CustodyEvent]):
    """One act, with who, when and why."""

    data = serializers.JSONField()

    class Meta:
        model = CustodyEvent
        fields = ["id", "act", "at", "by_name", "purpose", "to", "data"]


class SheetFileOut(ModelFields[SheetFile]):
    exhibit_id = serializers.UUIDField()
    sha256 = serializers.CharField(source="exhibit.sha256")
    sm3 = serializers.CharField(source="exhibit.sm3")
    size_bytes = serializers.IntegerField(source="exhibit.size_bytes")
    file_name = serializers.CharField(source="exhibit.file_name")

    class Meta:
        model = SheetFile
        fields = ["position", "exhibit_id", "sha256", "sm3", "size_bytes", "file_name"]


class SheetOut(ModelFields[Sheet]):
    """A waybill, record or video being written. missing: what it still needs before it can be sealed."""

    fields_said = serializers.JSONField(source="fields")
    files = SheetFileOut(many=True)
    missing = serializers.SerializerMethodField()
    exhibit_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Sheet
        fields = ["id", "state", "kind", "matter_kind", "matter_id", "fields_said", "files", "missing", "exhibit_id"]

    def get_missing(self, sheet: Sheet) -> dict[str, str]:
        return sheets.missing(sheet) if sheet.state == Sheet.State.OPEN else {}


class PackageOut(ModelFields[Package]):
    """One version of a package. sha256: of the canonical JSON (RFC 8785) of `manifest`."""

    manifest = serializers.JSONField()

    class Meta:
        model = Package
        fields = ["id", "series_id", "version", "title", "sha256", "sm3", "sealed_at", "by_name", "manifest"]


class WithdrawalOut(ModelFields[Withdrawal]):
    exhibit_id = serializers.UUIDField()

    class Meta:
        model = Withdrawal
        fields = [
            "id", "exhibit_id", "state", "reason", "asked_by_name", "asked_at", "decided_by_name", "decided_at",
            "answer",
        ]  # fmt: skip


class RedactionOut(ModelFields[Redaction]):
    copy_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Redaction
        fields = ["id", "state", "purpose", "by_name", "asked_at", "copy_id"]


class CartonOut(ModelFields[Carton]):
    class Meta:
        model = Carton
        fields = ["id", "label"]


# What is read ---------------------------------------------------------------------------------------------------------


class ExhibitsQuery(Fields):
    kind = serializers.ChoiceField([*Exhibit.Kind.values, "redacted"], required=False)
    legal_kind = serializers.ChoiceField(Exhibit.LegalKind.values, required=False)
    matter_kind = serializers.CharField(max_length=20, required=False)
    matter_id = serializers.UUIDField(required=False)


class LegalKindIn(Fields):
    legal_kind = serializers.ChoiceField(Exhibit.LegalKind.values)
    why = serializers.CharField(max_length=500, required=False, allow_blank=True)


class MatterIn(Fields):
    matter_kind = serializers.CharField(max_length=20)
    matter_id = serializers.UUIDField()


class SheetIn(MatterIn):
    """fields: name to {"value", "reason"}; a field of a waybill may be empty with a reason, never guessed."""

    kind = serializers.ChoiceField([str(kind) for kind in SHEET_KINDS])
    fields_said = ObjectField(required=False)


class SheetFieldsIn(Fields):
    fields_said = ObjectField()


class FileIn(Fields):
    """Multipart. sha256: made on the device over the exact bytes of `file`. Large files: by tus to the same address."""

    file = serializers.FileField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    captured_at = serializers.DateTimeField(required=False, help_text="RFC 3339 with offset")


class DocumentIn(FileIn):
    matter_kind = serializers.CharField(max_length=20)
    matter_id = serializers.UUIDField()


class WithdrawIn(Fields):
    reason = serializers.CharField(max_length=500)


class DecisionIn(Fields):
    approve = serializers.BooleanField()
    answer = serializers.CharField(max_length=500, required=False, allow_blank=True)


class RedactIn(Fields):
    """boxes: "left,top,width,height" each, 0 to 1 of the picture's sides."""

    boxes = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=60)
    purpose = serializers.CharField(max_length=500)


class CartonsIn(Fields):
    labels = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=200)


class PackageIn(MatterIn):
    """after: the version this one follows; what that held comes first."""

    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    after = serializers.UUIDField(required=False)


# Operations -----------------------------------------------------------------------------------------------------------


def _writable(request: Request, exhibit_id: UUID) -> tuple[Exhibit, matters.Matter]:
    row = selectors.access_exhibit(request.user, exhibit_id)
    uses, _hidden = matters.uses(request.user, row)
    for use in uses:
        if matters.may_write(request.user, use.matter):
            return row, use.matter
    raise NotAllowed()


class Exhibits(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="exhibits", parameters=[ExhibitsQuery], responses=EvidenceOut(many=True))
    def get(self, request: Request) -> Response:
        asked = read_query(ExhibitsQuery, request)
        matter = None
        if "matter_kind" in asked and "matter_id" in asked:
            matter = matters.access(request.user, asked["matter_kind"], asked["matter_id"])
        rows = selectors.exhibits_of(
            request.user, kind=asked.get("kind", ""), legal_kind=asked.get("legal_kind", ""), matter=matter
        )
        return self.paged(rows, EvidenceOut)


class ExhibitDetail(View):
    @extend_schema(operation_id="exhibit", responses=EvidenceOut)
    def get(self, request: Request, exhibit_id: UUID) -> Response:
        return Response(EvidenceOut(selectors.access_exhibit(request.user, exhibit_id)).data)


class ExhibitCustody(View):
    @extend_schema(operation_id="exhibit_custody", responses=CustodyOut(many=True))
    def get(self, request: Request, exhibit_id: UUID) -> Response:
        row = selectors.access_exhibit(request.user, exhibit_id)
        return Response(CustodyOut(custody.of(row), many=True).data)


class ExhibitLegalKind(View):
    @extend_schema(operation_id="exhibit_file_under", request=LegalKindIn, responses=EvidenceOut)
    def put(self, request: Request, exhibit_id: UUID) -> Response:
        row, _matter = _writable(request, exhibit_id)
        said = read(LegalKindIn, request)
        return Response(
            EvidenceOut(exhibits.file_under(row, said["legal_kind"], by=request.user, why=said.get("why", ""))).data
        )


class ExhibitWithdraw(View):
    """Ask that a photo sent by mistake be taken from view."""

    @extend_schema(operation_id="exhibit_withdraw", request=WithdrawIn, responses={201: WithdrawalOut})
    def post(self, request: Request, exhibit_id: UUID) -> Response:
        row, _matter = _writable(request, exhibit_id)
        made = withdrawals.ask(row, by=request.user, reason=read(WithdrawIn, request)["reason"])
        return Response(WithdrawalOut(made).data, status=status.HTTP_201_CREATED)


class ExhibitRedact(View):
    """Have a covered copy made; it appears in `exhibits` with `redacted_from_id`."""

    @extend_schema(operation_id="exhibit_redact", request=RedactIn, responses={202: RedactionOut})
    def post(self, request: Request, exhibit_id: UUID) -> Response:
        row, _matter = _writable(request, exhibit_id)
        said = read(RedactIn, request)
        made = redactions.ask(row, boxes=redactions.read_boxes(said["boxes"]), purpose=said["purpose"], by=request.user)
        return Response(RedactionOut(made).data, status=status.HTTP_202_ACCEPTED)


class ExhibitCartons(View):
    """On which cartons a waybill was."""

    @extend_schema(operation_id="waybill_cartons", request=CartonsIn, responses=CartonOut(many=True))
    def put(self, request: Request, exhibit_id: UUID) -> Response:
        row, matter = _writable(request, exhibit_id)
        made = sheets.mark_cartons(row, read(CartonsIn, request)["labels"], matter=matter, by=request.user)
        return Response(CartonOut(made, many=True).data)


class Documents(View):
    """A PDF or an office file, sealed as it is and never opened here."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="document_add", request={"multipart/form-data": DocumentIn}, responses={201: EvidenceOut}
    )
    def post(self, request: Request) -> Response:
        said = read(DocumentIn, request)
        matter = matters.access(request.user, said["matter_kind"], said["matter_id"], write=True)
        made = sheets.add_document(said["file"], matter=matter, by=request.user, fields=_told(request, said))
        return Response(EvidenceOut(made).data, status=status.HTTP_201_CREATED)


class Sheets(View):
    @extend_schema(operation_id="sheet_open", request=SheetIn, responses={201: SheetOut})
    def post(self, request: Request) -> Response:
        said = read(SheetIn, request)
        matter = matters.access(request.user, said["matter_kind"], said["matter_id"], write=True)
        made = sheets.open_sheet(kind=said["kind"], matter=matter, by=request.user, fields=said.get("fields_said"))
        return Response(SheetOut(made).data, status=status.HTTP_201_CREATED)


class ExhibitOriginalIn(Fields):
    purpose = serializers.CharField(max_length=200)


class ExhibitOriginal(AnswersFile, View):
    @extend_schema(
        operation_id="exhibit_original",
        request=ExhibitOriginalIn,
        responses={(200, "*/*"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, exhibit_id: UUID) -> FileResponse:
        """The sealed original, bit for bit, for a purpose that goes on record first."""
        selectors.access_exhibit(request.user, exhibit_id, original=True)
        return originals.hand_out(request.user, exhibit_id, read(ExhibitOriginalIn, request)["purpose"])


class SheetDropIn(Fields):
    why = serializers.CharField(max_length=500)


class SheetDetail(View):
    @extend_schema(operation_id="sheet", responses=SheetOut)
    def get(self, request: Request, sheet_id: UUID) -> Response:
        return Response(SheetOut(selectors.access_sheet(request.user, sheet_id)[0]).data)

    @extend_schema(operation_id="sheet_write", request=SheetFieldsIn, responses=SheetOut)
    def patch(self, request: Request, sheet_id: UUID) -> Response:
        row, _matter = selectors.access_sheet(request.user, sheet_id, write=True)
        return Response(SheetOut(sheets.write(row, read(SheetFieldsIn, request)["fields_said"])).data)


class SheetDrop(View):
    @extend_schema(operation_id="sheet_drop", request=SheetDropIn, responses=SheetOut)
    def post(self, request: Request, sheet_id: UUID) -> Response:
        """Give a sheet up that was begun by mistake; its files stay as they were sealed."""
        row, _matter = selectors.access_sheet(request.user, sheet_id, write=True)
        sheets.drop(row, by=request.user, **read(SheetDropIn, request))
        row.refresh_from_db()
        return Response(SheetOut(row).data)


class SheetFiles(View):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="sheet_add_file", request={"multipart/form-data": FileIn}, responses={201: SheetFileOut}
    )
    def post(self, request: Request, sheet_id: UUID) -> Response:
        row, _matter = selectors.access_sheet(request.user, sheet_id, write=True)
        said = read(FileIn, request)
        made = sheets.add_file(row, said["file"], by=request.user, fields=_told(request, said))
        return Response(SheetFileOut(made).data, status=status.HTTP_201_CREATED)


class SheetSeal(View):
    """Turn a finished sheet into one exhibit."""

    @extend_schema(operation_id="sheet_seal", request=None, responses={201: EvidenceOut})
    def post(self, request: Request, sheet_id: UUID) -> Response:
        row, matter = selectors.access_sheet(request.user, sheet_id, write=True)
        return Response(EvidenceOut(sheets.seal(row, by=request.user, matter=matter)).data, status=201)


class Packages(View):
    @extend_schema(operation_id="packages", parameters=[MatterIn], responses=PackageOut(many=True))
    def get(self, request: Request) -> Response:
        asked = read_query(MatterIn, request)
        matter = matters.access(request.user, asked["matter_kind"], asked["matter_id"])
        return Response(PackageOut(selectors.packages_of(matter), many=True).data)

    @extend_schema(operation_id="package_seal", request=PackageIn, responses={201: PackageOut})
    def post(self, request: Request) -> Response:
        said = read(PackageIn, request)
        matter = matters.access(request.user, said["matter_kind"], said["matter_id"], write=True)
        after = selectors.access_package(request.user, said["after"], write=True)[0] if "after" in said else None
        made = packages.seal(
            matter=matter,
            exhibit_ids=said["exhibit_ids"],
            title=said.get("title", ""),
            by=request.user,
            after=after,
        )
        return Response(PackageOut(made).data, status=status.HTTP_201_CREATED)


class PackageDetail(View):
    @extend_schema(operation_id="package", responses=PackageOut)
    def get(self, request: Request, package_id: UUID) -> Response:
        return Response(PackageOut(selectors.access_package(request.user, package_id)[0]).data)


class Withdrawals(ApiView):
    """What waits for a decision, and what was decided."""

    permission_classes = [*ApiView.permission_classes, Decider]
    pagination_class = ByNewest

    @extend_schema(operation_id="withdrawals", responses=WithdrawalOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.withdrawals(request.user), WithdrawalOut)


class WithdrawalDecide(ApiView):
    permission_classes = [*ApiView.permission_classes, Decider]

    @extend_schema(operation_id="withdrawal_decide", request=DecisionIn, responses=WithdrawalOut)
    def post(self, request: Request, withdrawal_id: UUID) -> Response:
        row = selectors.access_withdrawal(request.user, withdrawal_id)
        said = read(DecisionIn, request)
        made = withdrawals.decide(row, by=request.user, approve=said["approve"], answer=said.get("answer", ""))
        return Response(WithdrawalOut(made).data)


def _told(request: Request, said: dict[str, Any]) -> dict[str, str]:
    """What the program says of its file, by the names of `evidence.uploads`."""
    told = {"sha256": said["sha256"], "filename": kinds.safe_name(said["file"].name or ""), "source": "album"}
    if said.get("captured_at"):
        told["captured_at"] = said["captured_at"].isoformat()
    return told


urlpatterns = [
    path("exhibits/", Exhibits.as_view()),
    path("exhibits/<uuid:exhibit_id>/", ExhibitDetail.as_view()),
    path("exhibits/<uuid:exhibit_id>/original/", ExhibitOriginal.as_view()),
    path("exhibits/<uuid:exhibit_id>/custody/", ExhibitCustody.as_view()),
    path("exhibits/<uuid:exhibit_id>/legal-kind/", ExhibitLegalKind.as_view()),
    path("exhibits/<uuid:exhibit_id>/withdraw/", ExhibitWithdraw.as_view()),
    path("exhibits/<uuid:exhibit_id>/redact/", ExhibitRedact.as_view()),
    path("exhibits/<uuid:exhibit_id>/cartons/", ExhibitCartons.as_view()),
    path("documents/", Documents.as_view()),
    path("sheets/", Sheets.as_view()),
    path("sheets/<uuid:sheet_id>/", SheetDetail.as_view()),
    path("sheets/<uuid:sheet_id>/files/", SheetFiles.as_view()),
    path("sheets/<uuid:sheet_id>/drop/", SheetDrop.as_view()),
    path("sheets/<uuid:sheet_id>/seal/", SheetSeal.as_view()),
    path("packages/", Packages.as_view()),
    path("packages/<uuid:package_id>/", PackageDetail.as_view()),
    path("withdrawals/", Withdrawals.as_view()),
    path("withdrawals/<uuid:withdrawal_id>/", WithdrawalDecide.as_view()),
]
