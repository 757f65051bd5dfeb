"""Told to stop, a part ends what it has in hand, takes nothing new, and is gone in time."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from runtime.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SLOW_PAGES = """
import time
def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow/":
        time.sleep(1.0)
    start_response("200 OK", [("Content-Length", "4")])
    return [b"done"]
"""


def get(port: int, path: str) -> int:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        wire.request("GET", path)
        answer = wire.getresponse()
        answer.read()
        return answer.status
    finally:
        wire.close()


@pytest.mark.timeout(60, func_only=True)
def test_pages_in_hand_are_answered_and_nothing_new_is_taken(tmp_path):
    """With the settings by which the pages are served, and pages that do nothing but take their time."""
    (tmp_path / "slow_pages.py").write_text(SLOW_PAGES)
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "slow_pages:application", "--config", "python:config.serving",
         "--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "critical"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT), str(tmp_path)])},
        cwd=tmp_path,
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if get(port, "/") == 200:
                    break
            except OSError:
                time.sleep(0.05)
        answers: list[int] = []
        people = [threading.Thread(target=lambda: answers.append(get(port, "/slow/"))) for _ in range(12)]
        for each in people:
            each.start()
        time.sleep(0.3)
        server.send_signal(signal.SIGTERM)
        for each in people:
            each.join()
        assert answers == [200] * 12
        assert server.wait(10) == 0
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def test_streams_over_the_limit_are_told_when_to_come_again(settings):
    import asyncio

    from notify import events_app

    settings.EVENTS_STREAMS = 2
    hub = type("Full", (), {"closing": False, "subscribers": {1, 2}})()
    said = []

    async def send(message):
        said.append(message)

    scope = {"type": "http", "path": "/events", "method": "GET", "headers": [], "query_string": b""}
    asyncio.run(events_app.Application()._http(hub, scope, None, send))
    assert said[0]["status"] == 503 and (b"retry-after", b"5") in said[0]["headers"]
