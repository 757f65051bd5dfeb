"""Drafts that were made wholly on a phone, taken in when the signal is back.

The phone's ids make it idempotent. What the officer saw when there was no signal is kept as it was: a product that the
catalogue no longer has, an older shot list, a county that was renamed are no reason to refuse what was photographed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import selectors
from appraisal.requests.models import AppraisalRequest, RequestItem, Site
from appraisal.requests.services import drafting, sending
from appraisal.requests.services.drafting import Place
from divisions import selectors as divisions
from kernel.errors import BadInput, Conflict, NotFound404

MAX_SHOTS = 60
_TEXTS = {"code": 40, "name": 40, "hint": 120, "overlay_url": 200, "sample_url": 200}


@dataclass(frozen=True, kw_only=True)
class PhoneDraft:
    """What the phone says. shots: as they stood on the phone. details: fields of `drafting.DETAILS`."""

    site_id: UUID
    item_id: UUID
    place: Place
    product_id: UUID | None = None
    product_name: str = ""
    brand_name: str = ""
    gtin: str = ""
    shot_list_version: int = 0
    shots: tuple[dict[str, Any], ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    question: str = ""
    urgent: bool = False


@transaction.atomic
def take_in(*, by: User, draft: PhoneDraft) -> RequestItem:
    """Open what the phone began, once; later calls bring its details up to date while the request is a draft.

    Raises NotFound404 for ids that are somebody else's.
    """
    found = RequestItem.objects.filter(pk=draft.item_id).first()
    item = selectors.access_item(by, found.pk) if found else _open(by, draft)
    if not selectors.may_write(by, item.request.unit_id):
        raise NotFound404()
    if item.request.state == AppraisalRequest.State.DRAFT:
        if draft.details:
            item = drafting.describe_item(by=by, item_id=item.pk, **draft.details)
        if draft.question or draft.urgent:
            drafting.write_question(by=by, request_id=item.request_id, question=draft.question, urgent=draft.urgent)
    return item


def send(*, by: User, item: RequestItem) -> None:
    """发送, once: what has left already stays as it is."""
    try:
        sending.send(by=by, request_id=item.request_id)
    except Conflict:
        item.request.refresh_from_db()
        if item.request.sent_at is None:
            raise


def _open(by: User, draft: PhoneDraft) -> RequestItem:
    site = _site(by, draft)
    product = _product(draft.product_id)
    if product is None:
        name = draft.product_name or draft.brand_name or str(_("手机上记的商品"))
        item = drafting.add_unlisted(
            by=by,
            site=site,
            brand_name=draft.brand_name or name,
            product_name=name,
            barcode=draft.gtin,
            item_id=draft.item_id,
        )
    else:
        item = drafting.add_product(by=by, site=site, product_id=product.pk, item_id=draft.item_id)
    if draft.shots and (product is None or draft.shot_list_version != item.shot_list_version):
        # Photos were taken by the list that the phone had.
        item.shot_list = _shots(draft.shots)
        item.shot_list_version = draft.shot_list_version or item.shot_list_version
        item.save(update_fields=["shot_list", "shot_list_version"])
    return item


def _site(by: User, draft: PhoneDraft) -> Site:
    """The visit. A county that is not known any more becomes that of the unit; the words for the place stay."""
    return drafting.open_site(by=by, place=known_place(by, draft.place), site_id=draft.site_id)


def known_place(by: User, place: Place) -> Place:
    """The place, in the unit's own county where its county is not known."""
    try:
        divisions.division(place.county_code)
    except (NotFound404, BadInput):
        return Place(**{**vars(place), "county_code": selectors.home_unit(by).division_code})
    return place


def _product(product_id: UUID | None) -> Any:
    """The product with a published list; None for one that is not there."""
    if product_id is None:
        return None
    try:
        product = catalogue.product(product_id)
        catalogue.shot_list(product.pk)
    except (NotFound404, Conflict):
        return None
    return product


def _shots(said: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The phone's list, in our own words for its fields; addresses only on this host."""
    shots = []
    for each in said[:MAX_SHOTS]:
        shot: dict[str, Any] = {name: str(each.get(name) or "")[:longest] for name, longest in _TEXTS.items()}
        for name in ("overlay_url", "sample_url"):
            if not shot[name].startswith("/") or shot[name].startswith("//"):
                shot[name] = ""
        shot |= {"required": bool(each.get("required")), "in_quick_set": bool(each.get("in_quick_set"))}
        if shot["code"]:
            shots.append({**shot, "name": shot["name"] or shot["code"]})
    return shots


def place_of(said: dict[str, Any]) -> Place:
    """The place as the phone tells it; a position that cannot be one is left out."""

    def degrees(name: str, most: int) -> Decimal | None:
        try:
            value = Decimal(str(said.get(name))).quantize(Decimal("0.000001"))
        except (ArithmeticError, ValueError):
            return None
        return value if abs(value) <= most else None

    latitude, longitude = degrees("lat", 90), degrees("lon", 180)
    placed = latitude is not None and longitude is not None
    accuracy = said.get("accuracy_m")
    exact = placed and isinstance(accuracy, int | float) and 0 < accuracy < 100_000
    return Place(
        county_code=str(said.get("county_code") or "")[:6],
        place=str(said.get("place") or "").strip()[:200],
        latitude=latitude if placed else None,
        longitude=longitude if placed else None,
        accuracy_m=round(accuracy) if exact and accuracy is not None else None,
    )
