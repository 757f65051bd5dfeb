"""Many goods of one visit at once: one request for each who answers, in a handful of statements however many goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import selectors
from appraisal.requests.models import AbsentShot, AppraisalRequest, ItemPhoto, RequestItem, Site
from appraisal.requests.services.drafting import DETAILS, MAX_ITEMS, any_goods, new_number
from appraisal.requests.services.sending import Shown, send_drafts
from appraisal.requests.services.steps import county_of_place
from evidence.models import Exhibit
from federation.parties.selectors import ACTIVE
from kernel import clock, searching
from kernel.errors import BadInput, NotAllowed
from kernel.ids import uuid7

SHELF = "shelf"
_SHELF_SHOT = {"code": SHELF, "hint": "", "required": False, "in_quick_set": False}


@dataclass(frozen=True, kw_only=True)
class GoodsPhoto:
    """A sealed photo of goods. shot_code: of the product's list; others are sent as a picture of the whole shelf."""

    exhibit: Exhibit
    shot_code: str = ""
    kept_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Goods:
    """One kind of goods to ask about. product_id: None where only the brand on the package is known.

    details: fields of RequestItem such as quantity. why_no_photo: said to the right holder where there is none.
    """

    item_id: UUID
    product_id: UUID | None
    brand_name: str
    product_name: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    photos: Sequence[GoodsPhoto] = ()
    why_no_photo: str = ""


@transaction.atomic
def ask_about(
    *,
    by: User,
    site: Site,
    goods: Sequence[Goods],
    question: str = "",
    known: dict[UUID, Any] | None = None,
) -> list[AppraisalRequest]:
    """Ask everybody who answers for any of the goods: all requests leave, or none.

    A brand that nobody answers for is kept as unserved and counted. Returns the requests.
    known: the products as `catalogue.products_with_shots` gave them in this transaction, if the caller has them.
    Raises NotAllowed for who is no officer of the site's unit; BadInput `product_unknown`.
    """
    if not selectors.may_write(by, site.unit_id):
        raise NotAllowed(_("要由开启检查一方单位的执法人员来问权利人。请在第一部手机上操作。"), code="other_unit_asks")
    now = clock.now()
    if known is None:
        known = catalogue.products_with_shots(each.product_id for each in goods if each.product_id)
    if missing := {each.product_id for each in goods if each.product_id} - known.keys():
        raise BadInput(_("有商品不在目录里，请重新选择。"), code="product_unknown", product_ids=sorted(missing))
    groups: dict[tuple[UUID | None, str], list[Goods]] = {}
    for each in goods:
        groups.setdefault(_whom(each, known), []).append(each)
    requests: list[tuple[AppraisalRequest, list[Shown]]] = []
    for (organisation_id, brand_name), group in groups.items():
        for start in range(0, len(group), MAX_ITEMS):
            part = group[start : start + MAX_ITEMS]
            request, rows = _draft(by, site, organisation_id, brand_name, part, known)
            request.question = question
            leaves = now if organisation_id else None
            requests.append((request, [_hang(row, each, leaves) for row, each in zip(rows, part, strict=True)]))
    shown = [each for _request, rows in requests for each in rows]
    AppraisalRequest.objects.bulk_create([request for request, _rows in requests])
    RequestItem.objects.bulk_create([each.item for each in shown])
    ItemPhoto.objects.bulk_create([photo for each in shown for photo in each.photos])
    AbsentShot.objects.bulk_create([absent for each in shown for absent in each.absences])
    send_drafts(requests, by=by, at=now, county_code=county_of_place(site.county_code))
    return [request for request, _rows in requests]


def _whom(goods: Goods, known: dict[UUID, Any]) -> tuple[UUID | None, str]:
    """Who answers: an organisation, or nobody for a brand."""
    if goods.product_id is None:
        return None, goods.brand_name
    product = known[goods.product_id][0]
    if product.organisation is not None and product.organisation.state == ACTIVE:
        return product.organisation.pk, ""
    return None, product.brand.name


def _draft(
    by: User, site: Site, organisation_id: UUID | None, brand_name: str, group: Sequence[Goods], known: dict[UUID, Any]
) -> tuple[AppraisalRequest, list[RequestItem]]:
    first = known[group[0].product_id][0] if group[0].product_id else None
    request = AppraisalRequest(
        number=new_number(),
        site=site,
        unit=site.unit,
        officer=by,
        organisation_id=organisation_id,
        organisation_name=first.organisation.name if first and organisation_id else "",
        brand_name=brand_name or first.brand.name,
    )
    rows = []
    for position, each in enumerate(group, start=1):
        product, shots = known[each.product_id] if each.product_id else (None, None)
        details = {name: value for name, value in each.details.items() if name in DETAILS and value not in (None, "")}
        rows.append(
            RequestItem(
                pk=each.item_id,
                request=request,
                position=position,
                product_id=each.product_id,
                product_name=product.full_name if product else each.product_name or each.brand_name,
                category=product.category.name if product else "",
                shot_list_version=shots.version if shots else 1,
                shot_list=[*(shots.as_json() if shots else any_goods()), {**_SHELF_SHOT, "name": str(_("货架全景"))}],
                **{"claimed_brand": product.brand.name if product else each.brand_name, **details},
            )
        )
    names = [row.product_name for row in rows]
    request.search_text = searching.written(request.number, request.brand_name, site.place, *names)
    return request, rows


def _hang(item: RequestItem, goods: Goods, at: datetime | None) -> Shown:
    """What is shown of one item: its photos, or why there is none. at: when it leaves."""
    codes = {shot["code"] for shot in item.shot_list}
    seen, photos = set(), []
    for each in goods.photos:
        code = each.shot_code if each.shot_code in codes else SHELF
        if each.exhibit.state == Exhibit.State.REFUSED or (code, each.exhibit.pk) in seen:
            continue
        seen.add((code, each.exhibit.pk))
        photos.append(
            ItemPhoto(
                pk=uuid7(),
                item=item,
                exhibit=each.exhibit,
                shot_code=code,
                source=each.exhibit.source,
                kept_reason=each.kept_reason,
                posted_at=at if each.exhibit.state == Exhibit.State.READY else None,
            )
        )
    if photos:
        return Shown(item, photos, [])
    first = item.shot_list[0]["code"]
    absent = AbsentShot(pk=uuid7(), item=item, shot_code=first, absent_reason=goods.why_no_photo, posted_at=at)
    return Shown(item, [], [absent])
