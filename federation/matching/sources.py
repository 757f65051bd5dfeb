"""Who holds values: apps above register what of theirs is compared, how a record is named on a page, and who sees it.

sources.register(Source("clue", _("线索"), rows=…, describe=…, open_to=…))
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from kernel.errors import Words


@dataclass(frozen=True, slots=True)
class Held:
    """A record holds a value, as it was written. scope: the brand, for kinds that mean something within one only."""

    record_id: UUID
    kind: str
    text: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """What may be said of a record: to our own people its number and address, to others the goods and the week.

    facts: what another province may read of it once it was granted: what was found, nothing of who reported it.
    """

    number: str
    url: str
    title: str = ""
    found_on: date | None = None
    organisation_ids: tuple[UUID, ...] = ()
    brand_names: tuple[str, ...] = ()
    product_names: tuple[str, ...] = ()
    facts: str = ""


Rows = Callable[[Collection[UUID] | None], Iterator[Held]]
Describe = Callable[[Collection[UUID]], dict[UUID, Described]]


@dataclass(frozen=True, slots=True)
class Source:
    """rows: what the given records hold now, or all of them. open_to: ids of the records that a person sees."""

    name: str
    label: Words
    rows: Rows
    describe: Describe
    open_to: Callable[[User], QuerySet[Any, UUID]]


@dataclass(frozen=True, slots=True)
class Raisable:
    """A find of an organisation that it may count to a series."""

    request_id: UUID
    province_code: str
    request_no: str
    product_name: str
    found_on: date
    url: str = ""
    run: str = ""


@dataclass(slots=True)
class _Registry:
    sources: dict[str, Source] = field(default_factory=dict)
    finds: Callable[[UUID], Iterable[Raisable]] | None = None


_registry = _Registry()


def register(source: Source) -> None:
    """Have a source compared. Raises ValueError when its name is taken."""
    held = _registry.sources.get(source.name)
    if held is not None and held != source:
        raise ValueError(f"two sources are called {source.name}")
    _registry.sources[source.name] = source


def register_finds(finds: Callable[[UUID], Iterable[Raisable]]) -> None:
    """Say where an organisation's own finds are read, at the brands host."""
    _registry.finds = finds


def all_sources() -> list[Source]:
    """Every one, by name."""
    return [_registry.sources[name] for name in sorted(_registry.sources)]


def source(name: str) -> Source | None:
    """One of them."""
    return _registry.sources.get(name)


def finds_of(organisation_id: UUID) -> list[Raisable]:
    """An organisation's own finds, newest first."""
    return list(_registry.finds(organisation_id)) if _registry.finds else []


class _Pending(threading.local):
    """What changed in the transaction of this thread, by source."""

    def __init__(self) -> None:
        self.ids: dict[str, set[UUID]] = {}


_pending = _Pending()


def changed(name: str, record_ids: Iterable[UUID]) -> None:
    """Records of a source were made, changed or removed: look at them once this is committed, all of them in one go."""
    ids = set(record_ids)
    if ids:
        _pending.ids.setdefault(name, set()).update(ids)
        transaction.on_commit(_look_at_pending)


def _look_at_pending() -> None:
    from federation.matching.tasks import look_at

    pending, _pending.ids = _pending.ids, {}
    for name, ids in pending.items():
        look_at(name, [str(each) for each in sorted(ids)])


def described(pairs: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], Described]:
    """Descriptions of records, one question for each source."""
    wanted: dict[str, set[UUID]] = {}
    for name, record_id in pairs:
        wanted.setdefault(name, set()).add(record_id)
    found = {}
    for name, ids in wanted.items():
        known = source(name)
        for record_id, text in (known.describe(ids) if known else {}).items():
            found[name, record_id] = text
    return found
