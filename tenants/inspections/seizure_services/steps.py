"""What the steps share: amounts in words, who is told, what changes on open pages."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput, Words
from notify import live
from notify.services import tell
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections.models import (
    Seizure,
)

CENT = Decimal("0.01")


def plain(number: Decimal) -> str:
    """A quantity without needless zeros: 42, 2.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def need(text: str, sentence: Words, code: str) -> None:
    if not text.strip():
        raise BadInput(sentence, code=code)


def url(seizure: Seizure) -> str:
    return reverse("seizures:detail", args=[seizure.pk], urlconf=settings.URLCONFS["province"])


def officer_ids(seizure: Seizure) -> Iterable[UUID]:
    return {seizure.proposed_by_id, *(each.officer_id for each in seizure.inspection.officers.all())}


def tell_heads(seizure: Seizure, code: str, title: Words) -> None:
    people = [head.pk for head in selectors.heads_of(seizure.unit)]
    tell(to=people, code=code, title=title, url=url(seizure), body=seizure.inspection.number)


def tell_officers(seizure: Seizure, code: str, title: Words) -> None:
    tell(to=officer_ids(seizure), code=code, title=title, url=url(seizure), body=seizure.inspection.number)


def announce(seizure: Seizure) -> None:
    live.publish([f"seizure:{seizure.pk}", f"inspection:{seizure.inspection_id}", "seizures"], "seizure", {})


def read_quantity(text: str) -> Decimal | None:
    """A quantity as typed; None for nothing. Raises BadInput."""
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise BadInput(_("数量要写成数字，例如 12 或 2.5。"), code="quantity_wrong") from error
    if not number.is_finite() or number < 0 or number > Decimal("999999999"):
        raise BadInput(_("数量要写成数字，例如 12 或 2.5。"), code="quantity_wrong")
    return number


def total_by_unit(rows: Iterable[Any]) -> list[tuple[str, Decimal]]:
    """Quantities added up within each unit; bottles and kilograms are never added to each other."""
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row.unit] = totals.get(row.unit, Decimal(0)) + row.quantity
    return sorted(totals.items())
