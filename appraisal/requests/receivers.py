"""What arriving letters do on the officer's side. Each runs in the province's seat, in the delivery's transaction."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from appraisal.requests import hooks
from appraisal.requests.models import (
    Appointment,
    AppraisalRequest,
    AssistanceTask,
    Consultation,
    ConsultationLine,
    Line,
    LinePhoto,
    Opinion,
    RequestItem,
    SceneSignature,
    Supplement,
    Verdict,
    VerdictWithdrawal,
)
from appraisal.requests.services.steps import announce, take_step, write_line
from audit import log as seal_log
from audit.move import move
from audit.trail import Actor
from evidence.services import take_in
from federation.contracts.addresses import Address
from federation.contracts.appraisal import (
    CONCLUSIVE,
    AssistanceReplyV1,
    ChatV1,
    ConsultationV1,
    OnsiteV1,
    OpinionMailedV1,
    OpinionV1,
    ProgressV1,
    SceneSignedV1,
    SupplementV1,
    VerdictWithdrawnV1,
)
from federation.letters.post import Envelope, receives
from kernel import clock
from kernel.errors import NotFound404
from notify import live
from notify.services import tell
from webui import signatures

State = AppraisalRequest.State
_BRAND = Line.Side.BRAND


def _request(message: Any, envelope: Envelope) -> AppraisalRequest:
    """The request a letter speaks of, locked; only the organisation that was asked may speak of it."""
    request = AppraisalRequest.objects.select_for_update(of=("self",)).filter(pk=message.request_id).first()
    if request is None or envelope.sender != Address.organisation(request.organisation_id):
        raise NotFound404()
    return request


def _tell(request: AppraisalRequest, code: str, title: str, *, urgent: bool = False) -> None:
    tell(to=[request.officer_id], code=code, title=title, url=f"/requests/{request.pk}/", urgent=urgent)


@receives(ProgressV1, at="province")
def on_progress(message: ProgressV1, envelope: Envelope) -> None:
    """Rung, read, opened, claimed, handed over: shown on the officer's page."""
    request = _request(message, envelope)
    by = Actor(None, message.who or request.organisation_name)
    match message.step:
        case "rung":
            request.rung_at, request.read_at = message.at, None
            request.save(update_fields=["rung_at", "read_at"])
        case "read":
            request.read_at = message.at
            request.save(update_fields=["read_at"])
        case "enough":
            request.enough_at = message.at
            request.save(update_fields=["enough_at"])
        case "claimed":
            if request.state in {State.SENT, State.NO_ANSWER}:
                take_step(
                    request,
                    "claim",
                    by=by,
                    at=message.at,
                    claimed_at=request.claimed_at or message.at,
                    claimed_by_name=message.who,
                )
            elif request.state != State.CANCELLED:
                request.claimed_by_name = message.who
                request.save(update_fields=["claimed_by_name"])
        case "released":
            if request.state in {State.WORKING, State.SUPPLEMENT}:
                take_step(request, "release", by=by, at=message.at, claimed_by_name="")
    write_line(
        request, message.step, _BRAND, message.who, at=message.at, text=message.note, letter_id=envelope.letter_id
    )


@receives(SupplementV1, at="province")
def on_supplement(message: SupplementV1, envelope: Envelope) -> None:
    """One shot is asked for again: the officer is told at once."""
    request = _request(message, envelope)
    item = request.items.get(pk=message.item_id)
    Supplement.objects.create(
        pk=message.supplement_id,
        item=item,
        shot_code=message.shot_code,
        reason=message.reason,
        asked_by_name=message.who,
        asked_at=message.at,
    )
    write_line(
        request,
        Line.Kind.SUPPLEMENT,
        _BRAND,
        message.who,
        at=message.at,
        text=message.reason,
        data={
            "supplement_id": str(message.supplement_id),
            "item_id": str(item.pk),
            "shot_code": message.shot_code,
            "shot_name": _shot_name(item, message.shot_code),
        },
        letter_id=envelope.letter_id,
    )
    if request.state in AppraisalRequest.MOVES["ask_photos"][0] and request.state != State.SUPPLEMENT:
        take_step(request, "ask_photos", by=Actor(None, message.who), at=message.at)
    _tell(request, "supplement_asked", _("{number} 请补拍 1 张").format(number=request.number), urgent=True)


def _shot_name(item: RequestItem, code: str) -> str:
    return next((shot["name"] for shot in item.shot_list if shot["code"] == code), code)


