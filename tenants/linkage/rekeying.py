"""The master key changes: keys of the platforms that referrals go to are sealed anew. See `operations.parts`."""

from __future__ import annotations

from kernel.sealing import reseal as reseal_rows
from notify.sealing import box
from provinces.context import required
from tenants.linkage.models import LinkageSetting


def reseal() -> int:
    """Those of this province. Returns how many."""
    if required().kind != "province":
        return 0
    return reseal_rows(LinkageSetting.objects.all(), "sealed_header", box)
