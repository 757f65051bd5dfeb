"""A library of known fakes with a row of every kind that has an address: for `world`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from appraisal.desk.models import DeskPhoto, DeskTask, DeskVerdict
from appraisal.hints.models import ReadCode
from appraisal.recognition import services
from appraisal.recognition.models import (
    BandLimits,
    CodeAlert,
    CodeSighting,
    EntryPhoto,
    Hint,
    LookBack,
    PhotoLook,
    RunLink,
)
from appraisal.recognition.services import codes, limits, lookback, looking
from appraisal.recognition.services.hinting import Found
from appraisal.recognition.services.looking import Seen
from appraisal.recognition.services.steps import find_of
from appraisal.recognition.vision.codes import CodeReading
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from provinces.seats import BRANDS


def fill(seat: Any, house: Any, code: str, *, answered: UUID, waiting: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """Rows of a house's library and of what the province was told. answered, waiting: request ids of its tasks.

    Returns ids for the house and for the province.
    """
    now = clock.now()
    with context.seat(BRANDS):
        task = DeskTask.objects.get(request_id=waiting)
        verdict = DeskVerdict.objects.filter(item__task__request_id=answered).latest("opinion__given_at")
        entry = services.make_from_verdict(
            desk=seat, verdict_id=verdict.pk, typology="counterfeit_mark", visibility="shown"
        )
        services.confirm(desk=seat, entry_id=entry.pk)
        photo = DeskPhoto.objects.select_related("item__task").filter(item__task=task).first()
        kept = EntryPhoto.objects.get(entry=entry)
        reading = CodeReading(raw=f"LH {code} 20260815", key=f"1H{code.upper()}20260815", confidence=0.9, lines=())
        DeskPhoto.objects.filter(pk=photo.pk).update(shot_code="batch_code")
        looking.keep(
            PhotoLook.objects.get(photo=photo),
            Seen(good=True, engine="test", found=(Found(kept, "strong", 60.0, 90),), reading=reading),
        )
        DeskPhoto.objects.filter(pk=photo.pk).update(shot_code=photo.shot_code)
        mine, other = entry.find, find_of(photo.item)
        sightings = [
            CodeSighting.objects.create(
                organisation=house.organisation, find=find, field="unique", key="LH1", raw="LH1", how="typed", at=now
            )
            for find in (mine, other)
        ]
        alert = CodeAlert.objects.create(
            organisation=house.organisation, key="LH1", kind="two_goods", first_at=now, last_at=now
        )
        alert.sightings.add(*sightings)
        first, second = sorted((mine, other), key=lambda find: find.pk)
        run = RunLink.objects.create(
            organisation=house.organisation, first=first, second=second, strength="strong", proposed_at=now
        )
        back = LookBack.objects.create(
            organisation=house.organisation, entry=entry, entry_photo=kept, item=photo.item, photo=photo, was="open",
            band="strong", score=60, at=now,
        )  # fmt: skip
        price = services.set_guide_price(
            desk=seat, product_id=house.product.pk, unit="瓶", price_yuan=Decimal(300),
            valid_from=clock.today() - timedelta(days=9),
        )  # fmt: skip
        strong, likely = limits.floors(entry.category.code)
        limit = BandLimits.objects.create(
            organisation=house.organisation, category=entry.category, strong=strong + 5, likely=likely + 5,
            floor_strong=strong, floor_likely=likely, scale=limits.scale(entry.category.code), decided=24, refused=3,
            spared=3, lost=1, proposed_at=now,
        )  # fmt: skip
        hint = Hint.objects.get(entry=entry)
        house_ids = {
            "entry_id": entry.pk, "entry_photo_id": kept.pk, "hint_id": hint.pk, "alert_id": alert.pk, "run_id": run.pk,
            "look_back_id": back.pk, "price_id": price.pk,
            "limits_id": limit.pk,
        }  # fmt: skip
        with transaction.atomic():
            lookback._tell_province(back, task)
            codes._tell_units(alert)
    deliver_everywhere()
    with context.province(code):
        code_id = ReadCode.objects.get(item__request_id=waiting).pk
    return house_ids, {"hint_id": hint.pk, "look_back_id": back.pk, "code_id": code_id}
