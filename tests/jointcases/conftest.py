"""The people of `harness.jointcase_world`."""

from collections.abc import Callable

import pytest
from harness.jointcase_world import Parties

from federation.jointcases.services import rooms


@pytest.fixture
def parties(border: object) -> Parties:
    """Nobody has a room yet."""
    return Parties()


@pytest.fixture
def joined(parties: Parties, run_letters: Callable[[], int]) -> Parties:
    """Everybody takes part, and all letters have arrived."""
    parties.open()
    run_letters()
    for who in ("gz", "lan"):
        parties.do(who, rooms.answer, accept=True)
    run_letters()
    return parties
