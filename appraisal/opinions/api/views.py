"""One class an address; what people may see is decided by the doors, what they may do by the services."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View, step
from appraisal.opinions import selectors
from appraisal.opinions.api.shapes import (
    AssistNoticeChangeIn,
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
    OpinionPolicyIn,
    OpinionPolicyOut,
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
from appraisal.opinions.models import OpinionPolicy
from appraisal.opinions.services import letters, notices, objections, reuse, reviews, samples
from gateway.paging import ByNewest
from gateway.serializers import NothingIn, read

# Notices --------------------------------------------------------------------------------------------------------------


def _notice(request: Request, assist_id: UUID) -> Any:
    return AssistNoticeOut(selectors.whole_notice(request.user, assist_id)).data


_notice_step = partial(step, row="assist_id", argument="notice_id", answers=AssistNoticeOut, whole=_notice)


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
        return Response(_notice(request, assist_id))

    @extend_schema(operation_id="opinion_notice_change", request=AssistNoticeChangeIn, responses=AssistNoticeOut)
    def patch(self, request: Request, assist_id: UUID) -> Response:
        """What is asked, while it is a draft; photos and numbers are taken anew from the request."""
        selectors.whole_notice(request.user, assist_id)
        notices.change(by=request.user, notice_id=assist_id, **read(AssistNoticeChangeIn, request))
        return Response(_notice(request, assist_id))


class NoticePolicy(View):
    @extend_schema(operation_id="opinion_policy", responses=OpinionPolicyOut)
    def get(self, request: Request) -> Response:
        """What holds for all notices of the bureau."""
        return Response(OpinionPolicyOut(selectors.policy() or OpinionPolicy()).data)

    @extend_schema(operation_id="opinion_policy_set", request=OpinionPolicyIn, responses=OpinionPolicyOut)
    def put(self, request: Request) -> Response:
        """By a leader of the bureau's top unit."""
        return Response(OpinionPolicyOut(notices.set_policy(by=request.user, **read(OpinionPolicyIn, request))).data)


AssistNoticeSubmit = _notice_step("opinion_notice_submit", notices.submit)


AssistNoticeCheck = _notice_step("opinion_notice_check", notices.check, says="审核, by somebody else than the drafter.")


AssistNoticeSendBack = _notice_step("opinion_notice_send_back", notices.send_back, reads=OpinionReasonIn)


AssistNoticeIssue = _notice_step(
    "opinion_notice_issue",
    notices.issue,
    says="签发, by a leader who neither drafted nor checked it: numbered, sent, and the pause begins.",
)


class AssistNoticeBatchIssue(View):
    @extend_schema(operation_id="opinion_notice_issue_batch", request=NothingIn, responses=AssistNoticeRow(many=True))
    def post(self, request: Request, batch_id: UUID) -> Response:
        """签发 every notice of one action that is ready, with consecutive numbers."""
        return Response(AssistNoticeRow(notices.issue_all(by=request.user, batch_id=batch_id), many=True).data)


AssistNoticeWithdraw = _notice_step("opinion_notice_withdraw", notices.withdraw, reads=OpinionReasonIn)


# Letters --------------------------------------------------------------------------------------------------------------


def _letter(request: Request, held_letter_id: UUID) -> Any:
    return HeldLetterOut(selectors.whole_letter(request.user, held_letter_id)).data


class HeldLetters(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_letters", responses=HeldLetterRow(many=True))
    def get(self, request: Request) -> Response:
        """辨认意见书 that this bureau holds."""
        return self.paged(selectors.letters_of(request.user), HeldLetterRow)


class HeldLetterDetail(View):
    @extend_schema(operation_id="opinion_letter", responses=HeldLetterOut)
    def get(self, request: Request, held_letter_id: UUID) -> Response:
        return Response(_letter(request, held_letter_id))


HeldLetterVerify = step(
    "opinion_letter_verify",
    letters.verify,
    row="held_letter_id",
    argument="held_id",
    answers=HeldLetterOut,
    whole=_letter,
    says="Look at the signed file anew: unchanged, trusted, time-stamped.",
)


class HeldLetterReturn(View):
    @extend_schema(operation_id="opinion_letter_return", request=LetterReturnIn, responses={201: LetterReturnOut})
    def post(self, request: Request, held_letter_id: UUID) -> Response:
        """The original or its scan goes back with the reason; the waiting goes on."""
        row = letters.give_back(by=request.user, held_id=held_letter_id, **read(LetterReturnIn, request))
        return Response(LetterReturnOut(row).data, status=status.HTTP_201_CREATED)


OriginalReceive = step(
    "opinion_original_receive",
    letters.receive_original,
    row="mailing_id",
    answers=HeldMailingOut,
    reads=OriginalReceiveIn,
)


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
    @extend_schema(operation_id="opinion_review_open", request=NothingIn, responses={201: ReviewOut})
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


ReviewAccept = step("opinion_review_accept", reviews.accept, row="review_id", answers=ReviewOut, reads=ReviewAcceptIn)


ReviewRefuse = step("opinion_review_refuse", reviews.refuse, row="review_id", answers=ReviewOut, reads=OpinionReasonIn)


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


ObjectionDecide = step(
    "opinion_objection_decide", objections.decide, row="objection_id", answers=ObjectionOut, reads=ObjectionDecideIn
)


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


SealedSampleBack = step(
    "opinion_sample_back", samples.come_back, row="sample_id", answers=SealedSampleOut, reads=SampleComeBackIn
)


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


ReuseAccept = step("opinion_offer_accept", reuse.accept, row="offer_id", answers=ReuseOfferOut)


ReuseRefuse = step("opinion_offer_refuse", reuse.refuse, row="offer_id", answers=ReuseOfferOut, reads=OpinionReasonIn)


class OpinionAlerts(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_alerts", responses=OpinionAlertOut(many=True))
    def get(self, request: Request) -> Response:
        """Matters whose opinion fell."""
        return self.paged(selectors.alerts_of(request.user), OpinionAlertOut)


OpinionAlertHandle = step(
    "opinion_alert_handle", letters.handle_alert, row="alert_id", answers=OpinionAlertOut, reads=OpinionWordsIn
)
