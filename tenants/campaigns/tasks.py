"""One service call each."""

from celery import shared_task

from tenants.campaigns.services import going, urgent


@shared_task(name="campaigns.mind_urgent")
def mind_urgent() -> int:
    """In a province's seat: ring the next for urgent clues that nobody answered. Returns how many were rung."""
    return urgent.mind()


@shared_task(name="campaigns.mind_actions")
def mind_actions() -> int:
    """In a province's seat: tell of hours that have come, take up results. Returns how many actions began."""
    return going.mind()
