"""What an appraiser does. Each outermost call is one transaction; letters leave with its commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.desk import selectors
from appraisal.desk.models import (
    DeskAppointment,
    DeskAssistance,
    DeskConsultation,
    DeskConsultationLine,
    DeskItem,
    DeskLine,
    DeskLinePhoto,
    DeskOpinion,
    DeskSupplement,
    DeskTask,
    DeskVerdict,
    DeskWithdrawal,
    ReplyTemplate,
    SavedFilter,
)
from appraisal.desk.selectors import Desk
from appraisal.letter_photos import chat_shots, each_once, view_attachment
from audit.move import move
from audit.trail import Actor
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.contracts.appraisal import (
    CONCLUSIVE,
    AssistanceReplyV1,
    AuthorityV1,
    ChatV1,
    CheckpointAnswerV1,
    ConsultationV1,
    ItemVerdictV1,
    MarkV1,
    OnsiteV1,
    OpinionMailedV1,
    OpinionV1,
    ProgressV1,
    SupplementV1,
    VerdictValue,
    VerdictWithdrawnV1,
)
from federation.contracts.messages import Attachment, Message
from federation.letters.post import post
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.ids import uuid7
from notify import live
from notify.selectors import unread_about
from notify.services import mark_read, tell
from provinces.context import required

State = DeskTask.State
MACHINE = Actor(None, "系统")
REMIND_AFTER = timedelta(minutes=10)
HAND_OVER_AFTER = timedelta(minutes=30)
GONE = frozenset({"authorisation_missing", "authorisation_ended", "trademark_lapsed"})
"""Reasons after which this person can answer nothing of the kind, so that holding the task would only delay it."""


class AlreadyClaimed(Conflict):
    """Two reached for the same task; this one is told who has it."""

    code = "already_claimed"
    sentence = _("{name} 已先接单。您可以看，但要由 {name} 退回后才能处理。")


class NotAnAppraiser(NotAllowed):
    """Administrators and rights staff may look, but only appraisers take tasks."""

    code = "not_an_appraiser"
    sentence = _("接单和答复由“{organisation}”的鉴定人员办理。您可以查看和对话。")


class NotYours(Conflict):
    """Only who holds the task may answer it."""

    code = "not_claimed_by_you"
    sentence = _("请先接单再处理。")


# Taking and giving back -------------------------------------------------------------------------------------------


@transaction.atomic
def open_task(*, desk: Desk, task_id: UUID) -> DeskTask:
    """Somebody looks at a waiting task: the officer sees it was opened (once), a ringing person has read it."""
    task = selectors.access_task(desk, task_id, lock=True)
    now = clock.now()
    if task.rung_at and task.read_at is None and (task.rung_user_id in {None, desk.person.pk}):
        task.read_at = now
        task.save(update_fields=["read_at"])
        _hush(task, desk.person.pk)
        _tell_progress(task, "read", at=now, who=desk.person.display_name, by=desk.person)
    if task.state == State.WAITING and not task.lines.filter(kind="opened").exists():
        _line(task, "opened", "brand", desk.person.display_name, at=now)
        _tell_progress(task, "opened", at=now, who=desk.person.display_name, by=desk.person)
    return task


@transaction.atomic
def claim(*, desk: Desk, task_id: UUID) -> DeskTask:
    """Take a task. Of two in the same second one has it; the other is told who. Twice is once."""
    task = selectors.access_task(desk, task_id, lock=True)
    if task.state in DeskTask._HELD and task.claimed_by_id == desk.person.pk:
        return task
    if task.state in DeskTask._HELD and task.claimed_by is not None:
        raise AlreadyClaimed(name=task.claimed_by.display_name, task_id=task.pk)
    if not parties.appraisers_for(desk.organisation).filter(user=desk.person).exists():
        raise NotAnAppraiser(organisation=desk.organisation.name)
    now = clock.now()
    move(task, "claim", by=desk.person, claimed_by=desk.person, claimed_at=now)
    _hush(task, desk.person.pk, task.rung_user_id)
    _line(task, "claimed", "brand", desk.person.display_name, at=now)
    _tell_progress(task, "claimed", at=now, who=desk.person.display_name, by=desk.person)
    return task


@transaction.atomic
def release(*, desk: Desk, task_id: UUID, reason: str = "") -> DeskTask:
    """Give a task back to the queue; the next on duty is rung anew."""
    return _release(_held(desk, task_id), desk.person, reason)


def _release(task: DeskTask, by: User, reason: str) -> DeskTask:
    now = clock.now()
    move(task, "release", by=by, why=reason, claimed_by=None, rung_rank=-1, rung_at=None, reminded_at=None)
    _line(task, "released", "brand", by.display_name, at=now, text=reason)
    _tell_progress(task, "released", at=now, who=by.display_name, by=by, note=reason[:200])
    return task


def _held(desk: Desk, task_id: UUID) -> DeskTask:
    task = selectors.access_task(desk, task_id, lock=True)
    _require_held(desk, task)
    return task


def _require_held(desk: Desk, task: DeskTask) -> None:
    if task.state == State.CANCELLED:
        raise Conflict(_("申请方已取消这件申请，无需再答。"), code="request_cancelled")
    if task.claimed_by_id != desk.person.pk:
        if task.claimed_by is not None:
            raise AlreadyClaimed(name=task.claimed_by.display_name, task_id=task.pk)
        raise NotYours(task_id=task.pk)


# Asking back ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_again(*, desk: Desk, task_id: UUID, item_id: UUID, shot_code: str, reason: str) -> DeskSupplement:
    """Ask for one shot again, or for one more, with the reason the officer will read. Twice is once while open."""
    task = _held(desk, task_id)
    item = _item_of(task, item_id)
    if not reason.strip():
        raise BadInput(_("请写明补拍的原因，例如“批号模糊，请靠近再拍一张”。"), code="reason_missing")
    asked = item.supplements.filter(shot_code=shot_code, reason=reason.strip(), answered_at=None).first()
    if asked is not None:
        return asked
    now = clock.now()
    supplement = DeskSupplement.objects.create(
        item=item, shot_code=shot_code, reason=reason.strip(), asked_by=desk.person, asked_at=now
    )
    if task.state != State.SUPPLEMENT:
        move(task, "ask_photos", by=desk.person, why=reason)
    _line(
        task,
        "supplement",
        "brand",
        desk.person.display_name,
        at=now,
        text=supplement.reason,
        data={"shot_code": shot_code, "item_id": str(item.pk)},
    )
    _to_province(
        task,
        SupplementV1(
            request_id=task.request_id,
            item_id=item.item_id,
            supplement_id=supplement.pk,
            shot_code=shot_code,
            reason=supplement.reason,
            who=desk.person.display_name,
            at=now,
        ),
        desk.person,
    )
    return supplement


@transaction.atomic
def say_enough(*, desk: Desk, task_id: UUID) -> DeskTask:
    """够了: the photos suffice, the officer may stop taking them."""
    task = _held(desk, task_id)
    if task.enough_at is None:
        now = clock.now()
        task.enough_at = now
        task.save(update_fields=["enough_at"])
        _line(task, "enough", "brand", desk.person.display_name, at=now)
        _tell_progress(task, "enough", at=now, who=desk.person.display_name, by=desk.person)
    return task


@transaction.atomic
def say(
    *, desk: Desk, task_id: UUID, text: str, exhibits: Sequence[Exhibit] = (), line_id: UUID | None = None
) -> DeskLine:
    """Say something to the officer, with photos where there are any. line_id makes it once."""
    task = selectors.access_task(desk, task_id, lock=True)
    if line_id and (known := task.lines.filter(pk=line_id).first()):
        return known
    if not text.strip() and not exhibits:
        raise BadInput(_("请先写一句话或选一张照片。"), code="text_missing")
    if any(exhibit.state == Exhibit.State.REFUSED for exhibit in exhibits):
        raise BadInput(_("这张照片打不开，没有发送。请换一张再试。"), code="photo_refused")
    line = _line(
        task,
        "chat",
        "brand",
        desk.person.display_name,
        at=clock.now(),
        text=text.strip(),
        line_id=line_id,
        data={"held": "photos"} if any(exhibit.state != Exhibit.State.READY for exhibit in exhibits) else None,
    )
    DeskLinePhoto.objects.bulk_create(DeskLinePhoto(line=line, exhibit=exhibit) for exhibit in exhibits)
    if not line.data:
        _post_line(task, line, exhibits, desk.person)
    return line


def _post_line(task: DeskTask, line: DeskLine, exhibits: Sequence[Exhibit], by: Any) -> None:
    _to_province(
        task,
        ChatV1(
            request_id=task.request_id,
            line_id=line.pk,
            who=line.who,
            text=line.text,
            photos=chat_shots(exhibits),
            at=line.at,
        ),
        by,
        each_once(view_attachment(exhibit, "chat") for exhibit in exhibits),
    )


def photo_settled(exhibit: Exhibit) -> None:
    """A photo of a chat line is ready or was refused: the line leaves, or says that it could not.

    Called by `evidence` in its transaction; photos that no line waits for are passed over.
    """
    if required().kind != "brands":
        return
    for line in DeskLine.objects.select_for_update().filter(photos__exhibit=exhibit, data__held="photos"):
        exhibits = [photo.exhibit for photo in line.photos.select_related("exhibit")]
        if any(each.state == Exhibit.State.RECEIVED for each in exhibits):
            continue
        refused = any(each.state == Exhibit.State.REFUSED for each in exhibits)
        line.data = {"held": "refused"} if refused else {}
        line.save(update_fields=["data"])
        task = DeskTask.objects.get(pk=line.task_id)
        if not refused:
            _post_line(task, line, exhibits, Actor(exhibits[0].by_id, line.who))
        _announce(task, "chat")


# Answering --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ItemAnswer:
    """辨认结论 of one item as the appraiser gives it.

    checkpoints: {checkpoint id: (result, note)}; marks: boxes on photos, in parts of the picture (0 to 1), with words.
    """

    item_id: UUID
    value: VerdictValue
    reasons: str
    checkpoints: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    marks: Sequence[dict[str, Any]] = ()
    infringed_right: str = ""


def answer(
    *,
    desk: Desk,
    task_id: UUID,
    answers: Sequence[ItemAnswer],
    on_site: bool = False,
    opinion_id: UUID | None = None,
) -> DeskOpinion:
    """Give a verdict on one or more items, by the authority the appraiser has now. opinion_id makes it once.

    An item that has a standing verdict is answered anew: the new verdict supersedes it. Raises Problem with the one
    most useful reason when the authority does not cover an item; no verdict is written then. Whose authorisation is
    gone altogether loses the task too: it goes back to the queue, for somebody who has one.
    """
    try:
        return _answer(desk, task_id, answers, on_site, opinion_id or uuid7())
    except parties.Uncovered as reason:
        if reason.code in GONE:
            return_unauthorised(desk=desk, task_id=task_id, reason=reason.detail)
        raise


@transaction.atomic
def return_unauthorised(*, desk: Desk, task_id: UUID, reason: str) -> bool:
    """Give back a task that its holder may no longer answer. Returns whether there was anything to give back."""
    task = selectors.access_task(desk, task_id, lock=True)
    if task.claimed_by_id != desk.person.pk or task.state not in DeskTask.MOVES["release"][0]:
        return False
    _release(task, desk.person, reason)
    # The first on duty may be this very person: call the first one who is not.
    now = clock.now()
    on_duty = parties.on_duty(task.organisation, now)
    others = [rank for rank, each in enumerate(on_duty) if each.user.pk != desk.person.pk]
    if others:
        _ring_rank(task, on_duty, others[0], now, "rung")
    return True


@transaction.atomic
def _answer(desk: Desk, task_id: UUID, answers: Sequence[ItemAnswer], on_site: bool, opinion_id: UUID) -> DeskOpinion:
    task = selectors.access_task(desk, task_id, lock=True)
    if known := task.opinions.filter(pk=opinion_id).first():
        return known
    _reopen_or_hold(desk, task)
    if not answers:
        raise BadInput(_("请至少对一件商品给出结论。"), code="answers_missing")
    now = clock.now()
    authority = None
    prepared = []
    for each in answers:
        item = _item_of(task, each.item_id)
        product = catalogue.product(item.product_id)
        if not each.reasons.strip():
            raise BadInput(_("请写明“{product}”的辨认理由。"), code="reasons_missing", product=item.product_name)
        held = parties.authority(
            desk.person, principal=desk.organisation, product=product, province_code=task.province_code, at=now
        )
        authority = authority or held
        prepared.append((each, item, product))
    assert authority is not None
    opinion = DeskOpinion.objects.create(
        pk=opinion_id,
        task=task,
        given_by=desk.person,
        given_at=now,
        authority=_authority(authority).model_dump(mode="json"),
        on_site=on_site,
    )
    verdicts = [_verdict(opinion, each, item, product) for each, item, product in prepared]
    _close_or_go_on(task, desk.person, now)
    _line(
        task,
        "verdict",
        "brand",
        desk.person.display_name,
        at=now,
        data={"opinion_id": str(opinion.pk), "values": [verdict.value for verdict in verdicts]},
    )
    _to_province(
        task,
        OpinionV1(
            request_id=task.request_id,
            opinion_id=opinion.pk,
            given_at=now,
            appraiser_name=desk.person.name,
            on_site=on_site,
            authority=_authority(authority),
            verdicts=tuple(_verdict_letter(verdict) for verdict in verdicts),
        ),
        desk.person,
    )
    return opinion


def _reopen_or_hold(desk: Desk, task: DeskTask) -> None:
    """Make sure that this person holds the locked task; an answered one is opened again for a correction."""
    if task.state == State.ANSWERED:
        move(task, "reopen", by=desk.person, claimed_by=desk.person)
    else:
        _require_held(desk, task)


def _verdict(opinion: DeskOpinion, each: ItemAnswer, item: DeskItem, product: Any) -> DeskVerdict:
    public, secret = [], []
    known = {checkpoint.pk: checkpoint for checkpoint in catalogue.checkpoints(product.pk)}
    for checkpoint_id, (result, note) in each.checkpoints.items():
        checkpoint = known.get(checkpoint_id)
        if checkpoint is None or result not in {"same", "different", "cannot_see"}:
            raise BadInput(
                _("这项检查点不属于该产品，请刷新页面。"), code="checkpoint_unknown", checkpoint=checkpoint_id
            )
        row = {"checkpoint": checkpoint.name, "result": result, "note": note}
        (secret if checkpoint.is_secret else public).append(row)
    before = selectors.standing_verdict(item)
    photos = {photo.photo_id for photo in item.photos.all()}
    marks = [MarkV1.model_validate(mark) for mark in each.marks]
    if any(mark.photo_id not in photos for mark in marks):
        raise BadInput(_("标注所在的照片不属于这件商品，请刷新页面。"), code="mark_photo_unknown")
    return DeskVerdict.objects.create(
        opinion=opinion,
        item=item,
        value=each.value.value,
        reasons=each.reasons.strip(),
        checkpoints=public,
        secret_checkpoints=secret,
        marks=[mark.model_dump(mode="json") for mark in marks],
        infringed_right=each.infringed_right,
        supersedes=before,
    )


def _close_or_go_on(task: DeskTask, by: User, now: datetime) -> None:
    settled = [_settles(selectors.standing_verdict(item)) for item in task.items.all()]
    if all(settled):
        move(task, "answer", by=by, answered_at=task.answered_at or now)
    elif any(settled):
        move(task, "answer_part", by=by)
    else:
        _announce(task, "state")


def _settles(verdict: DeskVerdict | None) -> bool:
    return verdict is not None and VerdictValue(verdict.value) in CONCLUSIVE


def _verdict_letter(verdict: DeskVerdict) -> ItemVerdictV1:
    return ItemVerdictV1(
        verdict_id=verdict.pk,
        item_id=verdict.item.item_id,
        value=VerdictValue(verdict.value),
        reasons=verdict.reasons,
        checkpoints=tuple(CheckpointAnswerV1.model_validate(row) for row in verdict.checkpoints),
        marks=tuple(MarkV1.model_validate(mark) for mark in verdict.marks),
        infringed_right=verdict.infringed_right,
        supersedes=verdict.supersedes_id,
    )


def _authority(held: Any) -> AuthorityV1:
    """What is printed with the opinion of the authorisation it rests on."""
    return AuthorityV1(
        authorisation_id=held.pk,
        number=held.number,
        principal=held.organisation.name,
        appraiser_employer=held.membership.organisation.name,
        trademarks=tuple(f"{mark.name} {mark.reg_no}" for mark in held.trademarks.all()),
        nice_classes=tuple(held.nice_classes),
        valid_from=clock.at_start(held.valid_from),
        valid_until=clock.at_end(held.valid_until),
    )


@transaction.atomic
def withdraw(*, desk: Desk, verdict_id: UUID, reason: str) -> DeskWithdrawal:
    """Take a verdict back, with the reason. It stays on record, and the task is open again."""
    verdict = selectors.access_verdict(desk, verdict_id)
    task = selectors.access_task(desk, verdict.opinion.task_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明撤回结论的原因。"), code="reason_missing")
    if hasattr(verdict, "withdrawal"):
        return verdict.withdrawal
    if hasattr(verdict, "superseded_by"):
        raise Conflict(_("这条结论已被新的结论取代，请撤回最新的一条。"), code="verdict_superseded")
    now = clock.now()
    withdrawal = DeskWithdrawal.objects.create(
        verdict=verdict, reason=reason.strip(), withdrawn_by=desk.person, withdrawn_at=now
    )
    if task.state in DeskTask.MOVES["reopen"][0]:
        move(task, "reopen", by=desk.person, why=reason, claimed_by=desk.person)
    _line(task, "withdrawn", "brand", desk.person.display_name, at=now, text=withdrawal.reason)
    _to_province(
        task,
        VerdictWithdrawnV1(
            request_id=task.request_id,
            verdict_id=verdict.pk,
            item_id=verdict.item.item_id,
            reason=withdrawal.reason,
            who=desk.person.display_name,
            at=now,
        ),
        desk.person,
    )
    return withdrawal


@transaction.atomic
def mailed(*, desk: Desk, opinion_id: UUID, courier: str, waybill_no: str, sent_on: datetime) -> None:
    """Tell the officer that the signed original is on its way. One waybill number is told once."""
    opinion = selectors.access_opinion(desk, opinion_id)
    task = selectors.access_task(desk, opinion.task_id, lock=True)
    if task.lines.filter(kind="mailed", data__waybill_no=waybill_no).exists():
        return
    _line(
        task,
        "mailed",
        "brand",
        desk.person.display_name,
        at=clock.now(),
        data={"courier": courier, "waybill_no": waybill_no},
    )
    _to_province(
        task,
        OpinionMailedV1(
            request_id=task.request_id,
            opinion_id=opinion_id,
            courier=courier,
            waybill_no=waybill_no,
            sent_on=sent_on,
            who=desk.person.display_name,
        ),
        desk.person,
    )


# On-site help, consultation, assistance ---------------------------------------------------------------------------


@transaction.atomic
def offer_onsite(
    *,
    desk: Desk,
    task_id: UUID,
    meet_at: datetime | None,
    contact: str,
    note: str = "",
    appointment_id: UUID | None = None,
) -> DeskAppointment:
    """Offer to come to the place. appointment_id makes it once."""
    task = selectors.access_task(desk, task_id, lock=True)
    if appointment_id and (known := task.appointments.filter(pk=appointment_id).first()):
        return known
    if meet_at is not None and meet_at <= clock.now():
        raise BadInput(_("约定时间要晚于现在。"), code="meet_at_past")
    appointment = DeskAppointment.objects.create(
        pk=appointment_id or uuid7(),
        task=task,
        state="offered",
        meet_at=meet_at,
        who=desk.person.display_name,
        contact=contact,
        note=note,
    )
    _tell_onsite(task, appointment, "offered", desk.person)
    return appointment


@transaction.atomic
def answer_onsite(
    *, desk: Desk, appointment_id: UUID, verb: str, meet_at: datetime | None = None, contact: str = "", note: str = ""
) -> DeskAppointment:
    """Agree to (with a time), decline or finish an appointment. verb: agree, decline, finish."""
    found = selectors.access_appointment(desk, appointment_id)
    task = selectors.access_task(desk, found.task_id, lock=True)
    appointment = task.appointments.select_for_update().get(pk=appointment_id)
    when = meet_at or appointment.meet_at
    if verb == "agree" and when is None:
        raise BadInput(_("请先定一个到场时间。"), code="meet_at_missing")
    move(
        appointment,
        verb,
        by=desk.person,
        why=note,
        meet_at=when,
        who=desk.person.display_name,
        contact=contact or appointment.contact,
        note=note,
    )
    _tell_onsite(task, appointment, appointment.state, desk.person)
    return appointment


def _tell_onsite(task: DeskTask, appointment: DeskAppointment, step: str, by: User) -> None:
    now = clock.now()
    meet_at = appointment.meet_at.isoformat() if appointment.meet_at else None
    _line(
        task, "onsite", "brand", by.display_name, at=now, text=appointment.note, data={"step": step, "meet_at": meet_at}
    )
    _to_province(
        task,
        OnsiteV1(
            request_id=task.request_id,
            appointment_id=appointment.pk,
            step=step,  # type: ignore[arg-type]
            meet_at=appointment.meet_at,
            who=by.display_name,
            contact=appointment.contact,
            note=appointment.note,
            at=now,
        ),
        by,
    )


@transaction.atomic
def say_in_consultation(
    *, desk: Desk, consultation_id: UUID, text: str, line_id: UUID | None = None
) -> DeskConsultationLine:
    """Answer a consultation."""
    consultation: DeskConsultation = selectors.access_consultation(desk, consultation_id)
    if not text.strip():
        raise BadInput(_("请先写一句话。"), code="text_missing")
    now = clock.now()
    line, made = DeskConsultationLine.objects.get_or_create(
        pk=line_id or uuid7(),
        consultation=consultation,
        defaults={"side": "brand", "who": desk.person.display_name, "text": text.strip(), "at": now},
    )
    if made:
        consultation.last_at = now
        consultation.save(update_fields=["last_at"])
        post(
            ConsultationV1(
                consultation_id=consultation.consultation_id,
                line_id=line.pk,
                organisation_id=desk.organisation.pk,
                subject=consultation.subject,
                who=desk.person.display_name,
                text=line.text,
                at=now,
            ),
            to=Address.province(consultation.province_code),
            sender=Address.organisation(desk.organisation.pk),
            thread=consultation.consultation_id,
            by=desk.person,
        )
        live.publish([f"consultation:{consultation.pk}"], "line", {}, party=_party(desk.organisation.pk))
    return line


@transaction.atomic
def answer_assistance(*, desk: Desk, assistance_id: UUID, verb: str, text: str = "") -> DeskAssistance:
    """Take on, decline (with the reason) or finish a 执法协助 task. verb: accept, decline, finish."""
    task = selectors.access_assistance(desk, assistance_id)
    if verb == "decline" and not text.strip():
        raise BadInput(_("请写明不能协助的原因。"), code="reason_missing")
    move(task, verb, by=desk.person, why=text, reply=text or task.reply)
    post(
        AssistanceReplyV1(
            task_id=task.task_id,
            step=task.state,  # type: ignore[arg-type]
            text=text,
            who=desk.person.display_name,
            at=clock.now(),
        ),
        to=Address.province(task.province_code),
        sender=Address.organisation(desk.organisation.pk),
        thread=task.task_id,
        by=desk.person,
        in_reply_to=task.letter_id,
    )
    return task


# Words and views that people keep ---------------------------------------------------------------------------------


def keep_template(*, desk: Desk, use: str, text: str) -> ReplyTemplate:
    """Keep a canned sentence for everybody at the organisation. Twice is once."""
    words = " ".join(text.split())
    if not words or use not in ReplyTemplate.Use.values:
        raise BadInput(_("请写下要保存的话，并选择用在哪里。"), code="template_missing")
    return ReplyTemplate.objects.get_or_create(organisation=desk.organisation, use=use, text=words[:500])[0]


def drop_template(*, desk: Desk, template_id: UUID) -> None:
    """Forget a canned sentence. One that is gone already is no error."""
    ReplyTemplate.objects.filter(pk=template_id, organisation=desk.organisation).delete()


def keep_filter(*, desk: Desk, name: str, query: str) -> SavedFilter:
    """Keep a view of the queue for this person. A name that is taken gets the new view."""
    if not name.strip() or not query:
        raise BadInput(_("请先筛选，再给这个视图起个名字。"), code="filter_missing")
    return SavedFilter.objects.update_or_create(
        person=desk.person, organisation=desk.organisation, name=name.strip()[:20], defaults={"query": query[:300]}
    )[0]


def drop_filter(*, desk: Desk, filter_id: UUID) -> None:
    """Forget one of this person's views."""
    SavedFilter.objects.filter(pk=filter_id, person=desk.person).delete()


