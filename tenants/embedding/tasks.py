"""One service call each."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from tenants.embedding.services import matters, photos


@shared_task(name="embedding.fetch")  # type: ignore[untyped-decorator]
def fetch(matter_id: str) -> int:
    """Fetch the photos that a matter waits for."""
    return photos.fetch_all(UUID(matter_id))


@shared_task(name="embedding.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Photos whose next try has come; launches that are old."""
    for matter_id in photos.due():
        fetch.delay(str(matter_id))
    matters.sweep_launches()
