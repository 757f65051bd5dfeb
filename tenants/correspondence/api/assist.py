"""API of assistance, hand-overs, what goes beside a letter, and the days of this province's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, NothingIn, read
from gateway.views import ApiView
from tenants.correspondence import selectors_assist as doors
from tenants.correspondence.models import (
    Assistance,
    AssistanceAnswer,
    AssistanceDraft,
    AssistanceExtension,
    AssistanceQuestion,
    CarriedTerm,
    CaseTransfer,
    ClaimsSettled,
    EvidenceBeside,
    FilingClaim,
    RegionalDay,
)
from tenants.correspondence.services import assisting, beside, claims, copies, days, handing_over

FINDINGS = AssistanceDraft.Finding.choices


class AssistanceAnswerOut(ModelFields[AssistanceAnswer]):
    evidence = serializers.JSONField()

    class Meta:
        model = AssistanceAnswer
        fields = ["id", "reply_id", "finding", "text", "evidence", "at", "by_name"]


class AssistanceQuestionOut(ModelFields[AssistanceQuestion]):
    """draft: an answer that has not left, at the bureau that is asked."""

    answers = AssistanceAnswerOut(many=True)
    draft = serializers.SerializerMethodField()

    class Meta:
        model = AssistanceQuestion
        fields = ["number", "text", "answers", "draft"]

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_draft(self, row: AssistanceQuestion) -> dict[str, Any] | None:
        draft = getattr(row, "draft", None)
        return {"finding": draft.finding, "text": draft.text, "evidence": draft.evidence} if draft else None


class AssistanceExtensionOut(ModelFields[AssistanceExtension]):
    class Meta:
        model = AssistanceExtension
        fields = ["id", "in_time", "was_due_on", "new_due_on", "reason", "at", "by_name"]


class AssistanceRow(ModelFields[Assistance]):
    document_no = serializers.CharField(source="letter.document_no")
    other = serializers.CharField(source="letter.peer_name")
    targets = serializers.JSONField()
    officers = serializers.JSONField()
    calendar_words = serializers.JSONField()

    class Meta:
        model = Assistance
        fields = [
            "id", "letter_id", "side", "state", "document_no", "other", "case_name", "party_name", "legal_basis",
            "targets", "term_days", "received_at", "first_due_on", "due_on", "due_provisional", "calendar_words",
            "signed_by_name", "officers", "replied_at", "closed_at", "closing_words",
        ]  # fmt: skip


class AssistanceDossierOut(AssistanceRow):
    questions = AssistanceQuestionOut(many=True)
    extensions = AssistanceExtensionOut(many=True)

    class Meta(AssistanceRow.Meta):
        fields = [*AssistanceRow.Meta.fields, "questions", "extensions"]


class AssistanceAnswerIn(Fields):
    """exhibit_ids: evidence that this person handed in or may open."""

    finding = serializers.ChoiceField(FINDINGS, required=False, default="found")
    text = serializers.CharField(max_length=4000)
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=60)


class AssistanceExtendIn(Fields):
    new_due_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class AssistanceCloseIn(Fields):
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AssistanceReceiptIn(Fields):
    received_on = serializers.DateField()


class AssistancePaperReplyIn(Fields):
    number = serializers.IntegerField(min_value=1, max_value=30)
    finding = serializers.ChoiceField(FINDINGS)
    text = serializers.CharField(max_length=4000)
    who = serializers.CharField(max_length=80)


class LetterMadeOut(Fields):
    """The letter that was begun; it is checked and issued like any other."""

    letter_id = serializers.UUIDField()


def _whole(request: Request, assistance_id: UUID) -> Response:
    row = doors.whole(doors.access_assistance(request.user, assistance_id))
    return Response(AssistanceDossierOut(row).data)


class Assistances(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="assistances", responses=AssistanceRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(doors.assistances_of(request.user), AssistanceRow)


class AssistanceDetail(View):
    @extend_schema(operation_id="assistance", responses=AssistanceDossierOut)
    def get(self, request: Request, assistance_id: UUID) -> Response:
        return _whole(request, assistance_id)


class AssistanceAnswers(View):
    @extend_schema(operation_id="assistance_answer", request=AssistanceAnswerIn, responses=AssistanceDossierOut)
    def post(self, request: Request, assistance_id: UUID, number: int) -> Response:
        """Prepare the answer to one question, by an officer who was named. It leaves with the next reply."""
        assisting.write_answer(
            by=request.user, assistance_id=assistance_id, number=number, **read(AssistanceAnswerIn, request)
        )
        return _whole(request, assistance_id)

    @extend_schema(operation_id="assistance_answer_drop", responses={204: None})
    def delete(self, request: Request, assistance_id: UUID, number: int) -> Response:
        """Take back an answer that has not left."""
        assisting.drop_answer(by=request.user, assistance_id=assistance_id, number=number)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssistanceReply(View):
    @extend_schema(operation_id="assistance_reply", request=NothingIn, responses={201: LetterMadeOut})
    def post(self, request: Request, assistance_id: UUID) -> Response:
        """起草复函 with the answers that are ready."""
        letter = assisting.draft_reply(by=request.user, assistance_id=assistance_id)
        return Response({"letter_id": letter.pk}, status=status.HTTP_201_CREATED)


class AssistanceExtend(View):
    @extend_schema(operation_id="assistance_extend", request=AssistanceExtendIn, responses=AssistanceDossierOut)
    def post(self, request: Request, assistance_id: UUID) -> Response:
        """延期告知. After the term: 409 `extension_too_late`, and it is kept as late on both sides."""
        assisting.extend(by=request.user, assistance_id=assistance_id, **read(AssistanceExtendIn, request))
        return _whole(request, assistance_id)


class AssistanceClose(View):
    @extend_schema(operation_id="assistance_close", request=AssistanceCloseIn, responses=AssistanceDossierOut)
    def post(self, request: Request, assistance_id: UUID) -> Response:
        """办结, by the bureau that asked."""
        assisting.close(by=request.user, assistance_id=assistance_id, **read(AssistanceCloseIn, request))
        return _whole(request, assistance_id)


class AssistancePaperReceipt(View):
    @extend_schema(operation_id="assistance_paper_receipt", request=AssistanceReceiptIn, responses=AssistanceDossierOut)
    def post(self, request: Request, assistance_id: UUID) -> Response:
        """For a bureau that is not on the system: when it received the letter."""
        assisting.note_receipt(by=request.user, assistance_id=assistance_id, **read(AssistanceReceiptIn, request))
        return _whole(request, assistance_id)


class AssistancePaperReply(View):
    @extend_schema(
        operation_id="assistance_paper_reply", request=AssistancePaperReplyIn, responses=AssistanceDossierOut
    )
    def post(self, request: Request, assistance_id: UUID) -> Response:
        """For a bureau that is not on the system: what its reply says to one question."""
        assisting.note_reply(by=request.user, assistance_id=assistance_id, **read(AssistancePaperReplyIn, request))
        return _whole(request, assistance_id)


# Cases handed over ---------------------------------------------------------------------------------------------------


class CarriedTermOut(ModelFields[CarriedTerm]):
    class Meta:
        model = CarriedTerm
        fields = [
            "seizure_id", "measure", "decision_no", "carried_out_at", "term_days", "extended_days", "runs_until",
            "paused", "goods", "place",
        ]  # fmt: skip


class CaseTransferOut(ModelFields[CaseTransfer]):
    document_no = serializers.CharField(source="letter.document_no")
    other = serializers.CharField(source="letter.peer_name")
    terms = CarriedTermOut(many=True)
    parties = serializers.JSONField()
    goods = serializers.JSONField()
    dossier = serializers.JSONField()

    class Meta:
        model = CaseTransfer
        fields = [
            "id", "letter_id", "side", "state", "document_no", "other", "case_id", "case_name", "cause_code", "parties",
            "goods", "dossier", "terms", "received_at", "verify_by", "verify_provisional", "their_case_no", "filed_on",
        ]  # fmt: skip


class TransferFilingIn(Fields):
    """id makes it once. handler_ids: the other officers; two with the one who asks."""

    id = serializers.UUIDField(required=False, allow_null=True, default=None)
    cause_code = serializers.CharField(max_length=40)
    summary = serializers.CharField(max_length=4000)
    handler_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=10)


class ProposalMadeOut(Fields):
    proposal_id = serializers.UUIDField()


class DesignationIn(Fields):
    reason = serializers.CharField(max_length=1000)


class DisputeMadeOut(Fields):
    dispute_id = serializers.UUIDField()


class CaseTransfers(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="case_transfers", responses=CaseTransferOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(doors.transfers_of(request.user).prefetch_related("terms"), CaseTransferOut)


class CaseTransferDetail(View):
    @extend_schema(operation_id="case_transfer", responses=CaseTransferOut)
    def get(self, request: Request, case_transfer_id: UUID) -> Response:
        return Response(CaseTransferOut(doors.access_case_transfer(request.user, case_transfer_id)).data)


class CaseTransferPropose(View):
    @extend_schema(operation_id="case_transfer_propose", request=TransferFilingIn, responses={201: ProposalMadeOut})
    def post(self, request: Request, case_transfer_id: UUID) -> Response:
        """提请立案 from a case that was taken."""
        said = read(TransferFilingIn, request)
        made = handing_over.propose(by=request.user, transfer_id=case_transfer_id, proposal_id=said.pop("id"), **said)
        return Response({"proposal_id": made.pk}, status=status.HTTP_201_CREATED)


class CaseTransferDesignation(View):
    @extend_schema(operation_id="case_transfer_designation", request=DesignationIn, responses={201: DisputeMadeOut})
    def post(self, request: Request, case_transfer_id: UUID) -> Response:
        """报请指定管辖: a case that was handed over may not be passed on."""
        said = read(DesignationIn, request)
        made = handing_over.ask_designation(by=request.user, transfer_id=case_transfer_id, **said)
        return Response({"dispute_id": made}, status=status.HTTP_201_CREATED)


# Beside a letter -----------------------------------------------------------------------------------------------------


class EvidenceBesideIn(Fields):
    package_id = serializers.UUIDField()


class EvidenceBesideOut(ModelFields[EvidenceBeside]):
    class Meta:
        model = EvidenceBeside
        fields = ["id", "letter_id", "transfer_id", "outgoing", "at", "by_name"]


class FilingClaimIn(Fields):
    case_id = serializers.UUIDField()
    ground = serializers.CharField(max_length=1000)


class FilingClaimOut(ModelFields[FilingClaim]):
    class Meta:
        model = FilingClaim
        fields = ["id", "mine", "province_code", "unit_name", "case_number", "filed_at", "ground", "at"]


class ClaimsSettledOut(ModelFields[ClaimsSettled]):
    class Meta:
        model = ClaimsSettled
        fields = ["id", "how", "dispute_id", "in_favour", "words", "at"]


class GiveWayIn(Fields):
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class LetterEvidence(View):
    @extend_schema(operation_id="official_evidence", request=EvidenceBesideIn, responses={201: EvidenceBesideOut})
    def post(self, request: Request, official_id: UUID) -> Response:
        """Send a sealed package with its originals beside a letter."""
        made = beside.send(by=request.user, letter_id=official_id, **read(EvidenceBesideIn, request))
        return Response(EvidenceBesideOut(made).data, status=status.HTTP_201_CREATED)


class LetterClaim(View):
    @extend_schema(operation_id="official_claim", request=FilingClaimIn, responses={201: FilingClaimOut})
    def post(self, request: Request, official_id: UUID) -> Response:
        """主张先立案. Where the other side claims too, a dispute opens."""
        made = claims.claim(by=request.user, letter_id=official_id, **read(FilingClaimIn, request))
        return Response(FilingClaimOut(made).data, status=status.HTTP_201_CREATED)


class LetterGiveWay(View):
    @extend_schema(operation_id="official_give_way", request=GiveWayIn, responses={201: ClaimsSettledOut})
    def post(self, request: Request, official_id: UUID) -> Response:
        """让出管辖."""
        made = claims.give_way(by=request.user, letter_id=official_id, **read(GiveWayIn, request))
        return Response(ClaimsSettledOut(made).data, status=status.HTTP_201_CREATED)


class CertifyIn(Fields):
    grant_id = serializers.UUIDField()
    item_id = serializers.UUIDField()


class CertifiedOut(Fields):
    id = serializers.UUIDField()
    exhibit_id = serializers.UUIDField()
    sha256 = serializers.CharField()


class CaseCertify(View):
    @extend_schema(operation_id="case_certify_copy", request=CertifyIn, responses={201: CertifiedOut})
    def post(self, request: Request, case_id: UUID) -> Response:
        """核对入卷: a copy of what another province shares, while its grant holds and goes so far."""
        made = copies.certify(by=request.user, case_id=case_id, **read(CertifyIn, request))
        said = {"id": made.pk, "exhibit_id": made.exhibit_id, "sha256": made.sha256}
        return Response(said, status=status.HTTP_201_CREATED)


# Days of this province's own -----------------------------------------------------------------------------------------


class RegionalDayOut(ModelFields[RegionalDay]):
    class Meta:
        model = RegionalDay
        fields = ["id", "day", "kind", "name", "source", "by_name", "at"]


class RegionalDayIn(Fields):
    day = serializers.DateField()
    kind = serializers.ChoiceField(RegionalDay.Kind.choices, required=False, default="holiday")
    name = serializers.CharField(max_length=40)
    source = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class RegionalDays(ApiView):
    """For the bureau's administrator and leaders of the provincial bureau."""

    pagination_class = ByNewest

    @extend_schema(operation_id="regional_days", responses=RegionalDayOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(doors.access_calendar(request.user), RegionalDayOut)

    @extend_schema(operation_id="regional_day_put", request=RegionalDayIn, responses={201: RegionalDayOut})
    def post(self, request: Request) -> Response:
        """Add a day, or correct what is said of it."""
        made = days.put(by=request.user, **read(RegionalDayIn, request))
        return Response(RegionalDayOut(made).data, status=status.HTTP_201_CREATED)


class RegionalDayDetail(ApiView):
    @extend_schema(operation_id="regional_day_remove", responses={204: None})
    def delete(self, request: Request, day_id: UUID) -> Response:
        days.remove(by=request.user, day_id=day_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


_ONE = "official/assistance/<uuid:assistance_id>/"
urlpatterns = [
    path("official/assistance/", Assistances.as_view()),
    path(_ONE, AssistanceDetail.as_view()),
    path(f"{_ONE}questions/<int:number>/", AssistanceAnswers.as_view()),
    path(f"{_ONE}reply/", AssistanceReply.as_view()),
    path(f"{_ONE}extend/", AssistanceExtend.as_view()),
    path(f"{_ONE}close/", AssistanceClose.as_view()),
    path(f"{_ONE}paper-receipt/", AssistancePaperReceipt.as_view()),
    path(f"{_ONE}paper-reply/", AssistancePaperReply.as_view()),
    path("official/case-transfers/", CaseTransfers.as_view()),
    path("official/case-transfers/<uuid:case_transfer_id>/", CaseTransferDetail.as_view()),
    path("official/case-transfers/<uuid:case_transfer_id>/propose/", CaseTransferPropose.as_view()),
    path("official/case-transfers/<uuid:case_transfer_id>/designation/", CaseTransferDesignation.as_view()),
    path("official/<uuid:official_id>/evidence/", LetterEvidence.as_view()),
    path("official/<uuid:official_id>/claim/", LetterClaim.as_view()),
    path("official/<uuid:official_id>/give-way/", LetterGiveWay.as_view()),
    path("cases/<uuid:case_id>/certified-copies/", CaseCertify.as_view()),
    path("official/calendar/", RegionalDays.as_view()),
    path("official/calendar/<uuid:day_id>/", RegionalDayDetail.as_view()),
]
