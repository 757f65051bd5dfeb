"""登记线索 in one tap: from a verdict, an inspection, a waybill. What is known is filled in; twice is once.

The clue speaks of what is behind the goods: the shop for a verdict and an inspection, whoever sent them for a waybill.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import may_write
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Site, Verdict
from divisions import selectors as divisions
from evidence import matters
from evidence import selectors as evidence
from evidence.models import Exhibit
from kernel.errors import BadInput, Conflict, NotAllowed
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueSource
from tenants.clues.services import similar
from tenants.clues.services.addresses import Said
from tenants.clues.services.manual import Written, new_clue, register_written
from tenants.clues.services.registering import Product
from tenants.inspections import selectors as inspections
from tenants.inspections.models import Inspection, Lot, MarketEntity
from tenants.inspections.value import INFRINGING, valuation

FROM_REQUEST = "requests.AppraisalRequest"
FROM_INSPECTION = "inspections.Inspection"
FROM_WAYBILL = "evidence.Waybill"
LICENCE = "inspections.MarketEntity"
_MOST_FILES = 30


def registered_from(record_kind: str, record_id: UUID) -> Clue | None:
    """The clue that began with this record, whoever registered it."""
    source = ClueSource.objects.filter(record_kind=record_kind, record_id=str(record_id)).select_related("clue").first()
    return source.clue if source else None


class Alike(Exception):
    """Nothing was registered yet: there are clues that may be about the same."""

    def __init__(self, likely: list[similar.Likely]) -> None:
        super().__init__("clues that may be about the same")
        self.likely = likely


def from_request(*, by: User, request_id: UUID, look: bool = False) -> Clue:
    """From the verdict on a request: the shop where the goods stood. Raises NotFound404, NotAllowed, BadInput.

    look: raise Alike where there are likely duplicates, instead of registering. The same below.
    """
    asked = requests.access_request(by, request_id)
    if not may_write(by, asked.unit_id):
        raise NotAllowed()
    if asked.state in (AppraisalRequest.State.DRAFT, AppraisalRequest.State.CANCELLED):
        raise Conflict(_("申请还没有发出，或已取消，不能登记线索。"), code="clue_request_not_sent")

    def written() -> Written:
        items = list(asked.items.prefetch_related("verdicts__opinion", "verdicts__withdrawal"))
        verdicts = {item.pk: requests.standing(item.verdicts.all()) for item in items}
        inspection = _inspection_of(asked.site)
        photos = ItemPhoto.objects.filter(item__in=items).order_by("pk")
        named = {each["code"]: each["name"] for item in items for each in item.shot_list}
        content = [
            _now("查真假 {number}。").format(number=asked.number),
            *(_item_words(item, verdicts[item.pk]) for item in items),
        ]
        if asked.question:
            content.append(_now("当时的问题：{words}").format(words=asked.question))
        return Written(
            **_shop(asked.site, inspection),
            content="\n".join(content),
            title=_title(asked.site, inspection, [item.claimed_brand for item in items], verdicts.values()),
            violations=_violations(verdicts.values()),
            estimated_value=_value_of(items, verdicts),
            products=[_product(item) for item in items],
            exhibits=_once((photo.exhibit_id, named.get(photo.shot_code, photo.shot_code)) for photo in photos),
            matters=[("request", asked.pk), *([("inspection", inspection.pk)] if inspection else [])],
            record_kind=FROM_REQUEST,
            record_id=str(asked.pk),
        )

    return _tapped(by, FROM_REQUEST, asked.pk, written, look)


def from_inspection(*, by: User, inspection_id: UUID, look: bool = False) -> Clue:
    """From an inspection: the place that was inspected. Raises NotFound404, NotAllowed."""
    inspection = inspections.access_inspection(by, inspection_id)
    if not inspections.is_officer_of(by, inspection.pk):
        raise NotAllowed()

    def written() -> Written:
        lots = list(inspections.lots_of(inspection, voided=False))
        value = valuation(inspection, lots)
        verdicts = {each.lot.pk: each.verdict for each in value.lots}
        content = [_now("现场检查 {number}。").format(number=inspection.number)]
        content += [_lot_words(lot, verdicts.get(lot.pk)) for lot in lots]
        if inspection.scene:
            content.append(_now("现场情况：{words}").format(words=inspection.scene[:2000]))
        sums = value.infringing if value.infringing.known else value.unanswered
        photos = [(each.exhibit_id, lot.product_name or lot.claimed_brand) for lot in lots for each in lot.photos.all()]
        asked = inspections.requests_asked(inspection)
        return Written(
            **_shop(inspection.site, inspection),
            content="\n".join(content)[:8000],
            title=_title(inspection.site, inspection, [lot.claimed_brand for lot in lots], verdicts.values()),
            violations=_violations(verdicts.values()),
            estimated_value=sums.high if sums.known else None,
            products=_lot_products(lots),
            exhibits=_once(photos),
            matters=[("inspection", inspection.pk), *(("request", each.pk) for each in asked)],
            record_kind=FROM_INSPECTION,
            record_id=str(inspection.pk),
        )

    return _tapped(by, FROM_INSPECTION, inspection.pk, written, look)


def from_waybill(*, by: User, exhibit_id: UUID, look: bool = False) -> Clue:
    """From a sealed waybill: whoever sent the goods. Its sender's address decides; the licence stands beside it.

    Raises NotFound404, NotAllowed; BadInput for an exhibit that is no waybill.
    """
    waybill = evidence.access_exhibit(by, exhibit_id)
    if waybill.kind != Exhibit.Kind.WAYBILL:
        raise BadInput(_("这件证据不是快递单。请从快递单页面登记。"), code="clue_no_waybill")
    uses, _hidden = matters.uses(by, waybill)
    writable = [use.matter for use in uses if matters.may_write(by, use.matter)]
    if not writable:
        raise NotAllowed()

    def written() -> Written:
        said = {name: str((each or {}).get("value", "")).strip() for name, each in waybill.content["fields"].items()}
        asked, inspection = _matter_of(by, writable)
        lots = list(inspections.lots_of(inspection, voided=False)) if inspection else []
        number = said.get("number", "")
        lots = [lot for lot in lots if number and lot.waybill_no == number] or lots
        items = list(asked.items.all()) if asked and not lots else []
        entity = inspection.entity if inspection else None
        brands = [lot.claimed_brand for lot in lots] or [item.claimed_brand for item in items]
        sender = said.get("sender", "")
        words = _now("快递单 {carrier} {number}，寄件 {sender}，寄件日期 {day}。").format(
            carrier=said.get("carrier", ""), number=number, sender=sender or "—", day=said.get("sent_on", "") or "—"
        )
        goods = [_lot_words(lot, None) for lot in lots] or [_item_words(item, None) for item in items]
        named = "、".join(dict.fromkeys(filter(None, brands)))
        files = [(each.exhibit_id, _now("快递单照片")) for each in evidence.files_of(waybill)]
        return Written(
            content="\n".join([words, *goods])[:8000],
            title=_now("发货人线索：{brands}").format(brands=named or number)[:120],
            subject_kind=Clue.SubjectKind.UNKNOWN,
            subject_phone=said.get("sender_phone", "")[:30],
            address_raw=sender[:1000],
            place_role=Clue.PlaceRole.SENDER,
            channel=Clue.Channel.BOTH,
            chain_stage=Clue.ChainStage.WHOLESALE,
            violations=[Clue.Violation.COUNTERFEIT_TRADEMARK] if brands else [],
            products=_lot_products(lots) or [_product(item) for item in items],
            places=[
                *_licence(entity),
                *(
                    [Said(role="receiver", text=said["receiver"], record_kind=FROM_WAYBILL, record_id=str(waybill.pk))]
                    if said.get("receiver")
                    else []
                ),
            ],
            exhibits=_once([(waybill.pk, _now("快递单")), *files]),
            matters=[
                *([("request", asked.pk)] if asked else []),
                *([("inspection", inspection.pk)] if inspection else []),
            ],
            record_kind=FROM_WAYBILL,
            record_id=str(waybill.pk),
        )

    return _tapped(by, FROM_WAYBILL, waybill.pk, written, look)


def _tapped(by: User, record_kind: str, record_id: UUID, written: Callable[[], Written], look: bool) -> Clue:
    """Open the clue that is there, or register it; of two taps at once one registers and both open it."""
    found = registered_from(record_kind, record_id)
    if found is None:
        said = written()
        if look and (likely := similar.likely(new_clue(said, by=by), person=by)):
            raise Alike(likely)
        try:
            return register_written(said, by=by)
        except (Conflict, IntegrityError):
            found = registered_from(record_kind, record_id)
            if found is None:
                raise
        except BadInput as problem:
            found = registered_from(record_kind, record_id) if problem.code == "clue_known" else None
            if found is None:
                raise
    if not selectors.clues_seen_by(by).filter(pk=found.pk).exists():
        raise Conflict(
            _("同事已登记为线索 {number}，由受理单位办理，您不必再登记。"), code="clue_known", number=found.number
        )
    return found


def _inspection_of(site: Site) -> Inspection | None:
    return Inspection.objects.filter(site=site).select_related("entity", "site").first()


def _matter_of(by: User, found: Sequence[matters.Matter]) -> tuple[AppraisalRequest | None, Inspection | None]:
    """The request and the inspection that a waybill lies with."""
    asked, site_id = None, None
    for matter in found:
        if matter.kind == "request":
            asked = requests.access_request(by, matter.id)
            site_id = site_id or asked.site_id
        elif matter.kind == "site":
            site_id = matter.id
    site = requests.find_site(by, site_id)
    return asked, _inspection_of(site) if site else None


def _shop(site: Site, inspection: Inspection | None) -> dict[str, Any]:
    """Who and where, of a visit. The county is the one that the officer chose there."""
    entity = inspection.entity if inspection else None
    county = divisions.path_name(site.county_code) if site.county_code else ""
    facts: dict[str, Any] = {
        "address_raw": site.place or county,
        "place_role": Clue.PlaceRole.SHOP,
        "chosen_division": site.county_code,
        "gps": (float(site.latitude), float(site.longitude))
        if site.latitude is not None and site.longitude is not None
        else None,
        "channel": Clue.Channel.OFFLINE,
        "chain_stage": Clue.ChainStage.RETAIL,
        "places": _licence(entity),
    }
    if entity is not None:
        facts |= {
            "subject_kind": Clue.SubjectKind.ENTERPRISE if entity.uscc else Clue.SubjectKind.SHOP,
            "subject_name": entity.name,
            "subject_code": entity.uscc,
            "subject_phone": entity.phone,
        }
    return facts


def _licence(entity: MarketEntity | None) -> list[Said]:
    if entity is None or not entity.address.strip():
        return []
    return [Said(role="licence", text=entity.address, record_kind=LICENCE, record_id=str(entity.pk))]


def _title(site: Site, inspection: Inspection | None, brands: Iterable[str], verdicts: Iterable[Verdict | None]) -> str:
    entity = inspection.entity if inspection else None
    who = (entity.name if entity else "") or site.place or _now("现场")
    named = "、".join(list(dict.fromkeys(filter(None, brands)))[:3])
    fake = any(each is not None and each.value in INFRINGING for each in verdicts)
    words = _now("{who}：{brands}辨认为假冒") if fake else _now("{who}：涉嫌销售假冒{brands}")
    return words.format(who=who, brands=named)[:120]


def _violations(verdicts: Iterable[Verdict | None]) -> list[str]:
    fake = any(each is not None and each.value in INFRINGING for each in verdicts)
    return [Clue.Violation.COUNTERFEIT_TRADEMARK] if fake else []


def _value_of(items: Iterable[RequestItem], verdicts: dict[UUID, Verdict | None]) -> Decimal | None:
    """Quantity by claimed price of what is fake, or of all while nothing is answered; None: unknown."""
    rows = list(items)
    fake = [row for row in rows if (verdict := verdicts[row.pk]) is not None and verdict.value in INFRINGING]
    known = [
        row.quantity * row.claimed_price_yuan
        for row in fake or rows
        if row.quantity is not None and row.claimed_price_yuan is not None
    ]
    return sum(known, Decimal(0)).quantize(Decimal("0.01")) if known else None


def _item_words(item: RequestItem, verdict: Verdict | None) -> str:
    parts = [f"{item.claimed_brand} {item.product_name}".strip()]
    if item.quantity is not None:
        parts.append(f"{item.quantity.normalize():f}{item.quantity_unit}")
    if item.claimed_price_yuan is not None:
        parts.append(_now("标价 {yuan} 元").format(yuan=item.claimed_price_yuan))
    if item.batch_no:
        parts.append(_now("批号 {number}").format(number=item.batch_no))
    if item.waybill_no:
        parts.append(_now("物流单号 {number}").format(number=item.waybill_no))
    if verdict is not None:
        parts.append(_now("辨认结论：{words}").format(words=verdict.get_value_display()))
    return "，".join(parts)


def _lot_words(lot: Lot, verdict: Verdict | None) -> str:
    parts = [f"{lot.claimed_brand} {lot.product_name} {lot.spec}".strip()]
    if lot.quantity is not None:
        parts.append(f"{lot.quantity.normalize():f}{lot.unit}")
    if lot.supplier_name:
        parts.append(_now("供货方 {name}").format(name=lot.supplier_name))
    if lot.waybill_no:
        parts.append(_now("物流单号 {number}").format(number=lot.waybill_no))
    if verdict is not None:
        parts.append(_now("辨认结论：{words}").format(words=verdict.get_value_display()))
    return "，".join(parts)


def _product(item: RequestItem) -> Product:
    return Product(
        brand_name=item.claimed_brand,
        product_name=item.product_name,
        product_id=item.product_id,
        code=item.barcode or item.batch_no,
    )


def _lot_products(lots: Iterable[Lot]) -> list[Product]:
    found = {
        (lot.product_id, lot.claimed_brand, lot.product_name): Product(
            brand_name=lot.claimed_brand, product_name=lot.product_name, product_id=lot.product_id, code=lot.batch_no
        )
        for lot in lots
    }
    return list(found.values())[:20]


def _once(photos: Iterable[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    found: dict[UUID, str] = {}
    for exhibit_id, what in photos:
        found.setdefault(exhibit_id, what[:80])
    return list(found.items())[:_MOST_FILES]
