"""One service call each. Imported by the app when it is ready: Celery looks for `tasks` alone."""

from uuid import UUID

from celery import shared_task

from tenants.clues.services import batches, exports


@shared_task(name="clues.export_ledger")  # type: ignore[untyped-decorator]
def export_ledger(export_id: str) -> None:
    """Write one export."""
    exports.run(UUID(export_id))


@shared_task(name="clues.work_batch")  # type: ignore[untyped-decorator]
def work_batch(run_id: str) -> None:
    """Do, or take back, one batch."""
    batches.work(UUID(run_id))


@shared_task(name="clues.ledger_sweep")  # type: ignore[untyped-decorator]
def ledger_sweep() -> int:
    """Delete old exports; take up exports and batches that were left lying. Returns how many objects went."""
    batches.sweep()
    return exports.sweep()
