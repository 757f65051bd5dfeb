"""One service call each."""

from celery import shared_task

from tenants.correspondence.services import assisting, handing_over, sending


@shared_task(name="correspondence.mind")
def mind() -> int:
    """In a province's seat: seal and send what waits, note what was delivered, tell what is late or ends soon."""
    return sending.mind() + assisting.mind() + handing_over.mind()
