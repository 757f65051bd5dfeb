"""The doors to letters: what a party sent and received, what is stuck, what is on its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from federation.contracts.addresses import Address
from federation.letters.models import Delivery
from kernel.errors import NotFound404
from provinces.context import required


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


def stuck(party: Address | None = None) -> QuerySet[Delivery]:
    """滞留件, oldest first: of one addressee, or of all of this seat; the office sees everybody's."""
    rows = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("letter").order_by("dead_at")
    if party is not None:
        return rows.filter(addressee=str(party))
    seat = required()
    return rows if seat.kind == "office" else rows.filter(addressee_seat=seat.name)


def access_stuck(delivery_id: UUID, party: Address | None = None) -> Delivery:
    """One of `stuck(party)`. Raises NotFound404."""
    found = stuck(party).filter(pk=delivery_id).first()
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
