"""One service call each."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.core.cache import cache

from kernel.soon import soon
from provinces.context import required
from provinces.turns import Turns, lane
from webhooks import events, sending

TURNS = Turns()


@shared_task(name="webhooks.mind")  # type: ignore[untyped-decorator]
def mind() -> int:
    """Give events their places and wake whoever posts them. Returns for how many endpoints."""
    cache.delete("webhooks:called")  # whatever is committed from now on calls again
    events.place()
    due = sending.due_endpoints()
    for endpoint_id in due:
        _wake(endpoint_id)
    return len(due)


@shared_task(name="webhooks.deliver")  # type: ignore[untyped-decorator]
def deliver(endpoint_id: str) -> int:
    """Post what is due for one endpoint. Of one seat no more than its share at once: slow receivers hold up nobody."""
    name, again = required().name, False
    if not TURNS.take(name):
        return 0
    try:
        taken = sending.deliver(UUID(endpoint_id))
    finally:
        again = TURNS.give_back(name)
    if again or taken:
        for each in sending.due_endpoints():
            _wake(each)
    return taken


@shared_task(name="webhooks.drop_old")  # type: ignore[untyped-decorator]
def drop_old() -> int:
    """Delete events older than 30 days."""
    return events.drop_old()


def _wake(endpoint_id: UUID) -> None:
    soon(deliver, str(endpoint_id), seat=required().name, queue=lane(required().name))
