"""What arriving letters do on the brand's side. Each runs in the brands seat, in the delivery's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from appraisal.desk import events, hooks, robot, selectors
from appraisal.desk.models import (
    DeskAppointment,
    DeskAssistance,
    DeskConsultation,
    DeskConsultationLine,
    DeskItem,
    DeskLinePhoto,
    DeskPhoto,
    DeskTask,
)
from appraisal.desk.services import posting
from appraisal.desk.services.ringing import ring_now
from appraisal.desk.services.steps import announce, party_of, write_line
from audit.move import move
from audit.trail import Actor
from evidence.services import take_in
from evidence.withdrawals import hide
from federation.contracts.appraisal import (
    AbsentShotV1,
    AssistanceTaskV1,
    CancelledV1,
    ChatV1,
    CommissionV1,
    ConsultationV1,
    OnsiteV1,
    PhotosV1,
    PhotoWithdrawnV1,
    ShotV1,
)
from federation.contracts.joint_action import JointPeopleAskedV1
from federation.letters import receipts
from federation.letters.delivery import after_batch
from federation.letters.post import Envelope, receives
from kernel import clock, searching
from kernel.errors import NotFound404
from notify import live
from notify.services import tell

State = DeskTask.State


def _task(request_id: UUID, envelope: Envelope) -> DeskTask:
    """The task of a request, locked: of the province that sends, at the organisation that is addressed."""
    task = (
        DeskTask.objects.select_for_update(of=("self",))
        .filter(
            request_id=request_id,
            province_code=envelope.sender.name,
            organisation_id=envelope.addressee.organisation_id,
        )
        .first()
    )
    if task is None:
        raise NotFound404()
    return task


@receives(CommissionV1, at="organisation")
def on_commission(message: CommissionV1, envelope: Envelope) -> None:
    """A new task in the queue; the duty appraiser is rung and the province told that it arrived."""
    now = clock.now()
    task = DeskTask.objects.create(
        organisation_id=envelope.addressee.organisation_id,
        province_code=envelope.sender.name,
        request_id=message.request_id,
        request_no=message.request_no,
        thread=envelope.thread,
        letter_id=envelope.letter_id,
        county_code=message.county_code,
        unit_name=message.unit_name,
        officer_name=message.officer_name,
        officer_title=message.officer_title,
        officer_cert_no=message.officer_cert_no,
        question=message.question,
        urgent=message.urgent,
        sent_at=message.sent_at,
        arrived_at=now,
        due_at=clock.due_at(message.sent_at, clock.Term(*CommissionV1.due)).at,
        search_text=searching.written(
            message.request_no, message.unit_name, *(each.product_name for each in message.items)
        ),
    )
    events.task_came(task)
    items = [
        DeskItem(
            task=task,
            item_id=each.item_id,
            position=position,
            product_id=each.product_id,
            product_name=each.product_name,
            claimed_brand=each.claimed_brand,
            shot_list_version=each.shot_list_version,
            quantity=each.quantity,
            quantity_unit=each.quantity_unit,
            claimed_price_yuan=each.claimed_price_yuan,
            package_state=each.package_state,
            waybill_no=each.waybill_no,
            batch_no=each.batch_no,
            absent=[absent.model_dump() for absent in each.absent],
        )
        for position, each in enumerate(message.items, start=1)
    ]
    DeskItem.objects.bulk_create(items)
    for item, each in zip(items, message.items, strict=True):
        _take_photos(item, each.shots, envelope)
    announce(task, "arrived")
    if robot.is_robots(task.organisation_id):
        transaction.on_commit(partial(after_batch, partial(robot.wake, task.pk)), robust=True)
        return
    # After the commit: the letter has arrived whether or not somebody can be rung, or the province be told.
    transaction.on_commit(partial(after_batch, partial(ring_now, task.pk)), robust=True)


def _take_photos(item: DeskItem, shots: Iterable[ShotV1], envelope: Envelope, supplement_id: UUID | None = None) -> int:
    taken = 0
    for shot in shots:
        if item.photos.filter(photo_id=shot.photo_id).exists():
            continue
        exhibit = take_in(envelope.attachment(shot.view_sha256), letter_id=envelope.letter_id)
        photo = DeskPhoto.objects.create(
            item=item,
            photo_id=shot.photo_id,
            exhibit=exhibit,
            shot_code=shot.shot_code,
            source=shot.source,
            captured_at=shot.captured_at,
            kept_reason=shot.kept_reason,
            supplement_id=supplement_id,
            arrived_at=clock.now(),
        )
        hooks.photo(photo)
        taken += 1
    return taken


@receives(PhotosV1, at="organisation")
def on_photos(message: PhotosV1, envelope: Envelope) -> None:
    """More photos of an item: the rest of the list, or a retake that was asked for."""
    task = _task(message.request_id, envelope)
    item = task.items.get(item_id=message.item_id)
    count = _take_photos(item, message.shots, envelope, message.answers_supplement)
    _add_absences(item, message.absent)
    now = clock.now()
    if message.answers_supplement:
        item.supplements.filter(pk=message.answers_supplement, answered_at=None).update(answered_at=now)
        waiting = any(each.supplements.filter(answered_at=None).exists() for each in task.items.all())
        if task.state == State.SUPPLEMENT and not waiting:
            move(task, "photos_in", by=Actor(None, task.officer_name))
        if task.claimed_by_id:
            tell(
                to=[task.claimed_by_id],
                code="photos_in",
                title=_("补拍的照片到了"),
                url=f"/desk/{task.pk}/",
                urgent=True,
            )
    write_line(task, "photos", "bureau", task.officer_name, at=now, data={"count": count}, letter_id=envelope.letter_id)


def _add_absences(item: DeskItem, absent: Iterable[AbsentShotV1]) -> None:
    rows = {row["shot_code"]: row for row in [*item.absent, *(each.model_dump() for each in absent)]}
    if len(rows) != len(item.absent):
        item.absent = list(rows.values())
        item.save(update_fields=["absent"])


@receives(CancelledV1, at="organisation")
def on_cancelled(message: CancelledV1, envelope: Envelope) -> None:
    """No answer is needed any more."""
    task = _task(message.request_id, envelope)
    by = Actor(None, task.officer_name)
    if task.state in DeskTask.MOVES["cancel"][0]:
        move(task, "cancel", by=by, why=message.reason)
        receipts.answered(task.letter_id, envelope.addressee)  # nobody owes an answer any more
    write_line(
        task, "cancelled", "bureau", task.officer_name, at=message.at, text=message.reason, letter_id=envelope.letter_id
    )


@receives(ChatV1, at="organisation")
def on_chat(message: ChatV1, envelope: Envelope) -> None:
    """The officer said something."""
    task = _task(message.request_id, envelope)
    line = write_line(
        task,
        "chat",
        "bureau",
        message.who,
        at=message.at,
        text=message.text,
        letter_id=envelope.letter_id,
    )
    for shot in message.photos:
        exhibit = take_in(envelope.attachment(shot.view_sha256), letter_id=envelope.letter_id)
        DeskLinePhoto.objects.create(line=line, exhibit=exhibit)
    if task.claimed_by_id:
        tell(to=[task.claimed_by_id], code="chat_line", title=_("执法人员有新对话"), url=f"/desk/{task.pk}/")


@receives(PhotoWithdrawnV1, at="organisation")
def on_photo_withdrawn(message: PhotoWithdrawnV1, envelope: Envelope) -> None:
    """A photo sent by mistake: hidden here as well, under every shot and line of the task that shows it."""
    task = _task(message.request_id, envelope)
    for exhibit in selectors.photos_by_digest(task, message.original_sha256):
        hide(exhibit, by=Actor(None, message.who), purpose=message.reason, data={"letter": str(envelope.letter_id)})
        hooks.hidden(task, exhibit)
    write_line(
        task,
        "photo_withdrawn",
        "bureau",
        message.who,
        at=message.at,
        text=message.reason,
        letter_id=envelope.letter_id,
    )


@receives(OnsiteV1, at="organisation")
def on_onsite(message: OnsiteV1, envelope: Envelope) -> None:
    """The officer asks for help on the premises, or answers an offer."""
    task = _task(message.request_id, envelope)
    appointment = task.appointments.select_for_update().filter(pk=message.appointment_id).first()
    if appointment is None:
        appointment = DeskAppointment.objects.create(
            pk=message.appointment_id,
            task=task,
            state="asked",
            meet_at=message.meet_at,
            contact=message.contact,
            note=message.note,
        )
    verb = {"agreed": "agree", "declined": "decline", "done": "finish"}.get(message.step)
    if verb and appointment.state in DeskAppointment.MOVES[verb][0]:
        move(appointment, verb, by=Actor(None, message.who))
    write_line(
        task,
        "onsite",
        "bureau",
        message.who,
        at=message.at,
        text=message.note,
        data={"step": message.step, "meet_at": message.meet_at.isoformat() if message.meet_at else None},
        letter_id=envelope.letter_id,
    )
    if task.claimed_by_id:
        tell(to=[task.claimed_by_id], code="onsite", title=_("现场协助有新消息"), url=f"/desk/{task.pk}/", urgent=True)


@receives(ConsultationV1, at="organisation")
def on_consultation(message: ConsultationV1, envelope: Envelope) -> None:
    """A line of a consultation from an officer."""
    organisation_id = envelope.addressee.organisation_id
    consultation, _made = DeskConsultation.objects.get_or_create(
        province_code=envelope.sender.name,
        consultation_id=message.consultation_id,
        organisation_id=organisation_id,
        defaults={"subject": message.subject, "unit_name": message.unit_name, "last_at": message.at},
    )
    DeskConsultationLine.objects.create(
        consultation=consultation,
        side="bureau",
        who=message.who,
        text=message.text,
        at=message.at,
        letter_id=envelope.letter_id,
    )
    consultation.last_at = message.at
    consultation.save(update_fields=["last_at"])
    live.publish([f"consultation:{consultation.pk}", "consultations"], "line", {}, party=party_of(organisation_id))


@receives(AssistanceTaskV1, at="organisation")
def on_assistance(message: AssistanceTaskV1, envelope: Envelope) -> None:
    """A bureau asks for help by a day."""
    organisation_id = envelope.addressee.organisation_id
    task = DeskAssistance.objects.create(
        task_id=message.task_id,
        province_code=envelope.sender.name,
        organisation_id=organisation_id,
        letter_id=envelope.letter_id,
        subject=message.subject,
        text=message.text,
        county_code=message.county_code,
        unit_name=message.unit_name,
        officer_name=message.officer_name,
        reply_by=message.reply_by,
    )
    live.publish(["assistance"], "arrived", {"id": str(task.pk)}, party=party_of(organisation_id))


@receives(JointPeopleAskedV1)
def on_people_asked(message: JointPeopleAskedV1, envelope: Envelope) -> None:
    """A bureau asks for people at an hour in a county."""
    posting.people_asked(message, envelope)
