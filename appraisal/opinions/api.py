"""API of notices, opinion letters held, reviews, objections, samples and recognition on a province's host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View
from appraisal.opinions import clocks, selectors
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
from appraisal.opinions.services import letters, notices, objections, reuse, reviews, samples
from gateway.paging import ByNewest
from gateway.serializers import Fields, read

# What is told -------------------------------------------------------------------------------------------------------


class NoticePhotoOut(serializers.Serializer[Any]):
    photo_id = serializers.UUIDField()
    shot_code = serializers.CharField()
    shot_name = serializers.CharField()
    sha256 = serializers.CharField()


class NoticeItemOut(serializers.ModelSerializer[NoticeItem]):
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


class AssistNoticeRow(serializers.ModelSerializer[Notice]):
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


class HeldItemOut(serializers.ModelSerializer[HeldItem]):
    class Meta:
        model = HeldItem
        fields = ["item_id", "position", "product_name", "quantity", "unit", "value", "verdict_id", "seal_no", "basis"]


class HeldMailingOut(serializers.ModelSerializer[Mailing]):
    class Meta:
        model = Mailing
        fields = ["id", "state", "courier", "waybill_no", "sent_on", "received_on", "replaces_id", "reason"]


class LetterReturnOut(serializers.ModelSerializer[LetterReturn]):
    class Meta:
        model = LetterReturn
        fields = ["id", "mailing_id", "code", "reason", "at"]


class HeldLetterRow(serializers.ModelSerializer[HeldLetter]):
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


class ReviewItemOut(serializers.ModelSerializer[ReviewItem]):
    class Meta:
        model = ReviewItem
        fields = ["item_id", "position", "name", "quantity", "unit", "covered", "value", "adopted", "source"]


class ReviewCheckOut(serializers.Serializer[Any]):
    found = serializers.CharField()
    words = serializers.CharField()
    source = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


class ReviewOut(serializers.ModelSerializer[Review]):
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


class TellingOut(serializers.ModelSerializer[Telling]):
    address = serializers.SerializerMethodField()

    class Meta:
        model = Telling
        fields = ["id", "letter_id", "way", "party_name", "told_at", "objection_until", "note", "address"]

    def get_address(self, row: Telling) -> str:
        """What the party opens on a phone."""
        return objection_address(row.pk)


class ObjectionOut(serializers.ModelSerializer[Objection]):
    class Meta:
        model = Objection
        fields = [
            "id", "letter_id", "telling_id", "state", "came", "text", "grey_market", "contact", "received_at", "late",
            "answer_by", "outcome", "answer", "answered_at", "handling", "handled_at",
        ]  # fmt: skip


class SealedSampleOut(serializers.ModelSerializer[Sample]):
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


class ReuseOfferOut(serializers.ModelSerializer[ReuseOffer]):
    items = ReuseItemOut(many=True)

    class Meta:
        model = ReuseOffer
        fields = [
            "id", "state", "request_id", "letter_id", "opinion_no", "right_holder", "issued_on", "items", "explained",
            "offered_at", "confirmed_at", "held_id", "decided_at", "reason",
        ]  # fmt: skip


class OpinionAlertOut(serializers.ModelSerializer[WithdrawalAlert]):
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


class OpinionNothingIn(Fields):
    pass


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


urlpatterns = [
    path("opinions/notices/", AssistNotices.as_view()),
    path("opinions/notices/<uuid:assist_id>/", AssistNoticeDetail.as_view()),
    path("opinions/notices/<uuid:assist_id>/submit/", AssistNoticeSubmit.as_view()),
    path("opinions/notices/<uuid:assist_id>/check/", AssistNoticeCheck.as_view()),
    path("opinions/notices/<uuid:assist_id>/send-back/", AssistNoticeSendBack.as_view()),
    path("opinions/notices/<uuid:assist_id>/issue/", AssistNoticeIssue.as_view()),
    path("opinions/notices/<uuid:assist_id>/withdraw/", AssistNoticeWithdraw.as_view()),
    path("opinions/batches/<uuid:batch_id>/issue/", AssistNoticeBatchIssue.as_view()),
    path("opinions/letters/", HeldLetters.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/", HeldLetterDetail.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/verify/", HeldLetterVerify.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/return/", HeldLetterReturn.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/tellings/", Tellings.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/objections/", LetterObjections.as_view()),
    path("opinions/letters/<uuid:held_letter_id>/reviews/", LetterReviews.as_view()),
    path("opinions/mailings/<uuid:mailing_id>/receive/", OriginalReceive.as_view()),
    path("opinions/reviews/<uuid:review_id>/", ReviewDetail.as_view()),
    path("opinions/reviews/<uuid:review_id>/accept/", ReviewAccept.as_view()),
    path("opinions/reviews/<uuid:review_id>/refuse/", ReviewRefuse.as_view()),
    path("opinions/objections/", Objections.as_view()),
    path("opinions/objections/<uuid:objection_id>/", ObjectionDetail.as_view()),
    path("opinions/objections/<uuid:objection_id>/forward/", ObjectionForward.as_view()),
    path("opinions/objections/<uuid:objection_id>/decide/", ObjectionDecide.as_view()),
    path("opinions/samples/", SealedSamples.as_view()),
    path("opinions/samples/<uuid:sample_id>/", SealedSampleDetail.as_view()),
    path("opinions/samples/<uuid:sample_id>/back/", SealedSampleBack.as_view()),
    path("opinions/samples/<uuid:sample_id>/lost/", SealedSampleLost.as_view()),
    path("opinions/offers/", ReuseOffers.as_view()),
    path("opinions/offers/<uuid:offer_id>/accept/", ReuseAccept.as_view()),
    path("opinions/offers/<uuid:offer_id>/refuse/", ReuseRefuse.as_view()),
    path("opinions/alerts/", OpinionAlerts.as_view()),
    path("opinions/alerts/<uuid:alert_id>/handle/", OpinionAlertHandle.as_view()),
]
