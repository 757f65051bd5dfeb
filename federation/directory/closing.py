"""A province is removed: its units are listed no more; old letters still find their names. See `operations.parts`."""

from __future__ import annotations

from federation.directory.models import Entry


def close_province(code: str, former: str) -> dict[str, int]:
    """Mark them as gone. Holds the owner's seat."""
    return {"units": Entry.objects.filter(province=code, is_removed=False).update(is_removed=True)}
