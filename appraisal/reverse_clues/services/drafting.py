"""A draft: what was seen, where, of whom, and to which bureaux it shall go. Saved however little of it is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue import selectors as catalogue
from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import Addressee, ClueProduct, Purchase, ReverseClue
from appraisal.reverse_clues.services.steps import draft, require_rights
from audit import trail
from audit.move import move
from divisions import selectors as divisions
from divisions.resolving import AMBIGUOUS, Hints, resolve
from federation.parties.models import Organisation
from federation.parties.selectors import ActingFor, trademarks_of
from kernel.errors import BadInput, Conflict, NotAllowed
from provinces.hosts import DIRECTORY

WRITTEN = (
    "title",
    "content",
    "subject_kind",
    "subject_name",
    "subject_code",
    "subject_phone",
    "subject_account",
    "address_raw",
    "place_role",
    "channel",
    "chain_stage",
    "violations",
    "estimated_value",
)
BOUGHT = (
    "platform",
    "seller",
    "order_no",
    "bought_on",
    "product_name",
    "quantity",
    "unit",
    "price_yuan",
    "courier",
    "waybill_no",
    "sent_from",
    "finding",
)
MOST_ADDRESSEES = 34


@transaction.atomic
def start(*, acting: ActingFor, clue_id: UUID | None = None, **fields: Any) -> ReverseClue:
    """Begin a draft; with all the marks of the organisation unless some are named. clue_id: its id, chosen before."""
    require_rights(acting)
    if acting.organisation.kind == Organisation.Kind.AGENCY:
        raise NotAllowed(
            _("代理机构不能以自己的名义提交线索。请先在右上角选择委托人，再新建。"), code="agency_needs_principal"
        )
    more = {"pk": clue_id} if clue_id else {}
    clue = ReverseClue.objects.create(organisation=acting.organisation, agent=acting.via, author=acting.person, **more)
    trail.record(clue, "start", by=acting.person, to_state=clue.state)
    if "trademark_ids" not in fields:
        clue.trademarks.set(trademarks_of(acting.organisation))
    return _written(clue, fields)


@transaction.atomic
def write(*, acting: ActingFor, clue_id: UUID, **fields: Any) -> ReverseClue:
    """Save what is given; what is not given stays.

    fields: those of `WRITTEN`; trademark_ids; products: (product id, code on it). Raises BadInput (`brand_not_own`) for
    a mark or product of somebody else, Conflict once it was sent.
    """
    return _written(draft(acting, clue_id), fields)


def _written(clue: ReverseClue, fields: Mapping[str, Any]) -> ReverseClue:
    for name in WRITTEN:
        if name in fields:
            value = fields[name]
            setattr(clue, name, value.strip() if isinstance(value, str) else value)
    clue.save()
    if "trademark_ids" in fields:
        wanted = set(fields["trademark_ids"])
        marks = list(trademarks_of(clue.organisation).filter(pk__in=wanted))
        if len(marks) != len(wanted):
            raise _not_own()
        clue.trademarks.set(marks)
    if "products" in fields:
        _set_products(clue, fields["products"])
    return clue


def _set_products(clue: ReverseClue, said: Sequence[tuple[UUID, str]]) -> None:
    wanted = dict(said)
    own = {row.pk: row for row in catalogue.products_of(clue.organisation).filter(pk__in=wanted)}
    if own.keys() != wanted.keys():
        raise _not_own()
    clue.products.all().delete()
    ClueProduct.objects.bulk_create(
        ClueProduct(clue=clue, product=own[pk], code=code.strip()[:120]) for pk, code in wanted.items()
    )


def _not_own() -> BadInput:
    return BadInput(
        _("所选商标或产品不属于本单位（或委托人）。只能就自己的品牌提交线索，请重新选择。"), code="brand_not_own"
    )


@transaction.atomic
def drop(*, acting: ActingFor, clue_id: UUID) -> None:
    """Throw a draft away. What was sealed for it stays sealed; nobody sees it."""
    move(draft(acting, clue_id), "drop", by=acting.person)


# To whom ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_addressee(
    *, acting: ActingFor, clue_id: UUID, province_code: str, level: str, division_code: str = "", place: str = ""
) -> Addressee:
    """Choose a province and the bureau there. The same province again changes the choice.

    division_code: of the bureau's division; or place: its name as people write it, which must say exactly one.
    Raises BadInput (`province_not_here`, `place_missing`, `place_unclear`, `place_elsewhere`, `place_not_of_level`).
    """
    clue = draft(acting, clue_id)
    if level not in Addressee.Level.values:
        raise BadInput(_("请选受理层级：省局、市局或县（区）局。"), code="level_missing")
    host = next(
        (each for each in DIRECTORY.ordinary() if each.seat.name == province_code and each.state == "active"), None
    )
    if host is None:
        raise BadInput(_("这个省份的机关还没有接入平台。请从列表里选已接入的省份。"), code="province_not_here")
    code, name = _bureau(host.division_code, host.title, level, division_code.strip(), place.strip())
    if clue.addressees.count() >= MOST_ADDRESSEES:
        raise BadInput(_("一条线索最多提交 {most} 个省份。"), code="too_many_addressees", most=MOST_ADDRESSEES)
    row, _made = clue.addressees.update_or_create(
        province_code=province_code, defaults={"level": level, "division_code": code, "place_name": name}
    )
    return row


def _bureau(province: str, title: str, level: str, division_code: str, place: str) -> tuple[str, str]:
    """Code and name of the bureau's division. Nothing is guessed."""
    if level == Addressee.Level.PROVINCIAL:
        return province, title
    if not division_code:
        division_code = _place_named(province, place)
    path = divisions.path(division_code)
    if path[0].code != province:
        raise BadInput(
            _("“{place}”不在所选省份。请改选省份，或改写市、县名称。"),
            code="place_elsewhere",
            place="".join(step.name for step in path),
        )
    wanted = {"municipal": "prefecture", "county": "county"}[level]
    step = next((each for each in path if getattr(each, "level", "") == wanted), None)
    if step is None and level == Addressee.Level.COUNTY:
        lowest = divisions.county_of(division_code)
        if lowest is not None:  # a prefecture without counties: its own bureau does their work
            return lowest.code, "".join(each.name for each in path)
    if step is None:
        raise BadInput(
            _("“{place}”没有写到所选的层级。请写到市（市局）或县、区（县局）。"),
            code="place_not_of_level",
            place="".join(each.name for each in path),
        )
    return step.code, "".join(each.name for each in path[: path.index(step) + 1])


