"""API of proposals and cases on a province's host."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View, step
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from tenants.cases import selectors, services, terms
from tenants.cases.models import (
    Case,
    CaseEvidence,
    CaseExtension,
    CaseParty,
    CasePause,
    CaseProposal,
    CaseUnit,
    ReferralDecision,
)


class ProposalOut(ModelFields[CaseProposal]):
    handlers = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    case_id = serializers.SerializerMethodField()

    class Meta:
        model = CaseProposal
        fields = [
            "id", "state", "unit_id", "source", "inspection_id", "request_id", "cause_code", "cause_day", "party_name",
            "party_kind", "party_uscc", "summary", "handlers", "proposed_at", "decided_at", "answer", "case_id",
        ]  # fmt: skip

    def get_case_id(self, row: CaseProposal) -> UUID | None:
        case = getattr(row, "case", None)
        return case.pk if case is not None else None


class CaseTermOut(serializers.Serializer[Any]):
    standing = serializers.CharField()
    due_at = serializers.DateTimeField()
    last_day = serializers.DateField()
    days_left = serializers.IntegerField()
    late = serializers.BooleanField()
    words = serializers.CharField()


class CaseRow(ModelFields[Case]):
    term = serializers.SerializerMethodField()

    class Meta:
        model = Case
        fields = [
            "id", "number", "outside_number", "proposal_id", "unit_id", "title", "state", "cause_code", "cause_name",
            "cause_rule", "cause_day", "right_type", "filed_at", "term_days", "closed_at", "outcome", "closing_words",
            "term",
        ]  # fmt: skip

    @extend_schema_field(CaseTermOut)
    def get_term(self, row: Case) -> dict[str, Any]:
        return dict(CaseTermOut(terms.term_of(row)).data)


class PartyOut(ModelFields[CaseParty]):
    public_name = serializers.CharField()

    class Meta:
        model = CaseParty
        fields = ["id", "kind", "name", "public_name", "uscc", "responsible_person", "address"]


class CaseUnitOut(ModelFields[CaseUnit]):
    name = serializers.CharField(source="unit.name")

    class Meta:
        model = CaseUnit
        fields = ["unit_id", "name", "role"]


class CaseEvidenceOut(ModelFields[CaseEvidence]):
    class Meta:
        model = CaseEvidence
        fields = ["id", "kind", "record_id", "title", "legal_kind", "sha256", "at", "added_at"]


class CasePauseOut(ModelFields[CasePause]):
    class Meta:
        model = CasePause
        fields = ["id", "kind", "reason", "begin", "end"]


class CaseExtensionOut(ModelFields[CaseExtension]):
    class Meta:
        model = CaseExtension
        fields = ["id", "days", "reason", "collective", "record_no", "approved_by_name", "at"]


class ReferralOut(ModelFields[ReferralDecision]):
    check_made = serializers.DictField()

    class Meta:
        model = ReferralDecision
        fields = ["id", "decision", "reason", "check_made", "decided_by_name", "at"]


class CaseOut(CaseRow):
    parties = PartyOut(many=True)
    units = CaseUnitOut(many=True)
    evidence = CaseEvidenceOut(many=True)
    pauses = CasePauseOut(many=True)
    extensions = CaseExtensionOut(many=True)
    referrals = ReferralOut(many=True)
    threshold_check = serializers.SerializerMethodField()

    class Meta(CaseRow.Meta):
        fields = [
            *CaseRow.Meta.fields, "parties", "units", "evidence", "pauses", "extensions", "referrals",
            "threshold_check",
        ]  # fmt: skip

    def get_threshold_check(self, row: Case) -> dict[str, Any]:
        return services.check_as_json(services.check_of(row))


class ProposeIn(Fields):
    id = serializers.UUIDField(required=False)
    inspection_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    request_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    cause_code = serializers.CharField(max_length=40)
    summary = serializers.CharField(max_length=4000)
    party_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    party_kind = serializers.ChoiceField(CaseParty.Kind.choices, required=False, default="", allow_blank=True)
    party_uscc = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    handler_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20)


class DecideProposalIn(Fields):
    approve = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class CaseReasonIn(Fields):
    reason = serializers.CharField(max_length=500)


class CaseNumberIn(Fields):
    outside_number = serializers.CharField(max_length=80, allow_blank=True)


class PartyIn(Fields):
    kind = serializers.ChoiceField(CaseParty.Kind.choices)
    name = serializers.CharField(max_length=120)
    code = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    responsible_person = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class CaseUnitIn(Fields):
    unit_id = serializers.UUIDField()
    role = serializers.ChoiceField(CaseUnit.Role.choices)


class CasePauseIn(Fields):
    kind = serializers.ChoiceField(CasePause.Kind.choices)
    reason = serializers.CharField(max_length=500)


class CaseExtendIn(Fields):
    days = serializers.IntegerField(min_value=1, max_value=365)
    reason = serializers.CharField(max_length=1000)
    collective = serializers.BooleanField(required=False, default=False)
    record_no = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class ReferralIn(Fields):
    decision = serializers.ChoiceField(ReferralDecision.Decision.choices)
    reason = serializers.CharField(max_length=1000)


class CloseIn(Fields):
    outcome = serializers.ChoiceField(Case.Outcome.choices)
    words = serializers.CharField(max_length=1000)


class Proposals(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="proposals", responses=ProposalOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.proposals_of(request.user).select_related("case"), ProposalOut)

    @extend_schema(operation_id="case_propose", request=ProposeIn, responses={201: ProposalOut})
    def post(self, request: Request) -> Response:
        """提请立案, from an inspection or from the verdict on a request."""
        data = read(ProposeIn, request)
        made = services.propose(by=request.user, proposal_id=data.pop("id", None), **data)
        return Response(ProposalOut(made).data, status=status.HTTP_201_CREATED)


class ProposalDetail(View):
    @extend_schema(operation_id="proposal", responses=ProposalOut)
    def get(self, request: Request, proposal_id: UUID) -> Response:
        return Response(ProposalOut(selectors.access_proposal(request.user, proposal_id)).data)


class ProposalDecide(View):
    @extend_schema(operation_id="proposal_decide", request=DecideProposalIn, responses=ProposalOut)
    def post(self, request: Request, proposal_id: UUID) -> Response:
        """By the head: file, which makes the case, or do not, with a reason."""
        services.decide(by=request.user, proposal_id=proposal_id, **read(DecideProposalIn, request))
        return Response(ProposalOut(selectors.access_proposal(request.user, proposal_id)).data)


ProposalWithdraw = step(
    "proposal_withdraw", services.withdraw, row="proposal_id", answers=ProposalOut, reads=CaseReasonIn
)


def _whole(request: Request, case_id: UUID) -> Any:
    return CaseOut(selectors.whole_case(request.user, case_id)).data


_step = partial(step, row="case_id", answers=CaseOut, whole=_whole)


class Cases(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="cases", responses=CaseRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.cases_of(request.user).prefetch_related("pauses", "extensions"), CaseRow)


class CaseDetail(View):
    @extend_schema(operation_id="case", responses=CaseOut)
    def get(self, request: Request, case_id: UUID) -> Response:
        return Response(_whole(request, case_id))


CaseNumber = _step(
    "case_number", services.describe, reads=CaseNumberIn, says="The number in the bureau's own case-handling system."
)


class CaseParties(View):
    @extend_schema(operation_id="case_party", request=PartyIn, responses={201: PartyOut})
    def post(self, request: Request, case_id: UUID) -> Response:
        party = services.add_party(by=request.user, case_id=case_id, **read(PartyIn, request))
        return Response(PartyOut(party).data, status=status.HTTP_201_CREATED)


CaseUnits = _step("case_unit", services.set_unit, reads=CaseUnitIn)
CaseGather = _step(
    "case_gather", services.gather_again, says="Take in verdicts and seizures that came after the filing."
)
CasePauses = _step("case_pause", services.pause, reads=CasePauseIn)
CaseResume = _step("case_resume", services.resume)
CaseExtensions = _step("case_extend", services.extend, reads=CaseExtendIn)
CaseReferrals = _step(
    "case_referral",
    services.decide_referral,
    reads=ReferralIn,
    says="The head's decision to refer to the police or not, kept with the threshold check of that moment.",
)
CaseClose = _step("case_close", services.close, reads=CloseIn)
CaseReopen = _step("case_reopen", services.reopen, reads=CaseReasonIn)


urlpatterns = [
    path("proposals/", Proposals.as_view()),
    path("proposals/<uuid:proposal_id>/", ProposalDetail.as_view()),
    path("proposals/<uuid:proposal_id>/decide/", ProposalDecide.as_view()),
    path("proposals/<uuid:proposal_id>/withdraw/", ProposalWithdraw.as_view()),
    path("cases/", Cases.as_view()),
    path("cases/<uuid:case_id>/", CaseDetail.as_view()),
    path("cases/<uuid:case_id>/number/", CaseNumber.as_view()),
    path("cases/<uuid:case_id>/parties/", CaseParties.as_view()),
    path("cases/<uuid:case_id>/units/", CaseUnits.as_view()),
    path("cases/<uuid:case_id>/gather/", CaseGather.as_view()),
    path("cases/<uuid:case_id>/pauses/", CasePauses.as_view()),
    path("cases/<uuid:case_id>/resume/", CaseResume.as_view()),
    path("cases/<uuid:case_id>/extensions/", CaseExtensions.as_view()),
    path("cases/<uuid:case_id>/referrals/", CaseReferrals.as_view()),
    path("cases/<uuid:case_id>/close/", CaseClose.as_view()),
    path("cases/<uuid:case_id>/reopen/", CaseReopen.as_view()),
]
