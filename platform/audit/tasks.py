"""One service call each."""

from celery import shared_task

from audit import log


@shared_task(name="audit.sequence")  # type: ignore[untyped-decorator]
def sequence() -> int:
    """Give what waits its place in the tree. Returns how many entries."""
    return log.sequence()
