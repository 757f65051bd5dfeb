"""Guard G9: the digest made on the phone is that of what is stored, forwarded, restored and exported, however the
upload was broken off and taken up again."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import random
import shutil
import socket
import struct
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from harness.guards import size

from evidence import doors, hooks, services
from evidence.hooks import UploadTarget
from evidence.models import Exhibit, UploadIncident
from evidence.store import make_key, store
from evidence.uploads import answer
from provinces import context

TRIALS = size(8, 120)
PIECE = 60_000


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """A connection that the client broke is what this test is about."""


@pytest.fixture
def port(border, objects, monkeypatch) -> Iterator[int]:
    """A real server, with threads as the real one has."""
    monkeypatch.setattr(hooks, "_targets", dict(hooks._targets))
    take = lambda arrived: answer(arrived.exhibit)[0]  # noqa: E731
    hooks.on_uploaded("evidence:quarantine", UploadTarget(check=lambda *_: None, take=take))
    server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class Line:
    """A phone on a line that breaks."""

    def __init__(self, port: int, cookie: str, chance: random.Random) -> None:
        self.port, self.chance = port, chance
        self.headers = {
            "Host": "gx.testhost", "Cookie": f"{django_settings.SESSION_COOKIE_NAME}={cookie}",
            "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream",
        }  # fmt: skip

    def ask(self, method: str, path: str, body: bytes = b"", **more: str) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        line.request(method, path, body=body, headers=self.headers | more | {"Content-Length": str(len(body))})
        response = line.getresponse()
        said = response.status, dict(response.headers.items()), response.read()
        line.close()
        return said

    def broken(self, path: str, offset: int, body: bytes) -> None:
        """Send a part of a piece, then vanish: politely, abruptly, or without reading the answer."""
        head = f"PATCH {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head += f"Upload-Offset: {offset}\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(head.encode() + body[: self.chance.randrange(len(body) + 1)])
            if self.chance.random() < 0.5:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def send(self, data: bytes) -> dict[str, str]:
        """The whole file over this line; what the phone is told at the end."""
        fields = {"sha256": hashlib.sha256(data).hexdigest(), "source": "camera", "target": "/admin/quarantine/"}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in fields.items())
        path = self.ask("POST", "/uploads/", **{"Upload-Length": str(len(data)), "Upload-Metadata": metadata})[1][
            "Location"
        ]
        breaks = self.chance.randrange(2, 6)
        for _ in range(200):
            offset = int(self.ask("HEAD", path)[1]["Upload-Offset"])
            if offset == len(data):
                status, _headers, body = self.ask("GET", path)
                assert status == 200
                return json.loads(body)
            end = min(len(data), offset + PIECE)
            if breaks and self.chance.random() < 0.7:
                breaks -= 1
                self.broken(path, offset, data[offset:end])
                continue
            if offset and self.chance.random() < 0.3:  # an old request arrives late
                stale = max(0, offset - self.chance.randrange(1, PIECE))
                assert self.ask("PATCH", path, data[stale:offset], **{"Upload-Offset": str(stale)})[0] == 409
            status, _headers, body = self.ask("PATCH", path, data[offset:end], **{"Upload-Offset": str(offset)})
            # 409: a broken request before was still at it; its last bytes had not been counted.
            assert status in {200, 204, 409, 423}, body
        raise AssertionError("the upload never ended")


@pytest.mark.guard("G9")
def test_the_phone_s_digest_is_that_of_everything_that_follows(
    port, people, photo, client_for, objects, settings, tmp_path, trials
):
    with context.province("gx"):
        chen, _ = people()
    doors.register(lambda person, exhibit: person.pk == chen.pk, originals=True)
    client = client_for("gx", user=chen)
    cookie, chance = client.cookies[django_settings.SESSION_COOKIE_NAME].value, random.Random(9)
    sealed: dict[str, str] = {}
    for number in range(TRIALS):
        data = photo(900, 700, seed=str(number).encode(), quality=95)
        data += random.Random(number).randbytes(chance.randrange(150_000, 400_000))
        told = Line(port, cookie, chance).send(data)
        sealed[told["photo_id"]] = hashlib.sha256(data).hexdigest()
        assert told["sha256"] == sealed[told["photo_id"]]
    assert len(sealed) == TRIALS
    with context.province("gx"):
        assert not UploadIncident.objects.exists()
        rows = {str(row.pk): row for row in Exhibit.objects.all()}
        for exhibit_id, sha256 in sealed.items():
            row = rows[exhibit_id]
            assert row.sha256 == sha256 == store().digests(row.original_key).sha256, "stored"
            fields = services.attachment_fields(services.make_views(row.pk), what="front")
            assert fields["original_sha256"] == sha256, "told to whom the view is sent"
    for exhibit_id, sha256 in sealed.items():
        exported = client.get(f"/photo/{exhibit_id}/original", {"purpose": "核对"})
        assert hashlib.sha256(b"".join(exported.streaming_content)).hexdigest() == sha256, "exported"
        with context.province("gd"):
            forwarded = store().copy(rows[exhibit_id].original_key, make_key("gd", "original"))
            assert forwarded.sha256 == sha256, "forwarded"
    settings.OBJECTS_DIR = tmp_path / "restored"
    shutil.copytree(objects, settings.OBJECTS_DIR, ignore=shutil.ignore_patterns(".*"))
    with context.province("gx"):
        for exhibit_id, sha256 in sealed.items():
            assert store().digests(rows[exhibit_id].original_key).sha256 == sha256, "restored"
    trials(TRIALS)
