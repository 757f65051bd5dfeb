"""Background work of recognition, on a queue of its own; each task is one service call in the brands seat.

Services that hold the engine are imported when a task runs: every process knows the tasks, one runs them.
"""

from __future__ import annotations

import faulthandler
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from celery import shared_task

from appraisal.recognition import queue, sharding

_runs: dict[int, float] = {}
_guard = threading.Lock()


@contextmanager
def ends_by(seconds: float) -> Iterator[None]:
    """End the whole process, with every thread's trace on its error output, if the block is not done by then.

    A thread that hangs inside a library cannot be stopped. Several threads share the one alarm of the interpreter.
    """
    me = threading.get_ident()
    _alarm(me, time.monotonic() + seconds)
    try:
        yield
    finally:
        _alarm(me, None)


def _alarm(who: int, at: float | None) -> None:
    with _guard:
        if at is None:
            _runs.pop(who, None)
        else:
            _runs[who] = at
        if _runs:
            # Celery puts a logger in the place of the error output: the alarm needs the file itself.
            left_s = max(0.1, min(_runs.values()) - time.monotonic())
            faulthandler.dump_traceback_later(left_s, exit=True, file=sys.__stderr__)
        else:
            faulthandler.cancel_dump_traceback_later()


@shared_task(name="recognition.look")  # type: ignore[untyped-decorator]
def look(look_id: str, by_night: bool = False) -> str:
    """Look at one photo that came to the desk, the youngest first. A run that hangs ends the process."""
    from appraisal.recognition.services import asking, looking

    turn = UUID(look_id) if by_night else asking.youngest(UUID(look_id))
    if turn is None:
        return ""
    with ends_by(asking.LONGEST_RUN.total_seconds()):
        row = looking.look(turn)
    return row.outcome if row else ""


@shared_task(name="recognition.beyond")  # type: ignore[untyped-decorator]
def beyond(
    look_id: str,
    done: Sequence[int] = (),
    found: Sequence[dict[str, Any]] = (),
    ended: bool = True,
) -> int:
    """Compare one photo with the libraries of other right holders. Returns how many know it, once all were asked.

    done, found, ended: workers that were asked already, what they found, whether none of their libraries was missing.
    """
    from appraisal.recognition.services import asking
    from appraisal.recognition.services import beyond as others

    with ends_by(asking.LONGEST_RUN.total_seconds()):
        return len(others.search(UUID(look_id), done=done, found=found, ended=ended))


@shared_task(name="recognition.lost")  # type: ignore[untyped-decorator]
def lost() -> int:
    """Twice a minute, in an ordinary worker: runs that died or hang are noticed and asked for again."""
    from appraisal.recognition.services import asking

    return asking.notice_lost()


@shared_task(name="recognition.sync")  # type: ignore[untyped-decorator]
def sync(organisation_id: str, look_back_for: str | None = None) -> int:
    """Have an index follow its library; then look back for the entry that was confirmed. Returns photos missing."""
    from appraisal.recognition.services import indexes, lookback

    found = indexes.sync(UUID(organisation_id))
    if look_back_for:
        lookback.look_back(UUID(look_back_for))
    return found.missing


@shared_task(name="recognition.examine")  # type: ignore[untyped-decorator]
def examine(entry_id: str) -> int:
    """Look at a candidate's photos for whoever is to confirm it. Returns how much was odd."""
    from appraisal.recognition.services import indexes

    return len(indexes.examine(UUID(entry_id)))


@shared_task(name="recognition.rebuild")  # type: ignore[untyped-decorator]
def rebuild(organisation_id: str) -> int:
    """Make an index anew beside the one in use and swap them. Returns how many photos it should hold."""
    from appraisal.recognition.services import indexes

    return indexes.rebuild(UUID(organisation_id)).expected


@shared_task(name="recognition.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Every minute: photos whose turn never came, and indexes that fell behind their library."""
    from appraisal.recognition.services import asking, indexes

    for organisation_id in indexes.organisations():
        if sharding.is_mine(organisation_id):
            indexes.sync(organisation_id)
        else:
            queue.enqueue_sync(organisation_id)
    return asking.sweep()


@shared_task(name="recognition.nightly")  # type: ignore[untyped-decorator]
def nightly() -> int:
    """Every night: each library in a task of its own, late photos. Returns how many organisations."""
    from appraisal.recognition.services import asking, indexes

    names = indexes.organisations()
    for organisation_id in names:
        queue.enqueue_night(organisation_id)
    asking.by_night()
    return len(names)


@shared_task(name="recognition.overnight")  # type: ignore[untyped-decorator]
def overnight(organisation_id: str) -> int:
    """An index made anew and checked, limits reckoned. Returns how many photos it holds."""
    from appraisal.recognition.services import indexes, limits

    owner = UUID(organisation_id)
    found = indexes.rebuild(owner)
    indexes.rebuild_seen(owner)
    limits.propose(owner)
    return found.expected


@shared_task(name="recognition.sum_up")  # type: ignore[untyped-decorator]
def sum_up() -> int:
    """Every night, before use is counted: what the worker took for each province. Returns how many rows changed."""
    from appraisal.recognition.services.time import sum_up as work

    return work()
