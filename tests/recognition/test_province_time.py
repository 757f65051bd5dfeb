"""What the worker took is summed up for the province whose photos it looked at."""

from __future__ import annotations

from typing import Any

from appraisal.desk.models import DeskPhoto
from appraisal.recognition.models import PhotoLook, ProvinceDay
from appraisal.recognition.services.time import sum_up
from kernel import clock
from provinces import context
from provinces.models import ClosedProvince, Province
from provinces.seats import BRANDS


def test_time_is_summed_up_by_province_and_again_says_the_same(library: Any) -> None:
    library.ask(count=2)
    library.ask(library.gz)
    with context.seat(BRANDS):
        for photo in DeskPhoto.objects.all():
            told = {"state": "done", "done_at": clock.now(), "took_ms": 400, "asked_at": clock.now()}
            PhotoLook.objects.update_or_create(
                photo=photo, defaults={"organisation_id": library.house.organisation.pk, **told}
            )
        assert sum_up() == 2 and sum_up() == 0
        held = dict(ProvinceDay.objects.values_list("province_code", "took_ms"))
        assert held == {"gx": 800, "gz": 400}
        PhotoLook.objects.update(took_ms=500)
        assert sum_up() == 2
    with context.province("gz"):
        assert ProvinceDay.objects.get().took_ms == 500
    with context.owner():
        row = Province.objects.get(schema_name="gx")
        closed = ClosedProvince.objects.create(
            code="gx", division_code=row.division_code, name=row.name, bureau_title=row.bureau_title,
            opened_at=row.created_at,
        )  # fmt: skip
    try:
        with context.seat(BRANDS):
            ProvinceDay.objects.all().delete()
            assert sum_up() == 1 and ProvinceDay.objects.get().province_code == "gz", "gx was removed since"
            ProvinceDay.objects.all().delete()
    finally:
        with context.owner():
            closed.delete()
