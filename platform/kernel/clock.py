"""Terms and their due dates: working days by table, pauses, extensions, office hours.

Every moment is an aware datetime; a date is a day in China (Asia/Shanghai). Days, working days, hours
and minutes are different units and a term names its own.
Source: 行政处罚法 art. 85, 行政强制法 art. 69 (short terms are working days);
市场监督管理行政处罚程序规定 art. 18 (time spent waiting for an identification does not count).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_NATIONAL_TABLE = Path(__file__).parent / "data" / "workday_exceptions.csv"
_DAY = timedelta(days=1)
_LAST_INSTANT = time(23, 59, 59, 999999)
_LONGEST_TERM_DAYS = 36_600


def _system_now() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system_now


def now() -> datetime:
    """The present moment: aware, UTC."""
    return _source()


def today() -> date:
    """The present day in China, where every date of this system is reckoned."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The day in China on which `moment` falls. Raises ValueError if it is naive."""
    return _aware(moment).astimezone(SHANGHAI).date()


@contextmanager
def frozen(at: datetime) -> Iterator[Callable[[timedelta], None]]:
    """Hold the clock of the whole process at `at`; the value given moves it by a timedelta. For tests."""
    global _source
    held, before = _aware(at).astimezone(UTC), _source

    def tick(step: timedelta) -> None:
        nonlocal held
        held += step

    def read() -> datetime:
        return held

    _source = read
    try:
        yield tick
    finally:
        _source = before


class DayKind(StrEnum):
    """How a day of the exceptions table differs from its weekday."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


@dataclass(frozen=True)
class WorkCalendar:
    """Monday to Friday, but for the exceptions. A year with no exception is not covered: its days are a guess."""

    exceptions: Mapping[date, DayKind]
    years: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "years", frozenset(day.year for day in self.exceptions))

    def is_working_day(self, day: date) -> bool:
        """By the table, else by the weekday."""
        kind = self.exceptions.get(day)
        if kind is None:
            return day.weekday() < 5
        return kind is DayKind.MAKEUP_WORKDAY

    def covers(self, day: date) -> bool:
        """Whether the table knows the year of `day`."""
        return day.year in self.years

    def with_year(self, year: int, days: Mapping[date, DayKind]) -> WorkCalendar:
        """This calendar with these exceptions, and no others, in that year."""
        return WorkCalendar({day: kind for day, kind in self.exceptions.items() if day.year != year} | dict(days))


def read_calendar(rows: Iterable[Mapping[str, str]]) -> WorkCalendar:
    """A calendar from rows with `date` (ISO) and `kind` (holiday, makeup_workday). Raises ValueError on a bad row."""
    return WorkCalendar({date.fromisoformat(row["date"]): DayKind(row["kind"]) for row in rows})


@lru_cache(maxsize=1)
def packaged_calendar() -> WorkCalendar:
    """The table that comes with the system (`data/README.md`)."""
    with _NATIONAL_TABLE.open(encoding="utf-8", newline="") as file:
        return read_calendar(csv.DictReader(file))


_national: Callable[[], WorkCalendar] = packaged_calendar


def national_calendar() -> WorkCalendar:
    """The working days of the country: the table that comes with the system, with the years that were loaded since."""
    return _national()


def use_national(source: Callable[[], WorkCalendar]) -> None:
    """Ask `source` for the national table from now on. It is asked often and must not raise."""
    global _national
    _national = source


@dataclass(frozen=True)
class Due:
    """The last day of a term. provisional: the table does not cover a year it ran through."""

    date: date
    provisional: bool


def add_working_days(
    start: date | datetime, n: int, calendar: WorkCalendar | None = None, *, count_event_day: bool = False
) -> Due:
    """The n-th working day after `start` (n of 0 or more; 0 is `start` itself).

    The day of the event does not count unless `count_event_day`. Raises ValueError for a negative n or a
    naive moment.
    """
    return _count_days(_day_of(start), n, calendar or national_calendar(), working=True, from_event=count_event_day)


def _count_days(
    start: date,
    n: int,
    calendar: WorkCalendar,
    *,
    working: bool,
    from_event: bool = False,
    excluded: Callable[[date], bool] = lambda day: False,
) -> Due:
    if n < 0:
        raise ValueError("a term is not negative")
    if n > _LONGEST_TERM_DAYS:
        raise ValueError(f"a term of more than {_LONGEST_TERM_DAYS} days is a mistake")
    if n == 0:
        return Due(start, provisional=False)
    day = start - _DAY if from_event else start
    left, provisional = n, False
    while left:
        day += _DAY
        if working:
            provisional = provisional or not calendar.covers(day)
        if not excluded(day) and (not working or calendar.is_working_day(day)):
            left -= 1
    return Due(day, provisional)


@dataclass(frozen=True)
class OfficeHours:
    """Spans of a working day, in China's time, in order and apart. The default is a usual one, to be set per bureau."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(a >= b for a, b in zip(edges, edges[1:], strict=False)):
            raise ValueError("office hours must be spans in order, such as 08:30-12:00,14:00-17:30")

    @classmethod
    def parse(cls, text: str) -> OfficeHours:
        """From a setting such as `08:30-12:00,14:00-17:30`. Raises ValueError."""
        spans = []
        for part in text.split(","):
            begin, dash, end = part.strip().partition("-")
            if not dash:
                raise ValueError(f"{part!r} is not a span such as 08:30-12:00")
            spans.append((time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())))
        return cls(tuple(spans))


