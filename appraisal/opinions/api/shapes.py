"""What the API tells and takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appraisal.opinions import clocks
from appraisal.opinions.models import (
    HeldItem,
    HeldLetter,
    LetterReturn,
    Mailing,
    Notice,
    NoticeItem,
    Objection,
    ReuseOffer,
    Review,
    ReviewItem,
    Sample,
    Telling,
    WithdrawalAlert,
)
from appraisal.opinions.papers import objection_address
from appraisal.opinions.services import reviews
from gateway.serializers import Fields, ModelFields

# What is told -------------------------------------------------------------------------------------------------------


class NoticePhotoOut(serializers.Serializer[Any]):
    photo_id = serializers.UUIDField()
    shot_code = serializers.CharField()
    shot_name = serializers.CharField()
    sha256 = serializers.CharField()


class NoticeItemOut(ModelFields[NoticeItem]):
    photos = NoticePhotoOut(many=True)

    class Meta:
        model = NoticeItem
        fields = ["item_id", "position", "name", "claimed_brand", "spec", "batch_no", "quantity", "unit", "photos"]


class NoticeOfficerOut(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    certificate_no = serializers.CharField()


class ClockNoteOut(serializers.Serializer[Any]):
    clock = serializers.CharField()
    words = serializers.CharField()
    verified = serializers.BooleanField()
    source = serializers.CharField()


class AssistNoticeRow(ModelFields[Notice]):
    class Meta:
        model = Notice
        fields = [
            "id", "state", "type", "unit_id", "request_id", "batch_id", "organisation_id", "organisation_name",
            "document_no", "matter_no", "party_name", "reply_due_at", "drafted_at", "checked_at", "issued_at",
            "seal_state", "letter_id", "paper_id", "taken_up_at", "answered_at", "closing_reason",
        ]  # fmt: skip


class AssistNoticeOut(AssistNoticeRow):
    questions = serializers.ListField(child=serializers.CharField())
    officers = NoticeOfficerOut(many=True)
    items = NoticeItemOut(many=True)
    clock_notes = serializers.SerializerMethodField()

    class Meta(AssistNoticeRow.Meta):
        fields = [
            *AssistNoticeRow.Meta.fields, "questions", "officers", "phone", "samples_sent", "sample_seal_no", "items",
            "clock_notes",
        ]  # fmt: skip

    @extend_schema_field(ClockNoteOut(many=True))
    def get_clock_notes(self, row: Notice) -> list[Any]:
        return list(ClockNoteOut(clocks.notes([row.request_id]), many=True).data)


class HeldItemOut(ModelFields[HeldItem]):
    class Meta:
        model = HeldItem
        fields = ["item_id", "position", "product_name", "quantity", "unit", "value", "verdict_id", "seal_no", "basis"]


class HeldMailingOut(ModelFields[Mailing]):
    class Meta:
        model = Mailing
        fields = ["id", "state", "courier", "waybill_no", "sent_on", "received_on", "replaces_id", "reason"]


class LetterReturnOut(ModelFields[LetterReturn]):
    class Meta:
        model = LetterReturn
        fields = ["id", "mailing_id", "code", "reason", "at"]


class HeldLetterRow(ModelFields[HeldLetter]):
    class Meta:
        model = HeldLetter
        fields = [
            "id", "letter_id", "request_id", "notice_id", "state", "came", "organisation_id", "organisation_name",
            "role", "opinion_no", "version_no", "issued_on", "received_at", "formal_at", "exam_mode", "check_code",
            "check_url", "facts_sha256", "demonstration", "changed_at", "change_reason", "replaced_by_id",
            "replaced_by_no", "verified_at",
        ]  # fmt: skip


class HeldLetterOut(HeldLetterRow):
    items = HeldItemOut(many=True)
    mailings = HeldMailingOut(many=True)
    returns = LetterReturnOut(many=True)
    sound = serializers.SerializerMethodField()

    class Meta(HeldLetterRow.Meta):
        fields = [*HeldLetterRow.Meta.fields, "items", "mailings", "returns", "sound", "pdf_id", "scan_id"]

    def get_sound(self, row: HeldLetter) -> bool | None:
        """Whether the last verification found the signed file unchanged; null before the first."""
        return row.verified.get("sound") if row.verified else None


class ReviewItemOut(ModelFields[ReviewItem]):
    class Meta:
        model = ReviewItem
        fields = ["item_id", "position", "name", "quantity", "unit", "covered", "value", "adopted", "source"]


class ReviewCheckOut(serializers.Serializer[Any]):
    found = serializers.CharField()
    words = serializers.CharField()
    source = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


class ReviewOut(ModelFields[Review]):
    checks = serializers.DictField(child=ReviewCheckOut())
    items = ReviewItemOut(many=True)
    missing = serializers.SerializerMethodField()
    opposite = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))

    class Meta:
        model = Review
        fields = ["id", "letter_id", "state", "checks", "items", "opposite", "missing", "reason", "decided_at"]

    def get_missing(self, row: Review) -> list[str]:
        """Why it cannot be accepted now; empty once decided."""
        return reviews.missing(row) if row.state == Review.State.OPEN else []


class TellingOut(ModelFields[Telling]):
    address = serializers.SerializerMethodField()

    class Meta:
        model = Telling
        fields = ["id", "letter_id", "way", "party_name", "told_at", "objection_until", "note", "address"]

    def get_address(self, row: Telling) -> str:
        """What the party opens on a phone."""
        return objection_address(row.pk)


class ObjectionOut(ModelFields[Objection]):
    class Meta:
        model = Objection
        fields = [
            "id", "letter_id", "telling_id", "state", "came", "text", "grey_market", "contact", "received_at", "late",
            "answer_by", "outcome", "answer", "answered_at", "handling", "handled_at",
        ]  # fmt: skip


class SealedSampleOut(ModelFields[Sample]):
    item_ids = serializers.ListField(child=serializers.UUIDField())

    class Meta:
        model = Sample
        fields = [
            "id", "state", "request_id", "notice_id", "description", "item_ids", "seal_no", "courier", "waybill_no",
            "sent_on", "return_wanted", "received_on", "seal_no_found", "unbroken", "received_note", "opened_at",
            "witnesses", "back_seal_no", "back_courier", "back_waybill_no", "back_sent_on", "back_on", "back_unbroken",
        ]  # fmt: skip


class ReuseItemOut(serializers.Serializer[Any]):
    item_id = serializers.UUIDField()
    position = serializers.IntegerField()
    product_name = serializers.CharField()
    value = serializers.CharField()
    basis = serializers.CharField()
    basis_text = serializers.CharField(allow_blank=True)


class ReuseOfferOut(ModelFields[ReuseOffer]):
    items = ReuseItemOut(many=True)

    class Meta:
        model = ReuseOffer
        fields = [
            "id", "state", "request_id", "letter_id", "opinion_no", "right_holder", "issued_on", "items", "explained",
            "offered_at", "confirmed_at", "held_id", "decided_at", "reason",
        ]  # fmt: skip


class OpinionAlertOut(ModelFields[WithdrawalAlert]):
    class Meta:
        model = WithdrawalAlert
        fields = ["id", "letter_id", "state", "kind", "matter_id", "label", "why", "at", "handled_at", "words"]


# What is said -------------------------------------------------------------------------------------------------------


class AssistNoticeIn(Fields):
    id = serializers.UUIDField(required=False)
    request_id = serializers.UUIDField()
    everyone = serializers.BooleanField(required=False, default=False)
    type = serializers.CharField(max_length=20, required=False, default="identification")
    officer_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=4)
    questions = serializers.ListField(
        child=serializers.CharField(max_length=500), required=False, default=list, max_length=20
    )
    phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    reply_working_days = serializers.IntegerField(required=False, min_value=1, max_value=60)
    samples_sent = serializers.BooleanField(required=False, default=False)
    sample_seal_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class AssistNoticeChangeIn(Fields):
    questions = serializers.ListField(child=serializers.CharField(max_length=500), min_length=1, max_length=20)
    phone = serializers.CharField(max_length=40)
    reply_working_days = serializers.IntegerField(min_value=1, max_value=60)


class OpinionPolicyIn(Fields):
    show_party = serializers.BooleanField()
    reply_working_days = serializers.IntegerField(min_value=1, max_value=60)


class OpinionPolicyOut(serializers.Serializer[Any]):
    """show_party: whether right holders learn the party's name. reply_working_days: how long they have."""

    show_party = serializers.BooleanField()
    reply_working_days = serializers.IntegerField()


