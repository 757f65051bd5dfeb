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
from divisions.resolving import Hints, Resolution, place_of_dispatch, resolve
from kernel import clock
from kernel.errors import BadInput
from tenants.clues import routing
from tenants.clues.models import Clue, ClueFile, ClueMatter, CluePlace, ClueProduct, ClueSource
from tenants.clues.services import links
from tenants.clues.services.addresses import Said, choose, places_of

NUMBER_WORD = "线索"
VERIFICATION_DAYS = 15
"""Working days to check a clue: 市场监督管理行政处罚程序规定 art. 18."""
ONE_GROUND_FROM = 20
"""From so many clues at once, all units and rules are loaded once instead of the near ones for each."""


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
    chosen_division: what a person chose where the address leaves it open. places: further addresses beside
    `address_raw`, each with its role. clue_id: chosen by the phone it was written on.
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
    chosen_division: str = ""
    places: Sequence[Said] = ()
    clue_id: UUID | None = None


def register(new: NewClue, *, by: Person) -> Clue:
    """One clue, with its number, its division as read from the address, its clock running, and whose it may be.

    A source that was registered before is refused: `clue_known` with the number of the clue that holds it.
    Raises BadInput (`clue_content_missing`, `clue_known`).
    """
    return register_many([new], by=by)[0]


@transaction.atomic
def register_many(news: Sequence[NewClue], *, by: Person) -> list[Clue]:
    """Several at once, all or none, with consecutive numbers in the order given."""
    if not news:
        return []
    _check(news)
    desks = [issuing_unit(new.desk) for new in news]
    begun = [_clue(new, desk, by) for new, desk in zip(news, desks, strict=True)]
    clues = [clue for clue, _read in begun]
    ground = routing.Ground.load() if len(clues) > ONE_GROUND_FROM else None
    for clue in clues:
        routing.keep(clue, routing.propose(clue, ground=ground), save=False)
    numbers = issue_many([(desk.agency_word, NUMBER_WORD) for desk in desks])
    for clue, number in zip(clues, numbers, strict=True):
        clue.number = number
        clue.save(force_insert=True)  # one by one: others listen
    _beside(news, begun, by)
    said = {clue.pk: {"source": new.source.kind} for new, clue in zip(news, clues, strict=True)}
    trail.record_each(clues, "register", by=by, to_state=Clue.State.REGISTERED, data=said)
    links.write_many(
        clues, first=True, products=any(new.products for new in news), files=any(new.exhibits for new in news)
    )
    return clues


def known_source(source: Source) -> ClueSource | None:
    """The same source's earlier entry: by its own number, or by the record here that it started from."""
    return next(iter(known_sources([source])), None)


def known_sources(sources: Sequence[Source]) -> list[ClueSource]:
    """Earlier entries of any of these sources; those by a record before those by a number."""
    rows = ClueSource.objects.select_related("clue").order_by()
    by_record = {(each.record_kind, each.record_id) for each in sources if each.record_id}
    by_ref = {(each.kind, each.name, each.ref) for each in sources if each.ref}
    found: list[ClueSource] = []
    for kind in sorted({kind for kind, _record in by_record}):
        ids = [record for each, record in by_record if each == kind]
        found += rows.filter(record_kind=kind, record_id__in=ids)
    for kind, name in sorted({key[:2] for key in by_ref}):
        found += rows.filter(kind=kind, name=name, ref__in=[key[2] for key in by_ref if key[:2] == (kind, name)])
    return found


def place(clue: Clue, hints: Hints, *, chosen: str = "") -> Resolution:
    """Read `address_raw` and set what was read beside it. Nothing is saved; the text is never changed.

    chosen: the division that a person chose; how the text itself reads is told beside it.
    """
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
        "township": answer.township,
        "township_name": _township_name(answer),
        "places": [
            {
                "role": each.role,
                "code": each.code,
                "name": answer.name_of(each.code),
                "chosen": each.code == answer.code,
            }
            for each in answer.places
        ],
    }
    for language in ("zh", "en"):
        with translation.override("zh-hans" if language == "zh" else "en"):
            why[language] = answer.sentence
    clue.division_why = why
    choose(clue, answer, chosen)
    clue.out_of_province = {}
    if hints.province and clue.division_code != answer.code:
        if answer.province_of(clue.division_code) != hints.province:
            clue.out_of_province = {"division_code": clue.division_code, "name": answer.name_of(clue.division_code)}
    elif hints.province:
        sent_from = place_of_dispatch(
            answer, own_province=hints.province, marked=clue.place_role == Clue.PlaceRole.SENDER
        )
        if sent_from is not None and sent_from.outside:
            clue.out_of_province = {
                "division_code": sent_from.code,
                "name": answer.name_of(sent_from.code),
            }
    return answer


def _township_name(answer: Resolution) -> str:
    if not answer.township:
        return ""
    return next((each.text for each in answer.spans if each.read_as == "township" and each.code == answer.code), "")


def _check(news: Sequence[NewClue]) -> None:
    if not all(new.content.strip() for new in news):
        raise BadInput(_("请写明线索内容：谁、在哪里、做了什么。"), code="clue_content_missing")
    for known in known_sources([new.source for new in news]):
        raise BadInput(
            _("这条线索已登记为 {number}。请打开它补充，不必再登记。"),
            code="clue_known",
            number=known.clue.number,
            clue_id=str(known.clue_id),
        )


def _clue(new: NewClue, desk: Unit, by: Person) -> tuple[Clue, Resolution]:
    term = clock.add_working_days(clock.now(), VERIFICATION_DAYS)
    clue = Clue(
        **({"id": new.clue_id} if new.clue_id else {}),
        registered_by=by if isinstance(by, User) else None,
        registered_name=by.display_name,
        desk_unit=desk,
        holder_unit=desk,
        source_kind=new.source.kind,
        source_name=new.source.name,
        title=(new.title or new.content).strip().splitlines()[0][:120],
        verify_by=term.date,
        verify_by_provisional=term.provisional,
        due_at=clock.at_end(term.date),
        **{name: getattr(new, name) for name in _COPIED},
    )
    clue.area_tags, clue.violations = list(new.area_tags), list(new.violations)
    return clue, place(clue, new.hints, chosen=new.chosen_division)


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


def _beside(news: Sequence[NewClue], begun: Sequence[tuple[Clue, Resolution]], by: Person) -> None:
    """Sources, products, addresses, files and matters of the clues, a statement for each kind."""
    both = [(new, clue) for new, (clue, _read) in zip(news, begun, strict=True)]
    ClueSource.objects.bulk_create(
        ClueSource(
            clue=clue,
            kind=new.source.kind,
            name=new.source.name,
            ref=new.source.ref,
            outlet_day=new.source.outlet_day,
            link=new.source.link,
            party=new.source.party,
            record_kind=new.source.record_kind,
            record_id=new.source.record_id,
            by_user=by if isinstance(by, User) else None,
        )
        for new, clue in both
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
        for new, clue in both
        for each in new.products
    )
    places = [
        place
        for new, (clue, read) in zip(news, begun, strict=True)
        for place in places_of(clue, new.places, new.hints, read=read)
    ]
    CluePlace.objects.bulk_create(places)
    ClueFile.objects.bulk_create(
        ClueFile(clue=clue, exhibit_id=exhibit, what=what) for new, clue in both for exhibit, what in new.exhibits
    )
    ClueMatter.objects.bulk_create(
        ClueMatter(clue=clue, kind=kind, record_id=record, began_it=True)
        for new, clue in both
        for kind, record in new.matters
    )
