"""One class an address; what people may see is decided by the doors, what they may do by the services."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View
from appraisal.opinions import selectors
from appraisal.opinions.api.shapes import (
    AssistNoticeIn,
    AssistNoticeOut,
    AssistNoticeRow,
    HeldLetterOut,
    HeldLetterRow,
    HeldMailingOut,
    LetterReturnIn,
    LetterReturnOut,
    ObjectionDecideIn,
    ObjectionForwardIn,
    ObjectionIn,
    ObjectionOut,
    OpinionAlertOut,
    OpinionNothingIn,
    OpinionReasonIn,
    OpinionWordsIn,
    OriginalReceiveIn,
    ReuseAskIn,
    ReuseAskOut,
    ReuseOfferOut,
    ReviewAcceptIn,
    ReviewAnswerIn,
    ReviewOut,
    SampleComeBackIn,
    SealedSampleIn,
    SealedSampleOut,
    TellingIn,
    TellingOut,
)
from appraisal.opinions.services import letters, notices, objections, reuse, reviews, samples
from gateway.paging import ByNewest
from gateway.serializers import read

# Notices --------------------------------------------------------------------------------------------------------------


def _notice(request: Request, assist_id: UUID) -> Response:
    return Response(AssistNoticeOut(selectors.whole_notice(request.user, assist_id)).data)


class AssistNotices(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_notices", responses=AssistNoticeRow(many=True))
    def get(self, request: Request) -> Response:
        """协助辨认/鉴别通知书 of the person's units."""
        return self.paged(selectors.notices_of(request.user), AssistNoticeRow)

    @extend_schema(
        operation_id="opinion_notice_draft", request=AssistNoticeIn, responses={201: AssistNoticeRow(many=True)}
    )
    def post(self, request: Request) -> Response:
        """Draft one; with `everyone`, one for each right holder of the visit, to be numbered one after the other."""
        data = read(AssistNoticeIn, request)
        everyone, pk = data.pop("everyone"), data.pop("id", None)
        if everyone:
            made = notices.draft_all(by=request.user, **data)
        else:
            made = [notices.draft(by=request.user, notice_id=pk, **data)]
        return Response(AssistNoticeRow(made, many=True).data, status=status.HTTP_201_CREATED)


class AssistNoticeDetail(View):
    @extend_schema(operation_id="opinion_notice", responses=AssistNoticeOut)
    def get(self, request: Request, assist_id: UUID) -> Response:
        return _notice(request, assist_id)


class AssistNoticeSubmit(View):
    @extend_schema(operation_id="opinion_notice_submit", request=OpinionNothingIn, responses=AssistNoticeOut)
    def post(self, request: Request, assist_id: UUID) -> Response:
        notices.submit(by=request.user, notice_id=assist_id)
        return _notice(request, assist_id)


class AssistNoticeCheck(View):
    @extend_schema(operation_id="opinion_notice_check", request=OpinionNothingIn, responses=AssistNoticeOut)
    def post(self, request: Request, assist_id: UUID) -> Response:
        """审核, by somebody else than the drafter."""
        notices.check(by=request.user, notice_id=assist_id)
        return _notice(request, assist_id)


class AssistNoticeSendBack(View):
    @extend_schema(operation_id="opinion_notice_send_back", request=OpinionReasonIn, responses=AssistNoticeOut)
    def post(self, request: Request, assist_id: UUID) -> Response:
        notices.send_back(by=request.user, notice_id=assist_id, **read(OpinionReasonIn, request))
        return _notice(request, assist_id)


class AssistNoticeIssue(View):
    @extend_schema(operation_id="opinion_notice_issue", request=OpinionNothingIn, responses=AssistNoticeOut)
    def post(self, request: Request, assist_id: UUID) -> Response:
        """签发, by a leader who neither drafted nor checked it: numbered, sent, and the pause begins."""
        notices.issue(by=request.user, notice_id=assist_id)
        return _notice(request, assist_id)


class AssistNoticeBatchIssue(View):
    @extend_schema(
        operation_id="opinion_notice_issue_batch", request=OpinionNothingIn, responses=AssistNoticeRow(many=True)
    )
    def post(self, request: Request, batch_id: UUID) -> Response:
        """签发 every notice of one action that is ready, with consecutive numbers."""
        return Response(AssistNoticeRow(notices.issue_all(by=request.user, batch_id=batch_id), many=True).data)


class AssistNoticeWithdraw(View):
    @extend_schema(operation_id="opinion_notice_withdraw", request=OpinionReasonIn, responses=AssistNoticeOut)
    def post(self, request: Request, assist_id: UUID) -> Response:
        notices.withdraw(by=request.user, notice_id=assist_id, **read(OpinionReasonIn, request))
        return _notice(request, assist_id)


# Letters --------------------------------------------------------------------------------------------------------------


