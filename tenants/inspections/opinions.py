"""What an inspection tells the app of opinion letters about the requests that came from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from appraisal.opinions import hooks
from appraisal.opinions.hooks import Goods, Ground, Matter, Officer
from appraisal.requests.models import AppraisalRequest
from tenants.inspections.models import Inspection, LotQuestion
from tenants.inspections.seizure_selectors import seized_quantities


def ground(request: AppraisalRequest) -> Ground | None:
    """Officers with their certificates, the party, and what is held or counted of each item."""
    inspection = Inspection.objects.select_related("entity").filter(site_id=request.site_id).first()
    if inspection is None:
        return None
    questions = list(LotQuestion.objects.filter(item__request=request).select_related("lot"))
    seized = seized_quantities([each.lot_id for each in questions])
    goods = []
    for each in questions:
        held = seized.get(each.lot_id)
        quantity = held if held is not None else each.lot.quantity
        if quantity is None:
            continue
        goods.append(
            Goods(
                item_id=each.item_id,
                name=each.lot.product_name or each.lot.claimed_brand,
                quantity=quantity,
                unit=each.lot.unit,
                source=f"财物清单（{inspection.number}）" if held is not None else f"现场清点（{inspection.number}）",
            )
        )
    return Ground(
        matter_no=inspection.number,
        party_name=inspection.entity.name if inspection.entity else "",
        officers=tuple(
            Officer(user_id=each.officer_id, name=each.name, certificate_no=each.certificate_no)
            for each in inspection.officers.all()
        ),
        goods=tuple(goods),
        verifying_from=inspection.started_at,
    )


def matters(request_ids: Collection[UUID]) -> Iterable[Matter]:
    """The inspections these requests came from."""
    rows = Inspection.objects.filter(site__requests__in=request_ids).distinct().prefetch_related("officers")
    for inspection in rows.order_by("pk"):
        yield Matter(
            kind="inspection",
            id=inspection.pk,
            label=inspection.number,
            url=reverse("inspections:inspection", args=[inspection.pk], urlconf=settings.URLCONFS["province"]),
            people=tuple(each.officer_id for each in inspection.officers.all()),
        )


def same_goods(item_ids: Collection[UUID]) -> Iterable[UUID]:
    """Items of other requests that ask about the same lot."""
    lots = LotQuestion.objects.filter(item_id__in=item_ids).order_by().values("lot_id")
    return LotQuestion.objects.filter(lot_id__in=lots).order_by().values_list("item_id", flat=True)


def register_all() -> None:
    """Called once at start-up."""
    hooks.grounds(ground)
    hooks.matters(matters)
    hooks.same_goods(same_goods)