def wall_minutes(a: datetime, b: datetime) -> int:
    """Whole minutes from `a` to `b` by the wall clock; 0 if `b` is not later."""
    return max(0, int((_aware(b) - _aware(a)) / timedelta(minutes=1)))


def working_minutes_between(
    a: datetime, b: datetime, office_hours: OfficeHours | None = None, calendar: WorkCalendar | None = None
) -> int:
    """Whole minutes from `a` to `b` that fall inside office hours of working days; 0 if `b` is not later."""
    office_hours, calendar = office_hours or OfficeHours(), calendar or national_calendar()
    total, day, last = timedelta(), local_date(a), local_date(b)
    while day <= last:
        if calendar.is_working_day(day):
            for begin, end in office_hours.spans:
                inside_from = max(a, datetime.combine(day, begin, SHANGHAI))
                inside_to = min(b, datetime.combine(day, end, SHANGHAI))
                total += max(timedelta(), inside_to - inside_from)
        day += _DAY
    return int(total / timedelta(minutes=1))


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"
    MINUTE = "minute"


@dataclass(frozen=True)
class Term:
    """An amount of one unit. Raises ValueError unless the amount is positive."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", Unit(self.unit))
        if self.amount <= 0:
            raise ValueError("a term is at least one unit long")

    @property
    def in_days(self) -> bool:
        """Whether it ends with a day, not at an hour."""
        return self.unit in {Unit.WORKING_DAY, Unit.CALENDAR_DAY}


@dataclass(frozen=True)
class Pause:
    """Time that does not count: `begin` to `end`, or still open, and why."""

    begin: datetime
    end: datetime | None
    reason: str


@dataclass(frozen=True)
class Extension:
    """More of the term's own unit, why, and who approved it."""

    by: int
    reason: str
    approver: str


@dataclass(frozen=True)
class DueAt:
    """The last moment that is still in time: aware, UTC. provisional as in Due."""

    at: datetime
    provisional: bool


