"""Drafts: a visit, the goods that are seen on it, and what is known of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import selectors
from appraisal.requests.models import AppraisalRequest, RequestItem, Site
from appraisal.requests.services.steps import State
from audit import trail
from divisions import selectors as divisions
from federation.parties import selectors as parties
from kernel import clock, searching
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from provinces.context import province_code

MAX_ITEMS = 60
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
DETAILS = (
    "quantity",
    "quantity_unit",
    "claimed_price_yuan",
    "package_state",
    "waybill_no",
    "batch_no",
    "stood_where",
    "claimed_brand",
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the officer stands. place and position stay in the province. county_code: GB/T 2260, county or city."""

    county_code: str
    place: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None


def open_site(*, by: User, place: Place, site_id: UUID | None = None) -> Site:
    """Begin a visit. site_id: chosen by the phone, so that a repeated call opens nothing twice."""
    unit = selectors.home_unit(by)
    divisions.division(place.county_code)
    told = {"unit": unit, "opened_by": by, **vars(place)}
    if site_id is None:
        return Site.objects.create(pk=uuid7(), **told)
    site, made = Site.objects.get_or_create(pk=site_id, defaults=told)
    return site if made else selectors.access_site(by, site.pk)


@transaction.atomic
def correct_site(*, by: User, site: Site, place: Place) -> Site:
    """The place as a person says it is. The caller has shown a right to write to what hangs on the site."""
    divisions.division(place.county_code)
    before = site.county_code
    for name, value in vars(place).items():
        setattr(site, name, value)
    site.save(update_fields=[*vars(place)])
    write_search_text(site.requests.all())
    trail.record(site, "correct", by=by, data={"county_code": [before, site.county_code]})
    return site


@transaction.atomic
def add_product(*, by: User, site: Site, product_id: UUID, item_id: UUID | None = None, **details: Any) -> RequestItem:
    """Put one product on the list of this visit; requests form by themselves, one for each organisation that answers.

    item_id: chosen by the phone. details: fields of RequestItem such as quantity. Raises BadInput, NotFound404.
    """
    if item_id and (known := selectors.item_sent_before(by, item_id)):
        return known
    product = catalogue.product(product_id)
    organisation = parties.organisation_for(product)
    request = _draft_for(by, site, organisation, product.brand.name)
    shot_list = catalogue.shot_list(product.pk)
    item = RequestItem(
        pk=item_id or uuid7(),
        request=request,
        position=_next_position(request),
        product_id=product.pk,
        product_name=product.full_name,
        claimed_brand=product.brand.name,
        category=product.category.name,
        shot_list_version=shot_list.version,
        shot_list=shot_list.as_json(),
    )
    _set_details(item, details)
    item.save()
    write_search_text(AppraisalRequest.objects.filter(pk=request.pk))
    return item


@transaction.atomic
def add_unlisted(
    *,
    by: User,
    site: Site,
    brand_name: str,
    product_name: str = "",
    barcode: str = "",
    item_id: UUID | None = None,
) -> RequestItem:
    """Put goods on the list whose brand nobody here knows: kept as unserved when sent, and counted for invitation.

    The shots are the ones every kind of goods has. barcode: as it was read. item_id: the phone's. Raises BadInput.
    """
    if item_id and (known := selectors.item_sent_before(by, item_id)):
        return known
    brand_name, product_name = brand_name.strip(), product_name.strip()
    if not brand_name:
        raise BadInput(_("请写下包装上标的品牌，例如“清溪”。"), code="brand_missing")
    request = _draft_for(by, site, None, brand_name)
    item = RequestItem.objects.create(
        pk=item_id or uuid7(),
        request=request,
        position=_next_position(request),
        product_name=product_name or brand_name,
        claimed_brand=brand_name,
        barcode=barcode.strip()[:20],
        shot_list=any_goods(),
    )
    write_search_text(AppraisalRequest.objects.filter(pk=request.pk))
    return item


def write_search_text(rows: QuerySet[AppraisalRequest]) -> int:
    """What these requests are found by, out of what they now say: number, brand, place, goods. Returns how many."""
    return rows.order_by().update(search_text=_search_text())


