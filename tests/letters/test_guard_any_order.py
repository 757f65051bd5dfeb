"""G7: the same letters shuffled, doubled, delayed, failing now and then: one final state everywhere."""

from __future__ import annotations

import os
from random import Random
from uuid import uuid4

import pytest
from harness import guards
from harness.storm import storm
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from audit.models import Trail
from federation.contracts.addresses import Address
from federation.letters.models import Delivery
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
        phases=[Phase.generate] if "PLANTED_RUN" in os.environ else [Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        derandomize=guards.size(True, False),
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(letters, st.integers(0, 2**32), st.floats(0, 0.6))
    def one_history(plan, seed, failing):
        nonlocal histories
        histories += 1
        chance = Random(seed)
        matters = [uuid4(), uuid4()]
        wanted: dict[tuple[str, str, str], list[str]] = {}
        for number, (sender, matter, to) in enumerate(plan):
            seat, organisation = SENDERS[sender]
            addressee = ADDRESSEES[seat.name][to % len(ADDRESSEES[seat.name])]
            desk.send(f"{number}", addressee, seat=seat, sender=organisation, thread=matters[matter], by=LIN)
            route = (str(organisation or Address.province(seat.name)), str(addressee), str(matters[matter]))
            wanted.setdefault(route, []).append(f"{number}")

        storm(chance, [GX, GD, BRANDS], failing=failing, only=matters)
        assert arrived(matters) == wanted

    one_history()
    trials(histories)


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
