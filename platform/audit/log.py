"""The sealed log (封存日志): what must never be changed unnoticed is written here, and becomes a leaf of a Merkle tree.

Each province has one log, and so have the brands' and the office's seats. An entry is written in the transaction of
what it tells of; it takes its place in the tree after commit, by one task at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, router, transaction

from audit import merkle
from audit.models import LogEntry, LogNode
from kernel import clock
from kernel.canonical import canonical_json
from kernel.ids import uuid7
from kernel.locks import lock
from kernel.soon import soon

VERSION = 1
BATCH = 2000


def append(kind: str, record_id: UUID, content: Mapping[str, Any]) -> LogEntry:
    """Seal `content` in the log of the seat that this thread works for, in the caller's transaction.

    kind: what happened to what, such as "exhibit.sealed". record_id: the record it tells of. content: canonical JSON
    can spell it (no floats); no personal data beyond what the record itself must prove. Raises NotCanonical.
    """
    using = router.db_for_write(LogEntry) or "default"
    entry = LogEntry(id=uuid7(), log=name_of(using), kind=kind, record_id=record_id, at=clock.now())
    body = body_of(entry, content)
    entry.body, entry.leaf_hash = body.decode(), merkle.leaf_hash(body)
    entry.save(using=using, force_insert=True)
    connection = connections[using]
    if not any(waiting[1] is nudge for waiting in connection.run_on_commit):  # one nudge a transaction is enough
        transaction.on_commit(nudge, using=using)
    return entry


def body_of(entry: LogEntry, content: Mapping[str, Any]) -> bytes:
    """The canonical bytes whose hash is the entry's leaf."""
    return canonical_json(
        {
            "version": VERSION,
            "log": entry.log,
            "id": entry.id,
            "at": entry.at,
            "kind": entry.kind,
            "record_id": entry.record_id,
            "content": content,
        }
    )


def name_of(using: str = "default") -> str:
    """Name of the log of the seat that this thread holds."""
    held: Any = connections[using]
    return str(held.seat.name)


def nudge() -> None:
    """Have what is committed take its place soon. With the broker down nothing is lost: the sweep comes by."""
    from audit.tasks import sequence as task

    soon(task)


# Taking places --------------------------------------------------------------------------------------------------------


def sequence(*, limit: int = BATCH) -> int:
    """Give every committed entry without a place the next one, and store the nodes that become complete.

    One at a time for each log, by an advisory lock. Entries that are there together are ordered by id; one whose
    transaction commits late comes after those that were placed before. Returns how many.
    """
    total = 0
    while done := _sequence_batch(name_of(), limit):
        total += done
        if done < limit:
            break
    return total


def _sequence_batch(name: str, limit: int) -> int:
    using = router.db_for_write(LogEntry) or "default"
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        lock(lock_name(name), using=using)
        size = size_of(name)
        waiting = list(
            LogEntry.objects.filter(log=name, position=None).order_by("id").values_list("pk", "leaf_hash")[:limit]
        )
        if not waiting:
            return 0
        cursor.execute(
            "UPDATE audit_logentry SET position = placed.position"
            " FROM unnest(%s::uuid[], %s::bigint[]) AS placed (id, position)"
            " WHERE audit_logentry.id = placed.id AND audit_logentry.position IS NULL",
            [[str(pk) for pk, _ in waiting], list(range(size, size + len(waiting)))],
        )
        if cursor.rowcount != len(waiting):
            raise RuntimeError(f"{len(waiting) - cursor.rowcount} entries of log {name} took a place by themselves")
        held = read_nodes(name, merkle.peaks(size))
        grown = merkle.grow(size, [held[node] for node in merkle.peaks(size)], (bytes(leaf) for _, leaf in waiting))
        LogNode.objects.bulk_create(
            (LogNode(log=name, level=level, place=place, hash=digest) for level, place, digest in grown),
            batch_size=1000,
        )
    return len(waiting)


def lock_name(name: str) -> str:
    """Of the lock that whoever goes on with this log has, for `kernel.locks`."""
    return f"sealed log {name}"


# Reading the tree -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """That one entry stands at `index` of the tree with `size` leaves and `root`: `path` as RFC 9162 has it."""

    index: int
    size: int
    leaf: bytes
    path: Sequence[bytes]
    root: bytes


def size_of(name: str) -> int:
    """How many entries of a log have a place."""
    last = (
        LogEntry.objects.filter(log=name, position__isnull=False)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    return 0 if last is None else last + 1


def root_of(name: str, size: int) -> bytes:
    """Root of the first `size` entries of a log, from the stored nodes. Raises KeyError where one is missing."""
    wanted = merkle.peaks(size)
    held = read_nodes(name, wanted)
    return merkle.fold([held[node] for node in wanted])


def inclusion(name: str, index: int, size: int) -> Proof:
    """The proof that the entry at `index` is in the tree of the first `size`. Raises ValueError, KeyError."""
    ranges = merkle.inclusion_ranges(index, size)
    held = read_nodes(name, merkle.nodes_of([*ranges, (index, index + 1)]))
    path, leaf = merkle.hashes_of(ranges, held), held[0, index]
    root = merkle.root_from_inclusion(index, size, leaf, path)
    if root is None:
        raise ValueError(f"no path from {index} to the root of {size}")
    return Proof(index, size, leaf, path, root)


def consistency(name: str, old: int, new: int) -> list[bytes]:
    """The proof that the first `old` entries are a beginning of the first `new`. Raises ValueError, KeyError."""
    ranges = merkle.consistency_ranges(old, new)
    return merkle.hashes_of(ranges, read_nodes(name, merkle.nodes_of(ranges)))


def read_nodes(name: str, wanted: Iterable[merkle.Node]) -> dict[merkle.Node, bytes]:
    """The hashes of these nodes, by two queries at most; those that are not there are left out."""
    wanted = set(wanted)
    leaves = [place for level, place in wanted if level == 0]
    inner = [node for node in wanted if node[0]]
    found: dict[merkle.Node, bytes] = {}
    if leaves:
        rows = LogEntry.objects.filter(log=name, position__in=leaves).values_list("position", "leaf_hash")
        found.update({(0, position): bytes(digest) for position, digest in rows if position is not None})
    if inner:
        using = router.db_for_read(LogNode) or "default"
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT node.level, node.place, node.hash FROM audit_lognode node"
                " JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (level, place)"
                " ON node.level = wanted.level AND node.place = wanted.place WHERE node.log = %s",
                [[level for level, _ in inner], [place for _, place in inner], name],
            )
            found.update({(level, place): bytes(digest) for level, place, digest in cursor.fetchall()})
    return found
