"""A bureau and a brand house that committed, and letters that travel when told to."""

from collections.abc import Callable

import pytest
from harness import people

from federation.letters.delivery import deliver_everywhere


@pytest.fixture
def world(border):
    """Divisions, 陈队长's bureau in 广西 and the house of 林工 and 王工."""
    people.divisions()
    return people.bureau("gx"), people.brand_house()


@pytest.fixture
def post_goes() -> Callable[[], int]:
    """Deliver every letter that waits, everywhere."""
    return deliver_everywhere
