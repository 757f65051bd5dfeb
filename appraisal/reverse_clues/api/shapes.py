"""What programs read and write of reverse clues."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from appraisal.reverse_clues import services
from appraisal.reverse_clues.models import (
    Addressee,
    ClueFile,
    ClueProduct,
    Purchase,
    Question,
    ReverseClue,
    StateLine,
    Supplement,
)
from gateway.serializers import Fields, ModelFields

RECORDINGS = [each for each in ClueFile.Form.choices if each[0] != ClueFile.Form.PHOTO]


class ClueStateLineOut(ModelFields[StateLine]):
    class Meta:
        model = StateLine
        fields = ["state", "at", "result", "outcome"]


class ClueQuestionOut(ModelFields[Question]):
    class Meta:
        model = Question
        fields = ["id", "state", "text", "asked_at", "reply_by", "answer", "answered_by_name", "answered_at"]


class ClueAddresseeOut(ModelFields[Addressee]):
    """One bureau. What it shows is a state and in the end an end: never the file."""

    lines = ClueStateLineOut(many=True)
    questions = ClueQuestionOut(many=True)

    class Meta:
        model = Addressee
        fields = [
            "id", "province_code", "level", "division_code", "place_name", "state", "number", "shown_at", "result",
            "outcome", "ended_on", "withdrawn_at", "withdrawn_why", "lines", "questions",
        ]  # fmt: skip


class ReverseFileOut(ModelFields[ClueFile]):
    class Meta:
        model = ClueFile
        fields = [
            "id", "form", "what", "platform", "account", "link", "recorded_from", "recorded_until", "sha256", "sm3",
            "size_bytes", "media_type", "sealed_at", "sent_at",
        ]  # fmt: skip


class TestPurchaseOut(ModelFields[Purchase]):
    __test__ = False

    class Meta:
        model = Purchase
        fields = [
            "id", "platform", "seller", "order_no", "bought_on", "product_name", "quantity", "unit", "price_yuan",
            "courier", "waybill_no", "sent_from", "finding", "sent_at",
        ]  # fmt: skip


class ClueSupplementOut(ModelFields[Supplement]):
    class Meta:
        model = Supplement
        fields = ["id", "text", "by_name", "at"]


class ReportedProductOut(ModelFields[ClueProduct]):
    name = serializers.CharField(source="product.full_name")

    class Meta:
        model = ClueProduct
        fields = ["product", "name", "code"]


class ReverseClueRow(ModelFields[ReverseClue]):
    class Meta:
        model = ReverseClue
        fields = ["id", "ref", "state", "title", "subject_name", "created_at", "sent_at"]


class ReverseClueOut(ModelFields[ReverseClue]):
    """`missing`: what is still to be filled in before it can be sent."""

    products = ReportedProductOut(many=True)
    addressees = ClueAddresseeOut(many=True)
    files = ReverseFileOut(many=True)
    purchases = TestPurchaseOut(many=True)
    supplements = ClueSupplementOut(many=True)
    missing = serializers.SerializerMethodField()

    class Meta:
        model = ReverseClue
        fields = [
            "id", "ref", "state", "title", "content", "subject_kind", "subject_name", "subject_code", "subject_phone",
            "subject_account", "address_raw", "place_role", "channel", "chain_stage", "violations", "estimated_value",
            "trademarks", "products", "addressees", "files", "purchases", "supplements", "created_at", "sent_at",
            "sent_by_name", "missing",
        ]  # fmt: skip

    def get_missing(self, row: ReverseClue) -> list[str]:
        return [str(each) for each in services.missing(row)] if row.state == ReverseClue.State.DRAFT else []


class ReportedProductIn(Fields):
    product_id = serializers.UUIDField()
    code = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


def _text(most: int) -> serializers.CharField:
    return serializers.CharField(max_length=most, required=False, allow_blank=True)


class ReverseClueIn(Fields):
    """What is given is saved; what is left out stays as it was."""

    title = _text(120)
    content = _text(8000)
    subject_kind = serializers.ChoiceField(ReverseClue.SubjectKind.choices, required=False)
    subject_name = _text(120)
    subject_code = _text(18)
    subject_phone = _text(30)
    subject_account = _text(200)
    address_raw = _text(1000)
    place_role = serializers.ChoiceField(ReverseClue.PlaceRole.choices, required=False, allow_blank=True)
    channel = serializers.ChoiceField(ReverseClue.Channel.choices, required=False)
    chain_stage = serializers.ChoiceField(ReverseClue.ChainStage.choices, required=False, allow_blank=True)
    violations = serializers.ListField(child=serializers.ChoiceField(ReverseClue.Violation.choices), required=False)
    estimated_value = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, required=False)
    trademark_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=60)
    products = serializers.ListField(child=ReportedProductIn(), required=False, max_length=60)


class ReverseCluesQuery(Fields):
    state = serializers.ChoiceField(["open", "draft", "ended", "all"], required=False, default="all")
    text = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class ClueAddresseeIn(Fields):
    """division_code: of the bureau's division; or place: its name, which must say exactly one."""

    province_code = serializers.CharField(max_length=31)
    level = serializers.ChoiceField(Addressee.Level.choices)
    division_code = serializers.RegexField(r"^(\d{6})?$", required=False, default="", allow_blank=True)
    place = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class CluePhotoIn(Fields):
    file = serializers.FileField()
    sha256 = serializers.RegexField(r"^([0-9a-f]{64})?$", required=False, default="", allow_blank=True)
    what = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    captured_at = serializers.DateTimeField(required=False)


class ClueRecordingIn(Fields):
    """With file: sealed here. Without: sha256 names a file that the brand keeps for the bureau."""

    file = serializers.FileField(required=False)
    sha256 = serializers.RegexField(r"^([0-9a-f]{64})?$", required=False, default="", allow_blank=True)
    form = serializers.ChoiceField(RECORDINGS)
    what = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    platform = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    account = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    link = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    recorded_from = serializers.DateTimeField(required=False)
    recorded_until = serializers.DateTimeField(required=False)


class TestPurchaseIn(Fields):
    """order_no or waybill_no is needed."""

    __test__ = False

    platform = _text(80)
    seller = _text(120)
    order_no = _text(80)
    bought_on = serializers.DateField(required=False)
    product_name = _text(120)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, min_value=0, required=False)
    unit = _text(20)
    price_yuan = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, required=False)
    courier = _text(60)
    waybill_no = _text(60)
    sent_from = _text(300)
    finding = _text(500)


class ReverseSupplementIn(Fields):
    text = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


class ReverseWithdrawIn(Fields):
    """addressee_id: from one bureau; without it from all."""

    reason = serializers.CharField(max_length=1000)
    addressee_id = serializers.UUIDField(required=False)


class ClueAnswerIn(Fields):
    text = serializers.CharField(max_length=4000)


class ReachOut(serializers.Serializer[Any]):
    """One province. code: empty where its bureau does not take part yet."""

    division_code = serializers.CharField()
    name = serializers.CharField()
    code = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)


class OwnClueFiguresOut(serializers.Serializer[Any]):
    sent = serializers.IntegerField()
    ended = serializers.IntegerField()
    filed = serializers.IntegerField()
    filed_per_cent = serializers.IntegerField(allow_null=True)
    true = serializers.IntegerField()
    partly = serializers.IntegerField()
    untrue = serializers.IntegerField()
    median_days = serializers.FloatField(allow_null=True)
