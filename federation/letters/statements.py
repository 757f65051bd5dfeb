"""What one side says of the letters between two parties: the sender of what it wrote, the addressee of its receipts.

The addressee's digests are those that it reckoned itself from what it read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from federation.contracts.addresses import Address
from federation.letters.ledger import content_digest
from federation.letters.models import Delivery
from kernel.canonical import canonical_json, sha256_hex


@dataclass(frozen=True)
class Statement:
    """One side's view of one direction. letters: id to digest. root: over all of them in order of id."""

    letters: Mapping[UUID, str]
    waiting: frozenset[UUID] = frozenset()
    sent_back: frozenset[UUID] = frozenset()

    @property
    def root(self) -> str:
        return sha256_hex(canonical_json([[str(each), self.letters[each]] for each in sorted(self.letters)]))


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
