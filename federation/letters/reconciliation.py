"""Do two parties agree on what passed between them? Each side is asked in its own seat, then the answers compared.

The sender's side is what it wrote (letters, deliveries it addressed); the addressee's side is what it signed for, by
the digests that it reckoned itself from what it read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from federation.contracts.addresses import Address
from federation.letters.ledger import content_digest
from federation.letters.models import Delivery
from kernel.canonical import canonical_json, sha256_hex
from provinces import context


@dataclass(frozen=True)
class Statement:
    """One side's view of one direction. letters: id to digest. root: over all of them in order of id."""

    letters: Mapping[UUID, str]
    waiting: frozenset[UUID] = frozenset()
    sent_back: frozenset[UUID] = frozenset()

    @property
    def root(self) -> str:
        return sha256_hex(canonical_json([[str(each), self.letters[each]] for each in sorted(self.letters)]))


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
    """Both directions between two parties. Enters both seats, so it is for the command line, not for a request."""
    return _direction(a, b), _direction(b, a)


def _direction(sender: Address, addressee: Address) -> Direction:
    with context.seat(sender.seat):
        wrote = said_sent(sender, addressee)
    with context.seat(addressee.seat):
        got = said_received(sender, addressee)
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


def said_sent(sender: Address, addressee: Address) -> Statement:
    """What the sender says, from its own letters. In the sender's seat."""
    rows = Delivery.objects.filter(sender=str(sender), addressee=str(addressee)).select_related("letter")
    letters, waiting, back = {}, set(), set()
    for row in rows.iterator(chunk_size=2000):
        letters[row.letter_id] = content_digest(row.letter_id, row.letter.body_sha256, row.letter.manifest_sha256)
        if row.state in Delivery.UNSETTLED:
            waiting.add(row.letter_id)
        elif row.state == Delivery.State.RETURNED and not row.delivered_at:
            back.add(row.letter_id)
    return Statement(letters, frozenset(waiting), frozenset(back))


def said_received(sender: Address, addressee: Address) -> Statement:
    """What the addressee says, from its receipts. In the addressee's seat."""
    rows = Delivery.objects.filter(sender=str(sender), addressee=str(addressee)).exclude(received_digest="")
    return Statement(dict(rows.values_list("letter_id", "received_digest")))
