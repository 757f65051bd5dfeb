"""How many live products each organisation answers for: a figure of the coverage list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count

from appraisal.catalogue.models import Product
from federation.parties import hooks


@hooks.figures
def products(_now: datetime) -> dict[str, dict[UUID, int]]:
    """Live products of each organisation."""
    rows = Product.objects.filter(state=Product.State.LIVE, organisation__isnull=False).order_by()
    return {"products": dict(rows.values_list("organisation_id").annotate(count=Count("pk")))}
