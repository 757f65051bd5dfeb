"""价格异常: the asked price beside the brand's guide price, units first; silent whenever anything is unclear."""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import selectors as catalogue
from appraisal.desk.models import DeskItem
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors
from appraisal.recognition.models import GuidePrice
from federation.contracts.recognition import PriceHintV1
from kernel import clock
from kernel.errors import BadInput

FILE = Path(__file__).parents[1] / "data" / "price_limits.json"
CENT = Decimal("0.01")


@lru_cache(maxsize=1)
def limits() -> dict[str, Any]:
    """Per cent of the guide price below and above which a price is told of: a dated table, by product group."""
    return dict(json.loads(FILE.read_text()))


def price_hint(item: DeskItem, *, on: date | None = None) -> PriceHintV1 | None:
    """The hint for one item, or None: no price, no unit, no guide price of that unit, place and day, or nothing odd."""
    unit = item.quantity_unit.strip()
    asked = item.claimed_price_yuan
    if not unit or asked is None or asked <= 0:
        return None
    product = catalogue.products([item.product_id]).get(item.product_id)
    if product is None:
        return None
    day = on or clock.local_date(item.task.sent_at)
    rows = [row for row in _in_force(item.product_id, day, item.task.province_code) if row.unit == unit]
    usual = [row for row in rows if row.occasion == GuidePrice.Occasion.USUAL]
    if not usual:
        return None
    # A price of the region goes before the one for everywhere.
    regional = [row for row in usual if row.region_codes] or usual
    highest = max(row.price_yuan for row in regional)
    lowest_row = min(rows if rows != usual else regional, key=lambda row: row.price_yuan)
    bounds = limits()["groups"].get(product.category.code, limits()["usual"])
    if asked * 100 < lowest_row.price_yuan * bounds["below_per_cent"]:
        return _hint("far_below", asked, lowest_row)
    if asked * 100 > highest * bounds["above_per_cent"]:
        return _hint("far_above", asked, max(regional, key=lambda row: row.price_yuan))
    return None


def _in_force(product_id: UUID, day: date, province_code: str) -> list[GuidePrice]:
    rows = GuidePrice.objects.filter(product_id=product_id, valid_from__lte=day)
    return [
        row
        for row in rows
        if (row.valid_until is None or day <= row.valid_until)
        and (not row.region_codes or province_code in row.region_codes)
    ]


def _hint(result: Any, asked: Decimal, row: GuidePrice) -> PriceHintV1:
    return PriceHintV1(
        result=result,
        asked_yuan=asked.quantize(CENT),
        guide_yuan=row.price_yuan.quantize(CENT),
        unit=row.unit,
        per_cent=int((asked * 100 / row.price_yuan).quantize(Decimal(1), ROUND_HALF_UP)),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


@transaction.atomic
def set_guide_price(
    *,
    desk: Desk,
    product_id: UUID,
    unit: str,
    price_yuan: Decimal,
    valid_from: date,
    valid_until: date | None = None,
    region_codes: list[str] | None = None,
    occasion: str = "usual",
    pieces: int = 1,
) -> GuidePrice:
    """A guide price of one of the organisation's products, for a period and regions. Raises BadInput, NotFound404."""
    product = catalogue.own_product(desk.organisation, product_id)
    if not unit.strip() or price_yuan <= 0 or pieces < 1:
        raise BadInput(_("请填写单位和大于零的指导价。"), code="price_wrong")
    if valid_until is not None and valid_until < valid_from:
        raise BadInput(_("停用日不能早于启用日。"), code="days_wrong")
    if occasion not in GuidePrice.Occasion.values:
        raise BadInput(_("请选择日常或促销。"), code="occasion_unknown")
    return GuidePrice.objects.create(
        product=product,
        unit=unit.strip()[:20],
        pieces=pieces,
        price_yuan=price_yuan,
        region_codes=sorted(set(region_codes or [])),
        occasion=occasion,
        valid_from=valid_from,
        valid_until=valid_until,
    )


@transaction.atomic
def end_guide_price(*, desk: Desk, price_id: UUID) -> None:
    """Take a guide price away."""
    selectors.access_guide_price(desk, price_id).delete()
