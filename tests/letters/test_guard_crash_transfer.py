"""G6, quick: a worker killed at three points; each letter is there exactly once, its files byte for byte."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from harness import guards

from federation.contracts.addresses import Address
from federation.letters import tasks
from federation.letters.models import Delivery
from provinces import context
from provinces.seats import BRANDS, OFFICE, province_seat

from .conftest import WINE

GX = province_seat("gx")
POINTS = ("before_commit", "after_commit", "in_copy")
SETTLED_WITHIN_S = 60.0


def start_worker(border, folder: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DATABASE_URL": border.owner_url(border.database_name),
        "BROKER_URL": settings.BROKER_URL,
        "VAR_DIR": str(folder / "var"),
    }
    script = Path(__file__).with_name("crash_worker.py")
    return subprocess.Popen([sys.executable, str(script), str(folder)], env=environment)


def sweep() -> None:
    with context.seat(OFFICE):
        tasks.sweep.run()


def waiting() -> int:
    with context.seat(GX):
        return Delivery.objects.filter(state=Delivery.State.WAITING).count()


@pytest.mark.guard("G6")
@pytest.mark.timeout(600)
def test_a_worker_killed_at_any_point_leaves_each_letter_once_with_its_files(desk, border, tmp_path, trials):
    desk.store.root = tmp_path / "objects"
    chance = random.Random(6)
    rounds = guards.size(1, 5)
    files = {}
    worker = start_worker(border, tmp_path)
    try:
        for point in POINTS * rounds:
            (tmp_path / "crash-at").write_text(point)
            photos = []
            for number in (1, 2):
                data = chance.randbytes(guards.size(1_500_000, 20_000_000))
                photo = desk.store.put(f"gx/exhibit/{point}-{len(files)}-{number}", data)
                photos.append(photo)
                files[photo.sha256] = len(data)
            desk.send(f"{point} {len(files)}", Address.organisation(WINE), attachments=photos)
            worker.wait(SETTLED_WITHIN_S)
            assert worker.returncode == -signal.SIGKILL
            assert not (tmp_path / "crash-at").exists()
            worker = start_worker(border, tmp_path)
            end = time.monotonic() + SETTLED_WITHIN_S
            while waiting() and time.monotonic() < end:
                sweep()
                time.sleep(0.5)
            assert waiting() == 0, f"not settled {SETTLED_WITHIN_S:g} s after the restart from {point}"
    finally:
        worker.terminate()
        worker.wait(20)
    noted = desk.noted(BRANDS)
    assert len(noted) == len(set(noted)) == len(POINTS) * rounds
    arrived = {}
    for path in (desk.store.root / f"org-{WINE}").rglob("*"):
        if path.is_file():
            arrived[hashlib.sha256(path.read_bytes()).hexdigest()] = path.stat().st_size
    assert arrived == files
    trials(len(noted))
