"""Who is on duty where, and whose roster it is to see and to keep."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from accounts.selectors import below, held_posts
from kernel.errors import BadInput, NotAllowed, NotFound404
from tenants.campaigns.models import DutyRule, DutyTurn
from tenants.inspections.selectors import bureau_of

KEEPERS = (Post.Role.DISPATCHER, Post.Role.LEADER)


@dataclass(frozen=True)
class OnDuty:
    """Somebody who can be rung now. instead: they stand in for the one whose turn it is."""

    person: User
    turn: DutyTurn
    instead: bool


def on_duty(unit: Unit, at: datetime) -> list[OnDuty]:
    """Who is on duty at one unit at that moment, in the order in which they are rung. Suspended people are not."""
    rows = DutyTurn.objects.filter(unit=unit, starts_at__lte=at, ends_at__gt=at).select_related("person", "substitute")
    found: dict[UUID, OnDuty] = {}
    for turn in rows.order_by("rank", "starts_at", "pk"):
        person = turn.substitute or turn.person
        if person.is_active:
            found.setdefault(person.pk, OnDuty(person, turn, turn.substitute_id is not None))
    return list(found.values())


def rung_unit(holder: Unit, at: datetime) -> Unit:
    """Whose roster is rung: the nearest unit upward with anybody on duty, up to the bureau; else the bureau."""
    bureau, step = bureau_of(holder), holder
    while step.pk != bureau.pk:
        if on_duty(step, at):
            return step
        assert step.parent is not None  # the bureau lies above
        step = step.parent
    return bureau


def answer_minutes(unit: Unit) -> int:
    """How long one person has, by the rule of the unit or of the nearest above it; five minutes where none is set."""
    rules = dict(DutyRule.objects.values_list("unit_id", "answer_minutes"))
    step: Unit | None = unit
    while step is not None:
        if step.pk in rules:
            return rules[step.pk]
        step = step.parent
    return 5


def _kept_units(person: User) -> set[UUID]:
    units: set[UUID] = set()
    for post in held_posts(person):
        if post.role in KEEPERS and post.unit is not None:
            units |= below(post.unit)
    return units


def keeps_roster(person: User, unit_id: UUID) -> bool:
    """Whether this person sets turns at a unit: its dispatchers and leaders, and those of units above."""
    return unit_id in _kept_units(person)


def duty_units(person: User) -> list[Unit]:
    """Units whose roster this person may see, the own bureau first: those kept, and those above the own."""
    ids, first = _kept_units(person), None
    step = person.unit
    if step is not None:
        first = bureau_of(step).pk
    while step is not None:
        ids.add(step.pk)
        step = step.parent
    units = Unit.objects.filter(pk__in=ids, is_active=True).order_by("code")
    return sorted(units, key=lambda unit: unit.pk != first)


def roster_unit(person: User, unit_id: UUID, *, to_write: bool = False) -> Unit:
    """A unit whose roster this person may see; to_write: may set. Raises NotFound404, NotAllowed."""
    found = next((unit for unit in duty_units(person) if unit.pk == unit_id), None)
    if found is None:
        raise NotFound404()
    if to_write and not keeps_roster(person, unit_id):
        raise NotAllowed()
    return found


def access_turn(person: User, turn_id: UUID, *, to_write: bool | Literal["own"] = False) -> DutyTurn:
    """One turn. to_write "own": whose turn it is may too. Raises NotFound404, NotAllowed."""
    turn = DutyTurn.objects.select_related("unit", "person", "substitute").filter(pk=turn_id).first()
    if turn is None:
        raise NotFound404()
    roster_unit(person, turn.unit_id)
    own = to_write == "own" and person.pk in (turn.person_id, turn.substitute_id)
    if to_write and not own and not keeps_roster(person, turn.unit_id):
        raise NotAllowed()
    return turn


def turns_between(unit: Unit, begin: datetime, end: datetime) -> QuerySet[DutyTurn]:
    """Turns that touch a span, in order."""
    return DutyTurn.objects.filter(unit=unit, starts_at__lt=end, ends_at__gt=begin).select_related(
        "person", "substitute"
    )


def gaps(turns: Iterable[DutyTurn], begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Spans in which nobody is on duty. A turn of somebody who was suspended does not count."""
    found, reached = [], begin
    for turn in sorted(turns, key=lambda each: each.starts_at):
        if not (turn.substitute or turn.person).is_active:
            continue
        if turn.starts_at > reached:
            found.append((reached, min(turn.starts_at, end)))
        reached = max(reached, turn.ends_at)
        if reached >= end:
            break
    if reached < end:
        found.append((reached, end))
    return found


def colleagues(unit: Unit) -> QuerySet[User]:
    """Active people of a unit and of those below it: who may be put on duty there."""
    return User.people.filter(is_active=True, unit_id__in=below(unit)).order_by("unit__code", "username")


def colleague(unit: Unit, person_id: UUID) -> User:
    """One of them. Raises NotFound404."""
    found = colleagues(unit).filter(pk=person_id).first()
    if found is None:
        raise NotFound404()
    return found


def colleague_named(unit: Unit, text: str) -> User:
    """One of them by name, form of address or account. Raises BadInput where none or several are called so."""
    said = text.strip()
    found = list(colleagues(unit).filter(Q(name=said) | Q(title=said) | Q(username__iexact=said))[:2]) if said else []
    if not found:
        raise BadInput(_("“{name}”不在本单位在用人员里。请写姓名或账号。"), code="duty_person_unknown", name=said)
    if len(found) > 1:
        raise BadInput(_("本单位不止一位“{name}”。请写账号。"), code="duty_person_ambiguous", name=said)
    return found[0]
