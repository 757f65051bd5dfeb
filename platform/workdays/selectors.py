"""The doors: the table as it is reckoned with, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from kernel import clock
from kernel.clock import DayKind, WorkCalendar
from workdays.models import Arrangement
from workdays.reading import Day
from workdays.tables import merged


@dataclass(frozen=True)
class Year:
    """One year of the table. row: None for what comes with the system. count: how often it was loaded."""

    year: int
    days: list[Day]
    row: Arrangement | None
    count: int


@dataclass(frozen=True)
class Change:
    """A day that is another one now. before, after: a kind, or None for what its weekday says."""

    day: date
    before: DayKind | None
    after: DayKind | None


def loaded() -> QuerySet[Arrangement]:
    """All that was ever loaded, the newest first."""
    return Arrangement.objects.order_by("-id")


def years() -> list[Year]:
    """The years of the table, the newest first."""
    rows: dict[int, list[Arrangement]] = {}
    for row in loaded():
        rows.setdefault(row.year, []).append(row)
    packaged = clock.packaged_calendar()
    found = [
        Year(year, [Day(day, kind) for day, kind in sorted(packaged.exceptions.items()) if day.year == year], None, 0)
        for year in packaged.years
        if year not in rows
    ]
    for year, each in rows.items():
        days = [Day(date.fromisoformat(one["day"]), DayKind(one["kind"]), one["name"]) for one in each[0].days]
        found.append(Year(year, days, each[0], len(each)))
    return sorted(found, key=lambda each: -each.year)


def in_force(*, up_to: UUID | None = None, without: UUID | None = None) -> WorkCalendar:
    """The table as the rows say. up_to: as it was when that row was loaded; without: as if it had not been."""
    rows = Arrangement.objects.order_by("id")
    if up_to is not None:
        rows = rows.filter(pk__lte=up_to)
    if without is not None:
        rows = rows.filter(pk__lt=without)
    return merged(clock.packaged_calendar(), rows.values_list("year", "days"))


def loaded_since(row_id: UUID | None) -> Sequence[Arrangement]:
    """What was loaded after that row (after none: all), in its order."""
    rows = Arrangement.objects.order_by("id")
    return list(rows.filter(pk__gt=row_id) if row_id else rows)


def changes(before: WorkCalendar, year: int, days: Sequence[Day]) -> Iterator[Change]:
    """Where a year loaded so differs from a calendar, in the order of days. What a weekday says anyway is no change."""
    after = {each.day: each.kind for each in days}
    old = {day: kind for day, kind in before.exceptions.items() if day.year == year}
    for day in sorted(after.keys() | old.keys()):
        if _works(day, after.get(day)) != _works(day, old.get(day)):
            yield Change(day, old.get(day), after.get(day))


def _works(day: date, kind: DayKind | None) -> bool:
    return day.weekday() < 5 if kind is None else kind is DayKind.MAKEUP_WORKDAY
