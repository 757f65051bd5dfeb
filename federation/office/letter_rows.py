"""Rows as the pages show them: names instead of addresses, words instead of codes. No body is ever read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from federation.letters import words
from federation.letters.models import Delivery


@dataclass(frozen=True)
class Row:
    """One delivery in words. why: empty unless a try has failed."""

    id: UUID
    letter_id: UUID
    kind: str
    document_no: str
    sender: str
    addressee: str
    state: str
    state_name: str
    sequence: int
    written_at: datetime
    dead_at: datetime | None
    next_try_at: datetime
    due_at: datetime | None
    tries: int
    attachments: int
    size_bytes: int
    failure_code: str
    why: str

    @property
    def is_dead(self) -> bool:
        """Whether a person has to look."""
        return self.state == Delivery.State.DEAD


def rows(deliveries: Iterable[Delivery]) -> list[Row]:
    """Read with their letters."""
    found = list(deliveries)
    names = words.party_names(party for each in found for party in (each.sender, each.addressee))
    return [
        Row(
            id=each.pk,
            letter_id=each.letter_id,
            kind=words.kind_name(each.letter.kind),
            document_no=each.letter.document_no,
            sender=names[each.sender],
            addressee=names[each.addressee],
            state=each.state,
            state_name=str(each.get_state_display()),
            sequence=each.sequence,
            written_at=each.letter.written_at,
            dead_at=each.dead_at,
            next_try_at=each.next_try_at,
            due_at=each.due_at,
            tries=each.tries,
            attachments=each.letter.attachments,
            size_bytes=each.letter.attachments_size_bytes,
            failure_code=each.failure_code,
            why=words.why(each.failure_code) if each.failure_code else "",
        )
        for each in found
    ]
