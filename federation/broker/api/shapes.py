"""What the API gives and takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from federation.broker import selectors
from federation.broker.models import Dispute, DisputeWord, ListedSupervision, Look, Route, SupervisionReport
from federation.letters.models import Delivery
from gateway.serializers import Fields, ModelFields


class DirectoryQuery(serializers.Serializer[Any]):
    """province: "gx", or "45" where it is not enrolled. q: name, pinyin, initials or division code."""

    province = serializers.CharField(max_length=31, required=False)
    q = serializers.CharField(max_length=60, required=False)
    division_code = serializers.RegexField(r"^\d{6}$", required=False)
    limit = serializers.IntegerField(min_value=1, max_value=200, required=False, default=50)


class DirectoryUnitOut(serializers.Serializer[Any]):
    ref = serializers.CharField()
    province_code = serializers.CharField()
    province_name = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    division_code = serializers.CharField()
    place = serializers.CharField()
    enrolled = serializers.BooleanField()
    agency_word = serializers.CharField(allow_blank=True)
    postal = serializers.CharField(allow_blank=True)
    removed = serializers.BooleanField()


class RouteReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    weight = serializers.FloatField()
    words = serializers.CharField()


class RouteProposalOut(serializers.Serializer[Any]):
    """direct: the letter may go there without the office."""

    unit = DirectoryUnitOut()
    score = serializers.FloatField()
    certain = serializers.BooleanField()
    direct = serializers.BooleanField()
    reasons = RouteReasonOut(many=True)


class ProposeQuery(serializers.Serializer[Any]):
    letter_kind = serializers.CharField(max_length=60)
    division_code = serializers.RegexField(r"^\d{6}$", required=False)
    brand_id = serializers.UUIDField(required=False)


class RouteOut(ModelFields[Route]):
    class Meta:
        model = Route
        fields = [
            "id", "state", "province", "letter_kind", "division_code", "brand_id", "brand_name", "product_group",
            "asked_at", "due_at", "claimed_at", "unit_ref", "reason", "changed", "answered_by", "answered_at",
        ]  # fmt: skip


class RouteDetailOut(RouteOut):
    """With what was proposed."""

    proposals = serializers.SerializerMethodField()

    class Meta(RouteOut.Meta):
        fields = [*RouteOut.Meta.fields, "proposals"]

    @extend_schema_field(RouteProposalOut(many=True))
    def get_proposals(self, route: Route) -> list[dict[str, Any]]:
        return list(RouteProposalOut(selectors.proposals_of(route), many=True).data)


class RouteAskIn(Fields):
    letter_kind = serializers.CharField(max_length=60)
    division_code = serializers.RegexField(r"^\d{6}$", required=False)
    brand_id = serializers.UUIDField(required=False)
    brand_name = serializers.CharField(max_length=80, required=False)
    product_group = serializers.CharField(max_length=80, required=False)


class RouteAnswerIn(Fields):
    unit_ref = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class LookOut(ModelFields[Look]):
    class Meta:
        model = Look
        fields = [
            "id", "state", "letter_id", "province", "purpose", "until", "asked_at", "asked_by", "grant_id", "reason",
            "answered_at",
        ]  # fmt: skip


class LookAskIn(Fields):
    purpose = serializers.CharField(max_length=200)
    until = serializers.DateField()


class LookGiveIn(Fields):
    fact = serializers.ChoiceField(["none", "masked", "view"])
    person = serializers.ChoiceField(["none", "masked", "view"])
    file = serializers.ChoiceField(["none", "masked", "view"], required=False)


class BrokerReasonIn(Fields):
    reason = serializers.CharField(max_length=500)


class LetterEnvelopeDeliveryOut(ModelFields[Delivery]):
    class Meta:
        model = Delivery
        fields = [
            "addressee", "state", "due_at", "delivered_at", "opened_at", "accepted_at", "returned_at", "answered_at",
        ]  # fmt: skip


class LetterEnvelopeOut(serializers.Serializer[Any]):
    """An official letter without its contents. is_open: a grant of its sender lets the office read it now."""

    id = serializers.UUIDField(source="letter.pk")
    document_no = serializers.CharField(source="letter.document_no")
    kind = serializers.CharField(source="letter.kind")
    sender = serializers.CharField(source="letter.sender")
    written_at = serializers.DateTimeField(source="letter.written_at")
    deliveries = serializers.SerializerMethodField()
    looks = LookOut(many=True)
    is_open = serializers.BooleanField()
    grant_id = serializers.UUIDField(allow_null=True)

    @extend_schema_field(LetterEnvelopeDeliveryOut(many=True))
    def get_deliveries(self, envelope: Any) -> list[dict[str, Any]]:
        rows = [delivery for _name, delivery in envelope.deliveries]
        return list(LetterEnvelopeDeliveryOut(rows, many=True).data)


class GrantOfLetterOut(serializers.Serializer[Any]):
    """The grant whose items are the contents."""

    grant_id = serializers.UUIDField()


class ProvinceDisputeOut(ModelFields[Dispute]):
    class Meta:
        model = Dispute
        fields = [
            "id", "state", "matter_kind", "title", "letter_no", "first", "second", "claim", "first_filed_at",
            "first_filed_no", "second_filed_at", "second_filed_no", "opened_at", "due_at", "raised_why", "raised_at",
            "agreed_on", "designated", "decision_no", "decision_reason", "decision_conditions", "ended_at",
        ]  # fmt: skip


class ProvinceDisputeWordOut(ModelFields[DisputeWord]):
    class Meta:
        model = DisputeWord
        fields = ["id", "province", "kind", "text", "names", "answers", "by_name", "at"]


class ProvinceDisputeDetailOut(ProvinceDisputeOut):
    """With what both sides said; the office gets none."""

    words = serializers.SerializerMethodField()

    class Meta(ProvinceDisputeOut.Meta):
        fields = [*ProvinceDisputeOut.Meta.fields, "words"]

    @extend_schema_field(ProvinceDisputeWordOut(many=True))
    def get_words(self, dispute: Dispute) -> list[dict[str, Any]]:
        return list(ProvinceDisputeWordOut(selectors.words_of(dispute), many=True).data)


class DisputeOpenIn(Fields):
    other = serializers.CharField(max_length=31)
    title = serializers.CharField(max_length=200)
    claim = serializers.ChoiceField(Dispute.Claim.choices)
    reason = serializers.CharField(max_length=4000)
    letter_id = serializers.UUIDField(required=False)
    own_filed_at = serializers.DateTimeField(required=False)
    own_filed_no = serializers.CharField(max_length=80, required=False)


class DisputeSayIn(Fields):
    """names: for a proposal, which of the two takes the matter."""

    kind = serializers.ChoiceField(DisputeWord.Kind.choices)
    text = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    names = serializers.CharField(max_length=31, required=False)
    filed_at = serializers.DateTimeField(required=False)
    filed_no = serializers.CharField(max_length=80, required=False)


class DisputeDecideIn(Fields):
    designated = serializers.CharField(max_length=31)
    reason = serializers.CharField(max_length=4000)
    conditions = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ListedSupervisionReportOut(ModelFields[SupervisionReport]):
    class Meta:
        model = SupervisionReport
        fields = ["id", "text", "is_final", "by_name", "at"]


class ListedSupervisionOut(ModelFields[ListedSupervision]):
    reports = ListedSupervisionReportOut(many=True)

    class Meta:
        model = ListedSupervision
        fields = [
            "id", "state", "document_no", "province", "subject_kind", "subject_no", "title", "demand", "due_on",
            "listed_by", "listed_at", "turned_words", "lifted_at", "reports",
        ]  # fmt: skip


class SupervisionListIn(Fields):
    province = serializers.CharField(max_length=31)
    subject_kind = serializers.ChoiceField(ListedSupervision.SubjectKind.choices)
    subject_no = serializers.CharField(max_length=80)
    title = serializers.CharField(max_length=200)
    demand = serializers.CharField(max_length=2000)
    due_on = serializers.DateField()


class SupervisionReportIn(Fields):
    text = serializers.CharField(max_length=4000)
    is_final = serializers.BooleanField(required=False)


class SupervisionTurnIn(Fields):
    """lift: taken off the list. send_back: more is wanted, by due_on if it is given."""

    turn = serializers.ChoiceField(["lift", "send_back"])
    words = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    due_on = serializers.DateField(required=False)


class DisputePaperIn(Fields):
    """designated: the names of the bureau that the paper designates."""

    designated = serializers.CharField(max_length=120)
    document_no = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=2000)
