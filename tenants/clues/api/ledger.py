"""API of the ledger on a province's host: rows, views, batches, exports, merges, likely duplicates, target cards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from accounts.officer_api import View
from gateway.paging import ByNewest
from gateway.problems import MEDIA_TYPE
from gateway.schema import ProblemOut
from gateway.serializers import Fields, ModelFields, ObjectField, read
from gateway.views import AnswersFile
from kernel.errors import NotAllowed
from tenants.clues import selectors
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import columns, linked, rows, targets
from tenants.clues.ledger import today as figures
from tenants.clues.models import BatchRow, BatchRun, Clue, ClueExport, LedgerView, Merge
from tenants.clues.services import batches, exports, ledger_views, merging, similar
from tenants.clues.services.exports import MEDIA
from tenants.clues.views.exports import answer

FILTER = "as the page's address filters: state=desk&division=450100&q=…"


class LedgerRowOut(ModelFields[Clue]):
    """One clue as the ledger shows it. The name of a protected reporter is not in it."""

    source_name = serializers.SerializerMethodField()
    holder_unit_name = serializers.CharField(source="holder_unit.name")
    holder_name = serializers.SerializerMethodField()
    lead_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Clue
        fields = [
            "id", "number", "state", "priority", "title", "registered_at", "source_kind", "source_name", "subject_name",
            "subject_code", "address_raw", "division_code", "channel", "chain_stage", "area_tags", "violations",
            "estimated_value", "holder_unit_id", "holder_unit_name", "holder_name", "proposed_unit_id", "verify_by",
            "due_at", "result", "outcome", "ended_at", "lead_id",
        ]  # fmt: skip

    def get_source_name(self, clue: Clue) -> str:
        return "" if clue.secrecy == Clue.Secrecy.REPORTER_PROTECTED else clue.source_name

    def get_holder_name(self, clue: Clue) -> str:
        return clue.holder.display_name if clue.holder else ""


class LedgerQuery(serializers.Serializer[Any]):
    """The filter of the ledger's page; `state`, `source` and `priority` may be given several times."""

    state = serializers.ListField(child=serializers.CharField(), required=False)
    source = serializers.ListField(child=serializers.CharField(), required=False)
    priority = serializers.ListField(child=serializers.CharField(), required=False)
    unit = serializers.UUIDField(required=False)
    division = serializers.CharField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    overdue = serializers.CharField(required=False)
    mine = serializers.CharField(required=False)
    unplaced = serializers.CharField(required=False)
    brand = serializers.CharField(required=False)
    violation = serializers.ChoiceField(Clue.Violation.values, required=False)
    channel = serializers.ChoiceField(Clue.Channel.values, required=False)
    stage = serializers.ChoiceField(Clue.ChainStage.values, required=False)
    area = serializers.ChoiceField(Clue.AreaTag.values, required=False)
    result = serializers.ChoiceField(Clue.Result.values, required=False)
    outcome = serializers.ChoiceField(Clue.Outcome.values, required=False)
    q = serializers.CharField(required=False)


class LedgerViewOut(ModelFields[LedgerView]):
    class Meta:
        model = LedgerView
        fields = ["id", "name", "query", "columns", "owner_id", "unit_id", "made_at"]


class LedgerViewIn(Fields):
    name = serializers.CharField(max_length=20)
    query = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True, help_text=FILTER)
    columns = serializers.ListField(
        child=serializers.ChoiceField(list(columns.COLUMNS)), required=False, default=list, max_length=60
    )
    shared = serializers.BooleanField(required=False, default=False)


class BatchIn(Fields):
    """Either clue_ids, or a query: all that match it, at most a thousand. args by kind: see the guide."""

    kind = serializers.ChoiceField(BatchRun.Kind.values)
    clue_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=1000)
    query = serializers.CharField(max_length=1000, required=False, allow_null=True, default=None, help_text=FILTER)
    args = ObjectField(required=False, default=dict)


class BatchRowOut(ModelFields[BatchRow]):
    words = serializers.CharField()

    class Meta:
        model = BatchRow
        fields = ["clue_id", "state", "problem", "words"]


class BatchOut(ModelFields[BatchRun]):
    rows = BatchRowOut(many=True)

    class Meta:
        model = BatchRun
        fields = ["id", "kind", "state", "at", "finished_at", "undo_until", "rows"]


class LedgerExportIn(Fields):
    """columns: `*` alone for all of the register."""

    form = serializers.ChoiceField(ClueExport.Form.values)
    query = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True, help_text=FILTER)
    columns = serializers.ListField(
        child=serializers.ChoiceField([*columns.COLUMNS, "*"]), required=False, default=list, max_length=60
    )


