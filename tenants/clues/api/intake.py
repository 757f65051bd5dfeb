"""Addresses under `/api/v1/`: every way a clue comes in."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from accounts.officer_api import OfficerView, View
from evidence import selectors as evidence
from gateway.bulk import Bulk, each_row, shapes
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from kernel.errors import BadInput, NotAllowed
from tenants.clues import selectors
from tenants.clues import selectors_intake as doors
from tenants.clues.imports import jobs
from tenants.clues.imports.reasons import sentence
from tenants.clues.models import Clue, ClueFile, ClueImport, ClueImportRow, FieldCode
from tenants.clues.services import criteria, fieldcodes, manual, similar, tapping
from tenants.clues.services.registering import Product


class ClueProductIn(Fields):
    """Of the catalogue by its id, or as it is written on the goods."""

    product_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    brand_name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    product_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    code = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class ClueMatterIn(Fields):
    subject_kind = serializers.ChoiceField(Clue.SubjectKind.choices, required=False)
    subject_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    subject_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    subject_phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    subject_account = serializers.CharField(max_length=200, required=False, allow_blank=True)
    address_raw = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    place_role = serializers.ChoiceField(Clue.PlaceRole.choices, required=False, allow_blank=True)
    chosen_division = serializers.RegexField(r"^\d{6}$", required=False)
    channel = serializers.ChoiceField(Clue.Channel.choices, required=False)
    chain_stage = serializers.ChoiceField(Clue.ChainStage.choices, required=False, allow_blank=True)
    area_tags = serializers.ListField(
        child=serializers.ChoiceField(Clue.AreaTag.choices), required=False, max_length=len(Clue.AreaTag)
    )
    violations = serializers.ListField(
        child=serializers.ChoiceField(Clue.Violation.choices), required=False, max_length=len(Clue.Violation)
    )
    estimated_value = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    criteria = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)
    products = serializers.ListField(child=ClueProductIn(), required=False, max_length=manual.MOST_PRODUCTS)


class ClueIn(ClueMatterIn):
    """source_*, outlet_day, link: for the desk; an officer's clue comes from the officer's unit. id: twice is once."""

    id = serializers.UUIDField(required=False, allow_null=True)
    content = serializers.CharField(max_length=6000)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    latitude = serializers.FloatField(required=False, min_value=-90, max_value=90, help_text="WGS-84")
    longitude = serializers.FloatField(required=False, min_value=-180, max_value=180, help_text="WGS-84")
    urgent = serializers.BooleanField(required=False)
    source_kind = serializers.ChoiceField([(each.value, each.label) for each in manual.DESK_KINDS], required=False)
    source_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    source_ref = serializers.CharField(max_length=120, required=False, allow_blank=True)
    outlet_day = serializers.DateField(required=False, allow_null=True)
    link = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ClueLikelyOut(serializers.Serializer[Any]):
    """A clue that may be about the same. strength: 0 to 1."""

    id = serializers.UUIDField(source="clue.pk")
    number = serializers.CharField(source="clue.number")
    strength = serializers.FloatField()
    reasons = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, row: similar.Likely) -> list[str]:
        return [words for _kind, words in row.reasons]


class ClueRegisteredOut(ModelFields[Clue]):
    """A clue as it stands after it came in. place_sentence: how its division was read. likely: possible duplicates."""

    place_sentence = serializers.SerializerMethodField()
    likely = serializers.SerializerMethodField()

    class Meta:
        model = Clue
        fields = [
            "id", "number", "state", "title", "source_kind", "registered_at", "division_code", "division_level",
            "division_confidence", "division_method", "place_sentence", "priority", "priority_why", "verify_by",
            "desk_unit_id", "holder_unit_id", "proposed_unit_id", "likely",
        ]  # fmt: skip

    def get_place_sentence(self, row: Clue) -> str:
        return str(row.division_why.get("zh", ""))

    @extend_schema_field(ClueLikelyOut(many=True))
    def get_likely(self, row: Clue) -> Any:
        return ClueLikelyOut(similar.likely_of(row, person=self.context["request"].user), many=True).data


CLUES = shapes("ClueBulk", ClueIn, ClueRegisteredOut)


class ClueCompleteIn(ClueMatterIn):
    more = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class ClueFileIn(Fields):
    exhibit_id = serializers.UUIDField()
    what = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)


class ClueFileOut(ModelFields[ClueFile]):
    class Meta:
        model = ClueFile
        fields = ["id", "exhibit_id", "what", "added_at"]


class ClueNothingIn(Fields):
    pass


class ClueImportIn(Fields):
    """Either text (CSV, or tab-separated as pasted) or content_base64 (a workbook or a file in any encoding)."""

    kind = serializers.ChoiceField([(each.value, each.label) for each in jobs.KINDS])
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    file_name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    text = serializers.CharField(
        max_length=jobs.MAX_BYTES, required=False, default="", allow_blank=True, trim_whitespace=False
    )
    content_base64 = serializers.CharField(max_length=jobs.MAX_BYTES * 2, required=False, default="", allow_blank=True)


class ClueImportOut(ModelFields[ClueImport]):
    columns = serializers.DictField(child=serializers.IntegerField())
    counts = serializers.DictField(child=serializers.IntegerField())
    header = serializers.ListField(child=serializers.CharField(allow_blank=True))
    fill_down = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = ClueImport
        fields = [
            "id", "state", "kind", "name", "file_name", "encoding", "delimiter", "header_row", "header", "columns",
            "fill_down", "rows", "rows_done", "counts", "created_at", "finished_at",
        ]  # fmt: skip


class ClueImportRowOut(ModelFields[ClueImportRow]):
    reason = serializers.SerializerMethodField()

    class Meta:
        model = ClueImportRow
        fields = ["id", "row_number", "outcome", "code", "column", "value", "reason", "clue_id"]

    def get_reason(self, row: ClueImportRow) -> str:
        return sentence(row.code, other=row.other)


class ClueImportRowsQuery(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(ClueImportRow.Outcome.choices, required=False)


class ClueColumnIn(Fields):
    field = serializers.CharField(max_length=40)
    position = serializers.IntegerField(min_value=0, max_value=200)


class ClueImportCheckIn(Fields):
    columns = serializers.ListField(child=ClueColumnIn(), max_length=40)
    header_row = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=20)
    fill_down = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=200), required=False, default=list, max_length=60
    )


class ClueImportStepIn(Fields):
    verb = serializers.ChoiceField([("confirm", "confirm"), ("start", "start"), ("drop", "drop")])


class FieldCodeIn(Fields):
    team = serializers.CharField(max_length=80)
    area = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    valid_until = serializers.DateField()
    per_day = serializers.IntegerField(required=False, default=50, min_value=1, max_value=fieldcodes.MOST_PER_DAY)


class FieldCodeOut(ModelFields[FieldCode]):
    is_open = serializers.BooleanField()

    class Meta:
        model = FieldCode
        fields = [
            "id",
            "code",
            "desk_unit_id",
            "team",
            "area",
            "valid_until",
            "per_day",
            "made_at",
            "ended_at",
            "is_open",
        ]


class CriterionOut(serializers.Serializer[Any]):
    """code: what `criteria` of a clue names."""

    code = serializers.CharField()
    name = serializers.CharField()
    priority = serializers.ChoiceField(Clue.Priority.choices)
    is_active = serializers.BooleanField()
    is_own = serializers.BooleanField()


class CriteriaOut(serializers.Serializer[Any]):
    criteria = CriterionOut(many=True)


class CriterionIn(Fields):
    name = serializers.CharField(max_length=40)
    priority = serializers.ChoiceField([each for each in Clue.Priority.choices if each[0] != "normal"])


class CriterionTurnIn(Fields):
    code = serializers.CharField(max_length=40)
    active = serializers.BooleanField()


def _written(data: dict[str, Any]) -> manual.Written:
    said = dict(data)
    latitude, longitude = said.pop("latitude", None), said.pop("longitude", None)
    return manual.Written(
        clue_id=said.pop("id", None),
        gps=(latitude, longitude) if latitude is not None and longitude is not None else None,
        products=[Product(**each) for each in said.pop("products", [])],
        **said,
    )


class RegisterClue(View):
    @extend_schema(operation_id="clue_register", request=ClueIn, responses={201: ClueRegisteredOut})
    def post(self, request: Request) -> Response:
        """登记线索 by hand. The same id of the same person once more gives the same clue."""
        clue = manual.register_written(_written(read(ClueIn, request)), by=request.user)
        return Response(ClueRegisteredOut(clue, context={"request": request}).data, status=status.HTTP_201_CREATED)


class RegisterClues(Bulk, View):
    @extend_schema(operation_id="clue_register_bulk", request=CLUES.reads, responses=CLUES.answers)
    def post(self, request: Request) -> Response:
        """Several at once, each by itself: one that is refused stops no other. Also as JSON lines or CSV."""
        manual.desk_of(request.user)

        def register(row: dict[str, Any]) -> Clue:
            return manual.register_written(_written(row), by=request.user)

        return each_row(request, ClueIn, register, ClueRegisteredOut, operation="clue_register_bulk")


class ClueFromRequest(OfficerView):
    @extend_schema(operation_id="clue_from_request", request=ClueNothingIn, responses=ClueRegisteredOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        """From the verdict on a request. Twice gives the same clue."""
        read(ClueNothingIn, request)
        clue = tapping.from_request(by=request.user, request_id=request_id)
        return Response(ClueRegisteredOut(clue, context={"request": request}).data)


class ClueFromInspection(OfficerView):
    @extend_schema(operation_id="clue_from_inspection", request=ClueNothingIn, responses=ClueRegisteredOut)
    def post(self, request: Request, inspection_id: UUID) -> Response:
        """From an inspection. Twice gives the same clue."""
        read(ClueNothingIn, request)
        clue = tapping.from_inspection(by=request.user, inspection_id=inspection_id)
        return Response(ClueRegisteredOut(clue, context={"request": request}).data)


class ClueFromWaybill(OfficerView):
    @extend_schema(operation_id="clue_from_waybill", request=ClueNothingIn, responses=ClueRegisteredOut)
    def post(self, request: Request, exhibit_id: UUID) -> Response:
        """From a waybill: whoever sent the goods. Twice gives the same clue."""
        read(ClueNothingIn, request)
        clue = tapping.from_waybill(by=request.user, exhibit_id=exhibit_id)
        return Response(ClueRegisteredOut(clue, context={"request": request}).data)


class CompleteClue(View):
    @extend_schema(operation_id="clue_complete", request=ClueCompleteIn, responses=ClueRegisteredOut)
    def post(self, request: Request, clue_id: UUID) -> Response:
        """Add what was not known at the beginning; what the source said stays."""
        selectors.clue(request.user, clue_id)
        data = read(ClueCompleteIn, request)
        data["products"] = [Product(**each) for each in data.get("products", [])]
        more = data.pop("more")
        return Response(
            ClueRegisteredOut(
                manual.complete(by=request.user, clue_id=clue_id, more=more, fields=data), context={"request": request}
            ).data
        )


class ClueFiles(View):
    @extend_schema(operation_id="clue_files", responses=ClueFileOut(many=True))
    def get(self, request: Request, clue_id: UUID) -> Response:
        """What lies with a clue."""
        return Response(ClueFileOut(doors.files_of(selectors.clue(request.user, clue_id)), many=True).data)

    @extend_schema(operation_id="clue_file_add", request=ClueFileIn, responses={201: ClueFileOut})
    def post(self, request: Request, clue_id: UUID) -> Response:
        """Put an exhibit with a clue, by reference. Twice is once."""
        selectors.clue(request.user, clue_id)
        data = read(ClueFileIn, request)
        exhibit = evidence.access_exhibit(request.user, data["exhibit_id"])
        row = manual.add_photo(by=request.user, clue_id=clue_id, exhibit=exhibit, what=data["what"])
        return Response(ClueFileOut(row).data, status=status.HTTP_201_CREATED)


class ClueImports(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="clue_imports", responses=ClueImportOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(doors.imports(request.user), ClueImportOut)

    @extend_schema(operation_id="clue_import_bring", request=ClueImportIn, responses={201: ClueImportOut})
    def post(self, request: Request) -> Response:
        """Bring a table; nothing is registered yet."""
        _desk(request)
        data = read(ClueImportIn, request)
        job = jobs.bring(
            by=request.user,
            kind=data["kind"],
            name=data["name"],
            content=_bytes(data),
            file_name=data["file_name"] or "api",
            pasted=not data["content_base64"],
        )
        return Response(ClueImportOut(job).data, status=status.HTTP_201_CREATED)


class OneClueImport(View):
    @extend_schema(operation_id="clue_import", responses=ClueImportOut)
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(ClueImportOut(doors.clue_import(request.user, import_id)).data)


class ClueImportRows(View):
    pagination_class = ByNewest

    @extend_schema(
        operation_id="clue_import_rows", parameters=[ClueImportRowsQuery], responses=ClueImportRowOut(many=True)
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """What became of each row, the last written first."""
        job = doors.clue_import(request.user, import_id)
        asked = request.query_params.get("outcome")
        outcome = read_query(ClueImportRowsQuery, request).get("outcome") if asked is not None else None
        return self.paged(doors.lines(job, outcomes=[outcome] if outcome else []), ClueImportRowOut)


class ClueImportCheck(View):
    @extend_schema(operation_id="clue_import_check", request=ClueImportCheckIn, responses=ClueImportOut)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Match the columns and check every row."""
        job = doors.clue_import(request.user, import_id)
        data = read(ClueImportCheckIn, request)
        matched = {each["field"]: each["position"] for each in data["columns"]}
        done = jobs.check(
            job, by=request.user, matched=matched, header_row=data["header_row"], fill_down=data["fill_down"]
        )
        return Response(ClueImportOut(done).data)


