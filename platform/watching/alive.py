"""Signs of life of parts that answer no requests: `manage.py alive worker|beat|events` tells a container's keeper.

A worker's timer and beat's own publishing touch a file; who has not touched it for a minute is stuck or dead. The
events process answers by itself.
"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from typing import Any

from celery import bootsteps
from django.conf import settings

TOUCH_EVERY_S = 10.0
_is_beat = False
_touched = 0.0


def folder() -> Path:
    """Where the files lie; of one machine or container."""
    return Path(settings.VAR_DIR) / "alive" / (socket.gethostname() or "here")


def touch(part: str) -> None:
    """This part lives."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        (folder() / part).write_text(str(os.getpid()))
    except OSError:
        return  # a full disk is told by its own check; a part must not die of it


def age_s(part: str) -> float | None:
    """Seconds since the part last said so; None when it never did. Of several of a kind, the one longest silent."""
    found = [each.stat().st_mtime for each in folder().glob(f"{part}*")] if folder().is_dir() else []
    return max(0.0, time.time() - min(found)) if found else None


def this_is_beat() -> None:
    """From now on what this process publishes is beat's."""
    global _is_beat
    _is_beat = True
    touch("beat")


def beat_published() -> None:
    """Beat is about to hand a task over; it does so every few seconds."""
    global _touched
    if _is_beat and time.monotonic() - _touched > TOUCH_EVERY_S:
        _touched = time.monotonic()
        touch("beat")


class WorkerStep(bootsteps.StartStopStep):  # type: ignore[misc] # untyped package
    """Has a worker's own timer touch its file while it runs."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, parent: Any, **options: Any) -> None:
        self.entry: Any = None
        self.part = f"worker-{str(getattr(parent, 'hostname', '')).partition('@')[0] or 'worker'}"

    def start(self, parent: Any) -> None:
        touch(self.part)
        self.entry = parent.timer.call_repeatedly(TOUCH_EVERY_S, touch, (self.part,), priority=10)

    def stop(self, parent: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()
        (folder() / self.part).unlink(missing_ok=True)
