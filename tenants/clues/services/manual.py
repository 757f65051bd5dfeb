"""手工登记: an officer in a shop, a section, a station, or the desk itself writes a clue down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, Unit, User
from appraisal.catalogue import selectors as catalogue
from audit import trail
from audit.trail import Person
from divisions.resolving import Hints
from evidence.models import Exhibit
from kernel import clock, uscc
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from tenants.clues import routing, selectors
from tenants.clues.models import Clue, ClueFile, ClueProduct
from tenants.clues.services import criteria
from tenants.clues.services.addresses import Said, record_places
from tenants.clues.services.arriving import lay_before_the_desk
from tenants.clues.services.registering import NewClue, Product, Source, place, register
from tenants.clues.services.steps import announce

Kind = Clue.SourceKind
DESK_KINDS = (
    Kind.OFFICER,
    Kind.SECTION,
    Kind.STATION,
    Kind.MEDIA,
    Kind.HOTLINE_12315,
    Kind.REPORT,
    Kind.COMPLAINT,
    Kind.ASSOCIATION,
    Kind.BRAND,
    Kind.PLATFORM,
    Kind.MONITORING,
    Kind.GRID,
)
"""What the desk may say a clue came from. What comes by letter or to the vault comes by its own way."""
PROTECTED = frozenset({Kind.REPORT, Kind.COMPLAINT})
NAMED = frozenset({Kind.MEDIA, Kind.ASSOCIATION, Kind.BRAND, Kind.PLATFORM, Kind.MONITORING})
_DAY_WORDS = {Kind.MEDIA: _("请填写媒体名称和报道日期，便于核对原文。")}
MOST_PRODUCTS, MOST_PHOTOS = 20, 30


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a form or a program says of a new clue. products: ids of the catalogue and names, as `Product`.

    source_*: for the desk only; an officer's own clue comes from the officer's unit. criteria: codes.
    """

    content: str
    title: str = ""
    subject_kind: str = Clue.SubjectKind.UNKNOWN
    subject_name: str = ""
    subject_code: str = ""
    subject_phone: str = ""
    subject_account: str = ""
    address_raw: str = ""
    place_role: str = ""
    chosen_division: str = ""
    gps: tuple[float, float] | None = None
    channel: str = Clue.Channel.OFFLINE
    chain_stage: str = ""
    area_tags: Sequence[str] = ()
    violations: Sequence[str] = ()
    estimated_value: Decimal | None = None
    criteria: Sequence[str] = ()
    urgent: bool = False
    products: Sequence[Product] = ()
    source_kind: str = ""
    source_name: str = ""
    source_ref: str = ""
    outlet_day: date | None = None
    link: str = ""
    record_kind: str = ""
    record_id: str = ""
    places: Sequence[Said] = ()
    exhibits: Sequence[tuple[UUID, str]] = ()
    matters: Sequence[tuple[str, UUID]] = ()
    clue_id: UUID | None = field(default=None)


def desk_of(person: User) -> Unit:
    """At whose desk a person's clues arrive: that of the unit they dispatch for, else that of their own unit.

    Raises NotAllowed for who may register none.
    """
    posts = list(person.posts.select_related("unit"))
    desk = next((each.unit for each in posts if each.role == Post.Role.DISPATCHER and each.unit is not None), None)
    if desk is not None:
        return desk
    if person.unit is not None and any(each.role == Post.Role.OFFICER for each in posts):
        return person.unit
    raise NotAllowed()


def keeps_a_desk(person: User) -> bool:
    """Whether this person registers for others too: a dispatcher."""
    return person.has_role(Post.Role.DISPATCHER)


def kind_of(unit: Unit | None) -> str:
    """What a clue of this unit's own people is from."""
    kinds = {Unit.Kind.SUPERVISION_STATION: Kind.STATION, Unit.Kind.SECTION: Kind.SECTION}
    return kinds.get(Unit.Kind(unit.kind), Kind.OFFICER) if unit is not None else Kind.OFFICER


def register_written(said: Written, *, by: User) -> Clue:
    """Register what was written by hand. The same clue_id of the same person is the same clue.

    Raises BadInput (`clue_content_missing`, `clue_known`, `clue_source_unnamed`, `clue_day`, …), NotAllowed.
    """
    with transaction.atomic():
        if said.clue_id is not None:
            there = Clue.objects.filter(pk=said.clue_id).first()
            if there is not None:
                if there.registered_by_id != by.pk:
                    raise NotFound404()
                return there
        new = new_clue(said, by=by)
        try:
            with transaction.atomic():
                clue = register(new, by=by)
        except IntegrityError as error:
            raise Conflict(_("同一条线索正在登记。请稍候，再打开看看。"), code="clue_at_once") from error
        lay_before_the_desk(clue, by=by)
    return clue


