"""How long a background task may run. Celery's own limits need a process a task; workers here run threads.

settings.TASK_LIMITS: the beginning of a task's name to (soft, hard) seconds; "" for all others. After `soft` the task
gets `TaskTooLong` where it stands, as soon as it runs Python again, and ends with it. After `hard` it hangs in what
cannot be interrupted: the process tells where, takes no more work, lets the others end and ends itself; whoever
supervises it starts another. What a task leaves undone its sweep finds.
"""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

log = logging.getLogger(__name__)
LOOK_EVERY_S = 1.0
OTHERS_END_S = 60.0
"""How long the other tasks of a process that is to end have."""
EXIT_CODE = 70


class TaskTooLong(Exception):
    """The task has run for longer than its kind may."""


@dataclass(frozen=True)
class Limit:
    """Seconds."""

    soft_s: float
    hard_s: float


def limit_of(name: str) -> Limit:
    """The limit of a task: that of the longest beginning of its name that is declared."""
    fitting = [each for each in settings.TASK_LIMITS if name.startswith(each)]
    return Limit(*settings.TASK_LIMITS[max(fitting, key=len)])


@dataclass
class _Run:
    name: str
    since: float
    limit: Limit
    told: bool = False


class Clock:
    """Watches the tasks of this process; its thread lives while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[int, _Run] = {}
        self._watcher: threading.Thread | None = None
        self._ending_at: float | None = None

    @contextmanager
    def watch(self, name: str) -> Iterator[None]:
        """The block is a task of that name, in this thread. A task inside a task counts as part of it."""
        me = threading.get_ident()
        with self._lock:
            if outer := me in self._runs:
                pass
            else:
                self._runs[me] = _Run(name, time.monotonic(), limit_of(name))
                if self._watcher is None:
                    self._watcher = threading.Thread(target=self._look, name="task-limits", daemon=True)
                    self._watcher.start()
        try:
            yield
        finally:
            if not outer:
                with self._lock:
                    self._runs.pop(me, None)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            now = time.monotonic()
            with self._lock:
                if not self._runs:
                    self._watcher = None
                    return
                for who, run in self._runs.items():
                    if not run.told and now - run.since > run.limit.soft_s:
                        run.told = True
                        log.error("%s runs for more than %g s, it is told to end", run.name, run.limit.soft_s)
                        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(who), ctypes.py_object(TaskTooLong))
                hung = {who: run for who, run in self._runs.items() if now - run.since > run.limit.hard_s}
                others = len(self._runs) - len(hung)
            if hung:
                self._end(hung, others, now)

    def _end(self, hung: dict[int, _Run], others: int, now: float) -> None:
        if self._ending_at is None:
            self._ending_at = now
            frames = sys._current_frames()
            for who, run in hung.items():
                where = "".join(traceback.format_stack(frames[who])) if who in frames else ""
                log.critical("%s hangs after %g s, this process ends:\n%s", run.name, run.limit.hard_s, where)
            os.kill(os.getpid(), signal.SIGTERM)  # no more work is taken
        if not others or now - self._ending_at > OTHERS_END_S:
            logging.shutdown()
            os._exit(EXIT_CODE)


CLOCK = Clock()


def _after_fork() -> None:
    global CLOCK
    CLOCK = Clock()


os.register_at_fork(after_in_child=_after_fork)
