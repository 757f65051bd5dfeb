"""One service call each."""

from __future__ import annotations

from celery import shared_task

from oversight import alarms
from oversight.copying import running


@shared_task(name="oversight.copy")  # type: ignore[untyped-decorator]
def copy() -> int:
    """Send what is new of this seat's trail to where the operator said. Returns how many lines left."""
    return running.run()


@shared_task(name="oversight.stored_changed")  # type: ignore[untyped-decorator]
def stored_changed(key: str, sealed: str, found: str) -> None:
    """Tell people that a stored file is not what was sealed."""
    alarms.tell_changed(key, sealed, found)
