"""One province at a time takes no more than its share: how many background tasks of one seat a process runs at once.

A province that is flooded, or whose work hangs, then holds some of a worker's threads and never all of them. Its tasks
also stand in a queue of their own: a worker takes from the queues in turn, so nobody waits behind a flood.
"""

from __future__ import annotations

import threading
from collections import Counter
from zlib import crc32

from django.conf import settings


class Turns:
    """For work that is the same whoever asks for it: one that is turned away is made up for by one more at the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()
        self._missed: set[str] = set()

    def take(self, name: str) -> bool:
        """Whether one more may begin. If not, whoever ends next is told so.

        Alone a seat may have SEAT_TASKS at once; beside others each has one, so two in trouble hold two threads.
        """
        with self._lock:
            own, all_of_them = self._running[name], self._running.total()
            if own and (own >= settings.SEAT_TASKS or all_of_them >= settings.SEAT_TASKS):
                self._missed.add(name)
                return False
            self._running[name] += 1
            return True

    def give_back(self, name: str) -> bool:
        """One has ended. Whether somebody was turned away meanwhile and should be called again."""
        with self._lock:
            self._running[name] -= 1
            missed = name in self._missed
            self._missed.discard(name)
            return missed


def lane(name: str) -> str:
    """The queue of a seat's letters. Some seats share one; what one of them waits for the other is bounded by it."""
    return f"{settings.LETTERS_QUEUE}.{crc32(name.encode()) % settings.LETTERS_LANES}"
