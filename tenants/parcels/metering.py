"""Signed files of records are counted. Found by name: `billing_free.usage`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing_free.usage.meters import Meter, Reading, by_day, register
from tenants.parcels.models import Parcel


def exports(since: datetime, until: datetime) -> list[Reading]:
    """Parcels that were made."""
    return by_day(Parcel.objects.exclude(sequence=None), "made_at", since, until)


register(
    Meter(
        code="exports_parcels", title=_("数据交换包"), unit=_("个"), read=exports, hosts=("province",), order=82,
        priced=_("每个"), fen=15,
    )
)  # fmt: skip
