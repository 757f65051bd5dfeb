"""Time-ordered identifiers: UUID version 7 of RFC 9562."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

_RANDOM_BITS = 74  # rand_a (12) and rand_b (62) together
_MAX_RANDOM = (1 << _RANDOM_BITS) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Generator:
    """The last value given, so that ids made by one process only ever grow (RFC 9562, 6.2, method 2)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_ms = 0
        self._last_random = 0

    def next(self) -> UUID:
        with self._lock:
            ms = time.time_ns() // 1_000_000
            if ms > self._last_ms:
                # The top bit stays free, so that one millisecond has room to count upward.
                random = int.from_bytes(os.urandom(10), "big") & (_MAX_RANDOM >> 1)
            else:
                # Same millisecond, or the machine's clock went back: count on from the last value.
                ms = self._last_ms
                random = self._last_random + 1 + int.from_bytes(os.urandom(4), "big")
                if random > _MAX_RANDOM:
                    ms += 1
                    random = int.from_bytes(os.urandom(10), "big") & (_MAX_RANDOM >> 1)
            self._last_ms, self._last_random = ms, random
        rand_a, rand_b = random >> 62, random & ((1 << 62) - 1)
        return UUID(int=(ms & ((1 << 48) - 1)) << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


_generator = _Generator()


def _after_fork() -> None:
    # A child that counted on from its parent's last value could repeat a sibling's ids; it also must
    # not inherit a lock that another thread of the parent held.
    global _generator
    _generator = _Generator()


os.register_at_fork(after_in_child=_after_fork)


def uuid7() -> UUID:
    """A new UUIDv7, greater than every one this process gave before. Thread-safe, safe after fork."""
    return _generator.next()


def uuid7_floor(moment: datetime) -> UUID:
    """What every UUIDv7 made at `moment` (aware) or later is not below: ids are a clock to search by."""
    return UUID(int=max(0, (moment - _EPOCH) // timedelta(milliseconds=1)) << 80)


def uuid7_time(value: UUID) -> datetime:
    """The moment inside a UUIDv7: aware, UTC, to the millisecond.

    Raises ValueError for a UUID of another version.
    """
    if value.version != 7:
        raise ValueError(f"{value} is a UUID of version {value.version}, not 7")
    return _EPOCH + timedelta(milliseconds=value.int >> 80)
