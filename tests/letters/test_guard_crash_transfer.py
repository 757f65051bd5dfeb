"""G6: web, worker, PostgreSQL and Valkey killed at named points; each letter is there exactly once, byte for byte."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from harness import guards
from harness.crash import Servers, servers

from audit.models import Trail
from federation.letters import tasks
from federation.letters.models import Delivery
from provinces import context
from provinces.seats import OFFICE
from runtime.ports import free_port

RING = {"gx": "gd", "gd": "gz", "gz": "gx"}
WORKER_POINTS = ("in_copy", "before_commit", "after_commit")
WEB_POINTS = ("web_in_file", "web_before_commit", "web_after_commit")
EVERY = [(point, victim) for point in WORKER_POINTS + WEB_POINTS for victim in ("self", "postgres", "valkey")]
QUICK = [
    ("before_commit", "valkey"),
    ("in_copy", "postgres"),
    ("after_commit", "self"),
    ("web_after_commit", "self"),
]
SETTLED_WITHIN_S = 60.0
UP_WITHIN_S = 240.0
"""For starting again and coming to the point: says nothing of the promise, and other tests may load the machine."""


@dataclass
class Site:
    """The servers, a worker and a web process, all of which may be killed."""

    servers: Servers
    folder: Path
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        script = Path(__file__).with_name(f"crash_{name}.py")
        environment = os.environ | {
            "DATABASE_URL": self.servers.cluster.owner_url(self.servers.cluster.database_name),
            "DATABASE_POOLER": settings.DATABASE_POOLER,
            "BROKER_URL": settings.BROKER_URL,
            "VAR_DIR": str(self.folder / "var"),
        }
        arguments = [str(self.folder), *([str(self.port)] if name == "web" else [])]
        (self.folder / f"{name}-ready").unlink(missing_ok=True)
        self.processes[name] = subprocess.Popen([sys.executable, str(script), *arguments], env=environment)

    def wait_for(self, name: str) -> None:
        """Until one of them says that it is up again."""
        self._until((self.folder / f"{name}-ready").exists, f"{name} did not start")

    @staticmethod
    def _until(ready: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + UP_WITHIN_S
        while not ready():
            assert time.monotonic() < end, what
            time.sleep(0.05)

    def stop(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(20)

    def upload(self, sender: str, thread: UUID, name: str, data: bytes) -> None:
        """As a phone does: again and again, until it has an answer."""
        target = "/?" + urlencode({"from": sender, "to": RING[sender], "thread": thread, "name": name})
        end = time.monotonic() + 2 * UP_WITHIN_S
        while time.monotonic() < end:
            wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SETTLED_WITHIN_S)
            with contextlib.suppress(OSError, http.client.HTTPException):
                wire.request("POST", target, body=data)
                if wire.getresponse().status == 200:
                    return
            wire.close()
            time.sleep(0.2)

    def happen(self, point: str, victim: str) -> None:
        """Wait until the point is reached, kill what is to be killed, and start it again."""
        name = "web" if point.startswith("web_") else "worker"
        if victim == "self":
            self.processes[name].wait(UP_WITHIN_S)
            assert self.processes[name].returncode == -signal.SIGKILL
            self.start(name)
            self.wait_for(name)
        else:
            self._until((self.folder / "reached").exists, f"{point} was not reached")
            self.servers.kill(victim)
            (self.folder / "reached").unlink()
            (self.folder / "crash-at").unlink()
        assert not (self.folder / "crash-at").exists()


@pytest.fixture
def site(desk, border, tmp_path) -> Iterator[Site]:
    desk.store.root = tmp_path / "objects"
    with servers(border) as started:
        made = Site(started, tmp_path)
        try:
            made.start("web")
            made.start("worker")
            made.wait_for("web")
            made.wait_for("worker")
            yield made
        finally:
            made.stop()


def settled(threads: set[UUID]) -> bool:
    """Whether every one of these letters has arrived; asks the sweep to look for what nobody was told of."""
    try:
        with context.seat(OFFICE):
            tasks.sweep.run()
            rows = dict(Delivery.objects.filter(thread__in=threads).values_list("thread", "state"))
    except DatabaseError:
        connection.close()
        return False
    return rows.keys() == threads and set(rows.values()) == {"delivered"}


@pytest.mark.guard("G6")
@pytest.mark.timeout(3600)
def test_whatever_is_killed_wherever_each_letter_arrives_once_with_its_file(site, desk, trials):
    chance = random.Random(6)
    sizes = guards.size([1_500_000], [1_000_000, 20_000_000, 200_000_000])
    sent: dict[str, dict[str, str]] = {code: {} for code in RING}
    for size in sizes:
        for point, victim in guards.size(QUICK, EVERY):
            (site.folder / "reached").unlink(missing_ok=True)  # a second thread may have come to the last point, too
            (site.folder / "crash-at").write_text(f"{point} {victim}")
            threads, uploads = set(), []
            for sender in RING:
                data, thread, name = chance.randbytes(size), uuid4(), f"{point} {victim} {size} {sender}"
                sent[RING[sender]][name] = hashlib.sha256(data).hexdigest()
                threads.add(thread)
                uploads.append(threading.Thread(target=site.upload, args=(sender, thread, name, data)))
            for upload in uploads:
                upload.start()
            site.happen(point, victim)
            end = time.monotonic() + SETTLED_WITHIN_S
            while not settled(threads):
                assert time.monotonic() < end, f"not settled {SETTLED_WITHIN_S:g} s after {victim} died at {point}"
                time.sleep(0.3)
            for upload in uploads:
                upload.join()
    for code, wanted in sent.items():
        with context.province(code):
            noted = [row.data["text"] for row in Trail.objects.filter(record_label="test.note")]
        assert sorted(noted) == sorted(wanted), code
        arrived = []
        for path in (site.folder / "objects" / code / "letter").rglob("*"):
            if path.is_file() and path.suffix != ".draft":
                with path.open("rb") as file:
                    arrived.append(hashlib.file_digest(file, "sha256").hexdigest())
        assert sorted(arrived) == sorted(wanted.values()), code
    trials(sum(map(len, sent.values())))
