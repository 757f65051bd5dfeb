"""Letters of the sandbox go with each reset. Found by name, see `runtime.sandbox`."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from federation.letters.addressees import SANDBOX_ORGANISATION

_OF_IT = (
    "SELECT id FROM letters_letter WHERE sender = %s OR sender = %s"
    " OR id IN (SELECT letter_id FROM letters_delivery WHERE addressee = %s OR addressee = %s)"
)


def clear(stage: Any) -> None:
    """Delete every letter from or to it, as the owner; the ledgers are of its own two parties alone."""
    parties = [f"province:{stage.code}", f"organisation:{SANDBOX_ORGANISATION}"] * 2
    with stage.owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE gone ON COMMIT DROP AS {_OF_IT}", parties)
        for table in ("letters_ledgerentry", "letters_delivery", "letters_letterbody"):
            cursor.execute(f"DELETE FROM {table} WHERE letter_id IN (SELECT id FROM gone)")  # noqa: S608 - our names
        cursor.execute("DELETE FROM letters_letter WHERE id IN (SELECT id FROM gone)")
