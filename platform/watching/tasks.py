"""Every minute each seat looks at itself; the office then says how the whole stands."""

from __future__ import annotations

from celery import shared_task

from provinces.hosts import DIRECTORY
from watching import services


@shared_task(name="watching.look")  # type: ignore[untyped-decorator]
def look() -> str:
    """Make the checks of this seat. Returns how it stands."""
    return services.take_reading().state


@shared_task(name="watching.say_standing")  # type: ignore[untyped-decorator]
def say_standing() -> str:
    """In the office's seat."""
    services.forget_gone({host.seat.name for host in DIRECTORY.provinces()} | {"brands", "office"})
    return services.say_standing().state
