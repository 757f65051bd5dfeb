"""Between provinces: what an invited province reports, and what arriving letters do on either side."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from audit import trail
from audit.move import move
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.joint_action import (
    JointAnswerV1,
    JointInvitationV1,
    JointMarkV1,
    JointPlanV1,
    JointResultV1,
    PlannedTargetV1,
    PlanV1,
    QuantityV1,
)
from federation.letters.post import Envelope, post
from federation.letters.words import party_names
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404
from tenants.campaigns import selectors
from tenants.campaigns.figures import COUNTED, Figures
from tenants.campaigns.models import JointAction, JointProvince, JointTarget, TargetMark
from tenants.campaigns.services import telling
from tenants.campaigns.services.steps import MACHINE, changed_action

State = JointAction.State


# What this province tells the leading one -----------------------------------------------------------------------------


@transaction.atomic
def answer(*, by: User, action_id: UUID, accept: bool, reason: str = "") -> JointAction:
    """This province takes part, or says why not. It may say otherwise until the hour."""
    action = selectors.access_action(by, action_id, to_plan=True)
    if not action.origin:
        raise NotFound404()
    if action.state != State.ANNOUNCED:
        raise Conflict(_("行动已开始、结束或取消，不用再答复。"), code="joint_answer_late")
    if not accept and not reason.strip():
        raise BadInput(_("不参加要写明原因。"), code="joint_why_missing")
    action.answer = JointAction.Answer.ACCEPTED if accept else JointAction.Answer.DECLINED
    action.answer_words = reason.strip()[:500]
    action.save(update_fields=["answer", "answer_words"])
    trail.record(action, "accept" if accept else "decline", by=by, why=reason)
    assert action.origin_id is not None
    post(
        JointAnswerV1(
            action_id=action.origin_id,
            accepted=accept,
            reason=reason.strip()[:500],
            unit_name=action.lead_unit.name,
            contact_name=by.display_name[:40],
            contact_phone=(by.phone or "")[:30],
            at=clock.now(),
        ),
        to=Address.parse(action.origin),
        thread=action.origin_id,
        by=by,
        in_reply_to=action.letter_id,
        purpose="joint_action",
    )
    changed_action(action.pk)
    return action


def mark_out(target: JointTarget, mark: TargetMark) -> None:
    """A mark here is a mark there."""
    action = target.action
    if not action.origin or action.origin_id is None or target.origin_id is None:
        return
    post(
        JointMarkV1(
            action_id=action.origin_id,
            target_id=target.origin_id,
            mark_id=mark.pk,
            mark=mark.kind,  # type: ignore[arg-type]
            hour=mark.hour,
            who=mark.who[:40],
            unit_name=mark.unit_name,
            note=mark.note,
            at=mark.at,
        ),
        to=Address.parse(action.origin),
        thread=action.origin_id,
        by=Actor(mark.person_id, mark.who),
        purpose="joint_action",
    )


def result_out(target: JointTarget) -> None:
    """What stands at a target here, whole, to the leading province."""
    action = target.action
    if not action.origin or action.origin_id is None or target.origin_id is None:
        return
    target.result_version += 1
    JointTarget.objects.filter(pk=target.pk).update(result_version=target.result_version)
    found = Figures.of_json(target.figures)
    post(
        JointResultV1(
            action_id=action.origin_id,
            target_id=target.origin_id,
            serial=target.result_version,
            standing=target.state,  # type: ignore[arg-type]
            outcome=target.outcome,  # type: ignore[arg-type]
            words=target.words,
            unit_name=target.unit.name if target.unit else "",
            began_at=target.began_at,
            ended_at=target.ended_at,
            found=tuple(QuantityV1(unit=unit[:20], quantity=amount) for unit, amount in found.quantities.items()),
            value_yuan=found.value_yuan.quantize(Decimal("0.01")),
            at=clock.now(),
            **{name: getattr(found, name) for name in COUNTED},
        ),
        to=Address.parse(action.origin),
        thread=action.origin_id,
        by=MACHINE,
        purpose="joint_action",
    )


# What arrives ---------------------------------------------------------------------------------------------------------


def invited(message: JointInvitationV1, envelope: Envelope) -> JointAction:
    """Another province asks: a file of our own is opened at the top unit, which gives the targets to units."""
    action = _file(message.plan, envelope)
    first = action.answer == JointAction.Answer.NONE
    if first:
        action.answer = JointAction.Answer.WAITING
        action.answer_due_at = envelope.due_at
    action.document_no, action.letter_id = envelope.document_no, envelope.letter_id
    action.save(update_fields=["answer", "answer_due_at", "document_no", "letter_id"])
    telling.tell_planners(action, _("{province}邀请参加统一行动“{name}”，请答复"), province=action.origin_name)
    return action


def plan_came(message: JointPlanV1, envelope: Envelope) -> None:
    """The plan as it is now; an older one that comes late changes nothing."""
    _file(message.plan, envelope)


def _file(plan: PlanV1, envelope: Envelope) -> JointAction:
    origin = str(envelope.sender)
    action = JointAction.objects.select_for_update(of=("self",)).filter(origin=origin, origin_id=plan.action_id).first()
    if action is not None and plan.revision < action.revision:
        return action
    made = action is None
    if action is None:
        top = Unit.objects.filter(parent=None, is_active=True).order_by("code").first()
        if top is None:
            raise NotFound404()
        action = JointAction(
            origin=origin,
            origin_id=plan.action_id,
            origin_name=party_names([origin])[origin],
            lead_unit=top,
            state=State.ANNOUNCED,
        )
    moved = not made and (action.hour != plan.hour)
    before = action.zero_hour
    action.name, action.code_name, action.opens_to = plan.name, plan.code_name, plan.opens_to
    action.revision, action.hour, action.zero_hour = plan.revision, plan.hour, plan.zero_hour
    action.contact_name, action.contact_phone = plan.contact_name, plan.contact_phone
    action.save(force_insert=made)
    if made:
        trail.record(action, "invited", by=Actor(None, action.origin_name), to_state=action.state)
    for said in plan.targets:
        _take_target(action, said)
    by = Actor(None, action.origin_name)
    if plan.standing == "called_off" and action.state == State.ANNOUNCED:
        action = move(action, "call_off", by=by, why=plan.why, closing_words=plan.why, closed_at=clock.now())
        telling.called_off(action, told=True)
    elif plan.standing == "closed" and action.state in (State.ANNOUNCED, State.UNDERWAY):
        if not action.targets.filter(state__in=JointTarget.OPEN).exists():
            action = move(action, "close", by=by, closing_words=str(_("牵头单位已结束行动")), closed_at=clock.now())
    elif moved and action.state == State.ANNOUNCED:
        telling.hour_moved(action, before)
        telling.people_hear(action, by, meet_at=action.zero_hour)
    changed_action(action.pk)
    return action


def _take_target(action: JointAction, said: PlannedTargetV1) -> None:
    target = action.targets.filter(origin_id=said.target_id).first()
    if target is None:
        target = JointTarget(
            action=action,
            origin_id=said.target_id,
            number=_free_number(action, said.number),
            added_after_hour=action.zero_hour <= clock.now(),
        )
    target.party_name, target.address, target.what = said.party_name, said.address, said.what
    target.division_code, target.assembly = said.division_code, said.assembly or target.assembly
    target.save()
    if said.dropped and target.state == JointTarget.State.PLANNED:
        move(target, "drop", by=Actor(None, action.origin_name), words=str(_("牵头单位撤下")), ended_at=clock.now())


def _free_number(action: JointAction, wanted: int) -> int:
    taken = set(action.targets.values_list("number", flat=True))
    while wanted in taken:
        wanted += 1
    return wanted


def answered(message: JointAnswerV1, envelope: Envelope) -> None:
    """An invited province says yes or no."""
    province = _province(message.action_id, envelope)
    verb = "accept" if message.accepted else "decline"
    goal = JointProvince.State.ACCEPTED if message.accepted else JointProvince.State.DECLINED
    fields = {
        "answered_at": message.at,
        "unit_name": message.unit_name,
        "contact_name": message.contact_name,
        "contact_phone": message.contact_phone,
        "words": message.reason,
    }
    if province.state == goal:
        JointProvince.objects.filter(pk=province.pk).update(**fields)
    else:
        move(province, verb, by=Actor(None, province.name), why=message.reason, **fields)
    words = _("{province}参加统一行动“{name}”") if message.accepted else _("{province}不参加统一行动“{name}”，请改派")
    telling.tell_planners(province.action, words, province=province.name)
    changed_action(province.action_id)


def mark_came(message: JointMarkV1, envelope: Envelope) -> None:
    """A mark at one of their targets. The same mark twice is once."""
    target = _their_target(message.action_id, message.target_id, envelope)
    TargetMark.objects.get_or_create(
        pk=message.mark_id,
        defaults={
            "target": target,
            "kind": message.mark,
            "hour": message.hour,
            "who": message.who,
            "unit_name": message.unit_name,
            "note": message.note,
            "at": message.at,
        },
    )
    changed_action(target.action_id)


def result_came(message: JointResultV1, envelope: Envelope) -> None:
    """What stands at one of their targets. One that was overtaken changes nothing; late ones count after the end."""
    target = _their_target(message.action_id, message.target_id, envelope)
    if message.serial <= target.result_version:
        return
    by = Actor(None, target.party_title)
    target.result_version = message.serial
    target.figures = Figures(
        **{name: getattr(message, name) for name in COUNTED},
        value_yuan=message.value_yuan,
        quantities={each.unit: each.quantity for each in message.found},
    ).as_json()
    target.words, target.outcome = message.words, message.outcome
    target.began_at, target.ended_at = message.began_at, message.ended_at
    target.ended_by_name = message.unit_name
    target.save()
    steps = {"underway": ("start",), "ended": ("end",)}.get(message.standing, ())
    for verb in steps:
        if target.state in JointTarget.MOVES[verb][0]:
            move(target, verb, by=by)
    changed_action(target.action_id)


def _province(action_id: UUID, envelope: Envelope) -> JointProvince:
    found = (
        JointProvince.objects.select_for_update(of=("self",))
        .filter(action_id=action_id, party=str(envelope.sender))
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def _their_target(action_id: UUID, target_id: UUID, envelope: Envelope) -> JointTarget:
    found = (
        JointTarget.objects.select_for_update(of=("self",))
        .filter(pk=target_id, action_id=action_id, party=str(envelope.sender))
        .first()
    )
    if found is None:
        raise NotFound404()
    return found
