"""One service call each."""

from celery import shared_task

from tenants.correspondence.services import sending


@shared_task(name="correspondence.mind")
def mind() -> int:
    """In a province's seat: seal and send what waits, note what was delivered, tell what is late."""
    return sending.mind()
