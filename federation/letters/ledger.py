"""The sender's chain: one line for each letter, each line's hash over the one before. Appended after commit.

Inside the transaction of a letter it would make all senders wait for one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from federation.contracts.addresses import Address
from federation.letters.models import LedgerEntry, Letter
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex
from kernel.locks import lock
from provinces.context import required

GENESIS = "0" * 64


def content_digest(letter_id: UUID, body_sha256: str, manifest_sha256: str) -> str:
    """One letter in one digest, the same at both ends."""
    return sha256_hex(canonical_json([letter_id, body_sha256, manifest_sha256]))


def entry_hash(position: int, previous: str, letter_id: UUID, body_sha256: str, manifest_sha256: str) -> str:
    """Hash of one line."""
    return sha256_hex(canonical_json([position, previous, letter_id, body_sha256, manifest_sha256]))


def append(party: Address, *, limit: int = 1000) -> int:
    """Append the party's letters that are not in its chain yet, oldest first, in the party's seat. Returns how many.

    A letter whose transaction commits late comes after younger ones: the chain's order is that of appending.
    """
    with transaction.atomic():
        lock(f"ledger {party}")
        last = LedgerEntry.objects.filter(party=str(party)).order_by("-position").first()
        position, previous = (last.position, last.entry_hash) if last else (0, GENESIS)
        entries = []
        for letter in Letter.objects.filter(sender=str(party), ledger_entry=None).order_by("id")[:limit]:
            position += 1
            line = entry_hash(position, previous, letter.pk, letter.body_sha256, letter.manifest_sha256)
            entries.append(
                LedgerEntry(
                    letter=letter,
                    party=str(party),
                    party_seat=party.seat.name,
                    position=position,
                    previous_hash=previous,
                    body_sha256=letter.body_sha256,
                    manifest_sha256=letter.manifest_sha256,
                    entry_hash=line,
                    appended_at=clock.now(),
                )
            )
            previous = line
        LedgerEntry.objects.bulk_create(entries)
    return len(entries)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found. broken_at: the first line that does not hold, and why; head: hash of the last good one."""

    party: str
    lines: int
    head: str
    broken_at: int | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the whole chain does."""
        return self.broken_at is None


def verify(party: Address) -> Verdict:
    """Reckon the party's chain again from the letters; in its own seat with the bodies, in the office's without."""
    previous, position = GENESIS, 0
    bodies = required().name == party.seat.name
    related = ("letter__text",) if bodies else ("letter",)
    rows = LedgerEntry.objects.filter(party=str(party)).select_related(*related).order_by("position")
    for row in rows.iterator(chunk_size=2000):
        position += 1
        letter = row.letter
        wanted = entry_hash(position, previous, letter.pk, letter.body_sha256, letter.manifest_sha256)
        if row.position != position:
            return Verdict(str(party), position - 1, previous, position, "position")
        if row.previous_hash != previous:
            return Verdict(str(party), position - 1, previous, position, "previous_hash")
        if row.entry_hash != wanted:
            return Verdict(str(party), position - 1, previous, position, "entry_hash")
        if bodies and _altered(letter):
            return Verdict(str(party), position - 1, previous, position, "body")
        previous = row.entry_hash
    return Verdict(str(party), position, previous)


def _altered(letter: Letter) -> bool:
    return (
        sha256_hex(letter.text.body.encode()) != letter.body_sha256
        or sha256_hex(letter.text.manifest.encode()) != letter.manifest_sha256
    )
