"""Files that a worker makes for somebody who asked, and that lie some days to be fetched.

The row of such a file is an `InTurn` with the states queued, running, ready and swept, a move "sweep", and the columns
tries, touched_at (when it last went on), object_key and expires_at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from audit.move import move
from audit.trail import Actor
from evidence.store import store
from gateway.models import InTurn, not_yet
from kernel import clock

MACHINE = Actor(None, "系统")
MOST_TRIES = 3
_STUCK_AFTER = timedelta(minutes=10)
_WAITS_AFTER = timedelta(minutes=2)
_TELL_EVERY_S = 1.0
_DELETED_AT_ONCE = 100
_TAKEN_UP_AT_ONCE = 20


class Progress:
    """Writes into the row of a file now and then how far it has come: `progress(done=…, total=…)`."""

    def __init__(self, row: InTurn) -> None:
        self._row, self._told_at = row, 0.0

    def __call__(self, **figures: int) -> None:
        if time.monotonic() - self._told_at >= _TELL_EVERY_S:
            self._told_at = time.monotonic()
            rows = type(self._row)._default_manager.filter(pk=self._row.pk)
            rows.update(**figures, touched_at=clock.now())


def sweep(kind: type[InTurn], *, enqueue: Callable[[UUID], object], give_up: Callable[[Any], object]) -> int:
    """Delete files of this kind that lay long enough; take up what was left lying. Returns how many were deleted.

    give_up: what is done with a row whose work broke off `MOST_TRIES` times.
    """
    moment, rows = clock.now(), kind._default_manager.all()
    over = rows.filter(state="ready", expires_at__lte=moment)[:_DELETED_AT_ONCE]
    for row in over:
        store().delete(row.object_key)
        move(row, "sweep", by=MACHINE)
    waiting = rows.filter(state="queued", touched_at__lt=moment - _WAITS_AFTER).exclude(not_yet(moment))
    stuck = rows.filter(state="running", touched_at__lt=moment - _STUCK_AFTER)
    for row in [*waiting[:_TAKEN_UP_AT_ONCE], *stuck[:_TAKEN_UP_AT_ONCE]]:
        if row.tries >= MOST_TRIES:
            give_up(row)
        else:
            rows.filter(pk=row.pk).update(touched_at=moment)
            enqueue(row.pk)
    return len(over)