@receives(OpinionV1, at="province")
def on_opinion(message: OpinionV1, envelope: Envelope) -> None:
    """Verdicts item by item. After a cancellation they are kept, marked late, and change nothing else."""
    request = _request(message, envelope)
    late = request.state == State.CANCELLED
    now = clock.now()
    opinion = Opinion.objects.create(
        pk=message.opinion_id,
        request=request,
        letter_id=envelope.letter_id,
        given_at=message.given_at,
        received_at=now,
        appraiser_name=message.appraiser_name,
        authority=message.authority.model_dump(mode="json"),
        on_site=message.on_site,
        late=late,
    )
    items = {item.pk: item for item in request.items.all()}
    for verdict in message.verdicts:
        if verdict.item_id not in items:
            raise NotFound404()
        Verdict.objects.create(
            pk=verdict.verdict_id,
            opinion=opinion,
            item=items[verdict.item_id],
            value=verdict.value.value,
            reasons=verdict.reasons,
            checkpoints=[answer.model_dump(mode="json") for answer in verdict.checkpoints],
            marks=[mark.model_dump(mode="json") for mark in verdict.marks],
            infringed_right=verdict.infringed_right,
            supersedes=verdict.supersedes,
        )
    write_line(
        request,
        Line.Kind.LATE if late else Line.Kind.VERDICT,
        _BRAND,
        message.appraiser_name,
        at=message.given_at,
        data={"opinion_id": str(opinion.pk), "values": [verdict.value.value for verdict in message.verdicts]},
        letter_id=envelope.letter_id,
    )
    hooks.verdicts(request, opinion)
    if late:
        return
    by = Actor(None, message.appraiser_name)
    if all(_is_answered(item) for item in items.values()):
        if request.state != State.ANSWERED:
            first = request.answered_at is None
            sent_at = request.sent_at or message.given_at
            measured = (
                {
                    "answered_at": message.given_at,
                    "wall_minutes": clock.wall_minutes(sent_at, message.given_at),
                    "office_minutes": clock.working_minutes_between(sent_at, message.given_at),
                }
                if first
                else {}
            )
            take_step(request, "answer", by=by, at=message.given_at, **measured)
    elif request.state in {State.SENT, State.WORKING, State.SUPPLEMENT, State.NO_ANSWER} and any(
        _is_answered(item) for item in items.values()
    ):
        take_step(request, "answer_part", by=by, at=message.given_at)
    live.publish(["verdicts"], "verdict", {"id": str(request.pk)})
    _tell(request, "verdict_arrived", _("{number} 已有辨认结论").format(number=request.number), urgent=True)


def _is_answered(item: RequestItem) -> bool:
    """Whether the item has a standing verdict that settles it."""
    from appraisal.requests.selectors import standing_verdict

    verdict = standing_verdict(item)
    return verdict is not None and verdict.value in {value.value for value in CONCLUSIVE}


@receives(SceneSignedV1, at="province")
def on_scene_signed(message: SceneSignedV1, envelope: Envelope) -> None:
    """The appraiser signed on the premises what they had concluded: kept as written, and sealed in the log.

    A letter whose digests do not agree with what it carries, or that signs verdicts of another request, stays with the
    dead letters.
    """
    request = _request(message, envelope)
    signatures.check(
        message.strokes, signs=message.page_sha256, record_sha256=message.strokes_sha256, page=message.page
    )
    known = set(Verdict.objects.filter(opinion__request=request).values_list("pk", flat=True))
    if not known.issuperset(message.verdict_ids):
        raise NotFound404()
    signed = SceneSignature.objects.create(
        pk=message.signature_id,
        request=request,
        letter_id=envelope.letter_id,
        appraiser_name=message.appraiser_name,
        authority=message.authority.model_dump(mode="json"),
        signed_at=message.signed_at,
        received_at=clock.now(),
        verdict_ids=[str(each) for each in message.verdict_ids],
        page=message.page,
        page_sha256=message.page_sha256,
        strokes=message.strokes,
        strokes_sha256=message.strokes_sha256,
    )
    seal_log.append(
        "scene.signed",
        signed.pk,
        {
            "request": request.pk,
            "letter": envelope.letter_id,
            "name": signed.appraiser_name,
            "authority": message.authority.number,
            "verdicts": signed.verdict_ids,
            "page_sha256": signed.page_sha256,
            "record_sha256": signed.strokes_sha256,
            "at": signed.signed_at,
        },
    )
    write_line(
        request,
        Line.Kind.SIGNED,
        _BRAND,
        message.appraiser_name,
        at=message.signed_at,
        text=_("签了 {count} 项结论，授权委托书 {number}").format(
            count=len(message.verdict_ids), number=message.authority.number
        ),
        data={"signature_id": str(signed.pk)},
        letter_id=envelope.letter_id,
    )
    hooks.signature(request, signed)