class LedgerExportOut(ModelFields[ClueExport]):
    """not_before: when its turn comes, over the fair share."""

    class Meta:
        model = ClueExport
        fields = [
            "id", "form", "state", "query", "columns", "total", "done", "sha256", "size_bytes", "not_before",
            "expires_at",
        ]  # fmt: skip


class MergeIn(Fields):
    """clue_ids go on as part of the clue in the address."""

    clue_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=30)
    why = serializers.CharField(max_length=500)


class UnmergeIn(Fields):
    why = serializers.CharField(max_length=500)


class MergeOut(ModelFields[Merge]):
    class Meta:
        model = Merge
        fields = ["id", "lead_id", "clue_id", "by_id", "at", "why", "ended_by_id", "ended_at", "ended_why"]


class NotSameIn(Fields):
    other_id = serializers.UUIDField()


class LikelyOut(serializers.Serializer[Any]):
    """A clue that may be about the same. strength: 0 to 1."""

    clue_id = serializers.UUIDField(source="clue.pk")
    number = serializers.CharField(source="clue.number")
    state = serializers.CharField(source="clue.state")
    strength = serializers.FloatField()
    reasons = serializers.SerializerMethodField()

    def get_reasons(self, found: similar.Likely) -> list[dict[str, str]]:
        return [{"kind": kind, "words": words} for kind, words in found.reasons]


class TargetCardOut(serializers.Serializer[Any]):
    """What points to one party, place, telephone, account, waybill, code or picture."""

    id = serializers.UUIDField(source="target.pk")
    kind = serializers.CharField(source="target.kind")
    shown = serializers.CharField(source="target.shown")
    count = serializers.IntegerField()
    open_count = serializers.IntegerField()
    value_yuan = serializers.DecimalField(max_digits=16, decimal_places=2)
    hits = serializers.IntegerField()
    clues = LedgerRowOut(many=True)


class OpenByAgeOut(serializers.Serializer[Any]):
    """Open clues of one unit by days since registration: up to 3, 7, 15, 30, 90, and above."""

    unit_id = serializers.UUIDField(source="unit.pk")
    unit_name = serializers.CharField(source="unit.name")
    bands = serializers.ListField(source="row", child=serializers.IntegerField())
    total = serializers.IntegerField()
    overdue = serializers.IntegerField()
    unsigned = serializers.IntegerField()
    oldest = serializers.DateTimeField()


