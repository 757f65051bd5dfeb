"""A connection that dies, a body that is too large: nothing is kept, and the phone is told what to do."""

from __future__ import annotations

import hashlib
import io
import os
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import JsonResponse
from django.urls import clear_url_caches, path
from django.views.decorators.csrf import csrf_exempt
from harness.workers import working

from accounts.models import User
from config.urls import province
from evidence import services, uploads
from evidence.models import Exhibit, UploadIncident, UploadKey
from evidence.store import work_dir
from kernel import clock
from provinces import context

BOUNDARY = "----edge"


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


@csrf_exempt
def _upload(request):
    answer, status = uploads.answer(uploads.handle_upload(request))
    return JsonResponse(answer, status=status)


@pytest.fixture
def port(border, objects, monkeypatch) -> Iterator[int]:
    """A real server with an upload address."""
    monkeypatch.setattr(province, "urlpatterns", [*province.urlpatterns, path("test-upload", _upload)])
    clear_url_caches()
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    clear_url_caches()


@pytest.fixture
def chen(border, people) -> User:
    with context.province("gx"):
        return people()[0]


def body_of(data: bytes) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("sha256", hashlib.sha256(data).hexdigest()), ("source", "camera"))
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'.encode()
    return b"".join(parts) + head + data + f"\r\n--{BOUNDARY}--\r\n".encode()


def send(port: int, client, body: bytes, *, announced: int | None = None) -> bytes:
    """The answer to what was sent; the connection is closed for writing after `body`."""
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    head = (
        f"POST /test-upload HTTP/1.1\r\nHost: gx.testhost\r\nAccept: application/json\r\n"
        f"Cookie: {django_settings.SESSION_COOKIE_NAME}={cookie}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body) if announced is None else announced}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def test_a_whole_upload_arrives(port, chen, client_for, photo):
    answer = send(port, client_for("gx", user=chen), body_of(photo()))
    assert b"201 Created" in answer


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_connection_that_dies_leaves_nothing_and_is_no_incident(port, chen, client_for, share, objects):
    data = b"\xff\xd8\xff\xe0" + os.urandom(3_000_000)
    whole = body_of(data)
    answer = send(port, client_for("gx", user=chen), whole[: int(len(whole) * share)], announced=len(whole))
    assert b"upload_incomplete" in answer and b" 400 " in answer
    with context.province("gx"):
        assert not Exhibit.objects.exists() and not UploadIncident.objects.exists()
    assert not list(objects.glob("gx/**/*")) and not list(work_dir().iterdir())
    time.sleep(0.1)
    assert not list(django_settings.FILE_UPLOAD_TEMP_DIR.glob("*.upload*"))


def test_too_large_a_body_is_refused_before_it_is_parsed(port, chen, client_for, settings, objects):
    settings.MAX_UPLOAD_BYTES = 1_000_000
    body = body_of(b"\xff\xd8\xff\xe0" + os.urandom(2_500_000))
    answer = send(port, client_for("gx", user=chen), body)
    assert b" 413 " in answer and b'"too_large"' in answer
    with context.province("gx"):
        assert not Exhibit.objects.exists()


def test_what_waits_too_long_for_its_view_is_found_again(gx, objects, people, photo):

    chen, _ = people()
    data = photo()
    exhibit = services.receive(
        io.BytesIO(data), declared_sha256=hashlib.sha256(data).hexdigest(), captured_at=None, source="camera", by=chen
    )
    assert services.unfinished() == []
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        assert services.unfinished() == [exhibit.pk]
        services.make_views(exhibit.pk)
        assert services.unfinished() == []


def test_a_worker_of_the_intake_queue_makes_the_view(border, objects, people, photo):
    data = photo()
    with context.province("gx"):
        chen, _ = people()
        exhibit = services.receive(
            io.BytesIO(data),
            declared_sha256=hashlib.sha256(data).hexdigest(),
            captured_at=None,
            source="camera",
            by=chen,
        )
        with working("intake"):
            until = time.monotonic() + 15
            while exhibit.state == "received" and time.monotonic() < until:
                time.sleep(0.1)
                exhibit.refresh_from_db()
    assert exhibit.state == "ready"


def test_old_upload_keys_are_forgotten(gx, people):

    chen, _ = people()
    services.claim_upload_key(by_id=chen.pk, key="k", sha256="0" * 64)
    assert services.forget_upload_keys() == 0
    with clock.frozen(clock.now() + services.KEYS_KEPT + timedelta(days=1)):
        assert services.forget_upload_keys() == 1 and not UploadKey.objects.exists()