def new_clue(said: Written, *, by: User) -> NewClue:
    """What was written, checked and with what follows from who wrote it."""
    desk = desk_of(by)
    source = _source(said, by)
    _check(said)
    priority, why = criteria.weigh(said.criteria)
    if said.urgent:
        priority = Clue.Priority.URGENT
    plain = (
        "title", "subject_kind", "subject_name", "subject_phone", "subject_account", "address_raw", "place_role",
        "channel", "chain_stage", "area_tags", "violations", "estimated_value", "exhibits", "matters",
        "chosen_division", "places", "clue_id",
    )  # fmt: skip
    return NewClue(
        desk=desk,
        source=source,
        content=said.content,
        subject_code=uscc.parse(said.subject_code) if said.subject_code.strip() else "",
        hints=hints_for(desk, by, said.gps),
        priority=priority,
        priority_why=why,
        secrecy=Clue.Secrecy.REPORTER_PROTECTED if source.kind in PROTECTED else Clue.Secrecy.ORDINARY,
        products=known_products(said.products),
        **{name: getattr(said, name) for name in plain},
    )


def hints_for(desk: Unit, by: Person | None = None, gps: tuple[float, float] | None = None) -> Hints:
    """The bureau's own province, where who reports works, where the phone is. They order, and decide nothing."""
    unit = getattr(by, "unit", None) or desk
    return Hints(province=routing.own_province(desk), sender_division=unit.division_code[:6], gps=gps)


def known_products(said: Iterable[Product]) -> list[Product]:
    """Products with the names of the catalogue where they are in it. Raises BadInput for too many."""
    rows = [each for each in said if each.product_id or each.brand_name.strip() or each.product_name.strip()]
    if len(rows) > MOST_PRODUCTS:
        raise BadInput(
            _("一条线索最多写 {most} 种商品，其余的写在内容里。"), code="too_many_products", most=MOST_PRODUCTS
        )
    known = catalogue.products([each.product_id for each in rows if each.product_id])
    found = []
    for each in rows:
        product = known.get(each.product_id) if each.product_id else None
        if product is None:
            brand = each.brand_name.strip() or each.product_name.strip()
            found.append(Product(brand_name=brand[:80], product_name=each.product_name.strip()[:120], code=each.code))
            continue
        found.append(
            Product(
                brand_name=product.brand.name,
                product_name=f"{product.name} {product.spec}".strip()[:120],
                brand_id=product.brand_id,
                product_id=product.pk,
                code=each.code,
            )
        )
    return found


@transaction.atomic
def add_photo(*, by: User, clue_id: UUID, exhibit: Exhibit, what: str = "") -> ClueFile:
    """Put a sealed photo with a clue. Twice is once. Raises NotFound404, NotAllowed, Conflict."""
    clue = to_complete(by, clue_id)
    there = ClueFile.objects.filter(clue=clue, exhibit=exhibit).first()
    if there is not None:
        return there
    if clue.files.count() >= MOST_PHOTOS:
        raise Conflict(
            _("一条线索最多放 {most} 张照片。其余的请放进检查或案件。"), code="too_many_photos", most=MOST_PHOTOS
        )
    row = ClueFile.objects.create(clue=clue, exhibit=exhibit, what=what[:80])
    trail.record(clue, "add_file", by=by, data={"exhibit": str(exhibit.pk)})
    announce(clue, "add_file")
    return row


def to_complete(person: User, clue_id: UUID) -> Clue:
    """A clue that this person may add to: who registered it, its desk, who works for its holder. Locked.

    Raises NotFound404, NotAllowed; Conflict when it is over.
    """
    found = selectors.clue(person, clue_id)
    if not may_complete(person, found):
        raise NotAllowed()
    if found.state not in Clue.OPEN:
        raise Conflict(_("线索已经办结或并入，不能再补充。"), code="clue_over")
    return Clue.objects.select_for_update(of=("self",)).get(pk=found.pk)


def may_complete(person: User, clue: Clue) -> bool:
    """Whether this person may add to a clue."""
    return (
        clue.registered_by_id == person.pk
        or selectors.keeps_desk(person, clue)
        or selectors.works_for(person, clue.holder_unit_id)
    )


