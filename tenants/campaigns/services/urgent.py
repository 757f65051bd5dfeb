"""特急: the roster's first is rung, then the next, then the heads; each step once, until one person answers.

A step is a row and a moment (`UrgentCall.next_at`), not a timer: whatever stops in between, the next sweep goes on. The
row is locked for every step and every answer, so of an answer and a ring at the same second one is first and the other
sees it. Statutory terms of the clue stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads_of
from audit import trail
from audit.move import move
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from notify.selectors import unread_about
from notify.services import mark_read, tell
from tenants.campaigns import selectors
from tenants.campaigns.errors import AlreadyAnswered
from tenants.campaigns.models import DutyTurn, UrgentCall, UrgentLine
from tenants.campaigns.services.steps import MACHINE, RING_CHANNELS, changed_call
from tenants.clues import selectors as clue_doors
from tenants.clues.models import Clue

State = UrgentCall.State
Kind = UrgentLine.Kind
Role = UrgentLine.Role
_RANK_ROLES = {DutyTurn.Rank.FIRST: Role.FIRST, DutyTurn.Rank.SECOND: Role.SECOND, DutyTurn.Rank.THIRD: Role.THIRD}
CODE = "urgent_clue"


@dataclass(frozen=True)
class Rung:
    """One step of the chain."""

    person: User
    role: str
    by_phone: bool = True
    instead_of: str = ""


def chain(call: UrgentCall, at: datetime) -> list[Rung]:
    """Who is rung in which order at that moment: the roster, the unit's head, the bureau's heads. Nobody twice."""
    found: dict[UUID, Rung] = {}
    for duty in selectors.on_duty(call.unit, at):
        found.setdefault(
            duty.person.pk,
            Rung(
                duty.person,
                _RANK_ROLES[DutyTurn.Rank(duty.turn.rank)],
                duty.turn.by_phone,
                duty.turn.person.display_name if duty.instead else "",
            ),
        )
    holder = call.clue.holder_unit
    for head in heads_of(holder):
        own = any(post.unit_id == holder.pk and post.role == "leader" for post in head.posts.all())
        found.setdefault(head.pk, Rung(head, Role.UNIT_HEAD if own else Role.BUREAU_HEAD))
    return list(found.values())


@transaction.atomic
def begin(clue: Clue, by: Person) -> UrgentCall | None:
    """Ring for an urgent clue, once: a clue with a call that was not taken back gets no second one."""
    Clue.objects.select_for_update(of=("self",)).get(pk=clue.pk)
    if UrgentCall.objects.filter(clue=clue, state__in=(State.RINGING, State.ANSWERED)).exists():
        return None
    unit = selectors.rung_unit(clue.holder_unit, clock.now())
    call = UrgentCall.objects.create(
        clue=clue,
        unit=unit,
        reason=clue.priority_why,
        begun_by=by if isinstance(by, User) else None,
        minutes=selectors.answer_minutes(unit),
        next_at=clock.now(),
        priority_before=Clue.Priority.RAISED,
    )
    trail.record(call, "begin", by=by, to_state=call.state)
    _step(call, clock.now())
    return call


@transaction.atomic
def make_urgent(*, by: User, clue_id: UUID, reason: str) -> UrgentCall:
    """An open clue becomes urgent later on. Raises BadInput without a reason, Conflict for one over or urgent."""
    clue = clue_doors.clue(by, clue_id)
    if not selectors.may_make_urgent(by, clue):
        raise NotAllowed()
    if not reason.strip():
        raise BadInput(_("请写明为什么特急，被叫醒的人会看到。"), code="urgent_reason_missing")
    if clue.state not in Clue.OPEN:
        raise Conflict(_("线索已办结或已并入，不能列为特急。"), code="urgent_clue_over")
    before = clue.priority
    Clue.objects.filter(pk=clue.pk).update(priority=Clue.Priority.URGENT, priority_why=reason.strip()[:200])
    clue.refresh_from_db()
    call = begin(clue, by)
    if call is None:
        raise Conflict(_("这条线索已经是特急，正在呼叫或已有人确认。"), code="urgent_already")
    if before != Clue.Priority.URGENT:
        UrgentCall.objects.filter(pk=call.pk).update(priority_before=before)
    trail.record(clue, "make_urgent", by=by, why=reason)
    call.refresh_from_db()
    return call


@transaction.atomic
def acknowledge(*, by: User, call_id: UUID) -> UrgentCall:
    """One tap: I have it. The first wins; whoever did it twice is told nothing new. Raises AlreadyAnswered."""
    selectors.access_call(by, call_id)
    call = _locked(call_id)
    if call.state == State.ANSWERED and call.answered_by_id == by.pk:
        return call
    if call.state == State.ANSWERED and call.answered_by is not None:
        raise AlreadyAnswered(name=call.answered_by.display_name)
    if not selectors.may_answer(by, call):
        raise NotAllowed()
    now = clock.now()
    call = move(call, "answer", by=by, answered_by=by, answered_at=now, next_at=None)
    _line(call, Kind.ANSWERED, person=by, at=now)
    _hush(call)
    changed_call(call.pk, call.clue_id)
    return call


@transaction.atomic
def withdraw(*, by: User, call_id: UUID, why: str) -> UrgentCall:
    """It was not urgent: taken back with a reason, and everybody who was rung hears it."""
    selectors.access_call(by, call_id)
    call = _locked(call_id)
    if not selectors.may_withdraw(by, call):
        raise NotAllowed()
    if not why.strip():
        raise BadInput(_("请写明撤销特急的原因，被叫醒的人会看到。"), code="urgent_why_missing")
    return _withdraw(call, by, why.strip()[:200])


def _withdraw(call: UrgentCall, by: Person, why: str) -> UrgentCall:
    call = move(call, "withdraw", by=by, why=why, withdrawn_why=why, next_at=None)
    Clue.objects.filter(pk=call.clue_id, priority=Clue.Priority.URGENT).update(priority=call.priority_before)
    person = by if isinstance(by, User) else None
    _line(call, Kind.WITHDRAWN, person=person, words=why, at=clock.now())
    _hush(call)
    rung = call.lines.filter(kind=Kind.RUNG, person__isnull=False).exclude(person=person)
    tell(
        to=rung.values_list("person_id", flat=True),
        code="urgent_withdrawn",
        title=_("特急已撤销：{number}").format(number=call.clue.number),
        body=why,
        url=page(call),
    )
    changed_call(call.pk, call.clue_id)
    return call


def mind(*, now: datetime | None = None) -> int:
    """Take every step that is due. Safe to run twice and at the same moment. Returns how many people were rung."""
    now = now or clock.now()
    for clue in selectors.urgent_without_call():
        begin(clue, MACHINE)
    due = UrgentCall.objects.filter(state=State.RINGING, next_at__lte=now).order_by("next_at")
    return sum(_mind_one(call_id, now) for call_id in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _mind_one(call_id: UUID, now: datetime) -> bool:
    call = UrgentCall.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=call_id).first()
    if call is None or call.state != State.RINGING or call.next_at is None or call.next_at > now:
        return False
    if call.clue.state not in Clue.OPEN:
        _withdraw(call, MACHINE, str(_("线索已办结或已并入")))
        return False
    return _step(call, now)


def _step(call: UrgentCall, now: datetime) -> bool:
    """Ring the next who was not rung, on a locked row. Whether anybody was."""
    people = chain(call, now)
    if call.step < 0 and not any(each.role in _RANK_ROLES.values() for each in people):
        _line(call, Kind.NOBODY, at=now)
    rung = set(call.lines.filter(kind=Kind.RUNG).values_list("person_id", flat=True))
    following = next((each for each in people if each.person.pk not in rung), None)
    if following is None:
        call.next_at, call.exhausted_at = None, now
        call.save(update_fields=["next_at", "exhausted_at"])
        _line(call, Kind.EXHAUSTED, at=now)
        tell(
            to=selectors.desk_people(call.clue.desk_unit),
            code=CODE,
            title=_("特急线索 {number} 全部叫过，无人确认").format(number=call.clue.number),
            url=page(call),
            urgent=True,
            channels=RING_CHANNELS,
        )
        changed_call(call.pk, call.clue_id)
        return False
    call.step += 1
    call.next_at = now + timedelta(minutes=call.minutes)
    call.save(update_fields=["step", "next_at"])
    _line(
        call, Kind.RUNG, person=following.person, step=call.step, role=following.role,
        instead_of=following.instead_of, at=now,
    )  # fmt: skip
    tell(
        to=[following.person.pk],
        code=CODE,
        title=_("特急线索 {number}，请立即确认").format(number=call.clue.number),
        body=call.reason,
        url=page(call),
        urgent=True,
        channels=RING_CHANNELS if following.by_phone else tuple(c for c in RING_CHANNELS if c != "phone_call"),
    )
    changed_call(call.pk, call.clue_id)
    return True


def page(call: UrgentCall) -> str:
    """Where a notice leads."""
    return f"/urgent/{call.pk}/"


def _locked(call_id: UUID) -> UrgentCall:
    return UrgentCall.objects.select_for_update(of=("self",)).select_related("clue", "unit").get(pk=call_id)


def _line(call: UrgentCall, kind: str, *, person: User | None = None, at: datetime, **fields: object) -> None:
    name = person.display_name if person else ""
    UrgentLine.objects.create(call=call, kind=kind, person=person, person_name=name, at=at, **fields)


def _hush(call: UrgentCall) -> None:
    """Whoever was rung is not called again."""
    rung = set(call.lines.filter(kind=Kind.RUNG).values_list("person_id", flat=True))
    if call.exhausted_at is not None:
        rung |= set(selectors.desk_people(call.clue.desk_unit))
    for user_id in rung:
        if user_id is not None:
            mark_read(user_id=user_id, notice_ids=unread_about(user_id, code=CODE, url=page(call)))


def on_clue(clue: Clue, verb: str) -> None:
    """A clue changed: an urgent one rings at once, one that is over rings no more. Called by `clues`."""
    if clue.state not in Clue.OPEN:
        for call in UrgentCall.objects.select_for_update(of=("self",)).filter(clue=clue, state=State.RINGING):
            _withdraw(call, MACHINE, str(_("线索已办结或已并入")))
    elif clue.priority == Clue.Priority.URGENT and verb in ("register", "urgent", "change", "reopen"):
        begin(clue, MACHINE)
