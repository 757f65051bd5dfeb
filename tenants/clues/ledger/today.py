"""Closed loop (C-15): what is open, by age and by whoever holds it; what came, what went, what is late.

Nothing open may be without a holder: that is counted here, and a count above nought is shown as a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Min, Q, Value, When

from accounts.models import Unit, User
from kernel import clock
from tenants.clues.ledger.asked import due_before, overdue
from tenants.clues.models import Clue, Dispatch
from tenants.clues.selectors import clues_seen_by

BANDS: tuple[tuple[str, int | None], ...] = (
    ("d3", 3),
    ("d7", 7),
    ("d15", 15),
    ("d30", 30),
    ("d90", 90),
    ("more", None),
)
"""Age bands by days since registration: up to 3, 7, 15, 30, 90, and above."""
SHOWN = 12


@dataclass
class UnitAge:
    """What one unit holds, by age. oldest: when the oldest was registered."""

    unit: Unit
    bands: dict[str, int] = field(default_factory=dict)
    overdue: int = 0
    unsigned: int = 0
    oldest: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.bands.values())

    @property
    def row(self) -> list[int]:
        return [self.bands.get(name, 0) for name, _days in BANDS]


def open_by_age(person: User, *, now: datetime | None = None) -> list[UnitAge]:
    """Open clues of each unit that holds any, the one with the oldest first."""
    now = now or clock.now()
    whens = [When(registered_at__gt=now - timedelta(days=days), then=Value(name)) for name, days in BANDS if days]
    band = Case(*whens, default=Value(BANDS[-1][0]), output_field=CharField())
    rows = (
        clues_seen_by(person)
        .select_related(None)
        .order_by()
        .filter(state__in=Clue.OPEN)
        .annotate(band=band)
        .values("holder_unit", "band")
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=overdue(now)),
            unsigned=Count("pk", filter=Q(state=Clue.State.DISPATCHED)),
            oldest=Min("registered_at"),
        )
    )
    found: dict[UUID, UnitAge] = {}
    units = {each.pk: each for each in Unit.objects.all()}
    for row in rows:
        age = found.setdefault(row["holder_unit"], UnitAge(units[row["holder_unit"]]))
        age.bands[row["band"]] = row["n"]
        age.overdue += row["late"]
        age.unsigned += row["unsigned"]
        age.oldest = min(filter(None, (age.oldest, row["oldest"])))
    return sorted(found.values(), key=lambda each: each.oldest or now)


def oldest(person: User, *, most: int = SHOWN) -> list[Clue]:
    """The oldest open clues, with who holds them."""
    return list(clues_seen_by(person).filter(state__in=Clue.OPEN).order_by("registered_at", "id")[:most])


def held_by_nobody(person: User) -> list[Clue]:
    """Open clues whose unit is closed, or whose holder is gone: there must be none.

    A clue always names a unit; one in the hands of a person who was suspended, or that nobody checks, is nobody's.
    """
    gone = (
        Q(holder_unit__is_active=False)
        | Q(holder__is_active=False)
        | Q(state=Clue.State.VERIFYING, holder=None, verifiers__isnull=True)
    )
    return list(clues_seen_by(person).filter(state__in=Clue.OPEN).filter(gone).distinct()[:SHOWN])


@dataclass(frozen=True)
class Day:
    """One day of the week that ends today."""

    day: datetime
    came: int
    went: int
    ended: int


@dataclass(frozen=True)
class Today:
    """What a desk wants to know in the morning."""

    waiting: int
    returned: int
    unsigned: int
    verifying: int
    overdue: int
    soon: int
    came_today: int
    sent_today: int
    ended_today: int
    days: Sequence[Day]
    late: list[Clue]
    newest: list[Clue]
    by_source: list[tuple[str, int]]

    @property
    def came(self) -> int:
        return sum(day.came for day in self.days)

    @property
    def went(self) -> int:
        return sum(day.went for day in self.days)

    @property
    def ended(self) -> int:
        return sum(day.ended for day in self.days)

    @property
    def tallest(self) -> int:
        return max([1, *(max(day.came, day.went, day.ended) for day in self.days)])


def today(person: User, *, now: datetime | None = None) -> Today:
    """The figures of a bureau's clues, as far as this person may see them: now, today, and the last seven days."""
    now = now or clock.now()
    seen = clues_seen_by(person).select_related(None).order_by()
    figures = seen.filter(state__in=Clue.OPEN).aggregate(
        waiting=Count("pk", filter=Q(state__in=Clue.AT_THE_DESK)),
        returned=Count("pk", filter=Q(state__in=[Clue.State.RETURNED, Clue.State.DISPUTED])),
        unsigned=Count("pk", filter=Q(state=Clue.State.DISPATCHED)),
        verifying=Count("pk", filter=Q(state=Clue.State.VERIFYING)),
        overdue=Count("pk", filter=overdue(now)),
        soon=Count("pk", filter=due_before(now + timedelta(days=3))),
    )
    days = _days(person, now)
    whole = clues_seen_by(person)
    sources = seen.filter(registered_at__gte=clock.start_of_day(now) - timedelta(days=6))
    by_source = sources.values_list("source_kind").annotate(n=Count("pk")).order_by("-n")
    return Today(
        **figures,
        came_today=days[-1].came,
        sent_today=days[-1].went,
        ended_today=days[-1].ended,
        days=days,
        late=list(whole.filter(overdue(now)).order_by("due_at", "verify_by", "id")[:SHOWN]),
        newest=list(whole.filter(state__in=Clue.AT_THE_DESK).order_by("-registered_at", "-id")[:SHOWN]),
        by_source=[(str(Clue.SourceKind(kind).label), n) for kind, n in by_source],
    )


def _days(person: User, now: datetime) -> list[Day]:
    first = clock.start_of_day(now) - timedelta(days=6)
    begins = [first + timedelta(days=number) for number in range(7)]
    seen = clues_seen_by(person).select_related(None).order_by()
    sent = Dispatch.objects.filter(at__gte=first, clue__in=seen.values("pk")).order_by()
    came = _each_day(seen.filter(registered_at__gte=first), "registered_at", begins)
    went = _each_day(sent, "at", begins)
    ended = _each_day(seen.filter(ended_at__gte=first, state=Clue.State.ENDED), "ended_at", begins)
    return [Day(day, *numbers) for day, *numbers in zip(begins, came, went, ended, strict=True)]


def _each_day(rows: Any, field_name: str, begins: Sequence[datetime]) -> list[int]:
    """How many rows fall on each day, in one statement."""
    counts = {
        f"day_{number}": Count(
            "pk",
            filter=Q(**{f"{field_name}__gte": begin, f"{field_name}__lt": begin + timedelta(days=1)}),
            distinct=True,
        )
        for number, begin in enumerate(begins)
    }
    found = rows.aggregate(**counts)
    return [found[f"day_{number}"] for number in range(len(begins))]
