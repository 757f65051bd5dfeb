"""Whether this process can answer: /healthz says that it lives, /readyz that it reaches what pages need.

Without the database nothing can be answered: 503, so that a balancer sends people elsewhere. Without Valkey or the
object store pages still work, some of them less well: 200 and "degraded", for taking every process out of service at
once would turn a small outage into a whole one. Asked often, so looked up at most every two seconds.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from evidence.store import make_key, store
from gateway import valkey
from provinces import context
from provinces.database.base import DatabaseWrapper
from provinces.seats import PUBLIC

HEALTH, READY = "/healthz", "/readyz"
ADDRESSES = frozenset({HEALTH, READY})
KEPT_S = 2.0
PATIENCE_S = 2.0
_NOBODYS = UUID(int=0)


@dataclass(frozen=True)
class Reached:
    """What this process reached. read_only: the database answers and refuses to write."""

    database: bool
    valkey: bool
    store: bool
    read_only: bool = False

    @property
    def word(self) -> str:
        """ok, degraded, down."""
        if not self.database:
            return "down"
        return "ok" if self.valkey and self.store and not self.read_only else "degraded"


_lock = threading.Lock()
_kept: tuple[float, Reached] | None = None
_pool = ThreadPoolExecutor(max_workers=6, thread_name_prefix="readiness")


def answer() -> tuple[str, int]:
    """One word and the status that goes with it."""
    word = reached().word
    return word, 503 if word == "down" else 200


def reached() -> Reached:
    """What is reached now, or was two seconds ago."""
    global _kept
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > KEPT_S:
            writes = _asked(_database)
            _kept = (
                time.monotonic(),
                Reached(
                    database=writes is not None,
                    valkey=bool(_asked(_valkey)),
                    store=bool(_asked(_store)),
                    read_only=writes is False,
                ),
            )
        return _kept[1]


def forget() -> None:
    """Look again at the next question."""
    global _kept
    _kept = None


def _asked(probe: Callable[[], bool]) -> bool | None:
    """What a probe says; None when it fails or takes too long. A thread that hangs is left to its own time-outs."""
    try:
        return _pool.submit(probe).result(PATIENCE_S)
    except TooSlow:
        return None
    except Exception:
        return None


def _database() -> bool:
    """Whether it takes writes. On a connection of its own, as the bare domain's login, which reads nothing."""
    wrapper = cast("DatabaseWrapper", connections.create_connection(DEFAULT_DB_ALIAS))
    wrapper.aside = True
    wrapper.set_seat(PUBLIC)
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean")
            return not cursor.fetchone()[0]
    finally:
        wrapper.close()


def _valkey() -> bool:
    if not settings.VALKEY_URL:
        return True
    server = valkey.client()
    return server is not None and bool(server.ping())


def _store() -> bool:
    """Whether it answers about an object that is not there, as S3 does with a store that works; a folder, if it takes
    files."""
    with context.seat(PUBLIC):
        store().exists(make_key(PUBLIC.name, "view", _NOBODYS))
    return (
        bool(settings.S3["endpoint_url"])
        or not settings.OBJECTS_DIR.exists()
        or os.access(settings.OBJECTS_DIR, os.W_OK)
    )


def _after_fork() -> None:
    global _pool, _lock
    _pool, _lock = ThreadPoolExecutor(max_workers=6, thread_name_prefix="readiness"), threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
