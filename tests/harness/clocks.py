"""Who still owes an answer to letters of a kind, as the office's list of open letters sees it."""

from __future__ import annotations

from federation.letters.models import Delivery
from provinces import context
from provinces.seats import OFFICE


def owed(kind: str) -> list[str]:
    """Addressees whose clock runs, in order of the letters."""
    with context.seat(OFFICE):
        rows = Delivery.objects.filter(letter__kind=kind, due_at__isnull=False)
        running = rows.filter(state__in=("waiting", *Delivery.MOVES["answer"][0]))
        return list(running.order_by("letter_id", "addressee").values_list("addressee", flat=True))
