"""What programs read and write of fast appraisals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appraisal.platforms import telling
from appraisal.platforms.models import FastAsk, FastOpinion, FastTask, HolderTerms
from appraisal.platforms.services import MOST_ROWS, Listing
from appraisal.platforms.services.answering import LONGEST_REASONS
from appraisal.platforms.words import NOTE
from evidence.store import photo_url
from federation.contracts.platforms import MOST_PICTURES, FastVerdict
from gateway.serializers import Fields, ModelFields

VERDICTS = [each.value for each in FastVerdict]


class ListingIn(Fields):
    """One listing. There is no field for a buyer; telephone and identity numbers in text are taken out (`masked`)."""

    listing_id = serializers.CharField(max_length=80, help_text="the platform's number of the listing")
    shop_name = serializers.CharField(max_length=120)
    brand_name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    product_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    product_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    listing_url = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    price_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    question = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    reference = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="yours; sent twice it is one ask"
    )
    wanted_minutes = serializers.IntegerField(
        min_value=1, max_value=100_000, required=False, allow_null=True, default=None,
        help_text="refused with `promise_longer` where the right holder promises later",
    )  # fmt: skip
    pictures = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_PICTURES, help_text="ids of pictures handed in"
    )

    def listing(self) -> Listing:
        """What `services.ask` takes; after `is_valid`."""
        said = dict(self.validated_data)
        return Listing(**{**said, "pictures": tuple(said["pictures"])})


class FastPictureIn(Fields):
    """sha256: made by the platform over the exact bytes; without it, it is made of what arrives."""

    file = serializers.FileField()
    sha256 = serializers.RegexField(r"^([0-9a-f]{64})?$", required=False, default="", allow_blank=True)


class FastAnswerOut(serializers.Serializer[Any]):
    """standing: neither replaced by a later answer nor taken back."""

    id = serializers.UUIDField()
    value = serializers.ChoiceField(VERDICTS)
    label = serializers.CharField()
    reasons = serializers.CharField()
    principal = serializers.CharField()
    authorisation_number = serializers.CharField()
    appraiser_name = serializers.CharField()
    given_at = serializers.DateTimeField()
    supersedes = serializers.UUIDField(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)
    standing = serializers.BooleanField()


class FastAskOut(ModelFields[FastAsk]):
    """note: what the answer is not. masked: fields in which something of a buyer was taken out."""

    holder = serializers.CharField(source="holder.name")
    masked = serializers.ListField(child=serializers.CharField())
    pictures = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    note = serializers.SerializerMethodField()

    class Meta:
        model = FastAsk
        fields = [
            "id", "reference", "state", "holder", "listing_id", "listing_url", "shop_name", "brand_name", "product_id",
            "product_name", "price_yuan", "question", "masked", "pictures", "asked_at", "due_at", "answered_at",
            "ended_why", "answers", "note",
        ]  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_pictures(self, ask: FastAsk) -> list[str]:
        return [str(row.exhibit_id) for row in ask.pictures.all()]

    @extend_schema_field(FastAnswerOut(many=True))
    def get_answers(self, ask: FastAsk) -> list[dict[str, Any]]:
        return telling.answers(ask)

    def get_note(self, ask: FastAsk) -> str:
        return str(NOTE)


class FastAsksQuery(Fields):
    state = serializers.ChoiceField(["open", "late", *FastAsk.State.values], required=False)
    text = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)


class FastBulkIn(Fields):
    """Up to 5,000 listings. Each is taken or refused by itself."""

    rows = serializers.ListField(child=ListingIn(), min_length=1, max_length=MOST_ROWS)


class FastRowProblem(serializers.Serializer[Any]):
    """data.retry_at: when to come again, where a quota was spent. field: the first wrong one."""

    code = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    data = serializers.DictField()


class FastRowOut(serializers.Serializer[Any]):
    """What became of one row. index: as it was sent, from 0. status: as it would have been answered alone."""

    index = serializers.IntegerField()
    status = serializers.IntegerField()
    id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField(allow_null=True)
    problem = FastRowProblem(allow_null=True)


class FastBulkOut(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = FastRowOut(many=True)


class FastWithdrawIn(Fields):
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class QuotaLeft(serializers.Serializer[Any]):
    limit = serializers.IntegerField()
    left = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)


class FastQuotaOut(serializers.Serializer[Any]):
    """What may still be asked. next_at: when the number begins anew."""

    is_open = serializers.BooleanField()
    hour = QuotaLeft()
    day = QuotaLeft()
    open_at_once = QuotaLeft()


class FastProductOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="pk")
    name = serializers.CharField(source="full_name")


class FastHolderOut(serializers.Serializer[Any]):
    """A right holder that takes asks of this platform, and its terms. hours: Beijing time."""

    holder = serializers.CharField()
    brands = serializers.ListField(child=serializers.CharField())
    products = FastProductOut(many=True)
    promise_minutes = serializers.IntegerField()
    hours = serializers.CharField()
    every_day = serializers.BooleanField()
    per_day = serializers.IntegerField()
    left_today = serializers.IntegerField()


class FastFiguresOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    in_time = serializers.IntegerField()
    late = serializers.IntegerField()
    in_time_per_cent = serializers.IntegerField(allow_null=True)
    median_minutes = serializers.FloatField(allow_null=True)


class FastOpinionOut(ModelFields[FastOpinion]):
    given_by = serializers.CharField(source="given_by.display_name")
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    withdrawn_reason = serializers.SerializerMethodField()

    class Meta:
        model = FastOpinion
        fields = [
            "id", "value", "reasons", "given_by", "given_at", "authorisation_number", "supersedes", "withdrawn_reason",
        ]  # fmt: skip

    def get_withdrawn_reason(self, row: FastOpinion) -> str:
        withdrawal = getattr(row, "withdrawal", None)
        return withdrawal.reason if withdrawal else ""


class FastTaskPictureOut(serializers.Serializer[Any]):
    """sha256: of the platform's original."""

    id = serializers.UUIDField(source="exhibit_id")
    sha256 = serializers.CharField(source="exhibit.sha256")
    view_url = serializers.SerializerMethodField()

    def get_view_url(self, row: Any) -> str:
        return photo_url(row.exhibit_id, "view")


