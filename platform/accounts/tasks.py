"""Background work about people. One service call each."""

from __future__ import annotations

from celery import shared_task

from accounts import sessions
from accounts.imports import jobs
from accounts.models import ImportJob
from provinces.hosts import DIRECTORY


@shared_task(name="accounts.run_import")
def run_import(job_id: str) -> None:
    """Do one confirmed import; a message that comes again when it is over does nothing."""
    if ImportJob.objects.filter(pk=job_id, state__in=ImportJob.MOVES["start"][0]).exists():
        jobs.run(job_id=job_id)


@shared_task(name="accounts.sweep")
def sweep() -> None:
    """Delete sessions whose time is over; hand out imports that no worker has, as after the broker was down."""
    sessions.sweep()
    for job_id in jobs.unfinished():
        jobs.enqueue(job_id)


@shared_task(name="accounts.sweep_all")
def sweep_all() -> None:
    """Sweep every seat that has people."""
    for name in [*(host.seat.name for host in DIRECTORY.provinces()), "brands", "office"]:
        sweep.apply_async(seat=name)
