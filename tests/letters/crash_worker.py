"""A real Celery worker with the tests' receivers that kills itself (-9) once at a named point, then no more.

    python tests/letters/crash_worker.py FOLDER

FOLDER/crash-at names the point (removed when it fires): before_commit, after_commit, in_copy.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "tests")]

import django  # noqa: E402 - the path has to be set first

django.setup()

from django.db import transaction  # noqa: E402

from config.celery import app  # noqa: E402
from federation.contracts.messages import contract  # noqa: E402
from federation.letters import addressees, parcels  # noqa: E402
from federation.letters.post import receives  # noqa: E402
from tests.letters.conftest import Desk, FolderTwin, NoteV1  # noqa: E402

FOLDER = Path(sys.argv[1])
if fault := os.environ.get("PLANT_IN_WORKER"):
    import_module(f"planted.{fault}").plant()


def crash(point: str) -> None:
    """Die as a machine without power does, if this is the point."""
    marker = FOLDER / "crash-at"
    if marker.exists() and marker.read_text() == point:
        marker.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


class CrashingStore(FolderTwin):
    """Dies half-way through the second file."""

    root = FOLDER / "objects"

    def copy(self, from_key: str, to_key: str) -> None:
        if from_key.endswith("2"):
            draft = self.path(to_key).with_suffix(".draft")
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(self.path(from_key).read_bytes()[:100_000])
            crash("in_copy")
        super().copy(from_key, to_key)


def behave(message: NoteV1, envelope: object) -> None:
    transaction.on_commit(lambda: crash("after_commit"))


class CrashingDesk(Desk):
    def _receive(self, message: NoteV1, envelope: object) -> None:
        super()._receive(message, envelope)
        crash("before_commit")


addressees._organisation_standing = lambda address: "active"
store = CrashingStore()
parcels.store = lambda: store
contract(NoteV1)
receives(NoteV1, at="organisation")(CrashingDesk(store, superuser=None, behave=behave)._receive)
(FOLDER / "ready").touch()
app.worker_main(["worker", "--pool", "solo", "--loglevel", "warning", "--without-gossip", "--without-mingle"])
