"""The sizes and colours pages are looked at in: the one they are used in most quickly, the other three at full size."""

from __future__ import annotations

from typing import Any

import pytest

LOOKS = [(360, "light"), (1440, "dark"), (360, "dark"), (1440, "light")]
"""Width in CSS pixels, and theme."""


def _looks(first: tuple[int, str]) -> Any:
    rest = [pytest.param(*look, marks=pytest.mark.slow) for look in LOOKS if look != first]
    return pytest.mark.parametrize(("width", "theme"), [first, *rest])


look_on_the_phone = _looks((360, "light"))
look_at_the_desk = _looks((1440, "dark"))
