"""Packs change: a genuine reference counts against a match only for goods made while packs looked like that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from appraisal.catalogue.models import ReferenceImage
from appraisal.desk.models import DeskItem
from appraisal.recognition.keys import dates
from appraisal.recognition.models import CodeSighting
from kernel import clock

if TYPE_CHECKING:
    from appraisal.recognition.vision.features import Features

OLDEST = date(1990, 1, 1)


def made_on(item: DeskItem) -> date | None:
    """The day of production, as far as a person stands for it: a confirmed date, else one in the batch number.

    Of several the earliest, since the others tell until when goods keep. None: not known, or not to be believed.
    """
    said = CodeSighting.objects.filter(find__desk_item=item, field__in=("date", "batch")).values_list("field", "raw")
    by_field: dict[str, list[date]] = {"date": [], "batch": dates(item.batch_no)}
    for field, raw in said:
        by_field[field] += dates(raw)
    latest = clock.local_date(item.task.sent_at)
    for field in ("date", "batch"):
        if believed := [day for day in by_field[field] if OLDEST <= day <= latest]:
            return min(believed)
    return None


def outside(organisation_id: UUID, day: date | None) -> frozenset[UUID]:
    """References of packs that were not made on that day. None where the day is not known: then all count."""
    if day is None:
        return frozenset()
    rows = ReferenceImage.objects.filter(product__organisation_id=organisation_id, is_active=True)
    rows = rows.filter(Q(made_from__gt=day) | Q(made_until__lt=day))
    return frozenset(rows.values_list("pk", flat=True))


def without(load: Callable[[UUID], Features | None], left_out: frozenset[UUID]) -> Callable[[UUID], Features | None]:
    """The same photos of an index, as if these were not there."""
    return lambda photo_id: None if photo_id in left_out else load(photo_id)
