"""A house with rights staff, two bureaux, and what goes between them."""

from __future__ import annotations

from typing import Any

import pytest
from harness import reverse_world


@pytest.fixture
def world(border: Any) -> reverse_world.World:
    """Everybody, committed."""
    return reverse_world.build()
