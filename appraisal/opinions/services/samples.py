"""A sealed sample leaves for the brand, and what is done when it is back or lost."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.opinions import files, selectors
from appraisal.opinions.models import Notice, Sample, SamplePhoto
from appraisal.opinions.services.steps import announce, need, to_brand
from appraisal.requests import selectors as requests
from audit import log as seal_log
from audit.move import move
from evidence.selectors import own_exhibit
from federation.contracts.opinions import FileV1, SampleBackV1, SampleSentV1
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7


@transaction.atomic
def send(
    *,
    by: User,
    request_id: UUID,
    description: str,
    seal_no: str,
    courier: str,
    waybill_no: str,
    sent_on: date,
    item_ids: Collection[UUID] = (),
    photo_ids: Collection[UUID] = (),
    return_wanted: bool = True,
    sample_id: UUID | None = None,
) -> Sample:
    """A sealed package is on its way to the right holder. sample_id makes it once.

    photo_ids: photos of it as it was sealed, handed in by this person. A seal number is used once in a request.
    """
    if sample_id and Sample.objects.filter(pk=sample_id).exists():
        return selectors.access_sample(by, sample_id)
    request = requests.access_request(by, request_id, lock=True)
    if request.organisation_id is None or request.sent_at is None:
        raise BadInput(_("这个品牌还没有入驻，不知道样品寄给谁。请先联系权利人。"), code="right_holder_unknown")
    seal_no = need(seal_no, _("请填写封签号。"), "seal_no_missing")
    if request.samples.filter(seal_no=seal_no).exists():
        raise Conflict(_("封签号 {number} 已经用过。请核对。"), code="seal_no_used", number=seal_no)
    if sent_on > clock.today():
        raise BadInput(_("寄出日期不能晚于今天。"), code="sent_on")
    items = {each.pk: each for each in request.items.all()}
    chosen = [items[pk] for pk in item_ids if pk in items] or list(items.values())
    photos = [own_exhibit(by, pk) for pk in photo_ids]
    notice = request.notices.filter(state__in=(Notice.State.ISSUED, Notice.State.ANSWERED)).order_by("-pk").first()
    sample = Sample.objects.create(
        pk=sample_id or uuid7(),
        request=request,
        notice=notice,
        description=need(description, _("请写明寄的是什么、多少。"), "description_missing")[:500],
        item_ids=[each.pk for each in chosen],
        seal_no=seal_no[:60],
        courier=need(courier, _("请填写快递公司。"), "courier_missing")[:60],
        waybill_no=need(waybill_no, _("请填写快递单号。"), "waybill_missing")[:60],
        sent_on=min(clock.at_end(sent_on), clock.now()),
        return_wanted=return_wanted,
        sent_by=by,
    )
    SamplePhoto.objects.bulk_create(
        SamplePhoto(sample=sample, when=SamplePhoto.When.SEALED, exhibit=each) for each in photos
    )
    attachments = files.photo_attachments(photos, "sample")
    to_brand(
        request,
        SampleSentV1(
            sample_id=sample.pk,
            organisation_id=request.organisation_id,
            request_id=request.pk,
            notice_id=notice.pk if notice else None,
            notice_no=notice.document_no if notice else "",
            item_ids=tuple(each.pk for each in chosen),
            description=sample.description,
            seal_no=sample.seal_no,
            courier=sample.courier,
            waybill_no=sample.waybill_no,
            sent_on=sample.sent_on,
            return_wanted=return_wanted,
            files=tuple(FileV1(sha256=each.sha256, what="sealed") for each in attachments),
            who=by.display_name,
            at=clock.now(),
        ),
        by=by,
        attachments=attachments,
    )
    seal_log.append(
        "opinion.sample_sent", sample.pk, {"seal_no": sample.seal_no, "photos": [each.sha256 for each in photos]}
    )
    announce(request)
    return sample


@transaction.atomic
def come_back(*, by: User, sample_id: UUID, received_on: date, unbroken: bool, note: str = "") -> Sample:
    """The sample is back in the bureau; whether its seal held."""
    sample = selectors.access_sample(by, sample_id, lock=True)
    if received_on > clock.today() or clock.at_end(received_on) < sample.sent_on:
        raise BadInput(_("收回日期不能早于寄送日期，也不能晚于今天。"), code="received_on")
    if not unbroken:
        need(note, _("封签破损的，请写明情况。"), "note_missing")
    at = min(clock.at_end(received_on), clock.now())
    move(sample, "come_back", by=by, back_on=at, back_unbroken=unbroken, back_note=note.strip()[:500])
    to_brand(
        sample.request,
        SampleBackV1(
            sample_id=sample.pk, received_on=at, unbroken=unbroken, note=note.strip(), who=by.display_name,
            at=clock.now(),
        ),
        by=by,
    )  # fmt: skip
    announce(sample.request)
    return sample


@transaction.atomic
def lose(*, by: User, sample_id: UUID, note: str) -> Sample:
    """It did not arrive, there or here."""
    sample = selectors.access_sample(by, sample_id, lock=True)
    said = need(note, _("请写明丢失的情况。"), "note_missing")
    move(sample, "lose", by=by, why=said, lost_note=said[:500])
    announce(sample.request)
    return sample
