"""One pool of connections per process, kept by (database, login), bounded in total.

Django borrows a connection when a thread first queries and gives it back when it closes (end of a request, end of a
task, change of province). A connection never changes its login. At checkout `DISCARD ALL` both proves that the server
still answers and wipes what the last borrower may have set (search path, temporary objects, listens, locks).
"""

import os
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from provinces.errors import PoolExhausted

Key = Hashable
Connect = Callable[[], Any]


class Pool:
    """Thread-safe; emptied after a fork.

    size: most connections in all, borrowed and idle. timeout_s: how long a borrower waits before PoolExhausted.
    idle_s: an idle connection older than this is closed at the next visit.
    """

    def __init__(self, size: int, timeout_s: float = 10.0, idle_s: float = 300.0) -> None:
        self.size, self.timeout_s, self.idle_s = size, timeout_s, idle_s
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Condition()
        self._idle: dict[Key, list[tuple[float, Any]]] = {}
        self._borrowed: dict[int, Key] = {}
        self._opening = 0
        self._pid = os.getpid()

    def _forked(self) -> None:
        if self._pid != os.getpid():
            # The sockets belong to the parent: forget them without closing, closing would end the parent's sessions.
            self._reset()

    def borrow(self, key: Key, connect: Connect) -> Any:
        """A live connection for `key`, from the pool or made by `connect()`."""
        self._forked()
        while True:
            connection = self._take_idle_or_place(key)
            if connection is None:
                return self._open(key, connect)
            try:
                self._refresh(connection)
            except psycopg2.Error:
                self._forget(connection)
                connection.close()
                continue
            return connection

    def give_back(self, connection: Any) -> None:
        """Take back what was borrowed. A broken or foreign connection is closed instead."""
        self._forked()
        with self._lock:
            key = self._borrowed.pop(id(connection), None)
        healthy = key is not None and not connection.closed
        if healthy and connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
            try:
                connection.rollback()
            except psycopg2.Error:
                healthy = False
        with self._lock:
            if healthy:
                self._idle.setdefault(key, []).append((time.monotonic(), connection))
            self._lock.notify()
        if not healthy:
            connection.close()

    def close_idle(self, key: Key | None = None) -> None:
        """Close idle connections: of one login, or of all."""
        with self._lock:
            keys = [key] if key is not None else list(self._idle)
            doomed = [connection for each in keys for _, connection in self._idle.pop(each, [])]
            self._lock.notify_all()
        for connection in doomed:
            connection.close()

    def counts(self) -> dict[str, int]:
        """Connections now: borrowed, idle."""
        with self._lock:
            return {"borrowed": len(self._borrowed), "idle": sum(map(len, self._idle.values()))}

    def _total(self) -> int:
        return len(self._borrowed) + self._opening + sum(map(len, self._idle.values()))

    def _take_idle_or_place(self, key: Key) -> Any | None:
        """An idle connection (marked borrowed), or None when the caller may open one."""
        deadline = time.monotonic() + self.timeout_s
        with self._lock:
            while True:
                doomed = self._expired()
                mine = self._idle.get(key)
                if mine:
                    _, connection = mine.pop()
                    self._borrowed[id(connection)] = key
                    break
                if self._total() >= self.size:
                    doomed += self._evict()
                if self._total() < self.size:
                    self._opening += 1
                    connection = None
                    break
                left = deadline - time.monotonic()
                if left <= 0 or not self._lock.wait(left):
                    raise PoolExhausted(f"no database connection came free in {self.timeout_s:g} s")
        for each in doomed:
            each.close()
        return connection

    def _expired(self) -> list[Any]:
        limit = time.monotonic() - self.idle_s
        doomed = []
        for key, entries in list(self._idle.items()):
            while entries and entries[0][0] < limit:
                doomed.append(entries.pop(0)[1])
            if not entries:
                del self._idle[key]
        return doomed

    def _evict(self) -> list[Any]:
        """Give up the connection that has been idle longest, whoever's it is."""
        oldest = min((entries[0][0], key) for key, entries in self._idle.items()) if self._idle else None
        if oldest is None:
            return []
        entries = self._idle[oldest[1]]
        doomed = entries.pop(0)[1]
        if not entries:
            del self._idle[oldest[1]]
        return [doomed]

    def _open(self, key: Key, connect: Connect) -> Any:
        try:
            connection = connect()
        except BaseException:
            with self._lock:
                self._opening -= 1
                self._lock.notify()
            raise
        with self._lock:
            self._opening -= 1
            self._borrowed[id(connection)] = key
        return connection

    def _forget(self, connection: Any) -> None:
        with self._lock:
            self._borrowed.pop(id(connection), None)
            self._lock.notify()

    @staticmethod
    def _refresh(connection: Any) -> None:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DISCARD ALL")
