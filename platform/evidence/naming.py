"""The same bytes have the same key: one who hands them in names a file that the clock may be taking in that moment.

Both hold a lock of the file's name to the end of their transaction: who writes a row that names it, together with
others; who takes it, alone. Whoever comes second sees what the first did.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import connection

from evidence.errors import StoreBusy
from evidence.store import name_and_version, store

SEND_AGAIN_S = 5


def named(key: str) -> None:
    """Call it in the transaction that writes a row with this key. Raises StoreBusy if the file was taken before.

    Whoever sends the same file again has it stored anew.
    """
    _lock("pg_advisory_xact_lock_shared", key)
    if not store().exists(key):
        raise StoreBusy(wait_s=SEND_AGAIN_S)


def taking(key: str) -> None:
    """Call it in a transaction, before looking whether a row still names this file, and take it in the same."""
    _lock("pg_advisory_xact_lock", key)


def _lock(function: str, key: str) -> None:
    # Keyed by a secret: another login cannot guess it and hold it.
    said = f"object {name_and_version(key)[0]}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), said, hashlib.sha256)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
