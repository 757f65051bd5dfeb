"""People, gateways in memory, and a real server of event streams."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
import redis
from django.conf import settings as django_settings

from accounts.models import Post, Unit, User
from notify.transports import MemoryTransport

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def chen_of() -> Callable[[], User]:
    """`chen = chen_of()` in a province's seat: 陈队长 of 南宁, with phone and mailbox."""

    def make(username: str = "chen", **fields: object) -> User:
        unit, _made = Unit.objects.get_or_create(
            code="450100", defaults={"name": "南宁市局", "kind": "municipal_bureau", "division_code": "450100"}
        )
        defaults = {"name": "陈", "title": "陈队长", "unit": unit} | fields
        person = User.objects.create_user(username, **defaults)
        Post.objects.create(user=person, unit=unit, role=Post.Role.OFFICER)
        return person

    return make


@pytest.fixture
def gateways(settings) -> Iterator[type[MemoryTransport]]:
    """Every gateway is set and keeps what it gets; `gateways.down = True` closes them."""
    settings.NOTIFY_TRANSPORT = "notify.transports.MemoryTransport"
    settings.EMAIL_URL = "mailtos://gateway/?to={to}"
    settings.SMS_URL = "jsons://gateway/sms?to={to}"
    settings.PHONE_CALL_URL = "jsons://gateway/call?to={to}"
    MemoryTransport.sent.clear()
    MemoryTransport.down = False
    yield MemoryTransport
    MemoryTransport.sent.clear()
    MemoryTransport.down = False


@pytest.fixture
def valkey(database) -> Iterator[redis.Redis]:
    """The run's Valkey, its streams emptied before and after."""
    client = redis.Redis.from_url(django_settings.VALKEY_URL, protocol=2)

    def empty() -> None:
        for key in client.scan_iter("live:*"):
            client.delete(key)

    empty()
    yield client
    empty()
    client.close()


class EventsServer:
    """`manage.py events` as a process of its own."""

    def __init__(self, **environment: str) -> None:
        env = os.environ | {"CACHE_URL": django_settings.VALKEY_URL, "PYTHONUNBUFFERED": "1"} | environment
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "events", "--port", "0"],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        line = self.process.stdout.readline()
        assert line.startswith("events on"), line + self.process.stderr.read()
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self) -> int:
        """End in order; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="session")
def events_server(database) -> Iterator[EventsServer]:
    """One server for the run."""
    server = EventsServer()
    yield server
    server.stop()


@pytest.fixture
def new_server(database) -> Iterator[tuple[EventsServer, type[Stream]]]:
    """A server of this test's own, and the class by which to open streams there."""
    server = EventsServer()
    yield server, Stream
    if server.process.poll() is None:
        server.stop()


class Stream:
    """One open stream, read on a thread of its own."""

    def __init__(self, port: int, host: str, ticket: str, *, after: str = "", headers: dict | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        query = urlencode({"ticket": ticket, "after": after})
        sent = {"Host": f"{host}:{port}", "Origin": f"http://{host}"} | (headers or {})
        self._connection.request("GET", f"/events?{query}", headers=sent)
        self._socket = self._connection.sock  # the response takes it over; hanging up must not wait for a line
        self.response = self._connection.getresponse()
        self.status = self.response.status
        self._blocks: queue.Queue[dict | None] = queue.Queue()
        self.ended = threading.Event()
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        block: dict[str, str] = {}
        try:
            for raw in self.response:
                line = raw.decode().rstrip("\n")
                if line:
                    name, _, value = line.partition(":")
                    block[name] = value.strip()
                    continue
                if "data" in block:
                    self._blocks.put(block | {"json": json.loads(block["data"])})
                block = {}
        except (OSError, ValueError, AttributeError):
            pass
        self.ended.set()
        self._blocks.put(None)

    def next(self, timeout: float = 30.0) -> dict | None:
        """The next event; None when the stream has ended. Raises queue.Empty after `timeout` seconds."""
        return self._blocks.get(timeout=timeout)

    def quiet(self, seconds: float = 0.4) -> bool:
        """Whether nothing comes for a while. A stream that ended brings nothing either."""
        try:
            return self.next(seconds) is None
        except queue.Empty:
            return True

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def open_stream(events_server: EventsServer) -> Iterator[Callable[..., Stream]]:
    """`open_stream(said, host="gx.testhost", after="")`: a stream of the run's server, hung up after the test.

    said: the answer to a ticket, whose cursor counts as in a page: what came since is heard. Or a ticket alone.
    """
    opened: list[Stream] = []

    def make(said: dict | str, *, host: str = "gx.testhost", after: str = "", **more: object) -> Stream:
        ticket, cursor = (said, "") if isinstance(said, str) else (said["ticket"], said["cursor"])
        opened.append(Stream(events_server.port, host, ticket, after=after or cursor, **more))
        time.sleep(0.15)  # the server joins the stream after it has answered
        return opened[-1]

    yield make
    for stream in opened:
        stream.close()