class FastTaskOut(ModelFields[FastTask]):
    platform = serializers.CharField(source="platform.name")
    claimed_by = serializers.CharField(source="claimed_by.display_name", default="")
    pictures = FastTaskPictureOut(many=True)
    opinions = FastOpinionOut(many=True)

    class Meta:
        model = FastTask
        fields = [
            "id", "state", "platform", "listing_id", "listing_url", "shop_name", "brand_name", "product_id",
            "product_name", "price_yuan", "question", "asked_at", "due_at", "answered_at", "claimed_by", "clue_id",
            "pictures", "opinions",
        ]  # fmt: skip


class FastTasksQuery(Fields):
    state = serializers.ChoiceField(["open", "late", "answered", "all"], required=False, default="open")


class FastAnswerIn(Fields):
    value = serializers.ChoiceField(VERDICTS)
    reasons = serializers.CharField(max_length=LONGEST_REASONS)


class FastTakeBackIn(Fields):
    reason = serializers.CharField(max_length=500)


class FastTermsOut(ModelFields[HolderTerms]):
    class Meta:
        model = HolderTerms
        fields = ["accepts", "promise_minutes", "hours", "every_day", "per_day", "set_by_name", "set_at"]


class FastTermsIn(Fields):
    """What is left out stays as it was."""

    accepts = serializers.BooleanField(required=False)
    promise_minutes = serializers.IntegerField(min_value=5, max_value=14_400, required=False)
    hours = serializers.CharField(max_length=60, required=False)
    every_day = serializers.BooleanField(required=False)
    per_day = serializers.IntegerField(min_value=0, max_value=100_000, required=False)


class ReportedOut(serializers.Serializer[Any]):
    clue_id = serializers.UUIDField()
