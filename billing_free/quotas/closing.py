"""A province is removed: what it was allowed is not allowed to whoever comes later. See `operations.parts`."""

from __future__ import annotations

from billing_free.quotas.models import Limit


def close_province(code: str, former: str) -> dict[str, int]:
    """Keep its limits under the former name. Holds the owner's seat."""
    return {"limits_kept": Limit.objects.filter(tenant=f"province:{code}").update(tenant=f"province:{former}")}
