"""Exports of the ledger are counted. Found by name: `billing_free.usage`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from billing_free.usage.meters import Meter, Reading, by_day, register
from tenants.clues.models import ClueExport


def exports(since: datetime, until: datetime) -> list[Reading]:
    """Exports that were written."""
    return by_day(ClueExport.objects.all(), "ready_at", since, until)


register(
    Meter(
        code="exports_ledger", title=_("线索台账导出"), unit=_("次"), read=exports, hosts=("province",), order=81,
        priced=_("每次"), fen=10,
    )
)  # fmt: skip
