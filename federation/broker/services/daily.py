"""What the clock brings: disputes whose term is over, orders from above that end, and a province's list of units."""

from __future__ import annotations

from django.db import transaction

from federation.broker.services import disputes, routes, supervision
from federation.broker.services.common import is_superior, own
from kernel import clock


def mind_the_clock() -> int:
    """In a province's seat. Returns how much there was to do. The superior has no units to tell and no term to mind."""
    if is_superior(own()):
        return 0
    count = disputes.raise_overdue() + int(routes.tell_units())
    with transaction.atomic():
        return count + supervision.remind(clock.now())
