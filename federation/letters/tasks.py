"""Background work of the post office: deliver for one party, and the sweep that finds what nobody was told of."""

from __future__ import annotations

from collections import defaultdict

from celery import shared_task

from federation.contracts.addresses import Address
from federation.letters import addressees, ledger, transports
from federation.letters.models import Delivery, Letter
from kernel import clock
from kernel.soon import soon
from provinces.context import required
from provinces.seats import COURIER
from provinces.turns import Turns, lane

BATCH = 50
TURNS = Turns()


def wake(seat_name: str, *, last_first: bool = False) -> None:
    """Have a worker deliver what waits for one seat. A broker that is down is no error: the sweep comes by.

    last_first: beginning with the youngest, for a second worker, so that the two do not reach for the same letters.
    """
    soon(deliver, *([True] if last_first else []), seat=seat_name, queue=lane(seat_name))


@shared_task(name="letters.deliver")  # type: ignore[untyped-decorator]
def deliver(last_first: bool = False) -> int:
    """Deliver what waits for this seat; a full batch calls for the next. The sweep brings what is to be tried again.

    Of one seat no more than its share at once: one task more leaves at once, and the next that ends calls for another,
    which stands behind those of other seats.
    """
    name, count, again = required().name, 0, False
    if not TURNS.take(name):
        return 0
    try:
        count = transports.here().deliver_waiting(BATCH, last_first=last_first)
    finally:
        again = TURNS.give_back(name)
        if again or count >= BATCH:
            wake(name)
    return count


@shared_task(name="letters.append_to_ledger")  # type: ignore[untyped-decorator]
def append_to_ledger(party: str) -> int:
    """Append the new letters of one sender to its chain."""
    return ledger.append(Address.parse(party))


@shared_task(name="letters.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """In the office's seat: wake every party that something waits for, and each sender's ledger. Returns how many.

    A letter to a party that is gone, whose login no worker will ever hold again, becomes a dead letter here.
    """
    moment = clock.now()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_try_at__lte=moment)
    parties = waiting.values_list("addressee", "addressee_seat").order_by().distinct()
    by_seat: dict[str, list[Address]] = defaultdict(list)
    for addressee, seat_name in parties:
        by_seat[seat_name].append(Address.parse(addressee))
    for seat_name, named in by_seat.items():
        gone = [str(address) for address in named if addressees.standing(address) == "unknown"]
        if gone:
            waiting.filter(addressee__in=gone).update(
                state=Delivery.State.DEAD, dead_at=moment, failure_code="addressee_unknown"
            )
        if len(gone) < len(named):
            wake(seat_name)
    unlisted = Letter.objects.filter(ledger_entry=None).exclude(sender_seat=COURIER.name)
    senders = unlisted.values_list("sender", flat=True).order_by().distinct()
    for sender in senders:
        seat_name = Address.parse(sender).seat.name
        soon(append_to_ledger, sender, seat=seat_name, queue=lane(seat_name))
    return len(by_seat) + len(senders)
