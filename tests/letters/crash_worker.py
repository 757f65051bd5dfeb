"""A real Celery worker with the tests' receivers that dies, or sees a server die, at a named point.

    python tests/letters/crash_worker.py FOLDER

Points: in_copy, before_commit, after_commit. See `crash_parts`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "tests")]

import django  # noqa: E402 - the path has to be set first

django.setup()

from celery.signals import worker_ready  # noqa: E402

from config.celery import app  # noqa: E402
from tests.letters.crash_parts import FOLDER, set_up  # noqa: E402

set_up()


@worker_ready.connect
def ready(**_said: object) -> None:
    (FOLDER / "worker-ready").touch()


app.conf.broker_connection_max_retries = None
app.worker_main(["worker", "--pool", "solo", "--loglevel", "warning", "--without-gossip", "--without-mingle"])
