"""The master key changes: units' certificates are sealed anew. Found by name, see `operations.parts`."""

from __future__ import annotations

from kernel.sealing import reseal as reseal_rows
from provinces.context import required
from tenants.correspondence.models import UnitSeal
from tenants.correspondence.services.sealing import box


def reseal() -> int:
    """Those of this province. Returns how many."""
    return reseal_rows(UnitSeal.objects.all(), "sealed", box) if required().kind == "province" else 0
