"""What the API of official letters reads and says."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from gateway.serializers import Fields, ModelFields, ObjectField
from tenants.clues.models import Clue
from tenants.correspondence import presenters
from tenants.correspondence.kinds import words_of
from tenants.correspondence.models import (
    BulletinCopy,
    CourseStep,
    LetterApproval,
    LetterItem,
    LetterResult,
    OfficialLetter,
    Partner,
)
from tenants.correspondence.services import sending


class OfficialItemOut(ModelFields[LetterItem]):
    class Meta:
        model = LetterItem
        fields = ["position", "exhibit_id", "item", "form", "original_or_copy", "quantity", "travels", "sha256", "sm3"]


class OfficialApprovalOut(ModelFields[LetterApproval]):
    class Meta:
        model = LetterApproval
        fields = ["step", "name", "unit_name", "words", "at"]


class OfficialResultOut(ModelFields[LetterResult]):
    class Meta:
        model = LetterResult
        fields = ["id", "serial", "final", "result", "outcome", "words", "number", "unit_name", "who", "by_hand", "at"]


class OfficialCopyOut(ModelFields[BulletinCopy]):
    class Meta:
        model = BulletinCopy
        fields = ["id", "party", "name", "state", "received_at", "words"]


class LetterDossierRow(ModelFields[OfficialLetter]):
    """A letter in a list. clue_id, case_id: of this bureau."""

    kind_name = serializers.SerializerMethodField()
    own_unit_name = serializers.CharField(source="own_unit.name")

    class Meta:
        model = OfficialLetter
        fields = [
            "id", "direction", "kind", "kind_name", "state", "document_no", "title", "own_unit_id", "own_unit_name",
            "peer_party", "peer_ref", "peer_name", "peer_province", "by_paper", "clue_id", "case_id", "issued_at",
            "sent_at", "accept_by", "feedback_by", "due_provisional", "waiting_code", "closed_at",
        ]  # fmt: skip

    def get_kind_name(self, letter: OfficialLetter) -> str:
        return words_of(letter.kind)


class LetterDossierOut(LetterDossierRow):
    """A whole letter. waiting: in words, why an issued letter has not left. stuck: why a sent one has not arrived."""

    items = OfficialItemOut(many=True)
    approvals = OfficialApprovalOut(many=True)
    results = OfficialResultOut(many=True)
    copies = OfficialCopyOut(many=True)
    waiting = serializers.SerializerMethodField()
    stuck = serializers.SerializerMethodField()
    fields_said = ObjectField(source="fields")

    class Meta(LetterDossierRow.Meta):
        fields = [
            *LetterDossierRow.Meta.fields, "summary", "legal_basis", "suggestion", "cc", "fields_said", "contact_name",
            "contact_phone", "seal", "sealed_at", "check_code", "content_sha256", "delivered_at", "received_at",
            "received_name", "accepted_at", "taken_as", "returned_at", "return_reason", "return_words", "right_ref",
            "right_name", "answered_at", "recall_asked_at", "recall_words", "recall_refused", "refers_to_id",
            "refers_as", "dispute_id", "waiting", "stuck", "items", "approvals", "results", "copies",
        ]  # fmt: skip

    def get_waiting(self, letter: OfficialLetter) -> str:
        return sending.waiting_words(letter)

    def get_stuck(self, letter: OfficialLetter) -> str:
        return sending.stuck_words(letter)


class OfficialFindingOut(serializers.Serializer[Any]):
    where = serializers.CharField()
    shown = serializers.CharField()
    why = serializers.CharField()


class OfficialFindingsOut(serializers.Serializer[Any]):
    """stops: what keeps the letter here. looks: what somebody has to have looked at. Both masked."""

    stops = OfficialFindingOut(many=True)
    looks = OfficialFindingOut(many=True)


class OfficialKindOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()
    needs = serializers.CharField()
    to = serializers.ListField(child=serializers.CharField())
    takes_on = serializers.BooleanField()
    answered = serializers.BooleanField()


class OfficialUnitOut(serializers.Serializer[Any]):
    ref = serializers.CharField()
    name = serializers.CharField()
    province_code = serializers.CharField()
    province_name = serializers.CharField()
    division_code = serializers.CharField()
    enrolled = serializers.BooleanField()
    postal = serializers.CharField()


class PartnerOut(ModelFields[Partner]):
    class Meta:
        model = Partner
        fields = [
            "id", "kind", "name", "division_code", "address", "postcode", "phone", "contact_name", "is_active",
        ]  # fmt: skip


# What is read ---------------------------------------------------------------------------------------------------------


def _text(length: int) -> serializers.CharField:
    return serializers.CharField(max_length=length, required=False, allow_blank=True)


class OfficialToIn(Fields):
    unit_ref = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    partner_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    provinces = serializers.ListField(
        child=serializers.CharField(max_length=31), required=False, default=list, max_length=40
    )
    group_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class OfficialPartsIn(Fields):
    """The common parts; what is left out stays. `fields_said`: what the kind asks for beside them."""

    title = _text(200)
    summary = _text(8000)
    legal_basis = _text(1000)
    suggestion = _text(2000)
    contact_name = _text(40)
    contact_phone = _text(30)
    seal = serializers.ChoiceField(choices=OfficialLetter.Seal.choices, required=False)
    fields_said = ObjectField(required=False)
    to = OfficialToIn(required=False)


class OfficialDraftIn(OfficialPartsIn):
    """A new letter. letter_id: chosen by the caller, so twice is once."""

    kind = serializers.CharField(max_length=30)
    clue_id = serializers.UUIDField(required=False, allow_null=True)
    case_id = serializers.UUIDField(required=False, allow_null=True)
    refers_to_id = serializers.UUIDField(required=False, allow_null=True)
    refers_as = serializers.ChoiceField(choices=OfficialLetter.Refers.choices, required=False, allow_blank=True)
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=60)
    letter_id = serializers.UUIDField(required=False, allow_null=True)


class OfficialChangeIn(OfficialPartsIn):
    cc = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=20)


class OfficialExhibitsIn(Fields):
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), max_length=60)


class OfficialLookedIn(Fields):
    looked = serializers.BooleanField(required=False, default=False)


class OfficialApprovalIn(OfficialLookedIn):
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class OfficialReasonIn(Fields):
    words = serializers.CharField(max_length=500)


class OfficialAcceptIn(Fields):
    answers = ObjectField(required=False)
    handler_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class OfficialReturnIn(Fields):
    reason = serializers.ChoiceField(choices=OfficialLetter.ReturnReason.choices)
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    right_ref = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    right_name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)


class OfficialHandIn(Fields):
    officer_id = serializers.UUIDField()


class OfficialResultIn(Fields):
    words = serializers.CharField(max_length=4000)
    final = serializers.BooleanField(required=False, default=False)
    result = serializers.ChoiceField(choices=["", *Clue.Result.values], required=False, default="")
    outcome = serializers.ChoiceField(choices=["", *Clue.Outcome.values], required=False, default="")
    number = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    result_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class OfficialRecallAnswerIn(Fields):
    consents = serializers.BooleanField()
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class OfficialCourseIn(Fields):
    what = serializers.ChoiceField(choices=CourseStep.What.choices)
    on = serializers.DateTimeField(required=False, allow_null=True, default=None)
    who = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    courier = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    tracking_no = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    words = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    reason = serializers.ChoiceField(choices=["", *OfficialLetter.ReturnReason.values], required=False, default="")
    final = serializers.BooleanField(required=False, default=False)
    result = serializers.ChoiceField(choices=["", *Clue.Result.values], required=False, default="")
    outcome = serializers.ChoiceField(choices=["", *Clue.Outcome.values], required=False, default="")
    scan_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class OfficialSealIn(Fields):
    scan_id = serializers.UUIDField()


class PartnerIn(Fields):
    kind = serializers.ChoiceField(choices=Partner.Kind.choices)
    name = serializers.CharField(max_length=80)
    division_code = serializers.CharField(max_length=6, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    postcode = serializers.CharField(max_length=6, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=30, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    is_active = serializers.BooleanField(required=False)


class OfficialLettersQuery(serializers.Serializer[Any]):
    box = serializers.ChoiceField(sorted(presenters.BOXES), required=False, default="all")
    kind = serializers.CharField(required=False)


class OfficialUnitsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=60)


class OfficialPaperQuery(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"as": serializers.ChoiceField(["pdf", "docx"], required=False, default="pdf")}
