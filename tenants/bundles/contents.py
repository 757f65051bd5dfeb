"""What goes into an export: which exhibits, with their lines in the log, their custody, packages and letters.

Nothing is written here. Whatever differs from its line in the log stops the export: a bundle must hold from the start.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from audit.models import LogEntry
from evidence import custody, kinds, packages, selectors
from evidence import matters as evidence_matters
from evidence.matters import Matter
from evidence.models import CustodyEvent, Exhibit, Package
from federation.letters import selectors as post
from federation.letters.models import Delivery, Letter
from kernel.canonical import canonical_json
from tenants.bundles import matters
from tenants.bundles.models import Bundle

_CHUNK = 500


class NotExported(Exception):
    """Why there will be no bundle: a code of `models.PROBLEMS`, and what it is about."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.code, self.what = code, what


@dataclass
class Contents:
    """Exhibits in order with what they are called, and the entries of the log over all that is told of them."""

    matter: Matter
    exhibits: list[Exhibit]
    names: dict[UUID, str]
    events: list[CustodyEvent] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    deliveries: dict[UUID, list[Delivery]] = field(default_factory=dict)
    entries: dict[UUID, LogEntry] = field(default_factory=dict)

    @property
    def size_bytes(self) -> int:
        """Bytes of originals and views together, as far as they are taken along."""
        return sum((0 if row.view_only else row.size_bytes) + row.view_size for row in self.exhibits if shows(row))


def shows(row: Exhibit) -> bool:
    """Whether its files go in. Of one that was withdrawn only the digests and the log do."""
    return row.withdrawn_at is None


def gather(bundle: Bundle, matter: Matter) -> Contents:
    """Collect it all. Raises NotExported."""
    package = Package.objects.get(pk=bundle.package_id) if bundle.package_id else None
    rows = _in_package(package) if package else _with_files(evidence_matters.exhibits(matter))
    public = bundle.variant == Bundle.Variant.PUBLIC
    if public:
        rows = [row for row in rows if row.redacted_from_id and shows(row)]
    if not rows:
        raise NotExported("empty")
    found = Contents(matter, rows, evidence_matters.names(matter))
    found.entries |= _sealed(rows, found.names)
    if public:
        return found
    found.events = _events(rows)
    found.entries |= _entries("custody", found.events, lambda row: custody.leaf_of_event(row), _event_name)
    found.packages = [package] if package else _packages(matter)
    found.entries |= _entries(
        "package.sealed", found.packages, lambda row: packages.leaf_of(row), lambda row: row.title
    )
    for each in found.packages:
        if not packages.still_sealed(each):
            raise NotExported("record_differs", each.title)
    if package is None:
        _add_letters(found, matters.threads(matter))
    return found


def _with_files(rows: Iterable[Exhibit]) -> list[Exhibit]:
    """Each exhibit once, followed by the files of a waybill, a record or a video."""
    found: dict[UUID, Exhibit] = {}
    for row in rows:
        found.setdefault(row.pk, row)
        for file in selectors.files_of(row) if row.content else ():
            found.setdefault(file.exhibit_id, file.exhibit)
    return list(found.values())


def _in_package(package: Package) -> list[Exhibit]:
    return [item.exhibit for item in selectors.package_items(package)]


def _packages(matter: Matter) -> list[Package]:
    """All versions of all packages of the matter."""
    rows = Package.objects.filter(matter_kind=matter.kind, matter_id=matter.id)
    return list(rows.order_by("series_id", "version"))


def _events(rows: Sequence[Exhibit]) -> list[CustodyEvent]:
    order = {row.pk: number for number, row in enumerate(rows)}
    found = CustodyEvent.objects.filter(exhibit_id__in=list(order)).select_related("exhibit")
    return sorted(found, key=lambda event: (order[event.exhibit_id], event.at, event.pk))


def _event_name(event: CustodyEvent) -> str:
    return f"{kinds.name_of(event.exhibit)} {event.get_act_display()}"


def _sealed(rows: Sequence[Exhibit], names: dict[UUID, str]) -> dict[UUID, LogEntry]:
    return _entries("exhibit.sealed", rows, lambda row: custody.leaf_of_exhibit(row), lambda row: what(row, names))


def what(row: Exhibit, names: dict[UUID, str]) -> str:
    """An exhibit in words that tell it from others."""
    return f"{kinds.name_of(row, names)} {str(row.pk)[-12:]}"


def _entries(kind: str, rows: Sequence[Any], leaf: Any, name: Any) -> dict[UUID, LogEntry]:
    """The line of each record in the log. Raises NotExported for one that has none, or says something else."""
    found: dict[UUID, LogEntry] = {}
    ids = [row.pk for row in rows]
    for start in range(0, len(ids), _CHUNK):
        for entry in LogEntry.objects.filter(kind=kind, record_id__in=ids[start : start + _CHUNK]).order_by("-id"):
            found[entry.record_id] = entry  # the first one counts
    for row in rows:
        if row.pk not in found:
            raise NotExported("record_unsealed", name(row))
        if found[row.pk].content != json.loads(canonical_json(leaf(row))):
            raise NotExported("record_differs", name(row))
    return found


def _add_letters(found: Contents, threads: Sequence[UUID]) -> None:
    for thread in threads:
        for row in [*post.sent(thread=thread), *post.received(thread=thread)]:
            found.deliveries.setdefault(row.letter_id, []).append(row)
    rows = Letter.objects.filter(pk__in=list(found.deliveries)).select_related("text").order_by("written_at", "pk")
    found.letters = list(rows)
