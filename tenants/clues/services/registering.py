"""登记: a clue begins here, whatever way it came. It has a number, a holder and a clock from its first moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import issuing_unit
from audit import trail
from audit.numbering import issue_many
from audit.trail import Person
from divisions.resolving import Hints, place_of_dispatch, resolve
from kernel import clock
from kernel.errors import BadInput
from tenants.clues.models import Clue, ClueFile, ClueMatter, ClueProduct, ClueSource

NUMBER_WORD = "线索"
VERIFICATION_DAYS = 15
"""Working days to check a clue: 市场监督管理行政处罚程序规定 art. 18."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a clue came from: see `ClueSource`. record_kind and record_id make twice once."""

    kind: str
    name: str = ""
    ref: str = ""
    outlet_day: date | None = None
    link: str = ""
    party: str = ""
    record_kind: str = ""
    record_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Product:
    """A brand and product a clue is about."""

    brand_name: str
    product_name: str = ""
    brand_id: UUID | None = None
    product_id: UUID | None = None
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class NewClue:
    """What is known at the beginning. desk: whose 受理 it is (a bureau; found upward from a station or section).

    exhibits: (exhibit id, what it shows). matters: (kind, record id) that it came from. estimated_value in yuan.
    """

    desk: Unit
    source: Source
    content: str
    title: str = ""
    subject_kind: str = Clue.SubjectKind.UNKNOWN
    subject_name: str = ""
    subject_code: str = ""
    subject_phone: str = ""
    subject_account: str = ""
    address_raw: str = ""
    place_role: str = ""
    hints: Hints = field(default_factory=Hints)
    channel: str = Clue.Channel.OFFLINE
    chain_stage: str = ""
    area_tags: Sequence[str] = ()
    violations: Sequence[str] = ()
    estimated_value: Decimal | None = None
    priority: str = Clue.Priority.NORMAL
    priority_why: str = ""
    secrecy: str = Clue.Secrecy.ORDINARY
    products: Sequence[Product] = ()
    exhibits: Sequence[tuple[UUID, str]] = ()
    matters: Sequence[tuple[str, UUID]] = ()


@transaction.atomic
def register(new: NewClue, *, by: Person) -> Clue:
    """One clue, with its number, its division as read from the address, and its clock running.

    A source that was registered before is refused: `clue_known` with the number of the clue that holds it.
    Raises BadInput (`clue_content_missing`, `clue_known`).
    """
    return register_many([new], by=by)[0]


@transaction.atomic
def register_many(news: Sequence[NewClue], *, by: Person) -> list[Clue]:
    """Several at once, all or none, with consecutive numbers in the order given."""
    for new in news:
        _check(new)
    desks = [issuing_unit(new.desk) for new in news]
    made = []
    clues = [_clue(new, desk, by) for new, desk in zip(news, desks, strict=True)]
    numbers = issue_many([(desk.agency_word, NUMBER_WORD) for desk in desks])
    for new, clue, number in zip(news, clues, numbers, strict=True):
        clue.number = number
        clue.save(force_insert=True)
        _beside(new, clue, by)
        trail.record(clue, "register", by=by, to_state=clue.state, data={"source": new.source.kind})
        made.append(clue)
    return made


def known_source(source: Source) -> ClueSource | None:
    """The same source's earlier entry: by its own number, or by the record here that it started from."""
    rows = ClueSource.objects.select_related("clue")
    if source.record_id:
        found = rows.filter(record_kind=source.record_kind, record_id=source.record_id).first()
        if found is not None:
            return found
    return rows.filter(kind=source.kind, name=source.name, ref=source.ref).first() if source.ref else None


def place(clue: Clue, hints: Hints) -> None:
    """Read `address_raw` and set what was read beside it. Nothing is saved; the text is never changed."""
    answer = resolve(clue.address_raw or clue.content, hints=hints)
    clue.division_code = answer.code
    clue.division_level = answer.level
    clue.division_confidence = answer.confidence
    clue.division_method = answer.method
    why: dict[str, Any] = {
        "runner_up": answer.runner_up,
        "runner_up_name": answer.name_of(answer.runner_up) if answer.runner_up else "",
        "candidates": [{"code": code, "name": answer.name_of(code)} for code in answer.candidates],
        "zone": answer.zone,
        "path": answer.path,
    }
    for language in ("zh", "en"):
        with translation.override("zh-hans" if language == "zh" else "en"):
            why[language] = answer.sentence
    clue.division_why = why
    clue.out_of_province = {}
    if hints.province:
        sent_from = place_of_dispatch(
            answer, own_province=hints.province, marked=clue.place_role == Clue.PlaceRole.SENDER
        )
        if sent_from is not None and sent_from.outside:
            clue.out_of_province = {
                "division_code": sent_from.code,
                "name": answer.name_of(sent_from.code),
            }


def _check(new: NewClue) -> None:
    if not new.content.strip():
        raise BadInput(_("请写明线索内容：谁、在哪里、做了什么。"), code="clue_content_missing")
    known = known_source(new.source)
    if known is not None:
        raise BadInput(
            _("这条线索已登记为 {number}。请打开它补充，不必再登记。"),
            code="clue_known",
            number=known.clue.number,
            clue_id=str(known.clue_id),
        )


def _clue(new: NewClue, desk: Unit, by: Person) -> Clue:
    term = clock.add_working_days(clock.now(), VERIFICATION_DAYS)
    clue = Clue(
        registered_by=by if isinstance(by, User) else None,
        registered_name=by.display_name,
        desk_unit=desk,
        holder_unit=desk,
        source_kind=new.source.kind,
        source_name=new.source.name,
        title=(new.title or new.content).strip().splitlines()[0][:120],
        verify_by=term.date,
        verify_by_provisional=term.provisional,
        **{name: getattr(new, name) for name in _COPIED},
    )
    clue.area_tags, clue.violations = list(new.area_tags), list(new.violations)
    place(clue, new.hints)
    return clue


_COPIED = (
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
    "estimated_value",
    "priority",
    "priority_why",
    "secrecy",
)


def _beside(new: NewClue, clue: Clue, by: Person) -> None:
    said = new.source
    ClueSource.objects.create(
        clue=clue,
        kind=said.kind,
        name=said.name,
        ref=said.ref,
        outlet_day=said.outlet_day,
        link=said.link,
        party=said.party,
        record_kind=said.record_kind,
        record_id=said.record_id,
        by_user=by if isinstance(by, User) else None,
    )
    ClueProduct.objects.bulk_create(
        ClueProduct(
            clue=clue,
            brand_name=each.brand_name,
            product_name=each.product_name,
            brand_id=each.brand_id,
            product_id=each.product_id,
            code=each.code,
        )
        for each in new.products
    )
    ClueFile.objects.bulk_create(ClueFile(clue=clue, exhibit_id=exhibit, what=what) for exhibit, what in new.exhibits)
    ClueMatter.objects.bulk_create(
        ClueMatter(clue=clue, kind=kind, record_id=record, began_it=True) for kind, record in new.matters
    )
