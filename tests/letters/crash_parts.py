"""What the processes that die for G6 share: the named points, a store that lies in their folder, receivers.

FOLDER/crash-at holds "<point> <victim>". Whoever comes to that point first is the place where it happens: the victim
"self" dies there and then (-9); for a server it says so in FOLDER/reached and waits until the test has killed it and
taken the marker away.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from importlib import import_module
from pathlib import Path

from django.db import transaction

from federation.contracts.messages import contract
from federation.letters import parcels
from federation.letters.post import receives
from tests.letters.conftest import Desk, FolderTwin, NoteV1

FOLDER = Path(sys.argv[1])


def crash(point: str) -> None:
    """Die, or wait for a server's death, if this is the point."""
    marker = FOLDER / "crash-at"
    try:
        wanted, victim = marker.read_text().split()
    except (FileNotFoundError, ValueError):
        return
    if wanted != point:
        return
    if victim == "self":
        marker.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    (FOLDER / "reached").touch()
    end = time.monotonic() + 240
    while marker.exists() and time.monotonic() < end:
        time.sleep(0.02)


class CrashingStore(FolderTwin):
    """Comes to a point half-way through a file."""

    root = FOLDER / "objects"

    def copy(self, from_key: str, to_key: str):
        draft = self.path(to_key).with_suffix(".draft")
        draft.parent.mkdir(parents=True, exist_ok=True)
        with self.path(from_key).open("rb") as source:
            draft.write_bytes(source.read(100_000))
        crash("in_copy")
        return super().copy(from_key, to_key)


def behave(message: NoteV1, envelope: object) -> None:
    transaction.on_commit(lambda: crash("after_commit"))


class CrashingDesk(Desk):
    def _receive(self, message: NoteV1, envelope: object) -> None:
        super()._receive(message, envelope)
        crash("before_commit")


def set_up() -> CrashingStore:
    """Before anything is sent or received."""
    if fault := os.environ.get("PLANT_IN_WORKER"):
        import_module(f"planted.{fault}").plant()
    store = CrashingStore()
    parcels.store = lambda: store
    contract(NoteV1)
    receives(NoteV1, at="province")(CrashingDesk(store, superuser=None, behave=behave)._receive)
    return store
