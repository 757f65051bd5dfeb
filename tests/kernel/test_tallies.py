"""Figures of much are counted by the page once, and by a worker for as long as somebody looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from kernel import clock
from kernel.tallies import Tally

pytestmark = pytest.mark.usefixtures("gx")
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Found:
    value: int
    counted_at: datetime | None = None


@pytest.fixture
def tally(request):
    """Counts how often it counts; ten and more are much."""
    counted = []

    def count(first, *, now):
        counted.append(first)
        return Found(first + len(counted))

    made = Tally(f"test:{request.node.name}", count, much=lambda found: found.value >= 10)
    made.counted = counted
    return made


def test_little_is_counted_at_every_look_and_much_once(tally):
    assert [tally.shown(1, now=NOON).value for _look in range(2)] == [2, 3]
    first = tally.shown(100, now=NOON)
    again = tally.shown(100, now=NOON + timedelta(minutes=20))
    assert (first, again) == (Found(103), Found(103, counted_at=NOON))


def test_a_worker_counts_anew_what_was_looked_at_within_a_day(tally):
    with clock.frozen(NOON) as tick:
        tally.shown(100)
        tick(timedelta(hours=20))
        assert tally.again() == 1 and tally.counted == [100, 100]
        assert tally.shown(100) == Found(102, counted_at=NOON + timedelta(hours=20)), "nothing is counted for the page"
        tally.shown(200)
        tick(timedelta(hours=23))
        assert tally.again() == 2
        tick(timedelta(hours=2))
        assert tally.again() == 0, "nobody has looked for a day"


def test_what_became_little_is_not_kept(tally):
    with clock.frozen(NOON):
        tally.shown(100)
        tally.much = lambda found: False
        assert tally.again() == 1
        tally.shown(100)
    assert tally.counted == [100, 100, 100]
