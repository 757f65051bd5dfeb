"""What the API says and reads of referrals."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gateway.serializers import Fields, ModelFields, ObjectField
from tenants.linkage import terms
from tenants.linkage.mapping import rules
from tenants.linkage.models import Outgoing, Referral, ReferralStep


class ReferralStepOut(ModelFields[ReferralStep]):
    """What happened. by_name: the person, or the connection it came by."""

    class Meta:
        model = ReferralStep
        fields = ["id", "kind", "at", "noted_at", "number", "words", "data", "external_id", "by_name"]


class ReferralTermOut(serializers.Serializer[Any]):
    """One term. ours: we owe it; otherwise the other side."""

    code = serializers.CharField(source="rule.code")
    words = serializers.CharField(source="rule.words")
    ours = serializers.BooleanField(source="rule.ours")
    due_at = serializers.DateTimeField()
    met_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()


class LinkageReferralOut(ModelFields[Referral]):
    """A referral to the police, with its terms and what happened."""

    case_number = serializers.CharField(source="case.number")
    terms = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta:
        model = Referral
        fields = [
            "id", "state", "document_no", "case_id", "case_number", "connection_id", "police_org", "suspected_crime",
            "facts", "goods_yuan", "gains_yuan", "annexes", "decided_at", "sent_at", "received_at", "receipt_no",
            "notice_at", "notice_no", "filed_at", "handed_over_at", "withdrawn_at", "outcome", "terms", "steps",
        ]  # fmt: skip

    @extend_schema_field(ReferralTermOut(many=True))
    def get_terms(self, row: Referral) -> Any:
        if "own_terms" not in self.context:  # of all rows of an answer, once
            self.context["own_terms"] = terms.of_platforms()
        return ReferralTermOut(terms.clocks_of(row, self.context["own_terms"]), many=True).data

    @extend_schema_field(ReferralStepOut(many=True))
    def get_steps(self, row: Referral) -> Any:
        return ReferralStepOut(row.steps.all(), many=True).data


_ANNEXES = [each for each in Referral.Annex.choices if each[0] != Referral.Annex.APPRAISAL]


def _annexes(**more: Any) -> serializers.ListField:
    help_text = "what lies ready: letter, report and goods are needed before it is sent; verdicts go by themselves"
    return serializers.ListField(child=serializers.ChoiceField(_ANNEXES), max_length=10, help_text=help_text, **more)


class ReferralPrepareIn(Fields):
    """A referral is drafted. connection_id: the linkage platform it goes by; null: on paper."""

    case_id = serializers.UUIDField()
    police_org = serializers.CharField(max_length=120)
    suspected_crime = serializers.CharField(max_length=120)
    facts = serializers.CharField(max_length=8000)
    connection_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    goods_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    gains_yuan = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    annexes = _annexes(required=False, default=list)


class ReferralAmendIn(Fields):
    """What changes of a draft; the rest stays."""

    police_org = serializers.CharField(max_length=120, required=False)
    facts = serializers.CharField(max_length=8000, required=False)
    annexes = _annexes(required=False)


class ReferralReasonIn(Fields):
    reason = serializers.CharField(max_length=1000)


class ReferralWordsIn(Fields):
    words = serializers.CharField(max_length=1000)


class TellPenaltyIn(Fields):
    """connection_id: the linkage platform that is told."""

    connection_id = serializers.UUIDField()


class ReferralStepIn(Fields):
    """What the police or the prosecutor say. external_id: your own number of the message: the same twice is once.

    data: only of `outcome`: detained, arrested, charged, convicted, in people.
    """

    kind = serializers.ChoiceField(choices=[(each.value, each.label) for each in ReferralStep.THEIRS])
    at = serializers.DateTimeField()
    number = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    words = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    external_id = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    data = ObjectField(required=False, default=dict)


class LinkageMessageOut(ModelFields[Outgoing]):
    """A message that waits for the platform. payload: by the mapping in force, complete or not there at all."""

    payload = serializers.SerializerMethodField(help_text=str(_("按启用的对照写成。")))

    class Meta:
        model = Outgoing
        fields = [
            "id",
            "kind",
            "case_id",
            "referral_id",
            "withdraws_id",
            "made_at",
            "due_at",
            "mapping_version",
            "payload",
        ]

    @extend_schema_field(serializers.DictField())
    def get_payload(self, row: Outgoing) -> Any:
        return self.context["payloads"][row.pk]


class LinkageProblemOut(serializers.Serializer[Any]):
    """One thing that keeps a message from going. target: the field of theirs."""

    code = serializers.CharField()
    target = serializers.CharField(allow_blank=True)
    words = serializers.CharField()


class LinkageStandingOut(ModelFields[Outgoing]):
    """Where a message stands. words: what the platform said, or how it was brought otherwise."""

    problems = serializers.SerializerMethodField()

    class Meta:
        model = Outgoing
        fields = [
            "id", "kind", "state", "case_id", "referral_id", "withdraws_id", "made_at", "due_at", "escalated_at",
            "tries", "sent_at", "channel", "reference", "words", "problems",
        ]  # fmt: skip

    @extend_schema_field(LinkageProblemOut(many=True))
    def get_problems(self, row: Outgoing) -> Any:
        return LinkageProblemOut([rules.finding(each) for each in row.problems], many=True).data


class LinkageTakenIn(Fields):
    """That a message was taken. reference: your own number of it."""

    reference = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class LinkageTakenOut(ModelFields[Outgoing]):
    """Where a message stands."""

    class Meta:
        model = Outgoing
        fields = ["id", "state", "sent_at", "reference"]
