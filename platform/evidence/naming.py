"""The same bytes have the same key: one who hands them in names a file that the clock may be taking in that moment.

Both hold a lock of the file's name to the end of their transaction: who writes a row that names it, together with
others; who takes it, alone. Whoever comes second sees what the first did.
"""

from __future__ import annotations

from evidence.errors import StoreBusy
from evidence.store import name_and_version, store
from kernel.locks import lock

SEND_AGAIN_S = 5


def named(key: str) -> None:
    """Call it in the transaction that writes a row with this key. Raises StoreBusy if the file was taken before.

    Whoever sends the same file again has it stored anew.
    """
    lock(_name(key), shared=True)
    if not store().exists(key):
        raise StoreBusy(wait_s=SEND_AGAIN_S)


def taking(key: str) -> None:
    """Call it in a transaction, before looking whether a row still names this file, and take it in the same."""
    lock(_name(key))


def _name(key: str) -> str:
    return f"object {name_and_version(key)[0]}"
