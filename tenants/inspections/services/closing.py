"""An inspection ends: what is missing is named, what is complete is closed, what two officers made may be signed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from kernel import clock
from kernel.errors import BadInput
from tenants.inspections import selectors
from tenants.inspections.errors import CertificateLapsed, CertificateTwice, OneOfficer, RecordIncomplete
from tenants.inspections.models import Inspection, Lot
from tenants.inspections.services.counting import count_again
from tenants.inspections.services.opening import REQUIRED_NOTICES
from tenants.inspections.services.steps import changed, normal


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that keeps an inspection open. lot_id: where it belongs, if to a lot."""

    code: str
    words: str | Promise
    lot_id: UUID | None = None


def missing(inspection: Inspection) -> list[Missing]:
    """What is still to be done before the record can be closed, in the order of the page."""
    found = []
    if inspection.officers.count() < 2:
        found.append(Missing("second_officer", _("第二名执法人员")))
    if inspection.officers.filter(shown_at=None).exists():
        found.append(Missing("certificate_shown", _("出示执法证件")))
    if inspection.entity_id is None:
        found.append(Missing("entity", _("经营者")))
    if not inspection.persons.exists():
        found.append(Missing("persons", _("在场人员")))
    given = set(inspection.notices.values_list("code", flat=True))
    found += [Missing("notice", code.label) for code in REQUIRED_NOTICES if code not in given]
    for lot in Lot.objects.filter(inspection=inspection, void_reason="").order_by("made_at", "pk"):
        found += [Missing(code, words.format(lot=name_of(lot)), lot.pk) for code, words in _missing_of(lot)]
    return found


def _missing_of(lot: Lot) -> list[tuple[str, Promise]]:
    found = []
    if lot.candidates:
        found.append(("count_differs", _("{lot}：两人清点不一致，待核对")))
    elif lot.quantity is None:
        found.append(("count", _("{lot}：还没有清点")))
    elif lot.quantity < 0:
        found.append(("count_negative", _("{lot}：拆出的比原有的多，待核对")))
    if not lot.unit:
        found.append(("unit", _("{lot}：计量单位")))
    if not (lot.claimed_brand or lot.product_name or lot.product_id):
        found.append(("goods", _("{lot}：品牌或品名")))
    if not lot.supplier_answer or (lot.supplier_answer == Lot.Supplier.NAMED and not lot.supplier_name):
        found.append(("supplier", _("{lot}：供货方（拒绝说明也要记）")))
    if not lot.price_basis:
        found.append(("price_basis", _("{lot}：计价依据（无法查清也要选）")))
    return found


def name_of(lot: Lot) -> str:
    """A lot in few words, for people."""
    words = [lot.product_name or lot.claimed_brand or str(_("未定商品")), lot.batch_no, lot.stood_where]
    return " ".join(word for word in words if word)


@transaction.atomic
def close(*, by: User, inspection_id: UUID) -> Inspection:
    """End it. Raises RecordIncomplete naming all that is missing, MoveRefused."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    gaps = missing(inspection)
    if gaps and inspection.state in Inspection.MOVES["close"][0] | {Inspection.State.OPENED}:
        raise RecordIncomplete(
            missing=[{"code": gap.code, "words": str(gap.words), "lot_id": gap.lot_id} for gap in gaps],
            words=[str(gap.words) for gap in gaps],
        )
    move(inspection, "close", by=by, ended_at=clock.now())
    changed(inspection, "closed")
    return inspection


@transaction.atomic
def reopen(*, by: User, inspection_id: UUID, why: str) -> Inspection:
    """Go on. What phones sent meanwhile counts now."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    if not why.strip():
        raise BadInput(_("请写明为什么重新打开。"), code="reason_missing")
    move(inspection, "reopen", by=by, why=why, ended_at=None)
    changed(inspection, "reopened")
    count_again(inspection)
    return inspection


@transaction.atomic
def cancel(*, by: User, inspection_id: UUID, why: str) -> Inspection:
    """It should not have been opened. Its rows stay."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    if not why.strip():
        raise BadInput(_("请写明为什么作废。"), code="reason_missing")
    move(inspection, "cancel", by=by, why=why, ended_at=clock.now())
    changed(inspection, "cancelled")
    return inspection


def check_signable(inspection: Inspection) -> None:
    """Whether its papers may be signed: two officers, two numbers, certificates that were valid on the day.

    Raises OneOfficer, CertificateTwice, CertificateLapsed.
    """
    officers = list(inspection.officers.select_related("officer"))
    if len(officers) < 2:
        raise OneOfficer()
    day, seen = clock.local_date(inspection.started_at), set()
    for officer in officers:
        number = normal(officer.certificate_no)
        if number in seen:
            raise CertificateTwice(certificate_no=number)
        seen.add(number)
        if officer.certificate_until < day:
            raise CertificateLapsed(name=officer.name, until=officer.certificate_until)


@transaction.atomic
def sign(*, by: User, inspection_id: UUID) -> Inspection:
    """The record was signed, page by page: nothing on it changes any more. Raises what `check_signable` does."""
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    check_signable(inspection)
    move(inspection, "sign", by=by, signed_at=clock.now())
    changed(inspection, "signed")
    return inspection
