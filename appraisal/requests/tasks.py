"""One service call each."""

from celery import shared_task

from appraisal.requests import services
from provinces.hosts import DIRECTORY


@shared_task(name="requests.give_up_overdue")
def give_up_overdue() -> int:
    """In a province's seat: tell officers of requests that nobody took in the promised time. Returns how many."""
    return services.give_up_overdue()


@shared_task(name="requests.fill_search_text")
def fill_search_text() -> int:
    """In a province's seat: make findable what older code stored. Returns how many."""
    return services.fill_search_text()


@shared_task(name="requests.sweep")
def sweep() -> int:
    """Have every province look for requests that nobody took. Returns how many provinces."""
    seats = [host.seat.name for host in DIRECTORY.provinces()]
    for name in seats:
        give_up_overdue.apply_async(seat=name, expires=60)
    return len(seats)
