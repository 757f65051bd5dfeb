"""What an order from above may be on: a clue, a case, a letter (`letters`). One face for all three."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import heads, issuing_unit
from kernel import clock
from kernel.errors import NotFound404, Words
from tenants.cases import selectors as cases
from tenants.cases.models import Case
from tenants.clues import selectors
from tenants.clues.letters import LETTERS, Thing
from tenants.clues.models import Clue, Supervision

CLUE, CASE = "clue", "case"
KIND_NAMES: dict[str, Words] = {CLUE: _("线索"), CASE: _("案件")}


def of_clue(clue: Clue) -> Thing:
    """A clue as what an order is on."""
    return Thing(
        kind=CLUE,
        kind_name=KIND_NAMES[CLUE],
        row=clue,
        number=clue.number,
        title=clue.title,
        unit=clue.holder_unit,
        url=url("clues:detail", clue.pk),
        open=clue.state in Clue.OPEN,
        holders=[clue.holder] if clue.holder else [],
        topics=[f"clue:{clue.pk}", "clues"],
        event="clue",
    )


def of_case(case: Case) -> Thing:
    """A case as what an order is on."""
    return Thing(
        kind=CASE,
        kind_name=KIND_NAMES[CASE],
        row=case,
        number=case.number,
        title=case.title,
        unit=case.unit,
        url=url("cases:detail", case.pk),
        open=case.state == Case.State.FILED,
        holders=[each.user for each in case.handlers.select_related("user")],
        topics=[f"case:{case.pk}", "cases"],
        event="case",
    )


def url(name: str, pk: UUID) -> str:
    return reverse(name, args=[pk], urlconf=settings.URLCONFS["province"])


def things_of(rows: Iterable[Supervision]) -> dict[UUID, Thing]:
    """What some orders are on, by the order's id. A letter that is gone is left out."""
    found, letters = {}, defaultdict(list)
    for row in rows:
        if row.clue is not None:
            found[row.pk] = of_clue(row.clue)
        elif row.case is not None:
            found[row.pk] = of_case(row.case)
        else:
            letters[row.letter_kind].append(row)
    for code, orders in letters.items():
        kind = LETTERS.get(code)
        if kind is None:
            continue
        there = kind.rows().in_bulk([each.letter_id for each in orders])
        found |= {each.pk: kind.read(there[each.letter_id]) for each in orders if each.letter_id in there}
    return found


def thing_of(row: Supervision) -> Thing:
    """What one order is on. Raises NotFound404."""
    found = things_of([row]).get(row.pk)
    if found is None:
        raise NotFound404()
    return found


# Who may what ---------------------------------------------------------------------------------------------------------


def may_order(person: User, thing: Thing) -> bool:
    """Who leads the unit, or a unit above it; for a clue also who keeps its desk."""
    if isinstance(thing.row, Clue) and selectors.keeps_desk(person, thing.row):
        return True
    return heads(person, thing.unit.pk)


def may_answer(person: User, thing: Thing) -> bool:
    """Who works for the unit, or on the case."""
    if isinstance(thing.row, Case) and cases.handles(person, thing.row):
        return True
    return selectors.works_for(person, thing.unit.pk)


def may_judge(person: User, row: Supervision, thing: Thing) -> bool:
    """Who gave the order, who keeps the clue's desk; else who leads the unit that gave it. From above: nobody here."""
    if row.ordered_by is None:
        return False
    if row.ordered_by_id == person.pk:
        return True
    if isinstance(thing.row, Clue):
        return selectors.keeps_desk(person, thing.row)
    return row.ordered_by.unit_id is not None and heads(person, row.ordered_by.unit_id)


def numbered_by(person: User, thing: Thing) -> Unit:
    """Whose series the order's number is of: the desk's, or the house of whoever gives the order."""
    return issuing_unit(thing.row.desk_unit if isinstance(thing.row, Clue) else person.unit or thing.unit)


def told(thing: Thing) -> list[User]:
    """Who is reminded: those who work on it, else everybody of the unit."""
    return [each for each in thing.holders if each.is_active] or selectors.people_of_unit(thing.unit)


def is_overdue(row: Supervision) -> bool:
    """Whether the answer is owed since yesterday or longer."""
    return row.state == Supervision.State.ORDERED and row.due_on < clock.today()


@dataclass(frozen=True)
class Line:
    """An order as a page shows it to one person."""

    order: Supervision
    thing: Thing
    late: bool
    may_answer: bool
    may_judge: bool


def lines(person: User, rows: Sequence[Supervision]) -> list[Line]:
    """Orders with what they are on and what this person may do with them."""
    things = things_of(rows)
    return [
        Line(row, things[row.pk], is_overdue(row), may_answer(person, things[row.pk]),
             may_judge(person, row, things[row.pk]))
        for row in rows
        if row.pk in things
    ]  # fmt: skip
