"""Background work on parcels. One service call each."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from tenants.parcels.services import incoming, outgoing


@shared_task(name="parcels.build")  # type: ignore[untyped-decorator]
def build(parcel_id: str) -> None:
    """Make one parcel."""
    outgoing.run(UUID(parcel_id))


@shared_task(name="parcels.go_on")  # type: ignore[untyped-decorator]
def go_on(report_id: str) -> None:
    """Check or take in one file."""
    incoming.go_on(UUID(report_id))


@shared_task(name="parcels.nightly")  # type: ignore[untyped-decorator]
def nightly() -> int:
    """Ask for tonight's parcels, once a night. Returns how many."""
    return outgoing.nightly()


@shared_task(name="parcels.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Take up what was left lying, delete what was kept long enough. Returns how many files went."""
    return outgoing.sweep() + incoming.sweep()
