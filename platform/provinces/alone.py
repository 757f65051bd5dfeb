"""One at a time, whoever tries: a lock that goes with the connection, so a killed worker leaves none.

The lock belongs to a transaction on a connection of its own, in which nothing else is done. A lock of a session would
not do: behind PgBouncer in transaction mode a session is any of several, and would be unlocked at another. Such a
transaction has read nothing that it could see again, so it keeps no old rows from being cleaned away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections

from provinces import context
from provinces.database.base import DatabaseWrapper

log = logging.getLogger(__name__)
_NOT_AVAILABLE = "55P03"


def files_of(seat: str) -> UUID:
    """What all lock that must not meet at one seat: a backup that copies its files, the clock that deletes them."""
    return uuid5(NAMESPACE_OID, f"files of {seat}")


@contextmanager
def alone(*what: UUID, wait_s: int = 0) -> Iterator[bool]:
    """Whether nobody else of this installation works on any of `what` now. The same thread may not take one twice.

    wait_s: how long to wait for each that somebody has; those that were got meanwhile are held.
    """
    aside = cast(DatabaseWrapper, connections.create_connection(DEFAULT_DB_ALIAS))
    aside.aside = True
    aside.set_seat(context.required())
    try:
        aside.set_autocommit(False)
        with aside.cursor() as cursor:
            # The login's limit on idle transactions is for those that hold rows; the work may take longer.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{wait_s}s"])
            is_alone = all(_take(cursor, each.int & (2**63 - 1), wait=wait_s > 0) for each in sorted(what))
        if not is_alone:
            _let_go(aside)
        yield is_alone
    finally:
        _let_go(aside)


def _take(cursor: Any, key: int, *, wait: bool) -> bool:
    if not wait:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])
    try:
        cursor.execute("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(%s)", [key])
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != _NOT_AVAILABLE:
            raise
        return False
    return True


def _let_go(aside: DatabaseWrapper) -> None:
    """End the transaction, and with it the lock. A connection that broke meanwhile has let go by itself."""
    try:
        if aside.connection is not None:
            aside.rollback()
            aside.set_autocommit(True)
    except DatabaseError:
        log.warning("the connection that held a lock was broken before the work was done", exc_info=True)
    finally:
        aside.close()
