"""A statement of last month for each province and house."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from billing_free.usage.models import Statement
from federation.contracts.addresses import Address
from kernel.ids import uuid7
from provinces import context
from provinces.seats import Seat


def fill(party: Address, *, at: Seat | None = None) -> UUID:
    """What addresses are filled with: statement_id. at: who holds it, if not the party itself."""
    seat = at or party.seat
    with context.seat(seat):
        made = uuid7()
        line = {"meter": "letters", "amount": 3, "fen": 60, "per": 100, "home_fen": 2}
        Statement.objects.create(
            id=made,
            seat=seat.name,
            party=str(party),
            month=date(2026, 1, 1),
            thread=made,
            lines=[line],
            home_fen=2,
        )
        return made
