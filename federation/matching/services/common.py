"""What several of these services need."""

from __future__ import annotations

from datetime import date

from django.db import connection

from audit.trail import Actor
from provinces.context import required

MACHINE = Actor(None, "系统")
PROBE = "probe"
"""The source of values that were compared by hand."""


def one_at_a_time(what: str) -> None:
    """Have this transaction wait for another that does the same for the same seat."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"matching|{required().name}|{what}"])


def week(day: date | None) -> str:
    """The ISO week of a day: "2026-W40"."""
    if day is None:
        return ""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"
