"""The doors to letters: what a party sent and received, what is stuck, what is on its way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from federation.contracts.addresses import Address
from federation.letters.models import Delivery, Letter
from kernel.errors import NotFound404
from provinces.context import required
from provinces.seats import COURIER


def sent(party: Address | None = None, *, thread: UUID | None = None) -> QuerySet[Delivery]:
    """Deliveries of letters this seat wrote (of one party, of one matter), newest first, with their letters."""
    rows = Delivery.objects.filter(sender_seat=required().name)
    return _narrowed(rows, Q(sender=str(party)) if party else None, thread)


def received(party: Address | None = None, *, thread: UUID | None = None) -> QuerySet[Delivery]:
    """Deliveries that arrived for this seat (for one party, of one matter), newest first, with their letters."""
    rows = Delivery.objects.filter(addressee_seat=required().name).exclude(state__in=Delivery.UNSETTLED)
    return _narrowed(rows, Q(addressee=str(party)) if party else None, thread)


def _narrowed(rows: QuerySet[Delivery], party: Q | None, thread: UUID | None) -> QuerySet[Delivery]:
    if party is not None:
        rows = rows.filter(party)
    if thread is not None:
        rows = rows.filter(thread=thread)
    return rows.select_related("letter").order_by("-id")


def stuck(parties: Collection[Address] | None = None) -> QuerySet[Delivery]:
    """滞留件, oldest first: of these addressees, or of all of this seat; the office sees everybody's."""
    rows = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("letter").order_by("dead_at")
    if parties is not None:
        rows = rows.filter(addressee__in=[str(party) for party in parties])
    seat = required()
    return rows if seat.kind == "office" else rows.filter(addressee_seat=seat.name)


def access_stuck(delivery_id: UUID, parties: Collection[Address] | None = None) -> Delivery:
    """One of `stuck(parties)`. Raises NotFound404."""
    found = stuck(parties).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound404(delivery_id=delivery_id)
    return found


def in_flight(*, party: str = "", kind: str = "", state: str = "") -> QuerySet[Delivery]:
    """For the office: deliveries that are not settled, oldest first. party: sender or addressee as written."""
    states = (state,) if state in Delivery.UNSETTLED else Delivery.UNSETTLED
    rows = Delivery.objects.filter(state__in=states).select_related("letter").order_by("id")
    if party:
        rows = rows.filter(Q(sender=party) | Q(addressee=party))
    if kind:
        rows = rows.filter(letter__kind=kind)
    return rows


def kinds_in_flight() -> list[str]:
    """For the office: kinds of the letters that are not settled."""
    rows = Delivery.objects.filter(state__in=Delivery.UNSETTLED)
    return sorted(rows.order_by().values_list("letter__kind", flat=True).distinct())


@dataclass(frozen=True)
class Route:
    """One pair of parties with letters on the way. oldest_at: when the oldest of them was written."""

    sender: str
    addressee: str
    waiting: int
    dead: int
    oldest_at: datetime


def routes() -> list[Route]:
    """For the office: every pair of parties with unsettled letters, the oldest first."""
    rows = (
        Delivery.objects.filter(state__in=Delivery.UNSETTLED)
        .values("sender", "addressee")
        .annotate(
            waiting=Count("id", filter=Q(state=Delivery.State.WAITING)),
            dead=Count("id", filter=Q(state=Delivery.State.DEAD)),
            oldest_at=Min("letter__written_at"),
        )
        .order_by("oldest_at")
    )
    return [Route(**row) for row in rows]


@dataclass(frozen=True)
class Chain:
    """One sender's ledger as the office lists it. waiting: letters not in it yet."""

    party: str
    letters: int
    lines: int
    last_at: datetime | None

    @property
    def waiting(self) -> int:
        return self.letters - self.lines


def chains() -> list[Chain]:
    """For the office: every sender and how far its ledger has come."""
    rows = (
        Letter.objects.exclude(sender_seat=COURIER.name)  # their ledgers are kept where they were written
        .values("sender")
        .annotate(letters=Count("id"), lines=Count("ledger_entry"), last_at=Max("ledger_entry__appended_at"))
        .order_by("sender")
    )
    return [Chain(row["sender"], row["letters"], row["lines"], row["last_at"]) for row in rows]
