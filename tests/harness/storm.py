"""A bad day at the post office: letters tried in any order, twice, with rows read long before, and failing half-way."""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from uuid import UUID

from audit.trail import Actor
from federation.letters import delivery, selectors, services
from federation.letters.models import Delivery
from kernel import clock
from provinces import context
from provinces.seats import Seat

POSTMAN = Actor(None, "系统")


def storm(
    chance: Random,
    seats: Sequence[Seat],
    *,
    failing: float = 0.3,
    rounds: int = 6,
    only: Collection[UUID] | None = None,
) -> None:
    """Deliver everything that waits for these seats, in the worst way, until all has arrived.

    failing: how often a receiver fails, before it began or after it had finished. only: these matters alone.
    """
    with clock.frozen(clock.now()) as tick:
        with _failing_receivers(chance, failing):
            for _ in range(rounds):
                for seat in chance.sample(seats, len(seats)):
                    try_in_any_order(seat, chance, only)
                tick(timedelta(seconds=chance.choice([0, 1, 5, 30])))
        tick(timedelta(minutes=11))
        for seat in seats:
            with context.seat(seat):
                for dead in selectors.stuck():
                    services.retry(dead, by=POSTMAN)
        while sum(_deliver(seat) for seat in seats):
            pass


def try_in_any_order(seat: Seat, chance: Random, only: Collection[UUID] | None = None) -> None:
    """Try everything that waits for a seat, due or not, next or not, some of it a second time."""
    with context.seat(seat):
        waiting = Delivery.objects.filter(addressee_seat=seat.name, state="waiting")
        if only is not None:
            waiting = waiting.filter(thread__in=only)
        held = [_as_waiting(row) for row in waiting.select_related("letter__text").order_by("id")]
        again = [row for row in held if chance.random() < 0.5]
        chance.shuffle(held)
        for row in held + again:
            delivery.deliver_one(row)


def _deliver(seat: Seat) -> int:
    with context.seat(seat):
        return delivery.deliver_waiting()


@contextmanager
def _failing_receivers(chance: Random, failing: float) -> Iterator[None]:
    hand_over = delivery.hand_over

    def unreliable(message: object, envelope: object) -> None:
        if chance.random() < failing / 2:
            raise ConnectionError
        hand_over(message, envelope)
        if chance.random() < failing / 2:
            raise ConnectionError

    delivery.hand_over = unreliable
    try:
        yield
    finally:
        delivery.hand_over = hand_over


def _as_waiting(row: Delivery) -> delivery.Waiting:
    """A delivery as the worker reads it."""
    parts = [row, row.letter, row.letter.text]
    return delivery.Waiting(
        *(
            next(getattr(part, field.name) for part in parts if hasattr(part, field.name))
            for field in dataclasses.fields(delivery.Waiting)
        )
    )
