"""G7: the same letters shuffled, doubled, delayed, failing now and then: one final state everywhere."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from harness import guards
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Trail
from federation.contracts.addresses import Address
from federation.letters import delivery, selectors, services
from federation.letters.models import Delivery
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, province_seat

from .conftest import LIN, TEA, WINE

GX, GD = province_seat("gx"), province_seat("gd")
SENDERS = [(GX, None), (GD, None), (BRANDS, Address.organisation(WINE))]
ADDRESSEES = {
    "gx": [Address.organisation(WINE), Address.organisation(TEA), Address.province("gd")],
    "gd": [Address.organisation(WINE), Address.province("gx")],
    "brands": [Address.province("gx"), Address.province("gd")],
}
letters = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)), min_size=2, max_size=8)


@pytest.mark.guard("G7")
def test_letters_in_any_order_doubled_and_delayed_end_in_one_state(desk, trials):
    histories = 0

    @settings(
        max_examples=guards.size(60, 1000),
        deadline=None,
        derandomize=guards.size(True, False),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(letters, st.integers(0, 2**32), st.floats(0, 0.4))
    def one_history(plan, seed, failing):
        nonlocal histories
        histories += 1
        chance = Random(seed)
        matters = [uuid4(), uuid4()]
        wanted: dict[tuple[str, str, str], list[str]] = {}
        for number, (sender, matter, to) in enumerate(plan):
            seat, organisation = SENDERS[sender]
            addressee = ADDRESSEES[seat.name][to % len(ADDRESSEES[seat.name])]
            desk.send(
                f"{number}", addressee, seat=seat, sender=organisation, thread=matters[matter], by=LIN
            )
            route = (str(organisation or Address.province(seat.name)), str(addressee), str(matters[matter]))
            wanted.setdefault(route, []).append(f"{number}")

        def behave(message, envelope):
            if chance.random() < failing:
                raise ValueError

        desk.behave = behave
        with clock.frozen(clock.now()) as tick:
            for _ in range(6):
                for seat in chance.sample([GX, GD, BRANDS], 3):
                    shuffle_deliver(seat, matters, chance)
                tick(timedelta(seconds=chance.choice([0, 1, 5, 30])))
            desk.behave = lambda message, envelope: None
            tick(timedelta(minutes=11))
            for seat in (GX, GD, BRANDS):
                with context.seat(seat):
                    for dead in selectors.stuck():
                        services.retry(dead, by=LIN)
            while sum(desk.deliver(seat) for seat in (GX, GD, BRANDS)):
                pass
        assert arrived(matters) == wanted

    one_history()
    trials(histories)


def shuffle_deliver(seat, matters, chance) -> None:
    """Try everything that waits for a seat, in any order, some of it twice and with rows read long before."""
    with context.seat(seat):
        waiting = Delivery.objects.filter(addressee_seat=seat.name, state="waiting", thread__in=matters)
        held = [as_waiting(row) for row in waiting.select_related("letter__text").order_by("id")]
        again = [row for row in held if chance.random() < 0.5]
        chance.shuffle(held)
        for row in held + again:
            delivery.deliver_one(row)


def as_waiting(row: Delivery) -> delivery.Waiting:
    """A delivery as the worker reads it, whether or not it is due or next."""
    parts = [row, row.letter, row.letter.text]
    return delivery.Waiting(
        *(
            next(getattr(part, field.name) for part in parts if hasattr(part, field.name))
            for field in dataclasses.fields(delivery.Waiting)
        )
    )


def arrived(matters) -> dict[tuple[str, str, str], list[str]]:
    """What the receivers noted, by route, in the order of arrival."""
    routes: dict[tuple[str, str, str], list[str]] = {}
    for seat in (GX, GD, BRANDS):
        with context.seat(seat):
            rows = {
                (row.letter_id, row.addressee): row
                for row in Delivery.objects.filter(addressee_seat=seat.name, thread__in=matters)
            }
            for note in Trail.objects.filter(record_label="test.note").order_by("id"):
                row = rows.get((note.record_id, note.data["addressee"]))
                if row is not None:
                    routes.setdefault((row.sender, row.addressee, str(row.thread)), []).append(note.data["text"])
    return routes
