"""How letters reach their addressee: within this database by `local`, to another installation by whoever registers.

A transport works in the seat that reads its addressees' letters: `local` in each party's own, the one to other
installations in the courier's. The office's sweep wakes a seat and knows nothing of what follows.
"""

from __future__ import annotations

from typing import Protocol

from federation.contracts.addresses import Address
from federation.letters import delivery, statements
from federation.letters.addressees import is_remote
from federation.letters.statements import Statement
from provinces import context
from provinces.seats import COURIER


class Transport(Protocol):
    """What the post office asks of one."""

    name: str

    def deliver_waiting(self, limit: int, *, last_first: bool = False) -> int:
        """Bring on their way up to `limit` letters that wait for the seat of this thread. Returns how many went."""
        ...

    def said_sent(self, sender: Address, addressee: Address) -> Statement:
        """What the sender says that it wrote to the addressee, asked where the sender lives."""
        ...

    def said_received(self, sender: Address, addressee: Address) -> Statement:
        """What the addressee says that it received of the sender, asked where the addressee lives."""
        ...


class Local:
    """Parties of this installation. Asking them enters their seats."""

    name = "local"

    def deliver_waiting(self, limit: int, *, last_first: bool = False) -> int:
        return delivery.deliver_waiting(limit, last_first=last_first)

    def said_sent(self, sender: Address, addressee: Address) -> Statement:
        with context.seat(sender.seat):
            return statements.said_sent(sender, addressee)

    def said_received(self, sender: Address, addressee: Address) -> Statement:
        with context.seat(addressee.seat):
            return statements.said_received(sender, addressee)


LOCAL = Local()
_remote: Transport | None = None


def register(transport: Transport) -> None:
    """Say what carries letters to other installations. There is one."""
    global _remote
    _remote = transport


def of(party: Address) -> Transport:
    """The transport of a party. Raises LookupError when nothing carries letters out of here."""
    return _abroad() if is_remote(party) else LOCAL


def here() -> Transport:
    """The transport that works in the seat of this thread."""
    return _abroad() if context.required() == COURIER else LOCAL


def _abroad() -> Transport:
    if _remote is None:
        raise LookupError("nothing carries letters to other installations")
    return _remote
