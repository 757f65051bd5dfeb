"""Who writes to whom: official letters by pair of provinces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from federation.office.selectors import flight
from kernel import clock
from kernel.ids import uuid7_floor


@dataclass(frozen=True)
class Flow:
    """Official letters from one province to another in a period. overdue: how many of them are so now."""

    sender: str
    addressee: str
    letters: int
    open: int
    overdue: int


def between_provinces(since: datetime, *, kind: str = "") -> list[Flow]:
    """Every pair with letters since then, the busiest first. Parties are province codes."""
    moment = clock.now()
    is_open = Q(state__in=flight.OPEN)
    rows = flight.official().filter(
        pk__gte=uuid7_floor(since), sender__startswith="province:", addressee__startswith="province:"
    )
    if kind:
        rows = rows.filter(letter__kind=kind)
    counted = (
        rows.order_by()
        .values_list("sender", "addressee")
        .annotate(
            all=Count("id"),
            owed=Count("id", filter=is_open),
            late=Count("id", filter=is_open & Q(due_at__lt=moment)),
        )
    )
    found = [Flow(sender.partition(":")[2], to.partition(":")[2], *numbers) for sender, to, *numbers in counted]
    return sorted(found, key=lambda flow: (-flow.letters, flow.sender, flow.addressee))
