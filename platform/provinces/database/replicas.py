"""Reading from replicas: the same logins, another server, never older than REPLICA_STALE_S.

Inside `reading()` this thread's connection goes to a replica that answers and is not behind; when none is, to the
primary, and nobody notices. A replica that failed is left alone for some seconds. What follows from a person's own
writes is read from the primary: `provinces.replicas` sees to that.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg2
from django.conf import settings

log = logging.getLogger(__name__)
REST_S = 5.0
LOOK_EVERY_S = 1.0
# Behind a primary that writes nothing all is received and replayed; one that lost its primary has no receiver.
_BEHIND = """SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
  WHEN EXISTS (SELECT FROM pg_stat_wal_receiver) AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
  ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END"""


class _Thread(threading.local):
    reading = False


THREAD = _Thread()


@dataclass(frozen=True)
class Place:
    """Where a replica is."""

    host: str
    port: str
    name: str


class Replicas:
    """All replicas of the settings, and which of them may be asked now."""

    def __init__(self, urls: tuple[str, ...]) -> None:
        parts = [urlsplit(url) for url in urls]
        primary = settings.DATABASES["default"]["NAME"]
        self.places = [
            Place(each.hostname or "127.0.0.1", str(each.port or 5432), unquote(each.path.lstrip("/")) or str(primary))
            for each in parts
        ]
        self._away_until: dict[Place, float] = {}
        self._looked_at: dict[Place, float] = {}
        self._turn = 0

    def candidates(self) -> list[Place]:
        """Those that may be asked now, another one first each time."""
        now = time.monotonic()
        self._turn += 1
        turned = self.places[self._turn % len(self.places) :] + self.places[: self._turn % len(self.places)]
        return [each for each in turned if self._away_until.get(each, 0.0) <= now]

    def leave_alone(self, place: Place, why: object) -> None:
        """Ask nothing of a replica for some seconds."""
        log.warning("replica %s:%s is not asked for %g s: %s", place.host, place.port, REST_S, why)
        self._away_until[place] = time.monotonic() + REST_S

    def is_fresh(self, place: Place, connection: Any) -> bool:
        """Whether what stands there is young enough; looked up once a second at most."""
        now = time.monotonic()
        if now - self._looked_at.get(place, float("-inf")) < LOOK_EVERY_S:
            return True
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(_BEHIND)
                behind = cursor.fetchone()[0]
        except psycopg2.Error as error:
            self.leave_alone(place, error)
            return False
        if behind is None or float(behind) > settings.REPLICA_STALE_S:
            self.leave_alone(place, f"it is {behind} s behind")
            return False
        self._looked_at[place] = now
        return True


@lru_cache(maxsize=4)
def _known(urls: tuple[str, ...]) -> Replicas:
    return Replicas(urls)


def known() -> Replicas | None:
    """The replicas of the settings; None where there are none."""
    return _known(tuple(settings.REPLICA_URLS)) if settings.REPLICA_URLS else None


@contextmanager
def reading() -> Iterator[None]:
    """Read from a replica inside the block, where there is one. Not inside a transaction: that stays where it began."""
    from provinces.database.base import wrapper

    here = wrapper()
    if THREAD.reading or here.in_atomic_block or known() is None:
        yield
        return
    here.close()
    THREAD.reading = True
    try:
        yield
    finally:
        THREAD.reading = False
        here.close()
