"""One service call each."""

from celery import shared_task

from tenants.bureau import selectors, showcase


@shared_task(name="bureau.show_at_door")  # type: ignore[untyped-decorator]
def show_at_door() -> None:
    """In a province's seat, in a demonstration: publish today's figures to the front door."""
    showcase.publish_last()


@shared_task(name="bureau.count_weeks")  # type: ignore[untyped-decorator]
def count_weeks() -> int:
    """Count anew the weeks that somebody looks at. Returns how many."""
    return selectors.COUNTED.again()
