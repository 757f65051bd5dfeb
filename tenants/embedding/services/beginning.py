"""Where a launch leads: the page the officer would have gone to, with what is known filled in."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse

from accounts.models import Post, User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import services as requests
from appraisal.requests.models import RequestItem, Site
from kernel.errors import BadInput, NotFound404
from tenants.embedding import selectors
from tenants.embedding.models import Matter, MatterLink
from tenants.embedding.services import matters

Kind = MatterLink.Kind


def address_for(matter: Matter, target: str, *, by: User) -> str:
    """The page to open. Something is begun only where nothing was yet: opening a case again leads to its matter."""
    page = reverse("embedding:matter", args=[matter.pk])
    if matter.conflict or target == "matter":
        return page
    if target == "appraisal":
        return page if _has(matter, Kind.SITE, Kind.REQUEST) else appraisal(matter, by=by)
    if target == "clue":
        return page if _has(matter, Kind.CLUE) else reverse("clue_intake:new")
    return page if _has(matter, Kind.LETTER) else reverse("correspondence:new")


def _has(matter: Matter, *kinds: str) -> bool:
    return matter.links.filter(kind__in=kinds).exists()


def appraisal(matter: Matter, *, by: User) -> str:
    """A visit with the goods the system named, and the camera on the first of them; else the choice of a product."""
    if not by.has_role(Post.Role.OFFICER) or by.unit is None:
        return reverse("embedding:matter", args=[matter.pk])
    if not matter.county_code:
        return reverse("requests:check") + "?new=1"
    place = requests.Place(county_code=matter.county_code, place=matter.place or str(matter.party.get("address") or ""))
    site = requests.open_site(by=by, place=place)
    matters.link(matter.pk, Kind.SITE, site.pk)
    items = [item for goods in matter.goods if (item := _item(site, goods, by)) is not None]
    if items:
        return reverse("requests:capture", args=[items[0].pk])
    return reverse("requests:check") + f"?site={site.pk}"


def _item(site: Site, goods: dict[str, str], by: User) -> RequestItem | None:
    product_id = _product(goods)
    try:
        if product_id is not None:
            return requests.add_product(by=by, site=site, product_id=product_id, **_details(goods))
        if not goods.get("brand"):
            return None
        item = requests.add_unlisted(
            by=by, site=site, brand_name=goods["brand"], product_name=goods.get("name", ""),
            barcode=goods.get("barcode", ""),
        )  # fmt: skip
        return requests.describe_item(by=by, item_id=item.pk, **_details(goods))
    except (BadInput, NotFound404):
        return None  # what cannot be used is left to the officer, who sees the page without it


def _product(goods: dict[str, str]) -> Any:
    """A product of the catalogue: by barcode, or the only one of that name."""
    if goods.get("barcode"):
        found = catalogue.search(goods["barcode"], 2)
        if found:
            return found[0].product.pk
    words = goods.get("name", "")
    found = catalogue.search(words, 2) if words else []
    return found[0].product.pk if len(found) == 1 else None


def _details(goods: dict[str, str]) -> dict[str, Any]:
    details: dict[str, Any] = {"quantity_unit": goods.get("unit", "")[:20]}
    for name, field in (("quantity", "quantity"), ("price_yuan", "claimed_price_yuan")):
        try:
            details[field] = Decimal(goods[name])
        except (KeyError, InvalidOperation):
            continue
    return {name: value for name, value in details.items() if value not in ("", None)}


def use_photo(*, matter: Matter, photo_id: Any, item: RequestItem, shot_code: str, by: User) -> None:
    """Hang a photo that the case system sent on a shot of a request. Raises as `requests.add_photo` does."""
    photo = selectors.photo_for(by, photo_id)
    if photo.exhibit is None or photo.matter_id != matter.pk:
        raise NotFound404()
    requests.add_photo(
        by=by, item_id=item.pk, exhibit=photo.exhibit, shot_code=shot_code, source="album",
        kept_reason=photo.exhibit.kept_reason,
    )  # fmt: skip
