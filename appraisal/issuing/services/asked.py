"""Notices returned, objections answered, sealed samples received, opened and sent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.issuing import selectors
from appraisal.issuing.models import Notice, Objection, OpinionLetter, Sample, SampleEvent, SamplePhoto
from appraisal.issuing.services.ending import withdraw_letter
from appraisal.issuing.services.steps import Role, State, note, require_appraiser, to_matter
from appraisal.letter_photos import each_once, view_attachment
from audit.move import move
from audit.trail import Actor
from evidence.models import Exhibit
from evidence.store import store
from federation.contracts.messages import Attachment
from federation.contracts.opinions import (
    FileV1,
    NoticeReturnedV1,
    ObjectionAnsweredV1,
    SampleOpenedV1,
    SampleReceivedV1,
    SampleReturnedV1,
)
from federation.parties import files as papers
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict
from notify import live
from provinces.context import required

RETURNS = ("flawed", "not_ours", "declined")


@transaction.atomic
def return_notice(*, acting: ActingFor, notice_id: UUID, step: str, reason: str) -> Notice:
    """Give a notice back: flawed, not for this enterprise, or it declines to give an opinion, which it may."""
    acting.require(Role.APPRAISER, Role.RIGHTS_STAFF, Role.BRAND_ADMIN, own=False)
    notice = selectors.access_notice(acting, notice_id, lock=True)
    if step not in RETURNS or not reason.strip():
        raise BadInput(_("请选退回的类别，并写明原因。"), code="reason_missing")
    move(notice, "return", by=acting.person, why=reason, return_step=step, return_reason=reason.strip()[:1000])
    to_matter(
        organisation_id=notice.organisation_id,
        province_code=notice.province_code,
        thread=notice.thread,
        message=NoticeReturnedV1(
            notice_id=notice.notice_id,
            step=step,
            reason=notice.return_reason,
            who=acting.person.display_name,
            at=clock.now(),
        ),
        by=acting.person,
        in_reply_to=notice.letter_id,
    )
    return notice


# Objections -----------------------------------------------------------------------------------------------------------


def answer_objection(
    *, acting: ActingFor, objection_id: UUID, outcome: str, text: str, files: Sequence[tuple[str, BinaryIO]] = ()
) -> Objection:
    """Answer what the party holds against a letter: it stands, it is withdrawn with this, or a new version follows.

    files: (name, file) of papers that go along. "new_letter" needs the next version's draft to exist already.
    """
    require_appraiser(acting)
    objection = selectors.access_objection(acting, objection_id)
    if outcome not in {"stands", "withdrawn", "new_letter"} or not text.strip():
        raise BadInput(_("请选处理结果，并写明答复的理由。"), code="answer_missing")
    attached = [_paper(acting, name, file) for name, file in files]
    with transaction.atomic():
        objection = selectors.access_objection(acting, objection_id, lock=True)
        letter = selectors.any_letter(objection.letter_id, lock=True)
        if outcome == "new_letter" and not letter.successors.exclude(state=State.DROPPED).exists():
            raise Conflict(_("请先起草新版意见书，再这样答复。"), code="new_version_missing")
        now = clock.now()
        move(
            objection,
            "answer",
            by=acting.person,
            why=text,
            outcome=outcome,
            answer=text.strip()[:4000],
            answered_by=acting.person,
            answered_at=now,
        )
        to_matter(
            organisation_id=letter.organisation_id,
            province_code=objection.province_code,
            thread=objection.thread,
            message=ObjectionAnsweredV1(
                objection_id=objection.objection_id,
                letter_id=letter.pk,
                outcome=outcome,
                text=objection.answer,
                files=tuple(FileV1(sha256=each.sha256, what=each.what) for each in attached),
                who=acting.person.display_name,
                at=now,
            ),
            by=acting.person,
            in_reply_to=objection.post_id,
            attachments=attached,
        )
        if outcome == "withdrawn" and letter.state in OpinionLetter.MOVES["withdraw"][0]:
            withdraw_letter(letter, by=acting.person, reason=objection.answer[:1000])
        note(letter, "objection_answered", acting.person.display_name)
    return objection


def _paper(acting: ActingFor, name: str, file: BinaryIO) -> Attachment:
    kept = papers.keep(file, organisation_id=acting.organisation.pk)
    sm3 = store().digests(kept.object_key, sha256=kept.sha256).sm3
    return Attachment(
        object_key=kept.object_key,
        media_type=kept.media_type,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        sm3=sm3,
        what=name[:80] or "file",
    )


# Sealed samples -------------------------------------------------------------------------------------------------------


@transaction.atomic
def receive_sample(
    *,
    acting: ActingFor,
    sample_id: UUID,
    seal_no_found: str,
    unbroken: bool,
    received_on: datetime | None = None,
    remark: str = "",
    photos: Sequence[Exhibit] = (),
) -> Sample:
    """The sample has come. seal_no_found: read off the seal. A broken one is received all the same, and said so."""
    sample = selectors.access_sample(acting, sample_id, lock=True)
    if not seal_no_found.strip():
        raise BadInput(_("请照封签填编号；看不清就写“看不清”。"), code="seal_no_missing")
    if (not unbroken or seal_no_found.strip() != sample.seal_no) and not remark.strip():
        raise BadInput(_("封签不完好或编号不符，请写明看到的情况，并拍照。"), code="remark_missing")
    at = received_on or clock.now()
    move(sample, "receive", by=acting.person, seal_no_found=seal_no_found.strip()[:60], seal_unbroken=unbroken)
    said = {
        "received_on": at.isoformat(),
        "seal_no_found": sample.seal_no_found,
        "unbroken": unbroken,
        "note": remark.strip()[:500],
    }
    _record(sample, "received", said, acting, photos)
    return sample


@transaction.atomic
def open_sample(
    *,
    acting: ActingFor,
    sample_id: UUID,
    witnesses: str,
    opened_at: datetime | None = None,
    remark: str = "",
    photos: Sequence[Exhibit] = (),
) -> Sample:
    """The seal is opened, on record: when, before whom, with photos."""
    sample = selectors.access_sample(acting, sample_id, lock=True)
    if not witnesses.strip():
        raise BadInput(_("请写启封时在场的人。启封至少两人在场。"), code="witnesses_missing")
    if not photos:
        raise BadInput(_("启封要拍照：至少一张启封前的封签。"), code="photos_missing")
    move(sample, "open", by=acting.person, why=remark)
    said = {
        "opened_at": (opened_at or clock.now()).isoformat(),
        "witnesses": witnesses.strip()[:120],
        "note": remark.strip()[:500],
    }
    _record(sample, "opened", said, acting, photos)
    return sample


@transaction.atomic
def return_sample(
    *,
    acting: ActingFor,
    sample_id: UUID,
    seal_no: str,
    courier: str,
    waybill_no: str,
    sent_on: datetime,
    remark: str = "",
    photos: Sequence[Exhibit] = (),
) -> Sample:
    """The sample goes back, under a seal of its own."""
    sample = selectors.access_sample(acting, sample_id, lock=True)
    if not (seal_no.strip() and courier.strip() and waybill_no.strip()):
        raise BadInput(_("请填寄回的封签编号、快递公司和运单号。"), code="waybill_missing")
    move(sample, "return", by=acting.person, why=remark)
    said = {
        "seal_no": seal_no.strip()[:60],
        "courier": courier.strip()[:60],
        "waybill_no": waybill_no.strip()[:60],
        "sent_on": sent_on.isoformat(),
        "note": remark.strip()[:500],
    }
    _record(sample, "returned", said, acting, photos)
    return sample


def _record(sample: Sample, kind: str, said: dict[str, Any], acting: ActingFor, photos: Sequence[Exhibit]) -> None:
    if any(exhibit.state == Exhibit.State.REFUSED for exhibit in photos):
        raise BadInput(_("这张照片打不开，没有发送。请换一张再试。"), code="photo_refused")
    event = SampleEvent.objects.create(
        sample=sample,
        kind=kind,
        said=said,
        held=any(exhibit.state != Exhibit.State.READY for exhibit in photos),
        by_id=acting.person.pk,
        by_name=acting.person.display_name,
        at=clock.now(),
    )
    SamplePhoto.objects.bulk_create(SamplePhoto(event=event, exhibit=exhibit) for exhibit in photos)
    if not event.held:
        _tell(event, photos)
    live.publish([f"sample:{sample.pk}"], "sample", {}, party=f"org-{sample.organisation_id}")


def photo_settled(exhibit: Exhibit) -> None:
    """A photo of a step is ready or was refused: the step's letter leaves with those that are. Called by `evidence`."""
    if required().kind != "brands":
        return
    for event in SampleEvent.objects.select_for_update().filter(photos__exhibit=exhibit, held=True):
        exhibits = [photo.exhibit for photo in event.photos.select_related("exhibit")]
        if any(each.state == Exhibit.State.RECEIVED for each in exhibits):
            continue
        event.held = False
        event.save(update_fields=["held"])
        _tell(event, [each for each in exhibits if each.state == Exhibit.State.READY])


_MESSAGES: dict[str, type[SampleReceivedV1 | SampleOpenedV1 | SampleReturnedV1]] = {
    "received": SampleReceivedV1,
    "opened": SampleOpenedV1,
    "returned": SampleReturnedV1,
}


def _tell(event: SampleEvent, photos: Sequence[Exhibit]) -> None:
    sample = event.sample
    attachments = each_once(view_attachment(exhibit, f"sample_{event.kind}") for exhibit in photos)
    message = _MESSAGES[event.kind].model_validate(
        {
            **event.said,
            "sample_id": sample.sample_id,
            "files": [{"sha256": each.sha256, "what": each.what} for each in attachments],
            "who": event.by_name,
            "at": event.at,
        }
    )
    to_matter(
        organisation_id=sample.organisation_id,
        province_code=sample.province_code,
        thread=sample.thread,
        message=message,
        by=Actor(event.by_id, event.by_name),
        attachments=attachments,
        in_reply_to=sample.letter_id,
    )
