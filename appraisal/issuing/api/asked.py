"""Notices, sealed samples, objections, recognition; rules and certificates for signing."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.desk import selectors as desks
from appraisal.desk.selectors import Desk
from appraisal.issuing import selectors, services
from appraisal.issuing.models import (
    IssuingSettings,
    Notice,
    Objection,
    ReuseItem,
    ReuseOffer,
    Sample,
    SampleEvent,
    SigningCertificate,
)
from evidence.models import Exhibit
from federation.parties.api import MemberView
from federation.parties.selectors import ActingFor
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from kernel.errors import BadInput


class OpinionNoticeOut(ModelFields[Notice]):
    """`said`: the notice as it came, contract `opinion.notice` version 1."""

    said = serializers.JSONField()

    class Meta:
        model = Notice
        fields = [
            "id", "notice_id", "province_code", "document_no", "unit_name", "state", "task", "issued_at",
            "reply_due_at", "return_step", "return_reason", "said",
        ]  # fmt: skip


class SampleEventOut(ModelFields[SampleEvent]):
    said = serializers.JSONField()

    class Meta:
        model = SampleEvent
        fields = ["kind", "said", "by_name", "at"]


class SealedSampleOut(ModelFields[Sample]):
    events = SampleEventOut(many=True)
    seal_holds = serializers.BooleanField(help_text="it came unbroken, under the number that was sent")

    class Meta:
        model = Sample
        fields = [
            "id", "sample_id", "province_code", "task", "notice", "state", "description", "seal_no", "courier",
            "waybill_no", "sent_on", "return_wanted", "seal_no_found", "seal_unbroken", "seal_holds", "events",
        ]  # fmt: skip


class LetterObjectionOut(ModelFields[Objection]):
    files = serializers.SerializerMethodField()

    class Meta:
        model = Objection
        fields = [
            "id", "objection_id", "province_code", "letter", "state", "text", "grey_market", "files", "lodged_at",
            "answer_by", "outcome", "answer", "answered_at",
        ]  # fmt: skip

    def get_files(self, row: Objection) -> list[str]:
        return [each["what"] for each in row.files]


class ReuseItemOut(ModelFields[ReuseItem]):
    class Meta:
        model = ReuseItem
        fields = ["item", "letter_item", "basis", "basis_text"]


class ReuseOfferOut(ModelFields[ReuseOffer]):
    items = ReuseItemOut(many=True)

    class Meta:
        model = ReuseOffer
        fields = ["id", "letter", "task", "state", "explained", "reason", "offered_at", "decided_at", "items"]


class NoticeReturnIn(Fields):
    step = serializers.ChoiceField(["flawed", "not_ours", "declined"])
    reason = serializers.CharField(max_length=1000)


class SampleStepIn(Fields):
    """receive: seal_no, unbroken. open: witnesses, photos. return: seal_no, courier, waybill_no, sent_on."""

    verb = serializers.ChoiceField(["receive", "open", "return"])
    seal_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    unbroken = serializers.BooleanField(required=False, default=False)
    witnesses = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    courier = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    waybill_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    sent_on = serializers.DateTimeField(required=False)
    remark = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    exhibit_ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=12, required=False, default=list,
        help_text="photos handed in before at `tasks/{task_id}/photos/`",
    )  # fmt: skip


class ObjectionAnswerIn(Fields):
    outcome = serializers.ChoiceField(["stands", "withdrawn", "new_letter"])
    text = serializers.CharField(max_length=4000)


class ReuseDecideIn(Fields):
    verb = serializers.ChoiceField(["confirm", "decline"])
    reason = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class IssuingRulesOut(ModelFields[IssuingSettings]):
    class Meta:
        model = IssuingSettings
        fields = ["number_word", "needs_legal", "needs_seal", "address"]


class IssuingRulesIn(Fields):
    number_word = serializers.CharField(max_length=20)
    needs_legal = serializers.BooleanField()
    needs_seal = serializers.BooleanField()
    address = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class SigningCertificateOut(ModelFields[SigningCertificate]):
    user = serializers.CharField(source="user.display_name")

    class Meta:
        model = SigningCertificate
        fields = [
            "id", "user", "state", "subject", "company", "serial", "issued_by", "valid_from", "valid_until", "is_demo",
        ]  # fmt: skip


class SigningCertificateIn(Fields):
    """With pkcs12: that certificate. Without: one of the development authority, where those count."""

    pkcs12 = serializers.CharField(
        max_length=300_000, required=False, default="", allow_blank=True, help_text="PKCS#12 file in base 64"
    )
    passphrase = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, trim_whitespace=False
    )


class Notices(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="opinion_notices", responses=OpinionNoticeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.notices_of(self.acting(request)), OpinionNoticeOut)


class NoticeDetail(MemberView):
    @extend_schema(operation_id="opinion_notice", responses=OpinionNoticeOut)
    def get(self, request: Request, opinion_notice_id: UUID) -> Response:
        return Response(OpinionNoticeOut(selectors.access_notice(self.acting(request), opinion_notice_id)).data)

    @extend_schema(operation_id="opinion_notice_return", request=NoticeReturnIn, responses=OpinionNoticeOut)
    def post(self, request: Request, opinion_notice_id: UUID) -> Response:
        found = services.return_notice(
            acting=self.acting(request), notice_id=opinion_notice_id, **read(NoticeReturnIn, request)
        )
        return Response(OpinionNoticeOut(found).data)


class Samples(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="sealed_samples", responses=SealedSampleOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.samples_of(self.acting(request)).prefetch_related("events"), SealedSampleOut)


class SampleDetail(MemberView):
    @extend_schema(operation_id="sealed_sample", responses=SealedSampleOut)
    def get(self, request: Request, sealed_sample_id: UUID) -> Response:
        return Response(SealedSampleOut(selectors.access_sample(self.acting(request), sealed_sample_id)).data)

    @extend_schema(operation_id="sealed_sample_step", request=SampleStepIn, responses=SealedSampleOut)
    def post(self, request: Request, sealed_sample_id: UUID) -> Response:
        data, acting = read(SampleStepIn, request), self.acting(request)
        selectors.access_sample(acting, sealed_sample_id)
        photos = _photos(acting, data["exhibit_ids"])
        said: dict[str, Any] = {
            "acting": acting, "sample_id": sealed_sample_id, "remark": data["remark"], "photos": photos
        }  # fmt: skip
        if data["verb"] == "receive":
            row = services.receive_sample(seal_no_found=data["seal_no"], unbroken=data["unbroken"], **said)
        elif data["verb"] == "open":
            row = services.open_sample(witnesses=data["witnesses"], **said)
        else:
            if "sent_on" not in data:
                raise BadInput(_("请填寄出时间 sent_on。"), code="sent_on_missing")
            sent = {name: data[name] for name in ("seal_no", "courier", "waybill_no", "sent_on")}
            row = services.return_sample(**sent, **said)
        return Response(SealedSampleOut(row).data)


def _photos(acting: ActingFor, exhibit_ids: list[UUID]) -> list[Exhibit]:
    desk = Desk(acting.person, acting.organisation)
    return [desks.own_exhibit(desk, each) for each in exhibit_ids]


class Objections(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="letter_objections", responses=LetterObjectionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.objections_of(self.acting(request)), LetterObjectionOut)


class ObjectionDetail(MemberView):
    @extend_schema(operation_id="letter_objection", responses=LetterObjectionOut)
    def get(self, request: Request, objection_id: UUID) -> Response:
        return Response(LetterObjectionOut(selectors.access_objection(self.acting(request), objection_id)).data)

    @extend_schema(operation_id="letter_objection_answer", request=ObjectionAnswerIn, responses=LetterObjectionOut)
    def post(self, request: Request, objection_id: UUID) -> Response:
        found = services.answer_objection(
            acting=self.acting(request), objection_id=objection_id, **read(ObjectionAnswerIn, request)
        )
        return Response(LetterObjectionOut(found).data)


class Reuses(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="reuse_offers", responses=ReuseOfferOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.offers_of(self.acting(request)).prefetch_related("items"), ReuseOfferOut)


class ReuseDetail(MemberView):
    @extend_schema(operation_id="reuse_offer", responses=ReuseOfferOut)
    def get(self, request: Request, reuse_id: UUID) -> Response:
        return Response(ReuseOfferOut(selectors.access_offer(self.acting(request), reuse_id)).data)

    @extend_schema(operation_id="reuse_offer_decide", request=ReuseDecideIn, responses=ReuseOfferOut)
    def post(self, request: Request, reuse_id: UUID) -> Response:
        data, acting = read(ReuseDecideIn, request), self.acting(request)
        if data["verb"] == "confirm":
            found = services.confirm(acting=acting, offer_id=reuse_id)
        else:
            found = services.decline(acting=acting, offer_id=reuse_id, reason=data["reason"])
        return Response(ReuseOfferOut(found).data)


class Rules(MemberView):
    """How the organisation issues letters: the word its numbers begin with, which approvals it wants."""

    @extend_schema(operation_id="issuing_rules", responses=IssuingRulesOut)
    def get(self, request: Request) -> Response:
        return Response(IssuingRulesOut(services.settings_of(self.acting(request).organisation)).data)

    @extend_schema(operation_id="issuing_rules_set", request=IssuingRulesIn, responses=IssuingRulesOut)
    def put(self, request: Request) -> Response:
        found = services.set_rules(acting=self.acting(request), **read(IssuingRulesIn, request))
        return Response(IssuingRulesOut(found).data)


class Certificates(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="signing_certificates", responses=SigningCertificateOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.certificates_of(self.acting(request)), SigningCertificateOut)

    @extend_schema(
        operation_id="signing_certificate_add", request=SigningCertificateIn, responses={201: SigningCertificateOut}
    )
    def post(self, request: Request) -> Response:
        data, acting = read(SigningCertificateIn, request), self.acting(request)
        if data["pkcs12"]:
            try:
                packed = base64.b64decode(data["pkcs12"], validate=True)
            except (binascii.Error, ValueError) as error:
                raise BadInput(_("pkcs12 不是 base 64 编码的文件。"), code="certificate_unreadable") from error
            made = services.add_certificate(acting=acting, pkcs12=packed, passphrase=data["passphrase"])
        else:
            made = services.issue_demonstration(acting=acting)
        return Response(SigningCertificateOut(made).data, status=status.HTTP_201_CREATED)


class CertificateRetire(MemberView):
    @extend_schema(operation_id="signing_certificate_retire", request=None, responses=SigningCertificateOut)
    def post(self, request: Request, certificate_id: UUID) -> Response:
        found = services.retire_certificate(acting=self.acting(request), certificate_id=certificate_id)
        return Response(SigningCertificateOut(found).data)