def fill_search_text() -> int:
    """The same for those that older code stored without it. Returns how many."""
    return searching.fill(AppraisalRequest.objects.all(), _search_text())


def _search_text() -> Combinable:
    place = Site.objects.filter(pk=OuterRef("site_id")).values("place")
    items = RequestItem.objects.filter(request=OuterRef("pk")).order_by().values("request")
    names = items.annotate(names=StringAgg("product_name", "\n")).values("names")
    return searching.search_text("number", "brand_name", Subquery(place), Subquery(names))


def any_goods() -> list[dict[str, Any]]:
    """The shots that every kind of goods has, as a shot list."""
    return [
        {"code": code, "name": str(name), "hint": str(hint), "required": False, "in_quick_set": quick}
        for code, name, hint, quick in _ANY_GOODS
    ]


_ANY_GOODS = (
    ("front_label", _("正面标签"), _("整张标签入框，字要看得清"), True),
    ("back_label", _("背面标签"), _("厂名、厂址、执行标准拍全"), True),
    ("inkjet_code", _("批号或喷码"), _("靠近拍，避开反光"), True),
    ("outer_box", _("外包装"), _("条码一面朝前"), False),
)


def _draft_for(by: User, site: Site, organisation: Any, brand_name: str) -> AppraisalRequest:
    """The officer's open draft of this visit for one organisation, or for one brand that nobody answers for."""
    whose = {"organisation_id": organisation.pk if organisation else None}
    if organisation is None:
        whose["brand_name"] = brand_name
    found = AppraisalRequest.objects.select_for_update().filter(site=site, officer=by, state=State.DRAFT, **whose)
    return found.first() or AppraisalRequest.objects.create(
        number=new_number(),
        site=site,
        unit=site.unit,
        officer=by,
        organisation_name=organisation.name if organisation else "",
        **{"brand_name": brand_name, **whose},
    )


def new_number() -> str:
    """A number people can say: province, day, five letters. Drawn by chance; the column is unique."""
    day = clock.local_date(clock.now())
    return f"{province_code().upper()}{day:%y%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(5))}"


def _next_position(request: AppraisalRequest) -> int:
    count = request.items.count()
    if count >= MAX_ITEMS:
        raise BadInput(_("一次申请最多 {limit} 项，请另开一次申请。"), code="too_many_items", limit=MAX_ITEMS)
    return count + 1


def _set_details(item: RequestItem, details: dict[str, Any]) -> None:
    unknown = set(details) - set(DETAILS)
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    if (quantity := details.get("quantity")) is not None and quantity <= 0:
        raise BadInput(_("数量要大于 0；散装可以填小数，例如 2.5。"), code="quantity_not_positive", quantity=quantity)
    if (price := details.get("claimed_price_yuan")) is not None and price < 0:
        raise BadInput(_("标价不能小于 0 元。"), code="price_negative", price=price)
    for name, value in details.items():
        setattr(item, name, value)


@transaction.atomic
def describe_item(*, by: User, item_id: UUID, **details: Any) -> RequestItem:
    """Fill in or correct what is known of the goods, before or after sending (later changes stay in the province)."""
    item = selectors.access_item(by, item_id, lock=True)
    _set_details(item, details)
    item.save(update_fields=[*details] or None)
    return item


@transaction.atomic
def set_violation(*, by: User, item_id: UUID, violation: str, infringed_right: str) -> RequestItem:
    """The officer's own view of the violation and the right infringed, apart from the brand's verdict (M-16)."""
    item = selectors.access_item(by, item_id, lock=True)
    if violation not in AppraisalRequest.Violation.values:
        raise BadInput(_("请从列表中选择违法类型。"), code="violation_unknown", violation=violation)
    item.violation, item.infringed_right = violation, infringed_right
    item.save(update_fields=["violation", "infringed_right"])
    return item


@transaction.atomic
def write_question(*, by: User, request_id: UUID, question: str, urgent: bool = False) -> AppraisalRequest:
    """The question that goes along. Only while it is a draft."""
    request = selectors.access_request(by, request_id, lock=True)
    if request.state != State.DRAFT:
        raise Conflict(_("申请已经发出。补充的话请写在对话里。"), code="already_sent")
    request.question, request.urgent = question, urgent
    request.save(update_fields=["question", "urgent"])
    return request
