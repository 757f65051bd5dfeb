"""督办: an order from above on one clue, with a number and a deadline, until it is answered and lifted (C-23)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads, heads_of
from audit import trail
from audit.move import move
from audit.numbering import issue
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from tenants.clues import selectors
from tenants.clues.models import Clue, Supervision
from tenants.clues.services.clocks import reckon
from tenants.clues.services.steps import announce, need, tell_people

NUMBER_WORD = "督办"


@transaction.atomic
def order(*, by: User, clue_id: UUID, demand: str, due_on: date, number: str = "") -> Supervision:
    """By the desk, or by a leader over the unit. number: of the paper, if it has one already; else the next."""
    clue = selectors.clue(by, clue_id)
    if not (selectors.keeps_desk(by, clue) or heads(by, clue.holder_unit_id)):
        raise NotAllowed(_("督办由受理单位或上级负责人提出。"), code="superior_only")
    clue = Clue.objects.select_for_update(of=("self",)).get(pk=clue.pk)
    if clue.state not in Clue.OPEN:
        raise Conflict(_("线索已经办结，不能督办。要继续核查，请先重新办理。"), code="clue_over")
    said = need(demand, _("请写明督办要求。"), "demand_missing")
    if due_on < clock.today():
        raise BadInput(_("督办期限不能早于今天。"), code="due_past")
    row = Supervision.objects.create(
        clue=clue,
        number=number.strip()[:80] or issue(clue.desk_unit.agency_word, NUMBER_WORD),
        demand=said[:1000],
        ordered_by=by,
        due_on=due_on,
    )
    trail.record(clue, "supervise", by=by, why=said[:500], data={"number": row.number})
    reckon(clue)
    people = [*selectors.people_of_unit(clue.holder_unit), *heads_of(clue.holder_unit)[:1]]
    told = {each.pk: each for each in people}.values()
    tell_people(told, clue, "clue_supervised", _("一条线索被督办，请按期回复"), but=by, urgent=True)
    announce(clue, "supervise")
    return row


@transaction.atomic
def answer(*, by: User, supervision_id: UUID, words: str) -> Supervision:
    """What the unit has done. Whoever ordered it is told."""
    row = selectors.supervision(by, supervision_id, lock=True)
    clue = selectors.clue_to_change(by, row.clue_id, who="unit")
    said = need(words, _("请写明办理情况。"), "answer_missing")
    move(row, "answer", by=by, answer=said[:1000], answered_by=by, answered_at=clock.now())
    trail.record(clue, "answer_supervision", by=by, data={"number": row.number})
    reckon(clue)
    tell_people([row.ordered_by], clue, "clue_supervision_answered", _("督办的线索有回复"), but=by)
    announce(clue, "answer_supervision")
    return row


@transaction.atomic
def refuse(*, by: User, supervision_id: UUID, reason: str, due_on: date | None = None) -> Supervision:
    """The answer is not enough: it is owed again, by the old day or a new one."""
    row = _ordered(by, supervision_id)
    why = need(reason, _("请写明退回重办的理由。"), "reason_missing")
    if due_on is not None and due_on < clock.today():
        raise BadInput(_("督办期限不能早于今天。"), code="due_past")
    move(row, "refuse", by=by, why=why, due_on=due_on or row.due_on)
    clue = row.clue
    trail.record(clue, "refuse_supervision", by=by, why=why, data={"number": row.number})
    reckon(clue)
    tell_people(
        selectors.people_of_unit(clue.holder_unit), clue, "clue_supervised", _("督办回复被退回，请重办"), but=by
    )
    announce(clue, "refuse_supervision")
    return row


@transaction.atomic
def lift(*, by: User, supervision_id: UUID, words: str = "") -> Supervision:
    """解除: answered well enough, or no longer wanted."""
    row = _ordered(by, supervision_id)
    move(row, "lift", by=by, why=words.strip()[:500])
    clue = row.clue
    trail.record(clue, "lift_supervision", by=by, why=words.strip()[:500], data={"number": row.number})
    reckon(clue)
    announce(clue, "lift_supervision")
    return row


def _ordered(by: User, supervision_id: UUID) -> Supervision:
    """An order that this person may judge: their own, or that of a desk they keep."""
    row = selectors.supervision(by, supervision_id, lock=True)
    if row.ordered_by_id != by.pk and not selectors.keeps_desk(by, row.clue):
        raise NotAllowed(_("由下达督办的人或受理单位处理。"), code="superior_only")
    return row


def is_overdue(row: Supervision) -> bool:
    """Whether the answer is owed since yesterday or longer."""
    return row.state == Supervision.State.ORDERED and row.due_on < clock.today()
