"""Background work of signing in. One service call each."""

from __future__ import annotations

import logging

from celery import shared_task

from signon import ending, rechecks
from signon.services import logouts

log = logging.getLogger(__name__)


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


def soon() -> None:
    """Send the task at once; without a broker the next round does it."""
    try:
        tell_systems.delay()
    except Exception:  # whatever a broker that is down raises
        log.warning("systems are told of a sign-out in the next round: no broker", exc_info=True)
