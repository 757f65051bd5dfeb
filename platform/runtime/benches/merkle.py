"""The sealed log at ten thousand and at a million entries: appending and placing one, proving one."""

from __future__ import annotations

import io
import random
import statistics
import time
from collections.abc import Callable, Sequence

from django.db import connection

from audit import log, merkle
from kernel.ids import uuid7
from provinces import context
from runtime.bench import Result, Stage, bench

SMALL, LARGE = 10_000, 1_000_000
APPENDS = 60
PROOFS = 150
COPY_ROWS = 100_000
CHANCE = random.Random(7)


@bench("merkle")
def merkle_log(stage: Stage) -> Result:
    """A log of ten thousand entries and one of a million: seconds of an append that takes its place, and of two proofs.

    The entries beneath are copied in, for they only have to be there. Both logs take turns, so that whatever else the
    machine does slows both. ratio: the larger of the two growths from the small log to the large one; at most 2.
    """
    stage.prepare()
    small, large = stage.open_provinces(2)
    started = time.perf_counter()
    for code, size in ((small, SMALL), (large, LARGE)):
        _fill(code, merkle.Growing(), size)
    filled_s = time.perf_counter() - started
    for operation, count in ((_append, 10), (_prove, 30)):  # connections, plans, caches
        _in_turn(operation, (small, large), count)
    append_s = _in_turn(_append, (small, large), APPENDS)
    proof_s = _in_turn(_prove, (small, large), PROOFS)
    growth_append, growth_proof = append_s[large] / append_s[small], proof_s[large] / proof_s[small]
    return Result(
        n=2 * (APPENDS + PROOFS),
        ratio=max(growth_append, growth_proof),
        reference=f"the same at {SMALL} entries",
        figures={
            "appends_per_s_10k": 1 / append_s[small],
            "appends_per_s_1m": 1 / append_s[large],
            "proof_ms_10k": proof_s[small] * 1000,
            "proof_ms_1m": proof_s[large] * 1000,
            "append_growth": growth_append,
            "proof_growth": growth_proof,
            "filled_in_s": filled_s,
        },
    )


def _in_turn(operation: Callable[[str], None], codes: Sequence[str], count: int) -> dict[str, float]:
    """Median seconds of the operation in each log."""
    taken: dict[str, list[float]] = {code: [] for code in codes}
    for _ in range(count):
        for code in codes:
            with context.province(code):
                connection.ensure_connection()
                began = time.perf_counter()
                operation(code)
                taken[code].append(time.perf_counter() - began)
    return {code: statistics.median(seconds) for code, seconds in taken.items()}


def _append(code: str) -> None:
    log.append("bench", uuid7(), {"number": 1, "what": "a photo of a bottle"})
    log.sequence()


def _prove(code: str) -> None:
    """One proof that an entry is in the tree, one that an older tree is its beginning."""
    size = log.size_of(code)
    log.inclusion(code, CHANCE.randrange(size), size)
    log.consistency(code, CHANCE.randrange(1, size), size)


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
