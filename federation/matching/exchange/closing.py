"""A province is removed: its digests are taken off the table. See `operations.parts`."""

from __future__ import annotations

from federation.matching.exchange.models import Digest


def close_province(code: str, former: str) -> dict[str, int]:
    """Delete them. Holds the owner's seat."""
    return {"digests": Digest.objects.filter(province=code).delete()[0]}
