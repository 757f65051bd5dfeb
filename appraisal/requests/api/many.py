"""Calls that come in numbers: visits with their goods, and names of goods to look up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.officer_api import OfficerView, View
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import selectors, services
from appraisal.requests.api.items import DetailsIn
from appraisal.requests.api.products import ProductHit, hits_as_rows
from appraisal.requests.api.sites import SiteIn, SiteOut
from appraisal.requests.models import Site
from gateway.bulk import Bulk, each_row, shapes
from gateway.serializers import Fields
from kernel.errors import BadInput

MOST_ITEMS = 30


class GoodsIn(DetailsIn):
    """One kind of goods: of the catalogue by product_id or code (barcode), or as its package says."""

    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one")
    product_id = serializers.UUIDField(required=False)
    code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    brand_name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    product_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class VisitIn(SiteIn):
    """A visit with its goods. Photos follow by item; nothing is sent before `sites/{site_id}/send/`."""

    items = serializers.ListField(child=GoodsIn(), min_length=1, max_length=MOST_ITEMS)


class WantedIn(Fields):
    q = serializers.CharField(max_length=80, help_text="barcode, name, pinyin or initials")


class WantedOut(serializers.Serializer[Any]):
    q = serializers.CharField()
    hits = ProductHit(many=True)


VISITS = shapes("RequestsBulk", VisitIn, SiteOut)
WANTED = shapes("ProductsBulk", WantedIn, WantedOut)


class RequestsBulk(Bulk, OfficerView):
    @extend_schema(operation_id="requests_bulk", request=VISITS.reads, responses=VISITS.answers)
    def post(self, request: Request) -> Response:
        """Open many visits, each with its goods: all of a row or nothing. Also as JSON lines."""
        return each_row(request, VisitIn, lambda row: _open(request.user, row), SiteOut, operation="requests_bulk")


class ProductsBulk(Bulk, View):
    @extend_schema(operation_id="products_bulk", request=WANTED.reads, responses=WANTED.answers)
    def post(self, request: Request) -> Response:
        """Look up many barcodes or names. Also as JSON lines or CSV with the column `q`."""

        def look(row: dict[str, Any]) -> dict[str, Any]:
            return {"q": row["q"], "hits": hits_as_rows(catalogue.search(row["q"], 5))}

        return each_row(request, WantedIn, look, WantedOut, operation="products_bulk", status=200)


@transaction.atomic
def _open(by: User, row: dict[str, Any]) -> Site:
    items, site_id = row.pop("items"), row.pop("id", None)
    site = services.open_site(by=by, place=services.Place(**row), site_id=site_id)
    if not site.requests.exists():  # the same id once more: it has its goods
        for item in items:
            _add(by, site, item)
    return selectors.access_site(by, site.pk)


def _add(by: User, site: Site, item: dict[str, Any]) -> None:
    item_id, product_id = item.pop("id", None), item.pop("product_id", None)
    code, brand, name = item.pop("code").strip(), item.pop("brand_name"), item.pop("product_name")
    product_id = product_id or _by_code(code)
    if product_id is not None:
        services.add_product(by=by, site=site, product_id=product_id, item_id=item_id, **item)
    elif brand.strip():
        added = services.add_unlisted(
            by=by, site=site, brand_name=brand, product_name=name, barcode=code, item_id=item_id
        )
        services.describe_item(by=by, item_id=added.pk, **item)
    else:
        raise BadInput(
            _("目录里没有条码 {barcode}。请写 product_id，或写 brand_name 和 product_name。"),
            code="goods_unknown",
            barcode=code or "—",
        )


def _by_code(code: str) -> UUID | None:
    if not code.isdigit():
        return None
    hits = catalogue.search(code, 2)
    return hits[0].product.pk if len(hits) == 1 else None
