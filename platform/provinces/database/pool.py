"""One pool of connections per process, kept by (database, login), bounded in total and per login.

Django borrows a connection when a thread first queries and gives it back when it closes (end of a request, end of a
task, change of province). A connection never changes its login. When it comes back, `DISCARD ALL` wipes what the
borrower may have set (search path, time limits, listens, locks), unless only rows were read and written (see
`provinces.database.session`). At checkout a look at the socket tells whether the server has hung up; after a longer
rest the server is asked.

No library fits: psycopg_pool is for psycopg 3 and one login, PgBouncer is a server of its own (and may stand behind).
"""

import os
import select
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from provinces.errors import PoolExhausted

Key = Hashable
Connect = Callable[[], Any]
Watcher = Callable[[int, int, float, bool], None]
"""Told after each borrowing and giving back: connections in use, threads waiting, how long this one waited, in vain."""


class Pool:
    """Thread-safe; emptied after a fork.

    size: most connections in all, borrowed and idle. share: most of them that one login may have borrowed at a time,
    so that one province's flood leaves room for the others. timeout_s: how long a borrower waits before
    PoolExhausted. idle_s: an idle connection older than this is closed at the next visit. ask_after_s: one that has
    rested longer is asked whether it still answers. wipe_after_s: a session is wiped that often even if nothing
    points to it.

    Who waits longest goes first, unless its login is at its share.
    """

    def __init__(self, size: int, timeout_s: float = 10.0, idle_s: float = 300.0, share: int | None = None) -> None:
        self.size, self.timeout_s, self.idle_s = size, timeout_s, idle_s
        self.ask_after_s = self.wipe_after_s = 30.0
        self.share = share or max(2, size // 2)
        self.watcher: Watcher | None = None
        self.reset()

    def reset(self) -> None:
        """Forget everything without closing: after a fork the sockets belong to the parent."""
        self._lock = threading.Condition()
        self._idle: dict[Key, list[tuple[float, Any]]] = {}
        self._borrowed: dict[int, tuple[weakref.ref[Any], Key]] = {}
        self._opening: Counter[Key] = Counter()
        self._waiting: list[tuple[object, Key]] = []
        self._pid = os.getpid()

    def borrow(self, key: Key, connect: Connect) -> Any:
        """A live connection for `key`, from the pool or made by `connect()`."""
        began = time.monotonic()
        try:
            connection = self._borrow(key, connect)
        except PoolExhausted:
            self._tell(time.monotonic() - began, in_vain=True)
            raise
        self._tell(time.monotonic() - began)
        return connection

    def _borrow(self, key: Key, connect: Connect) -> Any:
        while True:
            since, connection = self._take(key)
            if connection is None:
                return self._open(key, connect)
            if self._answers(connection, since):
                return connection
            self._forget(connection)
            connection.close()

    def _tell(self, waited_s: float = -1.0, *, in_vain: bool = False) -> None:
        if self.watcher is not None:
            self.watcher(len(self._borrowed) + self._opening.total(), len(self._waiting), waited_s, in_vain)

    def give_back(self, connection: Any) -> None:
        """Take back what was borrowed. A broken or foreign connection is closed instead."""
        with self._lock:
            _, key = self._borrowed.get(id(connection), (None, None))
        healthy = key is not None and not connection.closed and self._wipe(connection)
        with self._lock:
            self._borrowed.pop(id(connection), None)
            if healthy:
                self._idle.setdefault(key, []).append((time.monotonic(), connection))
            if self._waiting:
                self._lock.notify_all()
        if not healthy:
            connection.close()
        self._tell()

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
            self._drop_dead()
            return {"borrowed": len(self._borrowed), "idle": sum(map(len, self._idle.values()))}

    # Inside the lock --------------------------------------------------------------------------------------------------

    def _take(self, key: Key) -> tuple[float, Any | None]:
        """An idle connection (marked borrowed) and since when it rested; or None when the caller may open one."""
        deadline = time.monotonic() + self.timeout_s
        me = (object(), key)
        with self._lock:
            self._waiting.append(me)
            try:
                while not self._my_turn(me):
                    left = deadline - time.monotonic()
                    if left <= 0:
                        raise PoolExhausted(f"no database connection came free in {self.timeout_s:g} s")
                    # Wakes by itself too: a thread that died with its connection gives nothing back.
                    self._lock.wait(min(left, 1.0))
                doomed = self._expired()
                since, connection = self._pop_idle(key, newest=True)
                if connection is not None:
                    self._borrowed[id(connection)] = (weakref.ref(connection), key)
                else:
                    if self._total() >= self.size:
                        doomed.append(self._evict())
                    self._opening[key] += 1
            finally:
                self._waiting.remove(me)
                if self._waiting:
                    self._lock.notify_all()
        for each in doomed:
            each.close()
        return since, connection

    def _my_turn(self, me: tuple[object, Key]) -> bool:
        self._drop_dead()
        in_use = Counter(key for _, key in self._borrowed.values()) + self._opening
        for each in self._waiting:
            key = each[1]
            if in_use[key] < self.share and (key in self._idle or self._total() < self.size or self._idle):
                return each is me
        return False

    def _drop_dead(self) -> None:
        dead = [number for number, (reference, _) in self._borrowed.items() if reference() is None]
        for number in dead:
            del self._borrowed[number]

    def _total(self) -> int:
        return len(self._borrowed) + self._opening.total() + sum(map(len, self._idle.values()))

    def _pop_idle(self, key: Key, *, newest: bool) -> tuple[float, Any | None]:
        entries = self._idle.get(key)
        if not entries:
            return 0.0, None
        popped = entries.pop(-1 if newest else 0)
        if not entries:
            del self._idle[key]
        return popped

    def _expired(self) -> list[Any]:
        limit = time.monotonic() - self.idle_s
        return [
            self._pop_idle(key, newest=False)[1]
            for key, entries in list(self._idle.items())
            for since, _ in list(entries)
            if since < limit
        ]

    def _evict(self) -> Any:
        """Give up the connection that has been idle longest, whoever's it is."""
        return self._pop_idle(min(self._idle, key=lambda key: self._idle[key][0][0]), newest=False)[1]

    # Outside the lock -------------------------------------------------------------------------------------------------

    def _open(self, key: Key, connect: Connect) -> Any:
        connection = None
        try:
            connection = connect()
        finally:
            with self._lock:
                self._opening[key] -= 1
                if connection is not None:
                    self._borrowed[id(connection)] = (weakref.ref(connection), key)
                elif self._waiting:
                    self._lock.notify_all()
        return connection

    def _forget(self, connection: Any) -> None:
        with self._lock:
            self._borrowed.pop(id(connection), None)
            if self._waiting:
                self._lock.notify_all()

    def _answers(self, connection: Any, since: float) -> bool:
        """Whether the server is still there. A server that hung up leaves its last words in the socket."""
        try:
            silent = not select.select([connection], [], [], 0)[0]
            if silent and time.monotonic() - since < self.ask_after_s:
                return True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (psycopg2.Error, OSError, ValueError):
            return False
        return True

    def _wipe(self, connection: Any) -> bool:
        """Make a connection as if new. False when it is broken."""
        now = time.monotonic()
        try:
            if connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
                connection.rollback()
            connection.autocommit = True
            if connection.touched or now - connection.wiped_at > self.wipe_after_s:
                with connection.cursor() as cursor:
                    cursor.execute("DISCARD ALL")
                connection.touched, connection.wiped_at = False, now
        except psycopg2.Error:
            return False
        return True
