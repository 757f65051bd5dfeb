"""Background work of agreements."""

from __future__ import annotations

from celery import shared_task

from federation.agreements.services import agreeing, meeting
from provinces.context import required


@shared_task(name="agreements.mind")  # type: ignore[untyped-decorator]
def mind() -> int:
    """Warn before the end, let end what has run out, remind of what is to be done."""
    return agreeing.mind() + (meeting.remind() if required().kind == "province" else 0)
