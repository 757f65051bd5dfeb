"""Ask everyone: one request for each right holder of the lots; answers come back to the lots, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest, Opinion
from appraisal.requests.services import Goods, GoodsPhoto
from federation.parties.selectors import ACTIVE
from kernel import clock
from kernel.errors import BadInput
from kernel.ids import uuid7
from notify.services import tell
from tenants.inspections import selectors
from tenants.inspections.models import Inspection, Lot, LotQuestion
from tenants.inspections.services.steps import State, changed, require_open

MOST = 10**9
"""What an item of a request has room for."""


@dataclass
class Whom:
    """One who is asked, or a brand that nobody answers for (organisation_id None)."""

    organisation_id: UUID | None
    name: str
    lots: list[Lot] = field(default_factory=list)


@dataclass
class Plan:
    """Who will be asked about which lots, and which lots nobody is asked about, and why.

    unserved: brands not enrolled; their lots are kept with them and counted for invitation. unchosen: the brand is
    enrolled but which product it is was not chosen. unnamed: neither brand nor product. empty: counted, none there.
    """

    asked: list[Whom] = field(default_factory=list)
    unserved: list[Whom] = field(default_factory=list)
    unchosen: list[Lot] = field(default_factory=list)
    unnamed: list[Lot] = field(default_factory=list)
    empty: list[Lot] = field(default_factory=list)
    without_photo: list[Lot] = field(default_factory=list)
    already: int = 0
    products: dict[UUID, Any] = field(default_factory=dict)

    @property
    def lots(self) -> list[Lot]:
        """All lots that go out."""
        return [lot for whom in (*self.asked, *self.unserved) for lot in whom.lots]


def plan(inspection: Inspection) -> Plan:
    """What one tap would do now."""
    found = Plan()
    waiting = []
    for lot in selectors.lots_to_ask(inspection):
        if any(question.item.request.state != AppraisalRequest.State.CANCELLED for question in lot.questions.all()):
            found.already += 1
        elif lot.quantity == 0:
            found.empty.append(lot)
        elif lot.product_id is None and not lot.claimed_brand:
            found.unnamed.append(lot)
        else:
            waiting.append(lot)
    products = found.products = catalogue.products_with_shots(lot.product_id for lot in waiting if lot.product_id)
    brands = catalogue.enrolled_brands(lot.claimed_brand for lot in waiting if lot.product_id is None)
    asked: dict[UUID, Whom] = {}
    unserved: dict[str, Whom] = {}
    for lot in waiting:
        product = products[lot.product_id][0] if lot.product_id in products else None
        organisation = product.organisation if product else None
        if organisation is not None and organisation.state == ACTIVE:
            asked.setdefault(organisation.pk, Whom(organisation.pk, organisation.name)).lots.append(lot)
        elif product is None and lot.claimed_brand in brands:
            found.unchosen.append(lot)
            continue
        elif product is None and not lot.claimed_brand:
            found.unnamed.append(lot)
            continue
        else:
            name = product.brand.name if product else lot.claimed_brand
            unserved.setdefault(name, Whom(None, name)).lots.append(lot)
        if not lot.photos.all():
            found.without_photo.append(lot)
    found.asked, found.unserved = list(asked.values()), list(unserved.values())
    return found


@transaction.atomic
def ask_everyone(*, by: User, inspection_id: UUID, question: str = "") -> list[AppraisalRequest]:
    """One tap: every right holder of the lots that were not asked about yet. All go, or none.

    Tapped again, only what is new goes out. Raises BadInput `nobody_to_ask`, and what `requests.ask_about` raises.
    """
    inspection = selectors.access_inspection(by, inspection_id, lock=True)
    require_open(inspection)
    todo = plan(inspection)
    if not todo.lots:
        if todo.already and not (todo.unchosen or todo.unnamed):
            return []
        raise BadInput(
            _("还没有可以问的批次：请先为批次选好商品，或写下标称品牌。"), code="nobody_to_ask", already=todo.already
        )
    goods = {lot: _goods(lot) for lot in todo.lots}
    sent = requests.ask_about(
        by=by, site=inspection.site, goods=list(goods.values()), question=question, known=todo.products
    )
    now = clock.now()
    LotQuestion.objects.bulk_create(
        LotQuestion(lot=lot, item_id=each.item_id, quantity=lot.quantity, asked_by=by, asked_at=now)
        for lot, each in goods.items()
    )
    if inspection.asked_at is None:
        Inspection.objects.filter(pk=inspection.pk).update(asked_at=now)
    version = changed(inspection, "asked")
    Lot.objects.filter(pk__in=[lot.pk for lot in goods]).update(version=version)
    return sent


def _goods(lot: Lot) -> Goods:
    product_id = lot.product_id
    return Goods(
        item_id=uuid7(),
        product_id=product_id,
        brand_name=lot.claimed_brand,
        product_name=lot.product_name,
        details={
            "quantity": lot.quantity if lot.quantity is not None and 0 < lot.quantity < MOST else None,
            "quantity_unit": lot.unit,
            "claimed_price_yuan": lot.price_labelled_yuan,
            "package_state": lot.get_package_state_display() if lot.package_state else "",
            "waybill_no": lot.waybill_no,
            "batch_no": lot.batch_no,
            "stood_where": lot.stood_where,
            "claimed_brand": lot.claimed_brand,
        },
        photos=[
            GoodsPhoto(exhibit=photo.exhibit, shot_code=photo.shot_code, kept_reason=photo.kept_reason)
            for photo in lot.photos.all()
        ],
        why_no_photo=str(_("现场正在清点，照片随后补拍")),
    )


def on_verdicts(request: AppraisalRequest, opinion: Opinion) -> None:
    """Verdicts on lots arrived, or were taken back: also after the inspection was closed. Called by `requests`."""
    ids = LotQuestion.objects.filter(item__request=request).order_by().values("lot__inspection_id")
    for inspection in Inspection.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
        version = changed(inspection, "verdict")
        Lot.objects.filter(inspection=inspection, questions__item__request=request).update(version=version)
        if inspection.state not in (State.OPENED, State.UNDERWAY):
            # The request's own officer is told by `requests` at any time; here is what those two must not miss.
            tell(
                to=[officer.officer_id for officer in inspection.officers.all()],
                code="verdict_after_inspection",
                title=_("{number} 检查结束后又有辨认结论").format(number=inspection.number),
                url=f"/inspections/{inspection.pk}/",
                urgent=True,
            )
