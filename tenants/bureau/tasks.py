"""One service call each."""

from celery import shared_task

from tenants.bureau import showcase


@shared_task(name="bureau.show_at_door")  # type: ignore[untyped-decorator]
def show_at_door() -> None:
    """In a province's seat, in a demonstration: publish today's figures to the front door."""
    showcase.publish_last()
