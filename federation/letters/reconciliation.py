"""Do two parties agree on what passed between them? Each side is asked where it lives, then the answers are compared.

The sender's side is what it wrote (letters, deliveries it addressed); the addressee's side is what it signed for, by
the digests that it reckoned itself from what it read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from federation.contracts.addresses import Address
from federation.letters import transports
from federation.letters.statements import Statement


@dataclass(frozen=True)
class Direction:
    """From one party to the other. missing: sent, not received, nor on the way, nor sent back."""

    sender: str
    addressee: str
    sent: Statement
    received: Statement
    missing: tuple[UUID, ...] = field(default=())
    unsent: tuple[UUID, ...] = field(default=())
    differing: tuple[UUID, ...] = field(default=())

    @property
    def agrees(self) -> bool:
        """Same letters with the same contents at both ends, apart from those on the way or sent back."""
        return not (self.missing or self.unsent or self.differing)


def reconcile(a: Address, b: Address) -> tuple[Direction, Direction]:
    """Both directions between two parties. Enters both seats, so it is for the command line, not for a request.

    A side that lives in another installation is asked over the wire.
    """
    return _direction(a, b), _direction(b, a)


def _direction(sender: Address, addressee: Address) -> Direction:
    wrote = transports.of(sender).said_sent(sender, addressee)
    got = transports.of(addressee).said_received(sender, addressee)
    unsettled = wrote.waiting | wrote.sent_back
    both = got.letters.keys() & wrote.letters.keys()
    return Direction(
        str(sender),
        str(addressee),
        wrote,
        got,
        missing=tuple(sorted(wrote.letters.keys() - got.letters.keys() - unsettled)),
        unsent=tuple(sorted(got.letters.keys() - wrote.letters.keys())),
        differing=tuple(sorted(each for each in both if got.letters[each] != wrote.letters[each])),
    )
