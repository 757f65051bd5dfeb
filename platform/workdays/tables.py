"""The national table of this process: what comes with the system, with the years that were loaded since.

It is read with the directory of provinces, and so again within a second after a year was loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import DatabaseError

from kernel.clock import DayKind, WorkCalendar, packaged_calendar
from provinces import context
from provinces.hosts import DIRECTORY

TABLE = "workdays_arrangement"
_held: WorkCalendar = packaged_calendar()


def national() -> WorkCalendar:
    """For `kernel.clock`. Whoever works for nobody, or while the database is away, gets what was read last."""
    if context.current() is not None:
        try:
            DIRECTORY.version()
        except DatabaseError:  # it was never read, so whoever asks fails by itself soon
            return _held
    return _held


def read(cursor: Any) -> None:
    """Called when the directory is read, with its cursor."""
    global _held
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{TABLE}"])
    found: Iterable[tuple[int, Any]] = ()
    if cursor.fetchone()[0]:  # code of this release may start before `public` has been upgraded
        cursor.execute(f"SELECT DISTINCT ON (year) year, days FROM {TABLE} ORDER BY year, id DESC")  # noqa: S608
        found = cursor.fetchall()
    _held = merged(packaged_calendar(), found)


def merged(calendar: WorkCalendar, years: Iterable[tuple[int, Any]]) -> WorkCalendar:
    """A calendar with these years in the place of its own. Days as `Arrangement.days`, or their JSON."""
    for year, days in years:
        calendar = calendar.with_year(year, exceptions(json.loads(days) if isinstance(days, str) else days))
    return calendar


def exceptions(days: Iterable[Mapping[str, str]]) -> dict[date, DayKind]:
    """`Arrangement.days` as a calendar has them."""
    return {date.fromisoformat(each["day"]): DayKind(each["kind"]) for each in days}
