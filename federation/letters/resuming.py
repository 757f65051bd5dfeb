"""A suspended province is back: letters laid aside because of it go out again. See `operations.parts`."""

from __future__ import annotations

from federation.letters.models import Delivery
from kernel import clock


def resume_province(code: str) -> dict[str, int]:
    """Take up what was laid aside for this cause alone. Holds the owner's seat."""
    laid_aside = Delivery.objects.filter(
        addressee_seat=code, state=Delivery.State.DEAD, failure_code="addressee_suspended"
    )
    count = laid_aside.update(
        state=Delivery.State.WAITING, tries=0, failure_code="", dead_at=None, next_try_at=clock.now()
    )
    return {"letters": count}
