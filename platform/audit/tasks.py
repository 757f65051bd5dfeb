"""One service call each."""

from uuid import UUID

from celery import shared_task

from audit import heads, log, stamps, verify


@shared_task(name="audit.sequence")  # type: ignore[untyped-decorator]
def sequence() -> int:
    """Give what waits its place in the tree. Returns how many entries."""
    return log.sequence()


@shared_task(name="audit.daily")  # type: ignore[untyped-decorator]
def daily() -> int:
    """Make today's head if there is none yet, and ask for the time-stamps that are missing. Returns how many came."""
    name = log.name_of()
    if heads.is_due(name):
        heads.make(name)
    return stamps.finish_waiting(name)


@shared_task(name="audit.stamp")  # type: ignore[untyped-decorator]
def stamp() -> int:
    """Ask for the time-stamps that are missing. Returns how many came."""
    return stamps.finish_waiting(log.name_of())


@shared_task(name="audit.check")  # type: ignore[untyped-decorator]
def check(check_id: str) -> None:
    """Verify the whole log for one who asked."""
    verify.run(UUID(check_id))
