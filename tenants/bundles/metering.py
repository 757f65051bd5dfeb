"""Exports of evidence are counted. Found by name: `billing_free.usage`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing_free.usage.meters import Meter, Reading, by_day, register
from tenants.bundles.models import Bundle


def exports(since: datetime, until: datetime) -> list[Reading]:
    """Exports that were built."""
    return by_day(Bundle.objects.all(), "ready_at", since, until)


register(
    Meter(
        code="exports_evidence", title=_("证据导出"), unit=_("次"), read=exports, hosts=("province",), order=80,
        priced=_("每次"), fen=20,
    )
)  # fmt: skip
