"""What of the desk is counted. Found by name: `billing_free.usage`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskItem, DeskTask
from billing_free.usage.meters import Meter, Reading, by_day, register


def tasks(since: datetime, until: datetime) -> list[Reading]:
    """Requests that arrived."""
    return by_day(DeskTask.objects.all(), "arrived_at", since, until, organisation="organisation_id")


def items(since: datetime, until: datetime) -> list[Reading]:
    """Things that they asked about."""
    rows = DeskItem.objects.all()
    return by_day(rows, "task__arrived_at", since, until, organisation="task__organisation_id")


register(
    Meter(
        code="desk_requests", title=_("收到的鉴定申请"), unit=_("件"), read=tasks, hosts=("brands",), order=10,
        priced=_("每件"), fen=20,
    )
)  # fmt: skip
register(
    Meter(
        code="desk_items", title=_("收到的鉴定物品"), unit=_("件"), read=items, hosts=("brands",), order=11,
        priced=_("每件"), fen=10,
    )
)  # fmt: skip
