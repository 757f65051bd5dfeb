"""What arriving letters do on the brand's side. Each runs in the brands seat, in the delivery's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskTask
from appraisal.issuing import selectors
from appraisal.issuing.models import (
    Mailing,
    Notice,
    Objection,
    OpinionLetter,
    ReuseOffer,
    Sample,
    SampleEvent,
    SamplePhoto,
)
from appraisal.issuing.services import reuse
from appraisal.issuing.services.steps import MACHINE, changed, note, to_matter
from audit.move import move
from audit.trail import Actor
from evidence.services import take_in
from federation.contracts.opinions import (
    NoticeAnsweredV1,
    NoticeV1,
    ObjectionV1,
    OriginalReceivedV1,
    ReuseAcceptedV1,
    ReuseAskedV1,
    ReuseRefusedV1,
    SampleBackV1,
    SampleSentV1,
)
from federation.letters.post import Envelope, receives
from federation.parties import selectors as parties
from federation.parties.models import Membership
from kernel import clock
from kernel.errors import NotFound404
from notify import live
from notify.services import tell


def _task(request_id: UUID | None, envelope: Envelope) -> DeskTask | None:
    """The task of a request of the province that sends, at the organisation that is addressed."""
    if request_id is None:
        return None
    return DeskTask.objects.filter(
        request_id=request_id,
        province_code=envelope.sender.name,
        organisation_id=envelope.addressee.organisation_id,
    ).first()


def _letter(letter_id: UUID, envelope: Envelope) -> OpinionLetter:
    """A letter of the organisation that is addressed, which the province that sends holds. Locked."""
    found = selectors.any_letter(letter_id, lock=True)
    mine = found.organisation_id == envelope.addressee.organisation_id
    if not mine or not found.holders.filter(province_code=envelope.sender.name).exists():
        raise NotFound404()
    return found


def _by(envelope: Envelope, who: str) -> Actor:
    return Actor(None, who or envelope.by_name)


def _call(organisation_id: UUID, title: Any, url: str, *, only: Iterable[UUID] = (), code: str) -> None:
    """Tell whoever handles it: the people named, else every appraiser and all rights staff of the organisation."""
    organisation = parties.any_organisation(organisation_id)
    people = set(only)
    if not people:
        people = {row.user_id for row in parties.appraisers_for(organisation)}
        for member in parties.members(organisation):
            if any(row.role == Membership.Role.RIGHTS_STAFF for row in member.active_roles):
                people.add(member.user.pk)
    tell(to=people, code=code, title=title, url=url)


@receives(NoticeV1, at="organisation")
def on_notice(message: NoticeV1, envelope: Envelope) -> None:
    """A notice in the list, beside the task it follows; the bureau is told that it came."""
    organisation_id = envelope.addressee.organisation_id
    notice = Notice.objects.create(
        notice_id=message.notice_id,
        province_code=envelope.sender.name,
        organisation_id=organisation_id,
        document_no=envelope.document_no,
        thread=envelope.thread,
        letter_id=envelope.letter_id,
        request_id=message.request_id,
        task=_task(message.request_id, envelope),
        unit_name=message.unit_name,
        said=message.to_body(),
        paper_key=envelope.attachment(message.pdf_sha256).object_key if message.pdf_sha256 else "",
        issued_at=message.issued_at,
        reply_due_at=envelope.due_at or message.reply_due_at,
    )
    # A letter that was drafted before the notice came answers it too.
    if notice.task is not None:
        draft = notice.task.letters.filter(state__in=OpinionLetter.OPEN, number="", notice=None).first()
        if draft is not None:
            draft.notice = notice
            draft.save(update_fields=["notice"])
            changed(draft)
    to_matter(
        organisation_id=organisation_id,
        province_code=notice.province_code,
        thread=notice.thread,
        message=NoticeAnsweredV1(notice_id=notice.notice_id, step="received", who=MACHINE.display_name, at=clock.now()),
        by=MACHINE,
        in_reply_to=notice.letter_id,
    )
    _call(
        organisation_id, _("收到协助辨认通知书，请在期限内答复"), f"/opinions/notices/{notice.pk}/", code="notice_came"
    )
    live.publish(["letters"], "notice", {}, party=f"org-{organisation_id}")


@receives(OriginalReceivedV1, at="organisation")
def on_original_received(message: OriginalReceivedV1, envelope: Envelope) -> None:
    """The bureau has the original, or returns it, or the scan, with the reason."""
    letter = _letter(message.letter_id, envelope)
    by = _by(envelope, message.who)
    if message.mailing_id is not None:
        row = Mailing.objects.select_for_update().filter(pk=message.mailing_id, letter=letter).first()
        if row is None:
            raise NotFound404()
        if message.result == "accepted" and row.state == Mailing.State.SENT:
            move(row, "receive", by=by, received_on=message.received_on)
        elif message.result == "returned" and row.state in Mailing.MOVES["send_back"][0]:
            move(row, "send_back", by=by, why=message.reason, reason=message.reason, received_on=message.received_on)
    if message.result == "returned":
        _call(
            letter.organisation_id,
            _("辨认意见书原件被机关退回，请看原因并重新寄送"),
            f"/opinions/{letter.pk}/",
            only=[letter.appraiser_id],
            code="original_returned",
        )
    note(letter, f"original_{message.result}", message.who, message.reason, code=message.reason_code)


@receives(SampleSentV1, at="organisation")
def on_sample_sent(message: SampleSentV1, envelope: Envelope) -> None:
    """A sealed sample is on its way."""
    organisation_id = envelope.addressee.organisation_id
    notice = None
    if message.notice_id is not None:
        notice = Notice.objects.filter(
            notice_id=message.notice_id, province_code=envelope.sender.name, organisation_id=organisation_id
        ).first()
    sample = Sample.objects.create(
        sample_id=message.sample_id,
        province_code=envelope.sender.name,
        organisation_id=organisation_id,
        thread=envelope.thread,
        letter_id=envelope.letter_id,
        task=_task(message.request_id, envelope) or (notice.task if notice else None),
        notice=notice,
        notice_no=message.notice_no,
        item_ids=[str(item_id) for item_id in message.item_ids],
        description=message.description,
        seal_no=message.seal_no,
        courier=message.courier,
        waybill_no=message.waybill_no,
        sent_on=message.sent_on,
        due_at=envelope.due_at,
        return_wanted=message.return_wanted,
    )
    event = SampleEvent.objects.create(
        sample=sample, kind="sent", said={"note": message.description}, by_name=message.who, at=message.at
    )
    for file in message.files:
        exhibit = take_in(
            envelope.attachment(file.sha256),
            letter_id=envelope.letter_id,
            owner_prefix=f"org-{organisation_id}",
            by_name=message.who,
        )
        SamplePhoto.objects.create(event=event, exhibit=exhibit)
    _call(organisation_id, _("有封样寄来，收到后请登记签收"), f"/opinions/samples/{sample.pk}/", code="sample_coming")
    live.publish(["letters"], "sample", {}, party=f"org-{organisation_id}")


@receives(SampleBackV1, at="organisation")
def on_sample_back(message: SampleBackV1, envelope: Envelope) -> None:
    """The bureau has its sample back."""
    sample = (
        Sample.objects.select_for_update()
        .filter(
            sample_id=message.sample_id,
            province_code=envelope.sender.name,
            organisation_id=envelope.addressee.organisation_id,
        )
        .first()
    )
    if sample is None:
        raise NotFound404()
    if sample.state == Sample.State.RETURNED:
        move(sample, "close", by=_by(envelope, message.who))
        said = {"received_on": message.received_on.isoformat(), "unbroken": message.unbroken, "note": message.note}
        SampleEvent.objects.create(sample=sample, kind="back", said=said, by_name=message.who, at=message.at)
    live.publish([f"sample:{sample.pk}"], "sample", {}, party=f"org-{sample.organisation_id}")


@receives(ObjectionV1, at="organisation")
def on_objection(message: ObjectionV1, envelope: Envelope) -> None:
    """The party objects: the brand has to answer by the day named."""
    letter = _letter(message.letter_id, envelope)
    files = []
    for file in message.files:
        came = envelope.attachment(file.sha256)
        files.append(
            {"sha256": file.sha256, "what": file.what, "object_key": came.object_key, "media_type": came.media_type}
        )
    objection = Objection.objects.create(
        objection_id=message.objection_id,
        province_code=envelope.sender.name,
        letter=letter,
        thread=envelope.thread,
        post_id=envelope.letter_id,
        item_ids=[str(item_id) for item_id in message.item_ids],
        text=message.text,
        grey_market=message.grey_market,
        files=files,
        lodged_at=message.at,
        answer_by=message.answer_by,
    )
    _call(
        letter.organisation_id,
        _("当事人对辨认意见书提出异议，请在期限内答复"),
        f"/opinions/objections/{objection.pk}/",
        code="objection_came",
    )
    note(letter, "objection", "", grey_market=message.grey_market)


@receives(ReuseAskedV1, at="organisation")
def on_reuse_asked(message: ReuseAskedV1, envelope: Envelope) -> None:
    """An officer elsewhere holds a letter's number and code and asks to rely on it."""
    task = _task(message.request_id, envelope)
    if task is None:
        raise NotFound404()
    letter = reuse.by_number(envelope.addressee.organisation_id, message.opinion_no, message.check_code)
    reuse.answer_ask(message, task=task, letter=letter)


@receives(ReuseAcceptedV1, at="organisation")
def on_reuse_accepted(message: ReuseAcceptedV1, envelope: Envelope) -> None:
    """Another province relies on the letter: it is told of every change from now on."""
    reuse.accepted(_offer(message.offer_id, envelope), by=_by(envelope, message.who))


@receives(ReuseRefusedV1, at="organisation")
def on_reuse_refused(message: ReuseRefusedV1, envelope: Envelope) -> None:
    """Another province does not rely on it."""
    reuse.refused(_offer(message.offer_id, envelope), reason=message.reason, by=_by(envelope, message.who))


def _offer(offer_id: UUID, envelope: Envelope) -> ReuseOffer:
    found = (
        ReuseOffer.objects.select_for_update(of=("self",))
        .select_related("letter", "task")
        .filter(
            pk=offer_id,
            task__province_code=envelope.sender.name,
            letter__organisation_id=envelope.addressee.organisation_id,
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found
