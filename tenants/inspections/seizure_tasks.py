"""One service call each."""

from celery import shared_task

from tenants.inspections import seizure_services


@shared_task(name="inspections.seizure_alarms")
def seizure_alarms() -> int:
    """In a province's seat: tell of terms that end or are over, and of reports that are late. Returns how many."""
    return seizure_services.raise_alarms()
