"""One service call each."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task

from evidence import services
from evidence.models import Exhibit
from evidence.store import sweep_work_dir
from kernel import clock
from provinces.hosts import DIRECTORY

STUCK_AFTER = timedelta(seconds=60)


@shared_task(name="evidence.intake")
def intake(exhibit_id: str) -> None:
    """Make the view and thumbnail of one exhibit."""
    services.make_views(UUID(exhibit_id))


@shared_task(name="evidence.sweep")
def sweep() -> int:
    """Have made what still waits though a minute has passed. Returns how many."""
    before = clock.now() - STUCK_AFTER
    stuck = Exhibit.objects.filter(state=Exhibit.State.RECEIVED, received_at__lt=before).values_list("pk", flat=True)
    waiting = list(stuck[:200])
    for exhibit_id in waiting:
        intake.delay(str(exhibit_id))
    return len(waiting)


@shared_task(name="evidence.sweep_all")
def sweep_all() -> None:
    """Sweep the work folder, and every seat that keeps photos."""
    sweep_work_dir()
    for name in [*(host.seat.name for host in DIRECTORY.provinces()), "brands"]:
        sweep.apply_async(seat=name)
