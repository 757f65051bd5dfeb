"""What is to be taken: a seizure in draft, its list, and what each row is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import refusal
from kernel.errors import BadInput
from kernel.ids import uuid7
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    Inspection,
    Lot,
    PropertyList,
    PropertyListRow,
    Seizure,
)
from tenants.inspections.seizure_services.deciding import LEGAL_BASIS
from tenants.inspections.seizure_services.steps import CENT, announce, plain

State = Seizure.State


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How much of a lot is taken. quantity None: all that was counted."""

    lot_id: UUID
    quantity: Decimal | None = None
    difference_reason: str = ""
    hazard_class: str = PropertyListRow.Hazard.GENERAL
    note: str = ""


@transaction.atomic
def draft_seizure(
    *,
    by: User,
    inspection_id: UUID,
    taken: Sequence[Taken],
    facts: str,
    measure: str = Seizure.Measure.DETAIN,
    legal_basis: str = LEGAL_BASIS,
    seizure_id: UUID | None = None,
) -> Seizure:
    """Write down what is to be seized. seizure_id makes it once.

    Raises BadInput naming the lot that cannot be taken: not counted, nothing there, more than was counted without a
    reason.
    """
    inspection = selectors.inspection_to_seize(by, inspection_id, write=True)
    if seizure_id and Seizure.objects.filter(pk=seizure_id).exists():
        return selectors.access_seizure(by, seizure_id)
    if inspection.state == Inspection.State.CANCELLED:
        raise BadInput(_("这次检查已作废，不能据此查封扣押。"), code="inspection_cancelled")
    if measure not in Seizure.Measure.values:
        raise BadInput(_("请选择查封或扣押。"), code="measure_wrong")
    if not facts.strip():
        raise BadInput(_("请写明查封扣押的事实和理由。"), code="facts_missing")
    seizure = Seizure.objects.create(
        pk=seizure_id or uuid7(),
        inspection=inspection,
        unit=inspection.unit,
        measure=measure,
        facts=facts.strip(),
        legal_basis=legal_basis.strip() or LEGAL_BASIS,
        term_days=term.TERM_DAYS,
        proposed_by=by,
    )
    _write_rows(seizure, taken)
    trail.record(seizure, "draft", by=by, to_state=seizure.state, data={"lots": len(taken)})
    announce(seizure)
    return seizure


@transaction.atomic
def change_list(*, by: User, seizure_id: UUID, taken: Sequence[Taken]) -> Seizure:
    """Write the list anew; while it is a draft only."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    if seizure.state != State.DRAFT:
        raise refusal(seizure, "propose")
    seizure.property_list.delete()
    _write_rows(seizure, taken)
    trail.record(seizure, "change_list", by=by, data={"lots": len(taken)})
    announce(seizure)
    return seizure


def _write_rows(seizure: Seizure, taken: Sequence[Taken]) -> None:
    if not taken:
        raise BadInput(_("请至少选一批货物。"), code="lots_missing")
    ids = [each.lot_id for each in taken]
    if len(set(ids)) != len(ids):
        raise BadInput(_("同一批货物只能列一行。"), code="lot_twice")
    lots = {lot.pk: lot for lot in Lot.objects.filter(inspection=seizure.inspection, pk__in=ids, void_reason="")}
    if len(lots) != len(ids):
        raise BadInput(_("有货物不在这次检查里，可能已移到另一次检查或划去。请刷新后重新选择。"), code="lot_elsewhere")
    already = selectors.seized_quantities(ids, besides=seizure.pk)
    listed = PropertyList.objects.create(seizure=seizure)
    for position, each in enumerate(taken, start=1):
        lot = lots[each.lot_id]
        name = lot.product_name or lot.claimed_brand or str(_("未知商品"))
        if lot.quantity is None:
            raise BadInput(
                _("“{name}”还没有清点，或两人清点不一致。请先清点清楚。"),
                code="lot_not_counted",
                name=name,
                lot_id=lot.pk,
            )
        left = lot.quantity - already.get(lot.pk, Decimal(0))
        quantity = left if each.quantity is None else each.quantity
        if quantity <= 0:
            raise BadInput(
                _("“{name}”没有可查封扣押的数量。请从清单中去掉这一行。"), code="nothing_to_seize", name=name
            )
        if quantity > left:
            raise BadInput(
                _("“{name}”还有 {counted} 可列，清单写了 {listed}。多出来的请先在检查里清点。"),
                code="more_than_counted",
                name=name,
                counted=plain(left),
                listed=plain(quantity),
            )
        if quantity != left and not each.difference_reason.strip():
            raise BadInput(
                _("“{name}”清点 {counted}，清单写 {listed}。数量不同要写明原因。"),
                code="difference_unexplained",
                name=name,
                counted=plain(left),
                listed=plain(quantity),
                lot_id=lot.pk,
            )
        if not lot.unit:
            raise BadInput(_("“{name}”没有计量单位。请先在清点页选择单位。"), code="unit_missing", name=name)
        price = price_of(lot)
        PropertyListRow.objects.create(
            property_list=listed,
            position=position,
            lot=lot,
            item_name=name,
            claimed_brand=lot.claimed_brand,
            spec=lot.spec,
            batch=lot.batch_no,
            quantity=quantity,
            unit=lot.unit,
            counted_quantity=lot.quantity,
            difference_reason=each.difference_reason.strip(),
            unit_price_yuan=price,
            price_basis=lot.price_basis,
            value_yuan=None if price is None else (price * quantity).quantize(CENT),
            hazard_class=each.hazard_class if each.hazard_class in PropertyListRow.Hazard.values else "other",
            note=each.note.strip(),
        )


def price_of(lot: Lot) -> Decimal | None:
    """The price that the lot's basis names, in yuan; None when it is not known. Never 0 for "unknown"."""
    return {
        Lot.PriceBasis.LABELLED: lot.price_labelled_yuan,
        Lot.PriceBasis.SOLD: lot.price_sold_yuan,
        Lot.PriceBasis.GENUINE: lot.price_genuine_yuan,
    }.get(Lot.PriceBasis(lot.price_basis))
