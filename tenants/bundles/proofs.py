"""Proofs that entries of the sealed log stand under heads that are signed, countersigned and time-stamped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from audit import heads, log, merkle, stamps
from audit.models import LogEntry, LogHead

_CHUNK = 500


@dataclass(frozen=True)
class Proven:
    """One entry, its place from 0, the size of the first head over it, and the path to that head's root."""

    entry: LogEntry
    index: int
    size: int
    path: Sequence[bytes]


@dataclass(frozen=True)
class Proofs:
    """entries: by record, in the order of the log. heads: those that stand over them, and the consistency path of each
    to the last of them."""

    entries: Sequence[Proven]
    heads: Sequence[tuple[LogHead, Sequence[bytes]]]


def prove(entry_ids: Iterable[UUID]) -> Proofs:
    """Prove these entries of this seat's log. Where the last head does not cover them all, a new one is made.

    An entry is proven under the first head over it: that head's time-stamp is the nearest to when it was written.
    Not inside a transaction: a new head is time-stamped first. Raises KeyError where the tree has gaps.
    """
    name, wanted = log.name_of(), list(entry_ids)
    log.sequence()
    entries = sorted(_entries(wanted), key=_place)
    if not entries:
        return Proofs([], [])
    last = heads.latest(name)
    if last is None or last.size <= _place(entries[-1]):
        heads.make(name)
    stamps.finish_waiting(name)
    made = list(LogHead.objects.filter(log=name).order_by("size").values_list("size", flat=True))
    sizes = [made[bisect_right(made, _place(entry))] for entry in entries]
    rows = LogHead.objects.filter(log=name, size__in=set(sizes)).order_by("size").select_related("stamp")
    used = list(rows.prefetch_related("witnesses"))
    newest = used[-1].size
    return Proofs(
        _proven(name, list(zip(entries, sizes, strict=True))),
        [(head, log.consistency(name, head.size, newest) if head.size < newest else []) for head in used],
    )


def _entries(wanted: Sequence[UUID]) -> list[LogEntry]:
    found: list[LogEntry] = []
    for start in range(0, len(wanted), _CHUNK):
        found += LogEntry.objects.filter(pk__in=wanted[start : start + _CHUNK], position__isnull=False)
    if len(found) != len(set(wanted)):
        raise KeyError("an entry of the log has no place yet")
    return found


def _place(entry: LogEntry) -> int:
    return entry.position or 0


def _proven(name: str, pairs: Sequence[tuple[LogEntry, int]]) -> list[Proven]:
    """Paths of many entries, with two queries for some hundreds of them."""
    found = []
    for start in range(0, len(pairs), _CHUNK):
        chunk = [(entry, size, merkle.inclusion_ranges(_place(entry), size)) for entry, size in pairs[start:][:_CHUNK]]
        held = log.read_nodes(name, {node for _entry, _size, ranges in chunk for node in merkle.nodes_of(ranges)})
        for entry, size, ranges in chunk:
            found.append(Proven(entry, _place(entry), size, merkle.hashes_of(ranges, held)))
    return found