# The duty appraiser is rung ---------------------------------------------------------------------------------------


def mind_the_clock(*, now: datetime | None = None) -> int:
    """Ring the next on duty for tasks nobody took: at once, again after 10 minutes, the next person after 30.

    Returns how many were rung. Safe to run twice: each step is taken once under the task's lock.
    """
    now = now or clock.now()
    waiting = DeskTask.objects.filter(state=State.WAITING, organisation__state=parties.ACTIVE).values_list(
        "pk", flat=True
    )
    return sum(ring_now(task_id, now=now) for task_id in list(waiting))


@transaction.atomic
def ring_now(task_id: UUID, *, now: datetime | None = None) -> bool:
    """One step of ringing for one task. Returns whether anybody was rung."""
    task = DeskTask.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=task_id)
    return ring(task, now=now or clock.now())


def ring(task: DeskTask, *, now: datetime) -> bool:
    """One step of ringing for a locked task: first call, reminder, or hand-over. Returns whether anybody was rung."""
    if task.state != State.WAITING:
        return False
    on_duty = parties.on_duty(task.organisation, now)
    if task.rung_rank < 0 or task.rung_at is None:
        return _ring_rank(task, on_duty, 0, now, "rung")
    if now - task.rung_at >= HAND_OVER_AFTER and task.rung_rank + 1 < len(on_duty):
        return _ring_rank(task, on_duty, task.rung_rank + 1, now, "handed_over")
    if task.reminded_at is None and now - task.rung_at >= REMIND_AFTER and task.rung_user_id:
        task.reminded_at = now
        task.save(update_fields=["reminded_at"])
        _call(task, task.rung_user_id)
        _line(task, "reminded", "system", "", at=now)
        _tell_progress(task, "reminded", at=now, by=MACHINE)
        return True
    return False