def due_at(
    start: datetime,
    term: Term,
    *,
    calendar: WorkCalendar | None = None,
    pauses: Iterable[Pause] = (),
    count_event_day: bool = False,
) -> DueAt:
    """When a term that began at `start` ends.

    Days end with the day in China (23:59:59.999999); hours and minutes end to the microsecond. Every
    pause must be closed. A pause takes out the days after the one it began on, up to and with the one
    it ended on, as the day of an event does not count; if it began in time and outlasted the last day,
    the term ends with the (working) day it ended on. Of hours and minutes it takes out its length.
    Raises ValueError for a naive moment, an open pause or one that ends before it begins.
    """
    spans = _merged(pauses)
    if term.in_days:
        days = [(local_date(begin), local_date(end)) for begin, end in spans]
        calendar, working = calendar or national_calendar(), term.unit is Unit.WORKING_DAY
        due = _count_days(
            local_date(start),
            term.amount,
            calendar,
            working=working,
            from_event=count_event_day,
            excluded=lambda day: any(begin < day <= end for begin, end in days),
        )
        last, provisional = due.date, due.provisional
        for begin_day, end_day in days:
            if begin_day <= last < end_day:
                last = end_day
                while working and not calendar.is_working_day(last):
                    last += _DAY
                provisional = provisional or (working and not calendar.covers(last))
        return DueAt(datetime.combine(last, _LAST_INSTANT, SHANGHAI).astimezone(UTC), provisional)
    end_at = _aware(start) + term.amount * (timedelta(hours=1) if term.unit is Unit.HOUR else timedelta(minutes=1))
    for begin, end in spans:
        if end > start and begin < end_at:
            end_at += end - max(begin, start)
    return DueAt(end_at.astimezone(UTC), provisional=False)


class ClockStanding(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Reckoning:
    """A clock read at one moment. due_at moves on while the clock is paused. late: overdue, or met after it was due."""

    standing: ClockStanding
    due_at: datetime
    provisional: bool
    late: bool


@dataclass(frozen=True)
class ClockState:
    """A clock as facts only; what follows from them is reckoned, so a corrected holiday table corrects the date."""

    start: datetime
    term: Term
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    met_at: datetime | None = None
    count_event_day: bool = False

    @property
    def whole_term(self) -> Term:
        """The term with its extension."""
        return Term(self.term.amount + (self.extension.by if self.extension else 0), self.term.unit)

    @property
    def open_pause(self) -> Pause | None:
        """The pause that has not ended, if there is one."""
        return next((pause for pause in self.pauses if pause.end is None), None)

    def read(self, at: datetime, calendar: WorkCalendar | None = None) -> Reckoning:
        """Where the clock stands at `at`. Raises ValueError as `due_at` does."""
        until = min(at, self.met_at) if self.met_at else at
        closed = [
            pause if pause.end is not None else Pause(pause.begin, max(until, pause.begin), pause.reason)
            for pause in self.pauses
        ]
        due = due_at(
            self.start, self.whole_term, calendar=calendar, pauses=closed, count_event_day=self.count_event_day
        )
        if self.met_at is not None and self.met_at <= at:
            standing, late = ClockStanding.MET, self.met_at > due.at
        elif at > due.at:
            # A pause that began after the term had run out cannot bring it back.
            standing, late = ClockStanding.OVERDUE, True
        elif self.open_pause is not None:
            standing, late = ClockStanding.PAUSED, False
        else:
            standing, late = ClockStanding.RUNNING, False
        return Reckoning(standing, due.at, due.provisional, late)


def _merged(pauses: Iterable[Pause]) -> list[tuple[datetime, datetime]]:
    """Closed pauses as spans in order that do not overlap, so that no time is taken out twice."""
    spans: list[tuple[datetime, datetime]] = []
    for pause in sorted(pauses, key=lambda pause: pause.begin):
        if pause.end is None:
            raise ValueError("an open pause has no length yet")
        begin, end = _aware(pause.begin), _aware(pause.end)
        if end < begin:
            raise ValueError("a pause cannot end before it begins")
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((begin, end))
    return spans


def _day_of(moment: date | datetime) -> date:
    return local_date(moment) if isinstance(moment, datetime) else moment


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError("a moment without a time zone is not a moment")
    return moment


def start_of_day(moment: datetime) -> datetime:
    """Midnight in China before `moment`, in China's time."""
    return datetime.combine(local_date(moment), time(0), SHANGHAI)


def at_start(day: date) -> datetime:
    """The first moment of a day in China: aware, UTC."""
    return datetime.combine(day, time(0), SHANGHAI).astimezone(UTC)


def at_end(day: date) -> datetime:
    """The last moment of a day in China: aware, UTC."""
    return datetime.combine(day, _LAST_INSTANT, SHANGHAI).astimezone(UTC)
