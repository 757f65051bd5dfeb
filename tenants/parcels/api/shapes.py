"""What the API says and reads of parcels."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gateway.serializers import Fields, ModelFields
from tenants.parcels.models import Parcel, ParcelReceipt, Report, ReportRow
from tenants.parcels.services.receipts import MOST


class ParcelIn(Fields):
    """since: by default, where the last parcel ended. until: by default, now. kinds: by default, those set."""

    connection_id = serializers.UUIDField(required=False)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    kinds = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
    answers = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class ParcelOut(ModelFields[Parcel]):
    """A parcel that went out. sequence: once it is ready. problem: why there is none."""

    problem = serializers.CharField(source="problem_words")

    class Meta:
        model = Parcel
        fields = [
            "id", "connection_id", "state", "sequence", "answers", "since", "until", "kinds", "by_name", "made_at",
            "not_before", "counts", "sha256", "sm3", "size_bytes", "expires_at", "problem",
        ]  # fmt: skip


class ParcelReceiptIn(Fields):
    """What became of one record. kind, id: as the parcel names it; left out: the whole parcel."""

    kind = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    id = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    effect = serializers.ChoiceField(ParcelReceipt.Effect.choices)
    code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ParcelReceiptsIn(Fields):
    receipts = serializers.ListField(child=ParcelReceiptIn(), min_length=1, max_length=MOST)


class ParcelReceiptOut(ModelFields[ParcelReceipt]):
    """What the other side said last of a record. by_name: whoever told it."""

    kind = serializers.CharField(source="record_kind")
    id = serializers.CharField(source="record_ref")

    class Meta:
        model = ParcelReceipt
        fields = ["kind", "id", "effect", "code", "reason", "at", "by_name"]


class ParcelFileIn(serializers.Serializer[Any]):
    """A package (.zip), or a table by the template (.xlsx; people only)."""

    connection_id = serializers.UUIDField(required=False)
    file = serializers.FileField()


class ParcelRowOut(ModelFields[ReportRow]):
    """One record: where it stands, what would become of it, why not and what to do."""

    reason = serializers.CharField(source="words")

    class Meta:
        model = ReportRow
        fields = ["kind", "line", "ref", "effect", "code", "column", "value", "reason", "record_id"]


class ParcelReportOut(ModelFields[Report]):
    """What a file would do, or did. refused: why nothing of it can be taken in. rejected: 500 at most."""

    reason = serializers.CharField(source="refused_words")
    notes = serializers.ListField(child=serializers.CharField(), source="note_words")
    rejected = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = [
            "id", "connection_id", "state", "file_name", "sha256", "signed", "sequence", "answers", "refused", "reason",
            "notes", "counts", "rows", "rows_done", "by_name", "brought_at", "taken_by_name", "taken_at", "rejected",
        ]  # fmt: skip

    @extend_schema_field(ParcelRowOut(many=True))
    def get_rejected(self, row: Report) -> Any:
        return ParcelRowOut(row.lines.filter(effect=ReportRow.Effect.REJECTED)[:500], many=True).data
