"""Background work of signing in. One service call each."""

from __future__ import annotations

from celery import shared_task

from signon import ending, rechecks
from signon.services import logouts


@shared_task(name="signon.mind")
def mind() -> None:
    """Ask providers about those whose time has come; tell systems of those who signed out."""
    rechecks.round_()
    ending.sweep()
    logouts.send_due()


@shared_task(name="signon.tell_systems")
def tell_systems() -> None:
    """Tell systems of those who signed out just now."""
    logouts.send_due()
