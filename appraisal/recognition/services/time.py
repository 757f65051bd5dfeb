"""What the worker took for each province, summed up by day so that a province can count it as its own use."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.db.models.functions import TruncDate

from appraisal.recognition.models import PhotoLook, ProvinceDay
from kernel import clock
from provinces.models import ClosedProvince

BACK_DAYS = 10
"""How many days back each sum takes in, as the counting of use does."""


@transaction.atomic
def sum_up(*, days: int = BACK_DAYS) -> int:
    """Write what the last days took, by province. Returns how many rows changed. Safe to run twice.

    What a province asked for before it was removed counts for nobody: another one may be open under its code.
    """
    removed_since = ClosedProvince.objects.filter(
        code=OuterRef("photo__item__task__province_code"), closed_at__gt=OuterRef("photo__item__task__arrived_at")
    )
    first = clock.today() - timedelta(days=days)
    runs = (
        PhotoLook.objects.filter(done_at__gte=datetime.combine(first, time(), clock.SHANGHAI))
        .exclude(Exists(removed_since))
        .order_by()
        .annotate(on=TruncDate("done_at", tzinfo=clock.SHANGHAI))
        .values_list("photo__item__task__province_code", "on")
        .annotate(total=Sum("took_ms"))
    )
    found: dict[tuple[str, date], int] = {(code, on): int(total or 0) for code, on, total in runs}
    held = {(each.province_code, each.day): each for each in ProvinceDay.objects.filter(day__gte=first)}
    changed = []
    for key, row in held.items():
        if row.took_ms != found.get(key, 0):
            row.took_ms = found.get(key, 0)
            changed.append(row)
    ProvinceDay.objects.bulk_update(changed, ["took_ms"])
    new = [
        ProvinceDay(province_code=code, day=on, took_ms=total)
        for (code, on), total in found.items()
        if total and (code, on) not in held
    ]
    ProvinceDay.objects.bulk_create(new)
    return len(changed) + len(new)
