"""What may be said of a lot, and how it is checked: the same for pages, API and phones that were offline."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.errors import BadInput
from tenants.inspections.merge import number
from tenants.inspections.models import Lot

TEXTS = (
    "unit",
    "product_name",
    "claimed_brand",
    "category",
    "spec",
    "batch_no",
    "stood_where",
    "waybill_no",
    "supplier_name",
    "supplier_contact",
    "note",
    "void_reason",
)
CHOICES = ("package_state", "price_basis", "purchase_basis", "supplier_answer")
MONEY = (
    "price_labelled_yuan",
    "price_sold_yuan",
    "price_genuine_yuan",
    "sold_amount_yuan",
    "gains_yuan",
    "purchase_price_yuan",
)
NUMBERS = ("sold_quantity",)
IDS = ("product_id",)
ALL = (*TEXTS, *CHOICES, *MONEY, *NUMBERS, *IDS)


def checked(fields: object) -> dict[str, Any]:
    """Fields as operations keep them: text, or null where nothing is known. Raises BadInput naming the field."""
    if not isinstance(fields, Mapping):
        raise BadInput(_("fields 要写成对象。"), code="fields_wrong")
    unknown = set(fields) - set(ALL)
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    return {name: _one(name, value) for name, value in sorted(fields.items())}


def _one(name: str, value: Any) -> Any:
    field = Lot._meta.get_field(name)
    label = field.verbose_name
    if name in (*TEXTS, *CHOICES):
        if not isinstance(value, str) or "\x00" in value:
            raise BadInput(_("“{field}”要写成文字。"), code="field_wrong", field=label, name=name)
        value = value.strip()
        if name in CHOICES:
            if value not in dict(field.flatchoices):
                raise BadInput(
                    _("“{field}”请从列表中选择。"), code="choice_unknown", field=label, name=name, value=value
                )
            return value
        if len(value) > (field.max_length or 0):
            raise BadInput(
                _("“{field}”最多 {limit} 个字。"), code="field_too_long", field=label, name=name, limit=field.max_length
            )
        return value
    if value is None or value == "":
        return None
    if name in IDS:
        try:
            return str(UUID(str(value)))
        except ValueError as error:
            raise BadInput(_("“{field}”请从列表中选择。"), code="choice_unknown", field=label, name=name) from error
    found = number(value)
    places = field.decimal_places if isinstance(field, models.DecimalField) else 0
    if found is None or found < 0 or -int(found.as_tuple().exponent) > places:
        raise BadInput(
            _("“{field}”要写成不小于 0 的数字，最多 {places} 位小数；不清楚就留空，不要写 0。"),
            code="number_wrong",
            field=label,
            name=name,
            places=places,
        )
    return f"{found:f}"


def columns_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of operations as a lot's columns; what nobody said is empty."""
    columns: dict[str, Any] = {}
    for name in ALL:
        value = fields.get(name)
        if name in (*TEXTS, *CHOICES):
            columns[name] = value or ""
        elif value is None:
            columns[name] = None
        else:
            columns[name] = UUID(value) if name in IDS else Decimal(value)
    return columns
