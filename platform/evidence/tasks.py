"""One service call each."""

from uuid import UUID

from celery import shared_task

from evidence import services
from evidence.store import sweep_work_dir
from provinces.hosts import DIRECTORY


@shared_task(name="evidence.intake")
def intake(exhibit_id: str) -> None:
    """Make the view and thumbnail of one exhibit."""
    services.make_views(UUID(exhibit_id))


@shared_task(name="evidence.sweep")
def sweep() -> int:
    """Have made what still waits; forget old upload keys. Returns how many exhibits were put on the queue."""
    services.forget_upload_keys()
    waiting = services.unfinished()
    for exhibit_id in waiting:
        intake.delay(str(exhibit_id))
    return len(waiting)


@shared_task(name="evidence.sweep_all")
def sweep_all() -> None:
    """Sweep the work folder, and every seat that keeps photos."""
    sweep_work_dir()
    for name in [*(host.seat.name for host in DIRECTORY.provinces()), "brands"]:
        sweep.apply_async(seat=name)
