"""Legal holds: who is held, and how a hold spreads over everything that is linked with its subject."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from provinces.context import required
from retention.models import HeldThing, Hold


def held(row: Any) -> bool:
    """Whether a hold reaches this record now: its row, or its id."""
    return of(row).exists()


def of(row: Any) -> QuerySet[Hold]:
    """The holds that reach a record, newest first."""
    record_id: UUID = getattr(row, "pk", row)
    things = HeldThing.objects.filter(record_id=record_id)
    return Hold.objects.filter(seat=required().name, state__in=Hold.HOLDING, pk__in=things.values("hold_id"))
