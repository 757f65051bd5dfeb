"""A machine's clock that jumps: seen by comparing it with one that cannot.

The wall clock and the monotonic one of a process go alike; where they part by more than a few seconds between two
looks, somebody set the wall clock. How far this machine is from the database's, is asked by the check `clock`.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from watching import metrics

log = logging.getLogger(__name__)
JUMP_S = 5.0
REMEMBERED_S = 24 * 3600.0


@dataclass(frozen=True)
class Jump:
    """By how much, forward above 0, and when by the monotonic clock."""

    seconds: float
    seen: float


_lock = threading.Lock()
_last: tuple[float, float] | None = None
_jumps: list[Jump] = []


def look(wall: float | None = None, steady: float | None = None) -> Jump | None:
    """Compare the clocks with the last look. Returns the jump, if there was one."""
    global _last
    wall, steady = time.time() if wall is None else wall, time.monotonic() if steady is None else steady
    with _lock:
        before, _last = _last, (wall, steady)
        if before is None:
            return None
        off = (wall - before[0]) - (steady - before[1])
        if abs(off) < JUMP_S:
            return None
        jump = Jump(off, steady)
        _jumps.append(jump)
        del _jumps[:-20]
    metrics.CLOCK_JUMPS.labels("forward" if off > 0 else "back").inc()
    log.error("this machine's clock jumped by %.0f seconds", off)
    return jump


def recent() -> list[Jump]:
    """Jumps that this process saw within a day."""
    with _lock:
        return [each for each in _jumps if time.monotonic() - each.seen < REMEMBERED_S]


def forget() -> None:
    """Begin anew."""
    global _last
    with _lock:
        _last = None
        _jumps.clear()