@receives(VerdictWithdrawnV1, at="province")
def on_withdrawn(message: VerdictWithdrawnV1, envelope: Envelope) -> None:
    """A verdict no longer stands; the request is open again and the officer is told."""
    request = _request(message, envelope)
    verdict = Verdict.objects.get(pk=message.verdict_id, opinion__request=request)
    VerdictWithdrawal.objects.create(
        verdict=verdict,
        letter_id=envelope.letter_id,
        reason=message.reason,
        who=message.who,
        withdrawn_at=message.at,
    )
    write_line(
        request,
        Line.Kind.WITHDRAWN,
        _BRAND,
        message.who,
        at=message.at,
        text=message.reason,
        data={"verdict_id": str(verdict.pk)},
        letter_id=envelope.letter_id,
    )
    hooks.verdicts(request, verdict.opinion)
    if request.state in {State.PARTLY_ANSWERED, State.ANSWERED}:
        take_step(request, "reopen", by=Actor(None, message.who), at=message.at)
    _tell(request, "verdict_withdrawn", _("{number} 的辨认结论已撤回").format(number=request.number), urgent=True)


@receives(ChatV1, at="province")
def on_chat(message: ChatV1, envelope: Envelope) -> None:
    """The appraiser said something."""
    request = _request(message, envelope)
    line = write_line(
        request,
        Line.Kind.CHAT,
        _BRAND,
        message.who,
        at=message.at,
        text=message.text,
        letter_id=envelope.letter_id,
        line_id=message.line_id,
    )
    for shot in message.photos:
        exhibit = take_in(envelope.attachment(shot.view_sha256), letter_id=envelope.letter_id)
        LinePhoto.objects.create(line=line, exhibit=exhibit)
    _tell(request, "chat_line", _("{number} 有新对话").format(number=request.number))


@receives(OnsiteV1, at="province")
def on_onsite(message: OnsiteV1, envelope: Envelope) -> None:
    """The brand offers to come, agrees, or declines."""
    request = _request(message, envelope)
    appointment = request.appointments.select_for_update().filter(pk=message.appointment_id).first()
    if appointment is None:
        appointment = Appointment.objects.create(
            pk=message.appointment_id, request=request, state=Appointment.Step.OFFERED
        )
    # Who scanned the officer's code on the premises comes without an appointment.
    verb = {"agreed": "agree", "declined": "decline", "done": "arrive"}.get(message.step)
    if verb and appointment.state in Appointment.MOVES[verb][0]:
        move(appointment, verb, by=Actor(None, message.who))
    appointment.meet_at, appointment.who = message.meet_at or appointment.meet_at, message.who
    appointment.contact, appointment.note = message.contact or appointment.contact, message.note
    appointment.save(update_fields=["meet_at", "who", "contact", "note"])
    write_line(
        request,
        Line.Kind.ONSITE,
        _BRAND,
        message.who,
        at=message.at,
        text=message.note,
        data={"step": message.step, "meet_at": message.meet_at.isoformat() if message.meet_at else None},
        letter_id=envelope.letter_id,
    )
    if message.step == "done":
        hooks.arrival(request, appointment)
    _tell(request, "onsite", _("{number} 现场协助有回音").format(number=request.number))


@receives(OpinionMailedV1, at="province")
def on_mailed(message: OpinionMailedV1, envelope: Envelope) -> None:
    """The signed original is on its way."""
    request = _request(message, envelope)
    write_line(
        request,
        Line.Kind.MAILED,
        _BRAND,
        message.who,
        at=message.sent_on,
        data={"courier": message.courier, "waybill_no": message.waybill_no},
        letter_id=envelope.letter_id,
    )
    announce(request, "mailed")


@receives(ConsultationV1, at="province")
def on_consultation(message: ConsultationV1, envelope: Envelope) -> None:
    """A line of a consultation from the brand."""
    consultation = Consultation.objects.filter(pk=message.consultation_id).first()
    if consultation is None or envelope.sender != Address.organisation(consultation.organisation_id):
        raise NotFound404()
    ConsultationLine.objects.create(
        pk=message.line_id,
        consultation=consultation,
        side=_BRAND,
        who=message.who,
        text=message.text,
        at=message.at,
        letter_id=envelope.letter_id,
    )
    consultation.last_at = message.at
    consultation.save(update_fields=["last_at"])
    live.publish([f"consultation:{consultation.pk}"], "line", {})
    tell(
        to=[consultation.officer_id],
        code="consultation_line",
        title=_("咨询有新回复"),
        url=f"/consultations/{consultation.pk}/",
    )


@receives(AssistanceReplyV1, at="province")
def on_assistance_reply(message: AssistanceReplyV1, envelope: Envelope) -> None:
    """The enterprise took the task on, declined it, or is done."""
    task = AssistanceTask.objects.select_for_update().filter(pk=message.task_id).first()
    if task is None or envelope.sender != Address.organisation(task.organisation_id):
        raise NotFound404()
    verb = {"accepted": "accept", "declined": "decline", "done": "finish"}[message.step]
    move(task, verb, by=Actor(None, message.who), reply=message.text or task.reply, replied_by_name=message.who)
    live.publish(["assistance"], "state", {"id": str(task.pk)})
    tell(to=[task.officer_id], code="assistance_reply", title=_("执法协助有回复"), url=f"/assistance/{task.pk}/")
