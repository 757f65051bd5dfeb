"""What exhibits belong to. Evidence knows no requests or cases; the apps above register where their matters are.

A matter is named by its kind and id. Access to an exhibit follows the matters that use it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from accounts.models import User
from evidence.models import Exhibit, ExhibitUse
from kernel.errors import NotAllowed, NotFound404


@dataclass(frozen=True)
class Matter:
    """A request, an inspection, later a case. number: as people say it. url: its page."""

    kind: str
    id: UUID
    number: str
    title: str
    url: str
    unit_id: UUID | None


@dataclass(frozen=True)
class Use:
    """Where an exhibit is used. what: as what, in words ("正标")."""

    matter: Matter
    what: str
    at: datetime | None = None


class Source(Protocol):
    """Where one kind of matter lies."""

    kind: str
    label: str | Promise

    def find(self, person: User, matter_id: UUID) -> Matter | None:
        """The matter, when this person may see it."""

    def may_write(self, person: User, matter: Matter) -> bool:
        """Whether this person may add to it."""

    def recent(self, person: User, limit: int) -> list[Matter]:
        """What this person may add to, newest first."""

    def ids_open_to(self, person: User) -> QuerySet[Any, UUID]:
        """Ids of all matters this person may see, for a subquery."""

    def own_exhibit_ids(self, matter_ids: QuerySet[Any, UUID] | Iterable[UUID]) -> list[QuerySet[Any, UUID]]:
        """Ids of the exhibits that the matters' own rows use, as subqueries."""

    def own_uses(self, exhibit_id: UUID) -> list[tuple[UUID, str, datetime | None]]:
        """(matter id, as what, since when) for each of its own rows that use the exhibit."""

    def names(self, matter_id: UUID) -> dict[UUID, str]:
        """What its own rows call their exhibits."""

    def names_of(self, exhibit_ids: Iterable[UUID]) -> dict[UUID, str]:
        """What its own rows, of whichever matter, call these exhibits."""


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let exhibits be put with matters of this kind."""
    _sources[source.kind] = source


def kinds() -> dict[str, str]:
    """Kind -> what it is called."""
    return {kind: str(source.label) for kind, source in _sources.items()}


def access(person: User, kind: str, matter_id: UUID, *, write: bool = False) -> Matter:
    """The matter, for who may see it. Raises NotFound404; NotAllowed for who may only read and wants to write."""
    source = _sources.get(kind)
    matter = source.find(person, matter_id) if source else None
    if source is None or matter is None:
        raise NotFound404()
    if write and not source.may_write(person, matter):
        raise NotAllowed()
    return matter


def find(person: User, kind: str, matter_id: UUID) -> Matter | None:
    """The matter, or None for who may not see it."""
    source = _sources.get(kind)
    return source.find(person, matter_id) if source else None


def may_write(person: User, matter: Matter) -> bool:
    """Whether this person may add to a matter."""
    return _sources[matter.kind].may_write(person, matter)


def recent(person: User, *, limit: int = 30) -> list[Matter]:
    """Matters that this person may add to, of every kind, newest first of each."""
    return [matter for source in _sources.values() for matter in source.recent(person, limit)]


def exhibits(matter: Matter) -> QuerySet[Exhibit]:
    """Everything that is used in a matter, in the order it came."""
    found = Exhibit.objects.filter(
        pk__in=ExhibitUse.objects.filter(matter_kind=matter.kind, matter_id=matter.id).values("exhibit_id")
    )
    for ids in _sources[matter.kind].own_exhibit_ids([matter.id]):
        found |= Exhibit.objects.filter(pk__in=ids)
    return found.order_by("received_at", "pk")


def names(matter: Matter) -> dict[UUID, str]:
    """What a matter calls its exhibits."""
    return _sources[matter.kind].names(matter.id)


def names_of(exhibit_ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these exhibits are called where they are used, for a list over many matters."""
    wanted, found = list(exhibit_ids), dict[UUID, str]()
    for source in _sources.values():
        found |= source.names_of(wanted)
    return found


def open_to(person: User) -> QuerySet[Exhibit]:
    """Every exhibit of every matter that this person may see."""
    found = Exhibit.objects.none()
    for kind, source in _sources.items():
        ids = source.ids_open_to(person)
        uses = ExhibitUse.objects.filter(matter_kind=kind, matter_id__in=ids)
        found |= Exhibit.objects.filter(pk__in=uses.values("exhibit_id"))
        for own in source.own_exhibit_ids(ids):
            found |= Exhibit.objects.filter(pk__in=own)
    return found


def uses(person: User, exhibit: Exhibit) -> tuple[list[Use], int]:
    """Where an exhibit is used, as far as this person may see it, and how many uses there are beyond that."""
    said: list[tuple[str, UUID, str, datetime | None]] = [
        (row.matter_kind, row.matter_id, "", row.added_at) for row in ExhibitUse.objects.filter(exhibit=exhibit)
    ]
    for kind, source in _sources.items():
        said += [(kind, *own) for own in source.own_uses(exhibit.pk)]
    shown, hidden = [], 0
    for kind, matter_id, what, at in dict.fromkeys(said):
        matter = find(person, kind, matter_id)
        if matter is None:
            hidden += 1
        else:
            shown.append(Use(matter, what, at))
    return shown, hidden


def put(exhibit: Exhibit, matter: Matter, *, by: Any) -> None:
    """Use an exhibit in a matter. Twice is once."""
    ExhibitUse.objects.get_or_create(
        exhibit=exhibit,
        matter_kind=matter.kind,
        matter_id=matter.id,
        defaults={"by_id": by.pk, "by_name": by.display_name},
    )
