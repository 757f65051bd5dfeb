"""A province is removed: nobody counts its use any more. See `operations.parts`."""

from __future__ import annotations

from appraisal.recognition.models import ProvinceDay


def close_province(code: str, former: str) -> dict[str, int]:
    """Delete the sums that it read. Holds the owner's seat."""
    return {"recognition_days": ProvinceDay.objects.filter(province_code=code).delete()[0]}
