"""The two provinces of `harness.correspondence_world`."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from harness import correspondence_world


@pytest.fixture
def two(border) -> SimpleNamespace:
    """广西 and 贵州, committed and deleted afterwards."""
    return correspondence_world.two_provinces()
