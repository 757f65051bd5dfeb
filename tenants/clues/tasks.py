"""One service call each."""

from celery import shared_task

from tenants.clues.services import alarms


@shared_task(name="clues.alarms")
def round_of_alarms() -> int:
    """In a province's seat: remind, bring back what was left alone, reckon dates anew. Returns how many reminders."""
    return alarms.round_of_alarms().reminded
