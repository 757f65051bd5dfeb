"""Work of a province that nobody waits for."""

from celery import shared_task

from federation.broker.services import daily


@shared_task(name="broker.mind_the_clock")  # type: ignore[untyped-decorator]
def mind_the_clock() -> int:
    """Terms of disputes and of orders from above; the list of units. Returns how much there was to do."""
    return daily.mind_the_clock()