def _ring_rank(task: DeskTask, on_duty: Sequence[Any], rank: int, now: datetime, step: str) -> bool:
    if rank >= len(on_duty):
        return False
    person = on_duty[rank].user
    task.rung_rank, task.rung_user, task.rung_at, task.read_at, task.reminded_at = rank, person, now, None, None
    task.save(update_fields=["rung_rank", "rung_user", "rung_at", "read_at", "reminded_at"])
    _call(task, person.pk)
    _line(task, step, "system", person.display_name, at=now)
    if step == "handed_over":
        _tell_progress(task, "handed_over", at=now, by=MACHINE)
    _tell_progress(task, "rung", at=now, by=MACHINE)
    return True


def _call(task: DeskTask, user_id: UUID) -> None:
    tell(
        to=[user_id],
        code="task_waiting",
        title=_("有一件鉴定申请等您接单"),
        url=_page(task),
        urgent=True,
        channels=("in_app", "email", "sms", "wecom", "dingtalk", "phone_call"),
    )


def _hush(task: DeskTask, *user_ids: UUID | None) -> None:
    """Whoever was rung for the task and has seen it, or whose colleague took it, is not called again."""
    for user_id in filter(None, set(user_ids)):
        waiting = unread_about(user_id, code="task_waiting", url=_page(task))
        mark_read(user_id=user_id, notice_ids=waiting)