class OpinionReasonIn(Fields):
    reason = serializers.CharField(max_length=1000)


class OpinionWordsIn(Fields):
    words = serializers.CharField(max_length=1000)


class LetterReturnIn(Fields):
    code = serializers.ChoiceField(LetterReturn.Code.choices)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    mailing_id = serializers.UUIDField(required=False)


class OriginalReceiveIn(Fields):
    received_on = serializers.DateField()
    check_code = serializers.CharField(max_length=24)
    scan_id = serializers.UUIDField(required=False)


class TellingIn(Fields):
    id = serializers.UUIDField(required=False)
    way = serializers.ChoiceField(Telling.Way.choices)
    told_at = serializers.DateTimeField()
    party_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    working_days = serializers.IntegerField(required=False, default=5, min_value=1, max_value=60)


class ObjectionIn(Fields):
    id = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=4000)
    grey_market = serializers.BooleanField(required=False, default=False)
    contact = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=12)


class ObjectionForwardIn(Fields):
    file_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=60)


class ObjectionDecideIn(Fields):
    uphold = serializers.BooleanField()
    words = serializers.CharField(max_length=1000)


class ReviewAnswerIn(Fields):
    answers = serializers.DictField(child=serializers.ChoiceField(["", "yes", "no"], allow_blank=True))
    notes = serializers.DictField(child=serializers.CharField(max_length=500, allow_blank=True), required=False)


class ReviewAcceptIn(Fields):
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    left_out = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, default=list)


class SealedSampleIn(Fields):
    id = serializers.UUIDField(required=False)
    request_id = serializers.UUIDField()
    description = serializers.CharField(max_length=500)
    seal_no = serializers.CharField(max_length=60)
    courier = serializers.CharField(max_length=60)
    waybill_no = serializers.CharField(max_length=60)
    sent_on = serializers.DateField()
    item_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=200)
    photo_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20)
    return_wanted = serializers.BooleanField(required=False, default=True)


class SampleComeBackIn(Fields):
    received_on = serializers.DateField()
    unbroken = serializers.BooleanField()
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ReuseAskIn(Fields):
    request_id = serializers.UUIDField()
    opinion_no = serializers.CharField(max_length=80)
    check_code = serializers.CharField(max_length=20)
    item_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=60)


class ReuseAskOut(serializers.Serializer[Any]):
    ask_id = serializers.UUIDField()
