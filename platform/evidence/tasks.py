"""One service call each."""

from uuid import UUID

from celery import shared_task

from evidence import redactions, resumable, services
from evidence.store import sweep_work_dir


@shared_task(name="evidence.intake")
def intake(exhibit_id: str) -> None:
    """Make the view and thumbnail of one exhibit."""
    services.make_views(UUID(exhibit_id))


@shared_task(name="evidence.redact")
def redact(redaction_id: str) -> None:
    """Make one covered copy."""
    redactions.make(UUID(redaction_id))


@shared_task(name="evidence.sweep")
def sweep() -> int:
    """Have made what still waits; forget what is old. Returns how many exhibits were put on the queue."""
    sweep_work_dir()
    services.forget_upload_keys()
    resumable.sweep()
    waiting = services.unfinished()
    for exhibit_id in waiting:
        intake.delay(str(exhibit_id))
    for redaction_id in redactions.unfinished():
        redact.delay(str(redaction_id))
    return len(waiting)