def _place_named(province: str, place: str) -> str:
    if not place:
        raise BadInput(_("请写是哪个市或县（区）的局，例如：南宁市青秀区。"), code="place_missing")
    found = resolve(place, hints=Hints(province=province))
    if found.level == AMBIGUOUS:
        inside = [code for code in found.candidates if found.province_of(code) == province]
        if len(inside) == 1:
            return inside[0]
        raise BadInput(
            _("“{place}”可以是：{candidates}。请把上一级写上。"),
            code="place_unclear",
            place=place,
            candidates=[found.name_of(code) for code in found.candidates[:6]],
        )
    if not found.code:
        raise BadInput(_("没有读出“{place}”是哪里。请写全称，例如：南宁市青秀区。"), code="place_unclear", place=place)
    return found.code


@transaction.atomic
def remove_addressee(*, acting: ActingFor, addressee_id: UUID) -> None:
    """Take a province off a draft."""
    row = selectors.access_addressee(acting, addressee_id)
    draft(acting, row.clue_id)
    row.delete()


# Test purchases -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_purchase(*, acting: ActingFor, clue_id: UUID, **said: Any) -> Purchase:
    """A test purchase: with its order or its waybill. It goes with the clue, or with the next supplement.

    said: fields of `BOUGHT`. Raises BadInput (`order_missing`).
    """
    require_rights(acting)
    clue = selectors.access_clue(acting, clue_id, lock=True)
    fields = {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
    if fields.keys() - set(BOUGHT):
        raise TypeError(f"not of a purchase: {fields.keys() - set(BOUGHT)}")
    if not (fields.get("order_no") or fields.get("waybill_no")):
        raise BadInput(_("购样要有订单号或运单号，两个里至少填一个。"), code="order_missing")
    return Purchase.objects.create(clue=clue, **fields)


@transaction.atomic
def remove_purchase(*, acting: ActingFor, purchase_id: UUID) -> None:
    """Take away a purchase that was not sent. Raises Conflict."""
    row = selectors.access_purchase(acting, purchase_id)
    require_rights(acting)
    if row.sent_at is not None:
        raise _gone()
    row.delete()


@transaction.atomic
def remove_file(*, acting: ActingFor, file_id: UUID) -> None:
    """Take away a file that was not sent. What was sealed stays sealed. Raises Conflict."""
    row = selectors.access_file(acting, file_id)
    require_rights(acting)
    if row.sent_at is not None:
        raise _gone()
    row.delete()


def _gone() -> Conflict:
    return Conflict(_("已经随线索送出，不能移除。"), code="sent_already")
