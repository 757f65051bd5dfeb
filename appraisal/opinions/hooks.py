"""What apps above know of a request, and what they want to be asked. They register; nothing here imports them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from appraisal.requests.models import AppraisalRequest


@dataclass(frozen=True, kw_only=True)
class Officer:
    """One of the officers on the premises, with the certificate as it was then."""

    user_id: UUID
    name: str
    certificate_no: str


@dataclass(frozen=True, kw_only=True)
class Goods:
    """What is held or counted of one item. source: which list says so, in words."""

    item_id: UUID
    name: str
    quantity: Decimal
    unit: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What stands behind a request: an inspection, a case. Empty where nobody knows.

    verifying_from, verified_at: when the term for checking a lead began, and when the head decided on filing.
    """

    matter_no: str = ""
    party_name: str = ""
    officers: tuple[Officer, ...] = ()
    goods: tuple[Goods, ...] = ()
    verifying_from: datetime | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Something that may rely on an opinion. url: its page. people: who has to hear when the opinion falls."""

    kind: str
    id: UUID
    label: str
    url: str
    people: tuple[UUID, ...] = field(default=())


Grounds = Callable[[AppraisalRequest], Ground | None]
Matters = Callable[[Collection[UUID]], Iterable[Matter]]
Same = Callable[[Collection[UUID]], Iterable[UUID]]
_grounds: list[Grounds] = []
_matters: list[Matters] = []
_same: list[Same] = []


def grounds(func: Grounds) -> Grounds:
    """Let `func(request)` say what stands behind a request; called in `AppConfig.ready`."""
    return _added(_grounds, func)


def matters(func: Matters) -> Matters:
    """Let `func(request_ids)` name the matters that rest on these requests."""
    return _added(_matters, func)


def same_goods(func: Same) -> Same:
    """Let `func(item_ids)` name items of other requests that are the same goods."""
    return _added(_same, func)


def _added(known: list[Any], func: Any) -> Any:
    if func not in known:
        known.append(func)
    return func


def ground_of(request: AppraisalRequest) -> Ground:
    """What is known of a request; of two that know something the first counts, field by field."""
    said = [found for func in _grounds if (found := func(request)) is not None]

    def first(name: str) -> Any:
        return next((value for each in said if (value := getattr(each, name))), getattr(Ground(), name))

    return Ground(
        matter_no=next((each.matter_no for each in reversed(said) if each.matter_no), ""),
        party_name=first("party_name"),
        officers=first("officers"),
        goods=first("goods"),
        verifying_from=first("verifying_from"),
        verified_at=first("verified_at"),
    )


def matters_of(request_ids: Collection[UUID]) -> list[Matter]:
    """All matters that rest on these requests."""
    return [matter for func in _matters for matter in func(request_ids)]


def same_as(item_ids: Collection[UUID]) -> set[UUID]:
    """These items, and those that are the same goods."""
    found = set(item_ids)
    for func in _same:
        found |= set(func(item_ids))
    return found
