"""核对封存: an exhibit against what the sealed log says of it, and what the log's verification asks of exhibits."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audit import heads, log, merkle, verify
from audit.models import HeadWitness, LogEntry, LogHead
from audit.verify import Fault, Link
from evidence import custody, packages
from evidence.models import CustodyEvent, Exhibit, Package
from evidence.store import store
from kernel.canonical import canonical_json
from kernel.errors import Problem
from provinces.errors import BorderCrossing

logger = logging.getLogger(__name__)
EXHIBIT, CUSTODY, PACKAGE = "exhibit.sealed", "custody", "package.sealed"


def name_of(exhibit: Exhibit) -> str:
    """An exhibit for people: what it is, when it came, from whom, and the end of its id."""
    return f"{exhibit.get_kind_display()} {_label(exhibit.pk, exhibit.received_at, exhibit.by_name)}"


def _label(key: object, at: datetime | None, by_name: str) -> str:
    when = verify.shown(at) if at else ""
    return " ".join(part for part in (str(key)[-12:], f"（{by_name} {when}）".replace(" ）", "）")) if part)


@verify.describes(EXHIBIT)
def describe_exhibit(entry: LogEntry) -> str:
    """By its row; by what was sealed where the row is gone."""
    exhibit = Exhibit.objects.filter(pk=entry.record_id).first()
    if exhibit is not None:
        return name_of(exhibit)
    content = _content(entry)
    kind = dict(Exhibit.Kind.choices).get(content.get("kind"), "")
    return f"{kind} {_label(entry.record_id, entry.at, str(content.get('by_name') or ''))}".strip()


@verify.describes(CUSTODY)
def describe_custody(entry: LogEntry) -> str:
    """Which exhibit, and what was done with it."""
    content = _content(entry)
    act = dict(CustodyEvent.Act.choices).get(content.get("act"), "")
    key = content.get("exhibit") or entry.record_id
    return f"{str(key)[-12:]} {act}（{content.get('by_name') or ''} {verify.shown(entry.at)}）"


@verify.describes(PACKAGE)
def describe_package(entry: LogEntry) -> str:
    """Its name and version; its id where the row is gone."""
    package = Package.objects.filter(pk=entry.record_id).first()
    return _package_name(package) if package else f"{_('证据包')} {str(entry.record_id)[-12:]}"


def _package_name(package: Package) -> str:
    return f"{_('证据包')} {package.title} v{package.version}"


def _content(entry: LogEntry) -> Mapping[str, Any]:
    try:
        content = entry.content
    except (ValueError, KeyError):
        return {}
    return content if isinstance(content, dict) else {}


@verify.checks(EXHIBIT)
def check_exhibits(entries: Sequence[LogEntry], files: bool) -> Iterator[Link]:
    """Rows against what was sealed of them, and the stored bytes against their digests."""
    rows = Exhibit.objects.in_bulk([entry.record_id for entry in entries])
    for entry in entries:
        exhibit = rows.get(entry.record_id)
        if exhibit is None:
            yield entry, "record_gone", {"what": describe_exhibit(entry)}
            continue
        for code, data in _exhibit_faults(exhibit, _content(entry), files=files):
            yield entry, code, data


def _exhibit_faults(
    exhibit: Exhibit, sealed: Mapping[str, Any], *, files: bool
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    what = name_of(exhibit)
    now = _plain(custody.leaf_of_exhibit(exhibit))
    if files:
        key, wanted = (
            (exhibit.view_key, sealed.get("view_sha256"))
            if sealed.get("view_only")
            else (exhibit.original_key, sealed.get("sha256"))
        )
        found = stored_sha256(key)
        if not found:
            yield "file_gone", {"what": what}
        elif found != wanted:
            yield "file_differs", {"what": what, "sealed": wanted, "found": found}
    changed = sorted(name for name in sealed if now.get(name) != sealed[name])
    if changed:
        yield "record_facts", {"what": what, "fields": "、".join(_called(name) for name in changed)}


def _called(name: str) -> str:
    """A fact's name for people."""
    try:
        return str(Exhibit._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name


def stored_sha256(key: str) -> str:
    """SHA-256 of what the store holds under a key; empty where it holds nothing."""
    try:
        return store().digests(key).sha256
    except (OSError, KeyError, Problem, BorderCrossing, BotoCoreError, ClientError):
        logger.warning("%s cannot be read from the store", key, exc_info=True)
        return ""


def _plain(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """As it reads back from the log."""
    plain: Mapping[str, Any] = json.loads(canonical_json(content))
    return plain


@verify.checks(CUSTODY)
def check_custody(entries: Sequence[LogEntry], files: bool) -> Iterator[Link]:
    """Each event against what was sealed of it."""
    rows = CustodyEvent.objects.in_bulk([entry.record_id for entry in entries])
    for entry in entries:
        event = rows.get(entry.record_id)
        if event is None:
            yield entry, "record_gone", {"what": describe_custody(entry)}
        elif _plain(custody.leaf_of_event(event)) != _content(entry):
            yield entry, "record_differs", {"what": describe_custody(entry)}


@verify.checks(PACKAGE)
def check_packages(entries: Sequence[LogEntry], files: bool) -> Iterator[Link]:
    """Each package's row and manifest against what was sealed of them."""
    rows = Package.objects.in_bulk([entry.record_id for entry in entries])
    for entry in entries:
        package = rows.get(entry.record_id)
        if package is None:
            yield entry, "record_gone", {"what": describe_package(entry)}
        elif _plain(packages.leaf_of(package)) != _content(entry) or not packages.still_sealed(package):
            yield entry, "record_differs", {"what": describe_package(entry)}


@verify.completes
def unsealed(name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Exhibits and custody events that stand beside the log."""
    entries = LogEntry.objects.filter(record_id=OuterRef("pk"))
    for exhibit in Exhibit.objects.filter(~Exists(entries.filter(kind=EXHIBIT))).order_by("pk")[:20]:
        yield "record_unsealed", {"what": name_of(exhibit)}
    events = CustodyEvent.objects.filter(~Exists(entries.filter(kind=CUSTODY))).select_related("exhibit")
    for event in events.order_by("pk")[:20]:
        yield "record_unsealed", {"what": f"{name_of(event.exhibit)} {event.get_act_display()}"}
    for package in Package.objects.filter(~Exists(entries.filter(kind=PACKAGE))).order_by("pk")[:20]:
        yield "record_unsealed", {"what": _package_name(package)}


# One exhibit ----------------------------------------------------------------------------------------------------------


@dataclass
class Seal:
    """How one exhibit stands in the log.

    entry: its line, None where it was never sealed. head: the first head over it. faults: empty until `check` has been
    by, the first bad link first; checked: whether it has.
    """

    exhibit: Exhibit
    entry: LogEntry | None
    head: LogHead | None
    checked: bool = False
    faults: list[Fault] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Yes or no."""
        return self.checked and not self.faults

    @property
    def number(self) -> int | None:
        """Its number in the log, from 1; None while it waits for its place."""
        return None if self.entry is None or self.entry.position is None else self.entry.position + 1

    @property
    def witnesses(self) -> int:
        """How many have countersigned the head."""
        return sum(row.state == HeadWitness.State.SIGNED for row in self.head.witnesses.all()) if self.head else 0

    @property
    def digest(self) -> str:
        """What the file at hand must have: of the original, or of the view where only that is here."""
        return self.exhibit.view_sha256 if self.exhibit.view_only else self.exhibit.sha256


def seal_of(exhibit: Exhibit) -> Seal:
    """How an exhibit stands in the log, without checking anything."""
    entry = LogEntry.objects.filter(kind=EXHIBIT, record_id=exhibit.pk).order_by("id").first()
    head = None
    if entry is not None and entry.position is not None:
        covering = LogHead.objects.filter(log=entry.log, size__gt=entry.position)
        head = covering.order_by("size").select_related("stamp").prefetch_related("witnesses").first()
    return Seal(exhibit, entry, head)


def check(exhibit: Exhibit) -> Seal:
    """Compare one exhibit with its seal: stored bytes, facts, custody, the entry, its path to the head's root."""
    seal = seal_of(exhibit)
    seal.checked = True
    if seal.entry is None:
        seal.faults = [Fault("record_unsealed", {"what": name_of(exhibit)})]
        return seal
    links = [Fault(code, data) for code, data in _exhibit_faults(exhibit, _content(seal.entry), files=True)]
    events = LogEntry.objects.filter(
        kind=CUSTODY, record_id__in=CustodyEvent.objects.filter(exhibit=exhibit).values("pk")
    )
    links += [Fault(code, data) for _of, code, data in check_custody(list(events), files=False)]
    links += _entry_faults(seal.entry, seal.head)
    seal.faults = links
    return seal


def _entry_faults(entry: LogEntry, head: LogHead | None) -> Iterable[Fault]:
    about = {"number": (entry.position or 0) + 1, "what": describe_exhibit(entry)}
    if merkle.leaf_hash(entry.body.encode()) != bytes(entry.leaf_hash):
        return [Fault("entry_altered", about)]
    if head is None:
        return []
    shown = {"at": verify.shown(head.at), "size": head.size}
    if not heads.is_whole(head):
        return [Fault("head_altered", shown)]
    try:
        root = log.inclusion(entry.log, entry.position or 0, head.size).root
    except KeyError:
        root = b""
    if root != bytes(head.root):
        return [Fault("head_differs", {"first": about["number"], "last": head.size, **shown})]
    return [
        Fault("witness_false", {"witness": row.witness, **shown})
        for row in head.witnesses.all()
        if row.state == HeadWitness.State.SIGNED and not verify.is_countersigned(head, row)
    ]
