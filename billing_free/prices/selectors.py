"""The doors: what a meter is priced at in a month, and how it came to be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from billing_free.prices.models import Price


def in_force(month: date) -> dict[str, Price]:
    """The price row of each meter for the month that begins on that day; meters without one are left out."""
    rows = Price.objects.filter(valid_from__lte=month).order_by("meter", "-valid_from", "-id").distinct("meter")
    return {row.meter: row for row in rows}


def history(meters: Iterable[str] = ()) -> QuerySet[Price]:
    """All rows that were ever written, the newest first."""
    rows = Price.objects.order_by("-id")
    wanted = list(meters)
    return rows.filter(meter__in=wanted) if wanted else rows
