"""Filters of the catalogue's pages: `{% load catalogue %}`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import template

from appraisal.catalogue import selectors
from appraisal.catalogue.forms import ShotForm
from appraisal.catalogue.models import Product, ProductDraft

register = template.Library()


@register.filter
def at(names: Mapping[str, Any], key: str) -> Any:
    """`{{ names|at:code }}`: a value of a mapping, the key itself where there is none."""
    return names.get(key, key)


@register.filter
def not_in(drafts: Mapping[UUID, ProductDraft], products: Iterable[Product]) -> list[ProductDraft]:
    """`{{ drafts|not_in:products }}`: drafts of products that were never published."""
    known = {product.pk for product in products}
    return [draft for key, draft in drafts.items() if key not in known]


@register.filter
def sample_of(form: ShotForm) -> str:
    """`{{ form|sample_of }}`: address of the sample picture of a row, or ""."""
    return selectors.sample_url(form["sample"].value() or None)
