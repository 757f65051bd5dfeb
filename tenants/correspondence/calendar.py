"""Working days of this province: the national table with the days of its own, such as 三月三 in Guangxi.

A term that another province owes is reckoned there and told; nobody reckons with a neighbour's calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kernel import clock
from kernel.clock import DayKind, WorkCalendar
from tenants.correspondence.models import RegionalDay


@dataclass(frozen=True)
class Reckoned:
    """The last day of a term. provisional: no table for a year it runs through. named: own holidays it skipped."""

    day: date
    provisional: bool
    named: tuple[str, ...]


def working_days() -> WorkCalendar:
    """The calendar of this province."""
    own = {each.day: DayKind(each.kind) for each in RegionalDay.objects.all()}
    national = clock.national_calendar()
    # A day of a province's own does not make the year known: the national table for it may still be missing.
    return _Own(own, national) if own else national


class _Own(WorkCalendar):
    """The national calendar with own days, which covers what the national table covers."""

    def __init__(self, own: dict[date, DayKind], national: WorkCalendar) -> None:
        super().__init__({**national.exceptions, **own})
        object.__setattr__(self, "years", national.years)


def last_day(start: datetime, working_days_owed: int) -> Reckoned:
    """The last day of a term of working days that begins with the day after `start`, by this province's calendar."""
    calendar = working_days()
    due = clock.add_working_days(start, working_days_owed, calendar)
    first = clock.local_date(start)
    national = clock.national_calendar()
    skipped = RegionalDay.objects.filter(day__gt=first, day__lte=due.date, kind=RegionalDay.Kind.HOLIDAY)
    named = tuple(f"{each.day.isoformat()} {each.name}" for each in skipped if national.is_working_day(each.day))
    return Reckoned(due.date, due.provisional, named)