class DeskView(View):
    """Of dispatchers and leaders."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.user.has_role(Post.Role.DISPATCHER, Post.Role.LEADER):
            raise NotAllowed()


class Ledger(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="clue_ledger", parameters=[LedgerQuery], responses=LedgerRowOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(rows.by_newest(request.user, asking.read(request.query_params)), LedgerRowOut)


class LedgerViews(View):
    @extend_schema(operation_id="clue_views", responses=LedgerViewOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(LedgerViewOut(rows.views_of(request.user), many=True).data)

    @extend_schema(operation_id="clue_view_keep", request=LedgerViewIn, responses={201: LedgerViewOut})
    def post(self, request: Request) -> Response:
        body = read(LedgerViewIn, request)
        kept = ledger_views.keep_view(by=request.user, names=body.pop("columns"), **body)
        return Response(LedgerViewOut(kept).data, status=status.HTTP_201_CREATED)


class OneLedgerView(View):
    @extend_schema(operation_id="clue_view_drop", responses={204: None})
    def delete(self, request: Request, view_id: UUID) -> Response:
        ledger_views.drop_view(by=request.user, view_id=view_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Batches(DeskView):
    """Up to fifty are done when the answer comes; more are under way."""

    @extend_schema(operation_id="clue_batch_begin", request=BatchIn, responses={201: BatchOut})
    def post(self, request: Request) -> Response:
        body = read(BatchIn, request)
        asked = asking.from_text(body["query"]) if body["query"] is not None else None
        ids = rows.chosen(request.user, body["clue_ids"], asked)
        run = batches.begin(by=request.user, kind=body["kind"], clue_ids=ids, args=body["args"])
        return Response(BatchOut(run).data, status=status.HTTP_201_CREATED)


class OneBatch(DeskView):
    @extend_schema(operation_id="clue_batch", responses=BatchOut)
    def get(self, request: Request, run_id: UUID) -> Response:
        return Response(BatchOut(rows.batch(request.user, run_id)).data)


class UndoBatch(DeskView):
    """What cannot be taken back says why on its row."""

    @extend_schema(operation_id="clue_batch_undo", request=None, responses=BatchOut)
    def post(self, request: Request, run_id: UUID) -> Response:
        run = batches.undo(by=request.user, run=rows.batch(request.user, run_id))
        return Response(BatchOut(run).data)


class Exports(View):
    @extend_schema(operation_id="clue_export_ask", request=LedgerExportIn, responses={201: LedgerExportOut})
    def post(self, request: Request) -> Response:
        body = read(LedgerExportIn, request)
        row = exports.ask(
            by=request.user, asked=asking.from_text(body["query"]), names=body["columns"], form=body["form"]
        )
        return Response(LedgerExportOut(row).data, status=status.HTTP_201_CREATED)


class OneExport(View):
    @extend_schema(operation_id="clue_export", responses=LedgerExportOut)
    def get(self, request: Request, ledger_export_id: UUID) -> Response:
        return Response(LedgerExportOut(rows.export(request.user, ledger_export_id)).data)


class ExportFile(AnswersFile, View):
    @extend_schema(
        operation_id="clue_export_file",
        responses={
            **{(200, each.partition(";")[0]): OpenApiTypes.BINARY for each in MEDIA.values()},
            (409, MEDIA_TYPE): ProblemOut,
        },
    )
    def get(self, request: Request, ledger_export_id: UUID) -> FileResponse:
        return answer(rows.export(request.user, ledger_export_id), request.user)


class Merges(View):
    @extend_schema(operation_id="clue_merges", responses=MergeOut(many=True))
    def get(self, request: Request, clue_id: UUID) -> Response:
        return Response(MergeOut(linked.history_of(selectors.clue(request.user, clue_id)), many=True).data)

    @extend_schema(operation_id="clue_merge", request=MergeIn, responses={201: MergeOut(many=True)})
    def post(self, request: Request, clue_id: UUID) -> Response:
        selectors.clue(request.user, clue_id)
        body = read(MergeIn, request)
        made = merging.merge(by=request.user, lead_id=clue_id, **body)
        return Response(MergeOut(made, many=True).data, status=status.HTTP_201_CREATED)


class Unmerge(View):
    @extend_schema(operation_id="clue_unmerge", request=UnmergeIn, responses=LedgerRowOut)
    def post(self, request: Request, clue_id: UUID) -> Response:
        selectors.clue(request.user, clue_id)
        clue = merging.unmerge(by=request.user, clue_id=clue_id, **read(UnmergeIn, request))
        return Response(LedgerRowOut(clue).data)


class Similar(View):
    """Clues that may be about the same, with the reasons. Nothing is merged by itself."""

    @extend_schema(operation_id="clue_similar", responses=LikelyOut(many=True))
    def get(self, request: Request, clue_id: UUID) -> Response:
        clue = selectors.clue(request.user, clue_id)
        return Response(LikelyOut(similar.likely_of(clue, person=request.user), many=True).data)


class NotSame(View):
    @extend_schema(operation_id="clue_not_same", request=NotSameIn, responses={204: None})
    def post(self, request: Request, clue_id: UUID) -> Response:
        selectors.clue(request.user, clue_id)
        similar.dismiss(by=request.user, clue_id=clue_id, **read(NotSameIn, request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class OneTarget(View):
    @extend_schema(operation_id="clue_target", responses=TargetCardOut)
    def get(self, request: Request, card_id: UUID) -> Response:
        return Response(TargetCardOut(targets.card(request.user, card_id)).data)


class OpenByAge(View):
    @extend_schema(operation_id="clues_open_by_age", responses=OpenByAgeOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(OpenByAgeOut(figures.open_by_age(request.user), many=True).data)


urlpatterns: list[Any] = [
    path("clues/", Ledger.as_view()),
    path("clues/views/", LedgerViews.as_view()),
    path("clues/views/<uuid:view_id>/", OneLedgerView.as_view()),
    path("clues/batches/", Batches.as_view()),
    path("clues/batches/<uuid:run_id>/", OneBatch.as_view()),
    path("clues/batches/<uuid:run_id>/undo/", UndoBatch.as_view()),
    path("clues/exports/", Exports.as_view()),
    path("clues/exports/<uuid:ledger_export_id>/", OneExport.as_view()),
    path("clues/exports/<uuid:ledger_export_id>/file/", ExportFile.as_view()),
    path("clues/<uuid:clue_id>/merges/", Merges.as_view()),
    path("clues/<uuid:clue_id>/unmerge/", Unmerge.as_view()),
    path("clues/<uuid:clue_id>/similar/", Similar.as_view()),
    path("clues/<uuid:clue_id>/not-same/", NotSame.as_view()),
    path("clues/targets/<uuid:card_id>/", OneTarget.as_view()),
    path("clues/open-by-age/", OpenByAge.as_view()),
]
