"""One service call each."""

from uuid import UUID

from celery import shared_task

from tenants.bundles import services


@shared_task(name="bundles.build")  # type: ignore[untyped-decorator]
def build(bundle_id: str) -> None:
    """Build one export."""
    services.run(UUID(bundle_id))


@shared_task(name="bundles.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Delete exports that were kept long enough. Returns how many."""
    return services.sweep()
