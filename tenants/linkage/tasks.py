"""Background work of the linkage. One service call each."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from tenants.linkage.services import alarms, sending


@shared_task(name="linkage.send_one")  # type: ignore[untyped-decorator]
def send_one(message_id: str) -> None:
    """Try one message."""
    sending.attempt(UUID(message_id))


@shared_task(name="linkage.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Try what waits, tell people of what is not there in time. Returns how many were tried."""
    return sending.sweep()


@shared_task(name="linkage.remind")  # type: ignore[untyped-decorator]
def remind() -> int:
    """Tell people of terms. Returns how many were told."""
    return alarms.remind()
