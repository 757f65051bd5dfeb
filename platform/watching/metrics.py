"""All figures that are counted, declared in one place: other code imports them from here, never prometheus_client.

Labels are few and bounded: the seat ("gx", "brands", "office", "public"), an app or the name of an address, a class of
status, the name of a task or queue. Never an id, never a path. What lies in the database is not counted here but
reckoned by the checks (`watching.health`) and told as figures of theirs.

Several processes share one folder: with METRICS_DIR set, each writes its values to files below it, in a folder for
each machine or container, and `manage.py metrics` adds them up. Without it everything stays in this process.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path


def _folder() -> str:
    """Where this process puts its values. Process numbers are those of one container: each has a folder of its own."""
    base = os.environ.get("METRICS_DIR", "")
    if not base:
        return ""
    folder = Path(base) / (socket.gethostname() or "here")
    folder.mkdir(parents=True, exist_ok=True)
    space = namespace()
    mark = folder / "namespace"
    if not mark.exists() or mark.read_text() != space:
        # Another container of that name was here: its numbers of processes mean nothing now.
        for old in folder.glob("*.db"):
            old.unlink(missing_ok=True)
        mark.write_text(space)
    return str(folder)


def namespace() -> str:
    """What tells the process numbers of two containers apart; empty where the system does not say."""
    with contextlib.suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


if _made := _folder():
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _made  # read by prometheus_client when it is imported

from prometheus_client import Counter, Gauge, Histogram, Summary  # noqa: E402 - after the folder is known

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
NOBODY = "nobody"
"""Label of what is done for no seat, such as answering under a name that nobody has."""

REQUESTS = Counter("czj_requests", "Answered requests", ["province", "app", "status"])
REQUEST_SECONDS = Histogram("czj_request_seconds", "Time to an answer", ["province"], buckets=SECONDS)
ROUTE_REQUESTS = Counter("czj_route_requests", "Answered requests by address", ["route", "status"])
ROUTE_SECONDS = Summary("czj_route_seconds", "Time to an answer by address", ["route"])
UPLOAD_BYTES = Counter("czj_upload_bytes", "Bytes of photos and files received", ["province"])
STORED_DIFFERS = Counter("czj_stored_differs", "Stored files found to be other than recorded", ["province"])
REFUSED_READ_ONLY = Counter("czj_refused_read_only", "Changes refused: the database is read-only", ["province"])

TASKS = Counter("czj_tasks", "Background tasks that ended", ["task", "outcome"])
TASK_SECONDS = Summary("czj_task_seconds", "Time of background tasks", ["task"])
PROVINCE_TASKS = Counter("czj_province_tasks", "Background tasks by seat", ["province", "outcome"])

LETTERS = Counter("czj_letters", "Letters written, delivered, failed, given up", ["province", "event"])
LETTER_SECONDS = Histogram(
    "czj_letter_seconds", "From writing a letter to its receipt", ["province"], buckets=(*SECONDS, 120.0, 600.0)
)

DOOR_RUNNING = Gauge("czj_door_running", "Requests that work now, by lane", ["lane"], multiprocess_mode="livesum")
DOOR_WAITING = Gauge("czj_door_waiting", "Requests that wait now, by lane", ["lane"], multiprocess_mode="livesum")
DOOR_SERVED = Counter("czj_door_served", "Requests that the door let in and that ended, by lane", ["lane"])
DOOR_TURNED_AWAY = Counter("czj_door_turned_away", "Requests told to come later, by lane", ["lane"])

STREAMS = Gauge("czj_streams_open", "Open event streams", ["province"], multiprocess_mode="livesum")
POOL_IN_USE = Gauge("czj_pool_in_use", "Database connections in use", multiprocess_mode="livesum")
POOL_WAITING = Gauge("czj_pool_waiting", "Threads that wait for a database connection", multiprocess_mode="livesum")
POOL_WAIT_SECONDS = Summary("czj_pool_wait_seconds", "How long threads waited for a database connection")
POOL_EXHAUSTED = Counter("czj_pool_exhausted", "Threads that waited in vain")

OUTBOUND = Counter("czj_outbound_calls", "Calls to addresses outside", ["outcome"])
OUTBOUND_SECONDS = Summary("czj_outbound_seconds", "Time of calls to addresses outside")
ERRORS = Counter("czj_errors", "Errors that nobody expected", ["province", "where"])
CLOCK_JUMPS = Counter("czj_clock_jumps", "Times a machine's clock was seen to jump", ["direction"])
