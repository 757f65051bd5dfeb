"""A worker that is told to stop, and a Valkey that is emptied while everything runs: nothing is lost, all is once."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache, caches
from django.db import connection
from harness.broker import use_broker
from harness.workers import working

from accounts.models import Post, Unit, User
from evidence import hooks
from evidence.hooks import UploadTarget
from federation.contracts.addresses import Address
from federation.letters import tasks
from provinces import context
from provinces.seats import OFFICE, province_seat
from runtime.embedded import EmbeddedValkey
from runtime.ports import free_port

GX, GD = province_seat("gx"), province_seat("gd")


def forget_cache() -> None:
    with contextlib.suppress(AttributeError):
        del caches["default"]


@pytest.fixture
def own_valkey(desk, tmp_path) -> Iterator[redis.Redis]:
    """A Valkey of this test alone: emptying it takes nothing from others.

    Without pytest-django's `settings`, whose layers would hide what `use_broker` sets back.
    """
    before, level = (django_settings.BROKER_URL, django_settings.VALKEY_URL), logging.root.level
    with EmbeddedValkey(tmp_path / "valkey", free_port(), durable=False) as server:
        use_broker(server.url())
        django_settings.VALKEY_URL = django_settings.CACHES["default"]["LOCATION"] = server.url(1)
        forget_cache()
        client = redis.Redis.from_url(server.url())
        yield client
        client.close()
        logging.root.setLevel(level)  # a worker of this process has set its own
        use_broker(before[0])
        django_settings.VALKEY_URL = django_settings.CACHES["default"]["LOCATION"] = before[1]
        forget_cache()


def until(true: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def sweep() -> None:
    with context.seat(OFFICE):
        tasks.sweep.run()


@pytest.mark.slow
@pytest.mark.timeout(90, func_only=True)
def test_valkey_wiped_in_mid_work_loses_nothing(desk, own_valkey, client_for, settings, tmp_path, monkeypatch):
    """FLUSHALL while letters stand in the queue and one is in hand, somebody is signed in, a file is half here."""
    settings.OBJECTS_DIR = tmp_path / "objects"
    with context.seat(GX):
        unit = Unit.objects.create(code="1", name="局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450103")
        chen = User.objects.create_user("chen", name="陈", unit=unit)
        Post.objects.create(user=chen, unit=unit, role=Post.Role.OFFICER)
        cache.set("kept", 1)
    client = client_for("gx", user=chen)
    monkeypatch.setattr(hooks, "_targets", dict(hooks._targets))
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=lambda *asked: None, take=lambda one: {}))
    data, tus = os.urandom(90_000), {"Tus-Resumable": "1.0.0", "Accept": "*/*"}

    def send(method: str, address: str, body: bytes = b"", **headers: str):
        return client.generic(
            method, address, body, content_type="application/offset+octet-stream", headers=tus | headers
        )

    said = {
        "sha256": hashlib.sha256(data).hexdigest(), "source": "camera", "target": "/admin/quarantine/",
        "filename": "a.bin",
    }  # fmt: skip
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    upload = send("POST", "/uploads/", **{"Upload-Length": str(len(data)), "Upload-Metadata": metadata})["Location"]
    assert send("PATCH", upload, data[:40_000], **{"Upload-Offset": "0"}).status_code == 204

    in_hand, go_on = threading.Event(), threading.Event()

    def behave(message, envelope):
        in_hand.set()
        go_on.wait(20)

    desk.behave = behave
    for number in range(8):
        desk.send(f"{number}", Address.province("gd"))
    with working(pool="threads", concurrency=2):
        until(in_hand.is_set, "no letter came into hand")
        own_valkey.flushall()
        go_on.set()
        sweep()  # what beat calls every five seconds
        until(lambda: len(desk.noted(GD)) == 8, f"only {len(desk.noted(GD))} letters came")
    assert sorted(desk.noted(GD)) == [f"{number}" for number in range(8)], "each once"
    assert client.get("/notices/").status_code == 200, "still signed in"
    with context.seat(GX):
        assert cache.get("kept") is None
    assert send("HEAD", upload)["Upload-Offset"] == "40000"
    assert send("PATCH", upload, data[40_000:50_000], **{"Upload-Offset": "40000"}).status_code == 204, "it goes on"


@pytest.mark.slow
@pytest.mark.timeout(240, func_only=True)
def test_a_worker_told_to_stop_ends_the_letter_in_hand_and_the_next_one_does_the_rest(
    desk, own_valkey, border, settings, tmp_path
):
    """SIGTERM to a real worker in the midst of a letter; its queue is emptied, too."""
    script = Path(__file__).with_name("crash_worker.py")
    environment = os.environ | {
        "DATABASE_URL": border.owner_url(border.database_name), "BROKER_URL": settings.BROKER_URL,
        "VAR_DIR": str(tmp_path / "var"),
    }  # fmt: skip

    def start() -> subprocess.Popen[bytes]:
        (tmp_path / "worker-ready").unlink(missing_ok=True)
        process = subprocess.Popen([sys.executable, str(script), str(tmp_path)], env=environment)
        until((tmp_path / "worker-ready").exists, "the worker did not start", 90)
        return process

    workers = [start()]
    try:
        (tmp_path / "crash-at").write_text("before_commit valkey")  # it waits there until the file is gone
        for number in range(5):
            desk.send(f"{number}", Address.province("gd"))
        until((tmp_path / "reached").exists, "no letter came into hand")
        workers[0].send_signal(signal.SIGTERM)
        own_valkey.flushall()
        time.sleep(0.5)
        assert workers[0].poll() is None, "it ends what it has in hand"
        (tmp_path / "crash-at").unlink()
        assert workers[0].wait(30) == 0
        assert len(desk.noted(GD)) >= 1
        workers.append(start())
        sweep()
        until(lambda: len(desk.noted(GD)) == 5, f"only {len(desk.noted(GD))} letters came")
        assert sorted(desk.noted(GD)) == [f"{number}" for number in range(5)], "each once"
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(30) == 0
    finally:
        for each in workers:
            if each.poll() is None:
                each.kill()
                each.wait()
        connection.close()