def _page(task: DeskTask) -> str:
    return f"/desk/{task.pk}/"


# Shared by services and receivers ---------------------------------------------------------------------------------


def _item_of(task: DeskTask, item_id: UUID) -> DeskItem:
    item = task.items.filter(pk=item_id).first()
    if item is None:
        raise BadInput(_("这件商品不在该申请里，请刷新页面。"), code="item_unknown", item_id=item_id)
    return item


def _party(organisation_id: UUID) -> str:
    return f"org-{organisation_id}"


def _line(
    task: DeskTask,
    kind: str,
    side: str,
    who: str,
    *,
    at: datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
    letter_id: UUID | None = None,
    line_id: UUID | None = None,
) -> DeskLine:
    line = DeskLine.objects.create(
        pk=line_id or uuid7(),
        task=task,
        kind=kind,
        side=side,
        who=who,
        text=text,
        data=data or {},
        at=at,
        letter_id=letter_id,
    )
    _announce(task, kind)
    return line


def _announce(task: DeskTask, kind: str) -> None:
    live.publish([f"task:{task.pk}", "queue"], kind, {"id": str(task.pk)}, party=_party(task.organisation_id))


def _to_province(task: DeskTask, message: Message, by: Any, attachments: Sequence[Attachment] = ()) -> None:
    post(
        message,
        to=Address.province(task.province_code),
        sender=Address.organisation(task.organisation_id),
        thread=task.thread,
        by=by,
        in_reply_to=task.letter_id,
        attachments=attachments,
        purpose="appraisal",
    )


def _tell_progress(task: DeskTask, step: str, *, at: datetime, by: Any, who: str = "", note: str = "") -> None:
    _to_province(
        task,
        ProgressV1(request_id=task.request_id, step=step, at=at, who=who, note=note),  # type: ignore[arg-type]
        by,
    )


def decimal_mark(photo_id: UUID, box: tuple[float, float, float, float], words: str) -> dict[str, Any]:
    """A mark from the drawing module's numbers (left, top, width, height in 0 to 1), rounded to a ten-thousandth."""
    x, y, w, h = (Decimal(str(round(value, 4))) for value in box)
    return {"photo_id": photo_id, "x": x, "y": y, "w": w, "h": h, "words": words}
