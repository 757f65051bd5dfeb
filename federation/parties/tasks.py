"""Work of the brands host that nobody waits for."""

from celery import shared_task

from federation.parties import services


@shared_task(name="parties.coverage")
def coverage() -> int:
    """Reckon anew who is on duty and how fast each organisation answers."""
    return services.reckon_coverage()
