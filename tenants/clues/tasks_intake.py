"""Background work of intake. One service call each."""

from __future__ import annotations

from celery import shared_task

from tenants.clues.imports import jobs


@shared_task(name="clues.run_import")
def run_import(job_id: str) -> None:
    """Do one confirmed import; a message that comes again when it is over does nothing."""
    jobs.run(job_id)


@shared_task(name="clues.sweep_imports")
def sweep_imports() -> None:
    """Hand out imports that no worker has, as after the broker was down."""
    for job_id in jobs.unfinished():
        jobs.enqueue(job_id)
