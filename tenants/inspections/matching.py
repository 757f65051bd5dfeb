"""What inspections hold that others may hold too: who was inspected, suppliers and waybills of goods, and waybills that
were sealed as evidence, with who sent them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from evidence import matters
from evidence.models import Exhibit
from federation.matching import sources
from federation.matching.sources import Described, Held
from kernel import clock
from tenants.inspections.models import Inspection, Lot, MarketEntity
from tenants.inspections.selectors import inspections_of

INSPECTION, WAYBILL = "inspection", "waybill"
_URLS = settings.URLCONFS["province"]
_NUMBERS = re.compile(r"[\d+][\d\-\s]{6,20}\d")


def rows(ids: Collection[UUID] | None) -> Iterator[Held]:
    """What inspections hold."""
    visits = Inspection.objects.exclude(state=Inspection.State.CANCELLED)
    visits = visits if ids is None else visits.filter(pk__in=ids)
    parties = visits.exclude(entity=None).order_by().values_list("pk", "entity__uscc", "entity__phone")
    for pk, code, phone in parties.iterator():
        yield Held(pk, "uscc", code)
        yield Held(pk, "phone", phone)
    lots = Lot.objects.filter(inspection__in=visits.order_by().values("pk"), void_reason="").order_by()
    for pk, waybill, contact in lots.values_list("inspection_id", "waybill_no", "supplier_contact").iterator():
        yield Held(pk, "waybill", waybill)
        for number in _NUMBERS.findall(contact):
            yield Held(pk, "phone", number)


def describe(ids: Collection[UUID]) -> dict[UUID, Described]:
    """Inspections in words."""
    visits = list(Inspection.objects.filter(pk__in=ids).select_related("entity").prefetch_related("lots"))
    brands = catalogue.brands_of_products({
        lot.product_id for each in visits for lot in each.lots.all() if lot.product_id
    })  # fmt: skip
    found = {}
    for each in visits:
        goods = [lot for lot in each.lots.all() if not lot.void_reason]
        party = each.entity
        owners = {brands[lot.product_id][1] for lot in goods if lot.product_id in brands}
        found[each.pk] = Described(
            number=each.number,
            url=reverse("inspections:inspection", args=[each.pk], urlconf=_URLS),
            title=party.name if party else "",
            found_on=clock.local_date(each.started_at),
            organisation_ids=tuple(pk for pk in owners if pk),
            brand_names=tuple({lot.claimed_brand for lot in goods if lot.claimed_brand}),
            product_names=tuple({lot.product_name for lot in goods if lot.product_name}),
            facts="\n".join(
                [party.name, party.uscc, party.address] * bool(party)
                + [f"{lot.product_name} {lot.quantity or ''}{lot.unit} {lot.batch_no}".strip() for lot in goods]
            ),
        )
    return found


def open_to(person: User) -> QuerySet[Any, UUID]:
    """Ids of the inspections that a person sees."""
    return inspections_of(person).select_related(None).order_by().values_list("pk", flat=True)


def waybill_rows(ids: Collection[UUID] | None) -> Iterator[Held]:
    """What sealed waybills say: their number, and who sent them. Who received them is nobody's business."""
    sealed = Exhibit.objects.filter(kind=Exhibit.Kind.WAYBILL).exclude(content={}).order_by()
    sealed = sealed.filter(withdrawn_at=None) if ids is None else sealed.filter(withdrawn_at=None, pk__in=ids)
    for pk, content in sealed.values_list("pk", "content").iterator():
        said = {name: (value or {}).get("value") or "" for name, value in (content.get("fields") or {}).items()}
        yield Held(pk, "waybill", str(said.get("number", "")))
        yield Held(pk, "sender", str(said.get("sender", "")))
        yield Held(pk, "phone", str(said.get("sender_phone", "")))


def describe_waybills(ids: Collection[UUID]) -> dict[UUID, Described]:
    """Waybills in words."""
    return {
        each.pk: Described(
            number=each.title or str(_("快递单")),
            url=reverse("exhibits:exhibit", args=[each.pk], urlconf=_URLS),
            found_on=clock.local_date(each.captured_at or each.received_at),
            facts=each.title,
        )
        for each in Exhibit.objects.filter(pk__in=ids)
    }


def waybills_open_to(person: User) -> QuerySet[Any, UUID]:
    """Ids of the sealed waybills that a person sees."""
    return matters.open_to(person).filter(kind=Exhibit.Kind.WAYBILL).order_by().values_list("pk", flat=True)


def _on_entity(sender: object, instance: MarketEntity, **more: object) -> None:
    sources.changed(INSPECTION, Inspection.objects.filter(entity=instance.pk).values_list("pk", flat=True))


def _on_exhibit(sender: object, instance: Exhibit, **more: object) -> None:
    if instance.kind == Exhibit.Kind.WAYBILL:
        sources.changed(WAYBILL, [instance.pk])


def register_all() -> None:
    """Once, when the app is ready. Lots change with every tap of a count: the daily look is soon enough for them."""
    sources.register(sources.Source(INSPECTION, _("现场检查"), rows=rows, describe=describe, open_to=open_to))
    sources.register(
        sources.Source(
            WAYBILL, _("快递单"), rows=waybill_rows, describe=describe_waybills, open_to=waybills_open_to
        )
    )  # fmt: skip
    post_save.connect(_on_entity, sender=MarketEntity, dispatch_uid="inspections.matching.entity")
    post_save.connect(_on_exhibit, sender=Exhibit, dispatch_uid="inspections.matching.exhibit")
