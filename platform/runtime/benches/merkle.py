"""The sealed log at ten thousand and at a million entries: appending and placing one, proving one."""

from __future__ import annotations

import io
import random
import statistics
import time
from collections.abc import Callable

from django.db import connection

from audit import log, merkle
from kernel.ids import uuid7
from provinces import context
from runtime.bench import Result, Stage, bench

SMALL, LARGE = 10_000, 1_000_000
APPENDS = 60
PROOFS = 150
COPY_ROWS = 100_000


@bench("merkle")
def merkle_log(stage: Stage) -> Result:
    """At both sizes: seconds for an append with its place in the tree, and for one inclusion and one consistency proof.

    The entries beneath are copied in, for they only have to be there. ratio: the larger of the two growths from ten
    thousand to a million entries; at most 2.
    """
    stage.prepare()
    (code,) = stage.open_provinces(1)
    tree = merkle.Growing()
    _fill(code, tree, SMALL)
    with context.province(code):
        _append_some(code, 10)  # connections, plans
        _prove_some(code, 10)
    _sync(code, tree)
    small = _measured(code)
    _sync(code, tree)
    started = time.perf_counter()
    _fill(code, tree, LARGE)
    filled_s = time.perf_counter() - started
    with context.province(code):
        _append_some(code, 10)
        _prove_some(code, 30)
    large = _measured(code)
    growth_append, growth_proof = large[0] / small[0], large[1] / small[1]
    return Result(
        n=2 * (APPENDS + PROOFS),
        ratio=max(growth_append, growth_proof),
        reference=f"the same at {SMALL} entries",
        figures={
            "appends_per_s_10k": 1 / small[0],
            "appends_per_s_1m": 1 / large[0],
            "proof_ms_10k": small[1] * 1000,
            "proof_ms_1m": large[1] * 1000,
            "append_growth": growth_append,
            "proof_growth": growth_proof,
            "filled_in_s": filled_s,
        },
    )


def _measured(code: str) -> tuple[float, float]:
    """Median seconds of an append that took its place, and of the two proofs."""
    with context.province(code):
        return _append_some(code, APPENDS), _prove_some(code, PROOFS)


def _append_some(code: str, count: int) -> float:
    def one() -> None:
        log.append("bench", uuid7(), {"number": 1, "what": "a photo of a bottle"})
        log.sequence()

    return _median(one, count)


def _prove_some(code: str, count: int) -> float:
    size, chosen = log.size_of(code), random.Random(7)

    def one() -> None:
        log.inclusion(code, chosen.randrange(size), size)
        log.consistency(code, chosen.randrange(1, size), size)

    return _median(one, count)


def _median(one: Callable[[], None], count: int) -> float:
    taken = []
    for _ in range(count):
        started = time.perf_counter()
        one()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _sync(code: str, tree: merkle.Growing) -> None:
    """Bring the tree in memory up to what has been appended."""
    with context.province(code), connection.cursor() as cursor:
        cursor.execute("SELECT leaf_hash FROM audit_logentry WHERE position >= %s ORDER BY position", [tree.size])
        for (leaf,) in cursor.fetchall():
            tree.add(bytes(leaf))


def _fill(code: str, tree: merkle.Growing, size: int) -> None:
    """Copy entries and nodes in until the log has `size` of them."""
    at = "2026-11-21T08:00:00.000000Z"
    with context.owner(code), connection.cursor() as cursor:
        while tree.size < size:
            entries, nodes = io.StringIO(), io.StringIO()
            for position in range(tree.size, min(size, tree.size + COPY_ROWS)):
                key = f"01930000-0000-7000-8000-{position:012x}"
                body = (
                    f'{{"at":"{at}","content":{{"number":{position}}},"id":"{key}","kind":"bench","log":"{code}",'
                    f'"record_id":"{key}","version":1}}'
                )
                leaf = merkle.leaf_hash(body.encode())
                entries.write(f"{key}\t{code}\tbench\t{key}\t{at}\t{body}\t\\\\x{leaf.hex()}\t{position}\n")
                for level, place, digest in tree.add(leaf):
                    nodes.write(f"{code}\t{level}\t{place}\t\\\\x{digest.hex()}\n")
            for table, columns, rows in (
                ("audit_logentry", "id, log, kind, record_id, at, body, leaf_hash, position", entries),
                ("audit_lognode", "log, level, place, hash", nodes),
            ):
                rows.seek(0)
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", rows)
        cursor.execute("ANALYZE audit_logentry")
        cursor.execute("ANALYZE audit_lognode")
