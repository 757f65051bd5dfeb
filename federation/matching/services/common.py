"""What several of these services need."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Model

from audit.trail import Actor

MACHINE = Actor(None, "系统")
PROBE = "probe"
"""The source of values that were compared by hand."""


def one_at_a_time(model: type[Model]) -> None:
    """Have this transaction wait for another that does the same: by a lock on a table that no other login reaches.

    Anybody who is signed in to the database can take an advisory lock, and so hold up another party by it.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")


def week(day: date | None) -> str:
    """The ISO week of a day: "2026-W40"."""
    if day is None:
        return ""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"