def complete(*, by: User, clue_id: UUID, more: str = "", fields: Mapping[str, Any]) -> Clue:
    """Add what was not known at the beginning. What the source said stays; words are put below it, with who and when.

    fields: subject_*, channel, chain_stage, area_tags, violations, estimated_value; address_raw only while there is
    none; criteria (codes, which can only raise the priority); products (to add). Raises as `to_complete`, BadInput.
    """
    with transaction.atomic():
        clue = to_complete(by, clue_id)
        changed = {}
        for name in _CHANGEABLE & set(fields):
            value = fields[name]
            if name == "subject_code":
                value = uscc.parse(value) if value.strip() else ""
            if getattr(clue, name) != value:
                changed[name] = value
                setattr(clue, name, value)
        address = str(fields.get("address_raw", "")).strip()
        if address and not clue.address_raw:
            clue.address_raw, clue.place_role = address, fields.get("place_role", "") or clue.place_role
            hints = hints_for(clue.desk_unit, by)
            place(clue, hints, chosen=fields.get("chosen_division", ""))
            record_places(clue, (), hints)
            changed["address_raw"] = True
        if codes := fields.get("criteria"):
            priority, why = criteria.weigh(codes)
            clue.priority = criteria.higher(clue.priority, priority)
            clue.priority_why = "、".join(
                dict.fromkeys([*filter(None, clue.priority_why.split("、")), *why.split("、")])
            )[:200]
            changed["priority"] = clue.priority
        products = known_products(fields.get("products") or [])
        ClueProduct.objects.bulk_create(
            ClueProduct(clue=clue, **{name: getattr(each, name) for name in _PRODUCT}) for each in products
        )
        if more.strip():
            when = clock.now().astimezone(clock.SHANGHAI)
            line = _now("{name} {when} 补充：{words}").format(
                name=by.display_name, when=f"{when:%Y-%m-%d %H:%M}", words=more.strip()
            )
            if len(clue.content) + len(line) > _LONGEST_CONTENT:
                raise BadInput(_("内容太长了。请把要点写进来，其余作为附件。"), code="clue_too_long")
            clue.content = f"{clue.content}\n\n{line}"
            changed["content"] = True
        if changed or products:
            clue.save()
            trail.record(clue, "complete", by=by, data={"fields": sorted(changed), "products": len(products)})
            if "address_raw" in changed or "violations" in changed:
                routing.keep(clue, routing.propose(clue))
            announce(clue, "complete")
    return clue


_CHANGEABLE = {
    "subject_kind",
    "subject_name",
    "subject_code",
    "subject_phone",
    "subject_account",
    "channel",
    "chain_stage",
    "area_tags",
    "violations",
    "estimated_value",
}
_PRODUCT = ("brand_id", "brand_name", "product_id", "product_name", "code")
_LONGEST_CONTENT = 8000


def _source(said: Written, by: User) -> Source:
    """Whence: what the desk says, or the officer's own unit."""
    record: dict[str, Any] = {"record_kind": said.record_kind, "record_id": said.record_id}
    if not keeps_a_desk(by) or not said.source_kind or said.record_id:
        unit = by.unit
        return Source(kind=kind_of(unit), name=unit.name if unit is not None else "", **record)
    if said.source_kind not in DESK_KINDS:
        raise BadInput(_("这种来源有自己的入口，不能手工登记。请另选来源。"), code="clue_source_kind")
    kind, name = Kind(said.source_kind), " ".join(said.source_name.split())
    if kind in NAMED and not name or kind == Kind.MEDIA and said.outlet_day is None:
        words = _DAY_WORDS.get(kind, _("请填写来源单位名称，办结后要向它反馈。"))
        raise BadInput(words, code="clue_source_unnamed")
    if said.outlet_day is not None and said.outlet_day > clock.today():
        raise BadInput(_("报道或监测日期不能晚于今天。"), code="clue_day")
    if kind in PROTECTED:
        name = ""  # whoever reports has no place in the register
    return Source(
        kind=kind,
        name=name or ("12315" if kind == Kind.HOTLINE_12315 else ""),
        ref=" ".join(said.source_ref.split()),
        outlet_day=said.outlet_day,
        link=_link(said.link),
        **record,
    )


def _link(text: str) -> str:
    """An address that a page may lead to, or nothing."""
    text = text.strip()
    if text and not text.lower().startswith(("http://", "https://")):
        raise BadInput(_("链接要以 http:// 或 https:// 开头。请从浏览器地址栏复制。"), code="clue_link")
    return text[:500]


def _check(said: Written) -> None:
    if len(said.content) > _LONGEST_CONTENT:
        raise BadInput(_("内容太长了。请把要点写进来，其余作为附件。"), code="clue_too_long")
    if said.estimated_value is not None and said.estimated_value < 0:
        raise BadInput(_("估计货值不能是负数。"), code="clue_value")
    for value, allowed, code in (
        (said.subject_kind, Clue.SubjectKind.values, "subject_kind"),
        (said.channel, Clue.Channel.values, "channel"),
        (said.chain_stage, ["", *Clue.ChainStage.values], "chain_stage"),
        (said.place_role, ["", *Clue.PlaceRole.values], "place_role"),
    ):
        if value not in allowed:
            raise BadInput(_("“{value}”不是可选的值。请刷新页面后重新选择。"), code=f"clue_{code}", value=value)
    for several, choices, code in (
        (said.area_tags, Clue.AreaTag.values, "area_tags"),
        (said.violations, Clue.Violation.values, "violations"),
    ):
        for value in several:
            if value not in choices:
                raise BadInput(_("“{value}”不是可选的值。请刷新页面后重新选择。"), code=f"clue_{code}", value=value)
