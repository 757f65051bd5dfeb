"""督办: an order from above on one clue, case or letter, with a number and a deadline, until it is lifted (C-23)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads_of
from audit import trail
from audit.move import move
from audit.numbering import issue
from audit.trail import Actor, Person
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from notify import live
from notify.services import tell
from tenants.cases import selectors as cases
from tenants.clues import selectors, supervised
from tenants.clues.letters import Thing
from tenants.clues.models import Clue, Supervision
from tenants.clues.services.clocks import reckon
from tenants.clues.services.steps import announce, need
from tenants.clues.supervised import is_overdue as is_overdue

NUMBER_WORD = "督办"
OnAnswered = Callable[[Supervision, User], None]
_on_answered: list[OnAnswered] = []


def on_answered(func: OnAnswered) -> OnAnswered:
    """Call `func(order, by)` when a unit here has answered an order."""
    if func not in _on_answered:
        _on_answered.append(func)
    return func


@transaction.atomic
def order(*, by: User, clue_id: UUID, demand: str, due_on: date, number: str = "") -> Supervision:
    """On a clue: by the desk, or by a leader over the unit. number: of the paper, if it has one; else the next."""
    clue = selectors.clue(by, clue_id)
    _may_order(by, supervised.of_clue(clue))
    clue = Clue.objects.select_for_update(of=("self",)).get(pk=clue.pk)
    if clue.state not in Clue.OPEN:
        raise Conflict(_("线索已经办结，不能督办。要继续核查，请先重新办理。"), code="clue_over")
    return _order(by, supervised.of_clue(clue), demand, due_on, number, clue=clue)


@transaction.atomic
def order_case(*, by: User, case_id: UUID, demand: str, due_on: date, number: str = "") -> Supervision:
    """On a case: by a leader over the unit that leads it."""
    thing = supervised.of_case(cases.access_case(by, case_id))
    _may_order(by, thing)
    if not thing.open:
        raise Conflict(_("案件已经结案，不能督办。要继续办理，请先重新办理。"), code="case_over")
    return _order(by, thing, demand, due_on, number, case=thing.row)


@transaction.atomic
def order_letter(
    *, by: User, letter_kind: str, letter_id: UUID, demand: str, due_on: date, number: str = ""
) -> Supervision:
    """On a numbered letter: by a leader over the unit that answers for it."""
    thing = selectors.letter(by, letter_kind, letter_id)
    _may_order(by, thing)
    if not thing.open:
        raise Conflict(_("函件没有发出或已经办完，不能督办。"), code="letter_over")
    return _order(
        by, thing, demand, due_on, number,
        letter_kind=letter_kind, letter_id=letter_id, letter_number=thing.number[:80],
        letter_subject=thing.title[:200],
    )  # fmt: skip


def order_notice(*, by: User, letter_id: UUID, demand: str, due_on: date, number: str = "") -> Supervision:
    """On a notice to a right holder."""
    return order_letter(by=by, letter_kind="notice", letter_id=letter_id, demand=demand, due_on=due_on, number=number)


def _may_order(by: User, thing: Thing) -> None:
    if not supervised.may_order(by, thing):
        raise NotAllowed(_("督办由受理单位或上级负责人提出。"), code="superior_only")


def _order(by: User, thing: Thing, demand: str, due_on: date, number: str, **on: object) -> Supervision:
    said = need(demand, _("请写明督办要求。"), "demand_missing")
    if due_on < clock.today():
        raise BadInput(_("督办期限不能早于今天。"), code="due_past")
    row = Supervision.objects.create(
        number=number.strip()[:80] or issue(supervised.numbered_by(by, thing).agency_word, NUMBER_WORD),
        demand=said[:1000],
        ordered_by=by,
        due_on=due_on,
        **on,
    )
    people = [*selectors.people_of_unit(thing.unit), *thing.holders, *heads_of(thing.unit)[:1]]
    _tell(people, thing, "supervised", _("一件督办，请按期回复"), but=by, urgent=True)
    _done(row, thing, "supervise", by, said[:500])
    return row


@transaction.atomic
def answer(*, by: User, supervision_id: UUID, words: str) -> Supervision:
    """What the unit has done. Whoever ordered it is told."""
    row = selectors.supervision(by, supervision_id, lock=True)
    thing = supervised.thing_of(row)
    if not supervised.may_answer(by, thing):
        raise NotAllowed()
    said = need(words, _("请写明办理情况。"), "answer_missing")
    move(row, "answer", by=by, answer=said[:1000], answered_by=by, answered_at=clock.now())
    if row.ordered_by is not None:
        _tell([row.ordered_by], thing, "supervision_answered", _("督办有回复"), but=by)
    _done(row, thing, "answer_supervision", by)
    for func in _on_answered:
        func(row, by)
    return row


@transaction.atomic
def refuse(*, by: User, supervision_id: UUID, reason: str, due_on: date | None = None) -> Supervision:
    """The answer is not enough: it is owed again, by the old day or a new one."""
    row, thing = _ordered(by, supervision_id)
    why = need(reason, _("请写明退回重办的理由。"), "reason_missing")
    if due_on is not None and due_on < clock.today():
        raise BadInput(_("督办期限不能早于今天。"), code="due_past")
    move(row, "refuse", by=by, why=why, due_on=due_on or row.due_on)
    people = [*selectors.people_of_unit(thing.unit), *thing.holders]
    _tell(people, thing, "supervised", _("督办回复被退回，请重办"), but=by)
    _done(row, thing, "refuse_supervision", by, why)
    return row


@transaction.atomic
def lift(*, by: User, supervision_id: UUID, words: str = "") -> Supervision:
    """解除: answered well enough, or no longer wanted."""
    row, thing = _ordered(by, supervision_id)
    why = words.strip()[:500]
    move(row, "lift", by=by, why=why)
    _done(row, thing, "lift_supervision", by, why)
    return row


# Orders of the common superior (`listed`) -----------------------------------------------------------------------------


def place(order_id: UUID, thing: Thing, *, number: str, demand: str, due_on: date, giver: str) -> Supervision:
    """An order from above on a record of ours, under the number and the day it has there."""
    on = {"clue": thing.row} if isinstance(thing.row, Clue) else {"case": thing.row}
    row = Supervision.objects.create(
        pk=order_id, number=number[:80], demand=demand[:1000], from_above=giver[:80], due_on=due_on, **on
    )
    people = [*selectors.people_of_unit(thing.unit), *thing.holders, *heads_of(thing.unit)[:1]]
    _tell(people, thing, "supervised", _("一件督办，请按期回复"), urgent=True)
    _done(row, thing, "supervise", _above(row), row.demand[:500])
    return row


def answered_above(row: Supervision, words: str, by_name: str) -> None:
    """The result went up from the page of matters between provinces."""
    by = Actor(None, by_name or row.from_above)
    move(row, "answer", by=by, answer=words[:1000], answered_at=clock.now())
    _done(row, supervised.thing_of(row), "answer_supervision", by)


def sent_back(row: Supervision, *, why: str, due_on: date) -> None:
    """More is wanted above."""
    thing = supervised.thing_of(row)
    move(row, "refuse", by=_above(row), why=why[:500], due_on=due_on)
    people = [*selectors.people_of_unit(thing.unit), *thing.holders]
    _tell(people, thing, "supervised", _("督办回复被退回，请重办"))
    _done(row, thing, "refuse_supervision", _above(row), why[:500])


def lifted(row: Supervision, *, why: str) -> None:
    """Taken off the list above."""
    move(row, "lift", by=_above(row), why=why[:500])
    _done(row, supervised.thing_of(row), "lift_supervision", _above(row), why[:500])


def _above(row: Supervision) -> Actor:
    return Actor(None, row.from_above)


def remind(row: Supervision, thing: Thing, title: Words, *, overdue: bool) -> None:
    """The day of an order comes near, or has passed: then its head and whoever gave it hear of it too."""
    people = supervised.told(thing)
    if overdue:
        people += [*heads_of(thing.unit)[:1], *([row.ordered_by] if row.ordered_by is not None else [])]
    _tell(people, thing, "supervision_due", title, urgent=overdue)


def _ordered(by: User, supervision_id: UUID) -> tuple[Supervision, Thing]:
    """An order that this person may judge."""
    row = selectors.supervision(by, supervision_id, lock=True)
    thing = supervised.thing_of(row)
    if not supervised.may_judge(by, row, thing):
        raise NotAllowed(_("由下达督办的人或受理单位处理。"), code="superior_only")
    return row, thing


def _done(row: Supervision, thing: Thing, verb: str, by: Person, why: str = "") -> None:
    """What every step leaves: a line on the record's trail, its date reckoned again, its page told."""
    trail.record(thing.row, verb, by=by, why=why, data={"number": row.number})
    if isinstance(thing.row, Clue):
        reckon(thing.row)
        announce(thing.row, verb)
    else:
        live.publish([*thing.topics, "clues"], thing.event, {"id": str(thing.row.pk), "verb": verb})


def _tell(
    people: Iterable[User], thing: Thing, code: str, title: Words, *, but: User | None = None, urgent: bool = False
) -> None:
    to = list(dict.fromkeys(each.pk for each in people if but is None or each.pk != but.pk))
    tell(to=to, code=f"clue_{code}", title=title, body=f"{thing.number} {thing.title}", url=thing.url, urgent=urgent)
