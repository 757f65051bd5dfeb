"""One service call each."""

from __future__ import annotations

import logging

from celery import shared_task

from provinces.alone import alone, files_of
from provinces.context import required
from retention import clearing, services
from retention.models import Run

log = logging.getLogger(__name__)


@shared_task(name="retention.nightly")  # type: ignore[untyped-decorator]
def nightly() -> int:
    """Begin the night's pass, and tell of holds that are due for review. Returns how many records went."""
    services.remind()
    return _run()


@shared_task(name="retention.go_on")  # type: ignore[untyped-decorator]
def go_on() -> int:
    """Take up a pass that was not finished: the portions of a night are bounded, and a worker may have died."""
    return _run() if Run.objects.exclude(state=Run.State.DONE).exists() else 0


def _run() -> int:
    with alone(files_of(required().name)) as is_alone:
        if is_alone:
            return clearing.run().gone
    # A backup holds it until its last file is copied. The pass stands as not finished, so `go_on` takes it up.
    clearing.put_off()
    log.info("retention of %s waits: a backup, a restoration or another pass is at work", required().name)
    return 0
