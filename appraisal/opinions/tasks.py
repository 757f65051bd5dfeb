"""One service call each."""

from celery import shared_task

from appraisal.opinions.services import notices


@shared_task(name="opinions.reminders")
def reminders() -> int:
    """In a province's seat: tell of notices whose answer is overdue. Returns how many."""
    return notices.remind_overdue()