class ClueImportStep(View):
    @extend_schema(operation_id="clue_import_step", request=ClueImportStepIn, responses=ClueImportOut)
    def post(self, request: Request, import_id: UUID) -> Response:
        """confirm, start (again) or drop."""
        job = doors.clue_import(request.user, import_id)
        steps = {"confirm": jobs.confirm, "start": jobs.start_again, "drop": jobs.drop}
        return Response(ClueImportOut(steps[read(ClueImportStepIn, request)["verb"]](job, by=request.user)).data)


class FieldCodes(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="field_codes", responses=FieldCodeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(doors.field_codes(request.user).order_by("-id"), FieldCodeOut)

    @extend_schema(operation_id="field_code_make", request=FieldCodeIn, responses={201: FieldCodeOut})
    def post(self, request: Request) -> Response:
        """A new code; its form is at `/r/CODE/`."""
        _desk(request)
        row = fieldcodes.make_code(by=request.user, **read(FieldCodeIn, request))
        return Response(FieldCodeOut(row).data, status=status.HTTP_201_CREATED)


class EndFieldCode(View):
    @extend_schema(operation_id="field_code_end", request=ClueNothingIn, responses=FieldCodeOut)
    def post(self, request: Request, field_code_id: UUID) -> Response:
        """End a code, now. Twice is once."""
        row = doors.field_code(request.user, field_code_id)
        read(ClueNothingIn, request)
        return Response(FieldCodeOut(fieldcodes.end_code(by=request.user, row=row)).data)


class Criteria(View):
    @extend_schema(operation_id="clue_criteria", responses=CriteriaOut)
    def get(self, request: Request) -> Response:
        """What makes a clue important, retired reasons too."""
        return Response(CriteriaOut({"criteria": criteria.criteria(with_retired=True)}).data)

    @extend_schema(operation_id="clue_criterion_add", request=CriterionIn, responses={201: CriteriaOut})
    def post(self, request: Request) -> Response:
        """A reason of the bureau's own."""
        _desk(request)
        criteria.add(by=request.user, **read(CriterionIn, request))
        told = CriteriaOut({"criteria": criteria.criteria(with_retired=True)}).data
        return Response(told, status=status.HTTP_201_CREATED)


class TurnCriterion(View):
    @extend_schema(operation_id="clue_criterion_turn", request=CriterionTurnIn, responses=CriteriaOut)
    def post(self, request: Request) -> Response:
        """Retire a reason, or take it up again."""
        _desk(request)
        criteria.set_active(by=request.user, **read(CriterionTurnIn, request))
        return Response(CriteriaOut({"criteria": criteria.criteria(with_retired=True)}).data)


def _desk(request: Request) -> None:
    if not request.user.has_role(Post.Role.DISPATCHER):
        raise NotAllowed()


def _bytes(data: dict[str, Any]) -> bytes:
    if not data["content_base64"]:
        return str(data["text"]).encode()
    try:
        return base64.b64decode(data["content_base64"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput(_("content_base64 不是 Base64。请按 Base64 编码文件后再发。"), code="import_base64") from error


urlpatterns: list[Any] = [
    path("clues/register", RegisterClue.as_view(), name="clue_register"),
    path("clues/register/bulk", RegisterClues.as_view(), name="clue_register_bulk"),
    path("requests/<uuid:request_id>/clue", ClueFromRequest.as_view(), name="clue_from_request"),
    path("inspections/<uuid:inspection_id>/clue", ClueFromInspection.as_view(), name="clue_from_inspection"),
    path("exhibits/<uuid:exhibit_id>/clue", ClueFromWaybill.as_view(), name="clue_from_waybill"),
    path("clues/<uuid:clue_id>/complete", CompleteClue.as_view(), name="clue_complete"),
    path("clues/<uuid:clue_id>/files", ClueFiles.as_view(), name="clue_files"),
    path("clue-imports", ClueImports.as_view(), name="clue_imports"),
    path("clue-imports/<uuid:import_id>", OneClueImport.as_view(), name="clue_import"),
    path("clue-imports/<uuid:import_id>/rows", ClueImportRows.as_view(), name="clue_import_rows"),
    path("clue-imports/<uuid:import_id>/check", ClueImportCheck.as_view(), name="clue_import_check"),
    path("clue-imports/<uuid:import_id>/step", ClueImportStep.as_view(), name="clue_import_step"),
    path("field-codes", FieldCodes.as_view(), name="field_codes"),
    path("field-codes/<uuid:field_code_id>/end", EndFieldCode.as_view(), name="field_code_end"),
    path("clue-criteria", Criteria.as_view(), name="clue_criteria"),
    path("clue-criteria/turn", TurnCriterion.as_view(), name="clue_criterion_turn"),
]
