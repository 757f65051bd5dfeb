"""The sizes and colours pages are looked at in: phone by day and desk by night quickly, the rest at full size."""

from __future__ import annotations

import pytest

LOOKS = [
    (360, "light"),
    (1440, "dark"),
    pytest.param(360, "dark", marks=pytest.mark.slow),
    pytest.param(1440, "light", marks=pytest.mark.slow),
]
"""Parameters `width` (CSS pixels) and `theme`."""

look_at_each = pytest.mark.parametrize(("width", "theme"), LOOKS)