def _letter(request: Request, held_letter_id: UUID) -> Response:
    return Response(HeldLetterOut(selectors.whole_letter(request.user, held_letter_id)).data)


class HeldLetters(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_letters", responses=HeldLetterRow(many=True))
    def get(self, request: Request) -> Response:
        """辨认意见书 that this bureau holds."""
        return self.paged(selectors.letters_of(request.user), HeldLetterRow)


class HeldLetterDetail(View):
    @extend_schema(operation_id="opinion_letter", responses=HeldLetterOut)
    def get(self, request: Request, held_letter_id: UUID) -> Response:
        return _letter(request, held_letter_id)


class HeldLetterVerify(View):
    @extend_schema(operation_id="opinion_letter_verify", request=OpinionNothingIn, responses=HeldLetterOut)
    def post(self, request: Request, held_letter_id: UUID) -> Response:
        """Look at the signed file anew: unchanged, trusted, time-stamped."""
        letters.verify(by=request.user, held_id=held_letter_id)
        return _letter(request, held_letter_id)


class HeldLetterReturn(View):
    @extend_schema(operation_id="opinion_letter_return", request=LetterReturnIn, responses={201: LetterReturnOut})
    def post(self, request: Request, held_letter_id: UUID) -> Response:
        """The original or its scan goes back with the reason; the waiting goes on."""
        row = letters.give_back(by=request.user, held_id=held_letter_id, **read(LetterReturnIn, request))
        return Response(LetterReturnOut(row).data, status=status.HTTP_201_CREATED)


class OriginalReceive(View):
    @extend_schema(operation_id="opinion_original_receive", request=OriginalReceiveIn, responses=HeldMailingOut)
    def post(self, request: Request, mailing_id: UUID) -> Response:
        row = letters.receive_original(by=request.user, mailing_id=mailing_id, **read(OriginalReceiveIn, request))
        return Response(HeldMailingOut(row).data)


class Tellings(View):
    @extend_schema(operation_id="opinion_tell_party", request=TellingIn, responses={201: TellingOut})
    def post(self, request: Request, held_letter_id: UUID) -> Response:
        """The party was told; from now on its code opens the page for objections."""
        data = read(TellingIn, request)
        row = objections.tell_party(by=request.user, held_id=held_letter_id, telling_id=data.pop("id", None), **data)
        return Response(TellingOut(row).data, status=status.HTTP_201_CREATED)


class LetterObjections(View):
    @extend_schema(operation_id="opinion_objection_write_down", request=ObjectionIn, responses={201: ObjectionOut})
    def post(self, request: Request, held_letter_id: UUID) -> Response:
        """What the party said to an officer."""
        data = read(ObjectionIn, request)
        row = objections.write_down(by=request.user, held_id=held_letter_id, objection_id=data.pop("id", None), **data)
        return Response(ObjectionOut(row).data, status=status.HTTP_201_CREATED)


class LetterReviews(View):
    @extend_schema(operation_id="opinion_review_open", request=OpinionNothingIn, responses={201: ReviewOut})
    def post(self, request: Request, held_letter_id: UUID) -> Response:
        """采信审查: begin, or go on with the open one."""
        row = reviews.open_review(by=request.user, held_id=held_letter_id)
        return Response(ReviewOut(row).data, status=status.HTTP_201_CREATED)


# Reviews, objections, samples, recognition, alerts -------------------------------------------------------------------


class ReviewDetail(View):
    @extend_schema(operation_id="opinion_review", responses=ReviewOut)
    def get(self, request: Request, review_id: UUID) -> Response:
        return Response(ReviewOut(selectors.access_review(request.user, review_id)).data)

    @extend_schema(operation_id="opinion_review_answer", request=ReviewAnswerIn, responses=ReviewOut)
    def post(self, request: Request, review_id: UUID) -> Response:
        """What the reviewer says of the checks."""
        data = read(ReviewAnswerIn, request)
        row = reviews.answer(
            by=request.user, review_id=review_id, answers=data["answers"], notes=data.get("notes") or {}
        )
        return Response(ReviewOut(row).data)


class ReviewAccept(View):
    @extend_schema(operation_id="opinion_review_accept", request=ReviewAcceptIn, responses=ReviewOut)
    def post(self, request: Request, review_id: UUID) -> Response:
        return Response(
            ReviewOut(reviews.accept(by=request.user, review_id=review_id, **read(ReviewAcceptIn, request))).data
        )


class ReviewRefuse(View):
    @extend_schema(operation_id="opinion_review_refuse", request=OpinionReasonIn, responses=ReviewOut)
    def post(self, request: Request, review_id: UUID) -> Response:
        return Response(
            ReviewOut(reviews.refuse(by=request.user, review_id=review_id, **read(OpinionReasonIn, request))).data
        )


class Objections(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_objections", responses=ObjectionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.objections_of(request.user), ObjectionOut)


class ObjectionDetail(View):
    @extend_schema(operation_id="opinion_objection", responses=ObjectionOut)
    def get(self, request: Request, objection_id: UUID) -> Response:
        return Response(ObjectionOut(selectors.access_objection(request.user, objection_id)).data)


class ObjectionForward(View):
    @extend_schema(operation_id="opinion_objection_forward", request=ObjectionForwardIn, responses=ObjectionOut)
    def post(self, request: Request, objection_id: UUID) -> Response:
        """To the brand, which must answer. file_ids: the papers it may see; left out: all."""
        data = read(ObjectionForwardIn, request)
        row = objections.forward(by=request.user, objection_id=objection_id, file_ids=data.get("file_ids"))
        return Response(ObjectionOut(row).data)


class ObjectionDecide(View):
    @extend_schema(operation_id="opinion_objection_decide", request=ObjectionDecideIn, responses=ObjectionOut)
    def post(self, request: Request, objection_id: UUID) -> Response:
        row = objections.decide(by=request.user, objection_id=objection_id, **read(ObjectionDecideIn, request))
        return Response(ObjectionOut(row).data)


class SealedSamples(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_samples", responses=SealedSampleOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.samples_of(request.user), SealedSampleOut)

    @extend_schema(operation_id="opinion_sample_send", request=SealedSampleIn, responses={201: SealedSampleOut})
    def post(self, request: Request) -> Response:
        data = read(SealedSampleIn, request)
        row = samples.send(by=request.user, sample_id=data.pop("id", None), **data)
        return Response(SealedSampleOut(row).data, status=status.HTTP_201_CREATED)


class SealedSampleDetail(View):
    @extend_schema(operation_id="opinion_sample", responses=SealedSampleOut)
    def get(self, request: Request, sample_id: UUID) -> Response:
        return Response(SealedSampleOut(selectors.access_sample(request.user, sample_id)).data)


class SealedSampleBack(View):
    @extend_schema(operation_id="opinion_sample_back", request=SampleComeBackIn, responses=SealedSampleOut)
    def post(self, request: Request, sample_id: UUID) -> Response:
        row = samples.come_back(by=request.user, sample_id=sample_id, **read(SampleComeBackIn, request))
        return Response(SealedSampleOut(row).data)


class SealedSampleLost(View):
    @extend_schema(operation_id="opinion_sample_lost", request=OpinionReasonIn, responses=SealedSampleOut)
    def post(self, request: Request, sample_id: UUID) -> Response:
        note = read(OpinionReasonIn, request)["reason"]
        return Response(SealedSampleOut(samples.lose(by=request.user, sample_id=sample_id, note=note)).data)


class ReuseOffers(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_offers", responses=ReuseOfferOut(many=True))
    def get(self, request: Request) -> Response:
        """互认提示: opinions that exist already for goods of this bureau's requests."""
        return self.paged(selectors.offers_of(request.user), ReuseOfferOut)

    @extend_schema(operation_id="opinion_reuse_ask", request=ReuseAskIn, responses={201: ReuseAskOut})
    def post(self, request: Request) -> Response:
        """Ask to rely on a letter whose number and code the officer holds."""
        ask_id = reuse.ask(by=request.user, **read(ReuseAskIn, request))
        return Response(ReuseAskOut({"ask_id": ask_id}).data, status=status.HTTP_201_CREATED)


class ReuseAccept(View):
    @extend_schema(operation_id="opinion_offer_accept", request=OpinionNothingIn, responses=ReuseOfferOut)
    def post(self, request: Request, offer_id: UUID) -> Response:
        return Response(ReuseOfferOut(reuse.accept(by=request.user, offer_id=offer_id)).data)


class ReuseRefuse(View):
    @extend_schema(operation_id="opinion_offer_refuse", request=OpinionReasonIn, responses=ReuseOfferOut)
    def post(self, request: Request, offer_id: UUID) -> Response:
        row = reuse.refuse(by=request.user, offer_id=offer_id, **read(OpinionReasonIn, request))
        return Response(ReuseOfferOut(row).data)


class OpinionAlerts(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_alerts", responses=OpinionAlertOut(many=True))
    def get(self, request: Request) -> Response:
        """Matters whose opinion fell."""
        return self.paged(selectors.alerts_of(request.user), OpinionAlertOut)


class OpinionAlertHandle(View):
    @extend_schema(operation_id="opinion_alert_handle", request=OpinionWordsIn, responses=OpinionAlertOut)
    def post(self, request: Request, alert_id: UUID) -> Response:
        row = letters.handle_alert(by=request.user, alert_id=alert_id, **read(OpinionWordsIn, request))
        return Response(OpinionAlertOut(row).data)
