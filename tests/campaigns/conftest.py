"""The people of `harness.campaigns_world`."""

from types import SimpleNamespace

import pytest
from harness import campaigns_world


@pytest.fixture
def world(gx: object) -> SimpleNamespace:
    """In 广西, in a transaction that is rolled back."""
    return campaigns_world.rolled_back()
