"""One at a time, to the end of the transaction: locks of the database that have names.

Anybody who is signed in to the database can take any such lock, and so hold up another party by it. So its number is
made of the name with a key of this installation: another login cannot guess it.
"""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections


def lock(*names: str, shared: bool = False, using: str = DEFAULT_DB_ALIAS) -> None:
    """Wait for whoever has a lock of these names, and have them all until this transaction ends.

    In a statement of its own: the next one sees what the last holder committed. shared: together with others who share
    it; whoever wants it alone waits for them all.
    """
    taken = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connections[using].cursor() as cursor:
        # Always in one order, so that two who want the same ones do not wait for each other.
        cursor.execute(
            f"SELECT {taken}(number) FROM unnest(%s::bigint[]) number",  # noqa: S608 - one of two words of ours
            [sorted(map(_number, names))],
        )


def _number(name: str) -> int:
    digest = hmac.digest(settings.SECRET_KEY.encode(), name.encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big", signed=True)
