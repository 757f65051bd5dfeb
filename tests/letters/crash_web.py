"""A web process that stores a file and posts a letter with it, and dies, or sees a server die, at a named point.

    python tests/letters/crash_web.py FOLDER PORT

POST /?from=gx&to=gd&thread=<uuid>&name=…, the body is the file. The matter's id comes from the client, as those of
phones do, so that whoever got no answer asks again. Points: web_in_file, web_before_commit, web_after_commit.
"""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import parse_qs
from uuid import UUID

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT), str(ROOT / "tests")]

import django  # noqa: E402 - the path has to be set first

django.setup()

from socketserver import ThreadingMixIn  # noqa: E402
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server  # noqa: E402

from django.db import connection, transaction  # noqa: E402

from federation.contracts.addresses import Address  # noqa: E402
from federation.contracts.messages import Attachment  # noqa: E402
from federation.letters.models import Letter  # noqa: E402
from federation.letters.post import post  # noqa: E402
from provinces import context  # noqa: E402
from tests.letters.conftest import CHEN, NoteV1  # noqa: E402
from tests.letters.crash_parts import FOLDER, crash, set_up  # noqa: E402

STORE = set_up()


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def application(environ, start_response):
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    try:
        with context.province(asked["from"]):
            take(asked, environ["wsgi.input"], int(environ["CONTENT_LENGTH"]))
        status = "200 OK"
    except Exception as error:
        status = f"503 {type(error).__name__}"
    finally:
        connection.close()
    start_response(status, [("Content-Length", "0")])
    return [b""]


def take(asked: dict[str, str], body, length: int) -> None:
    thread = UUID(asked["thread"])
    key = f"{asked['from']}/exhibit/{thread}"
    target = STORE.path(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{id(body)}.draft")
    with draft.open("wb") as out:
        left = length
        while left > 0 and (piece := body.read(min(left, 1 << 20))):
            out.write(piece)
            left -= len(piece)
            crash("web_in_file")
    draft.rename(target)
    found = STORE.digests(key)
    photo = Attachment(
        object_key=key, media_type="image/jpeg", size_bytes=length, sha256=found.sha256, sm3=found.sm3, what="label"
    )
    with transaction.atomic():
        if Letter.objects.filter(thread=thread).exists():
            return
        post(NoteV1(text=asked["name"]), to=Address.province(asked["to"]), thread=thread, by=CHEN, attachments=[photo])
        crash("web_before_commit")
    crash("web_after_commit")


server = make_server("127.0.0.1", int(sys.argv[2]), application, server_class=Server, handler_class=Quiet)
(FOLDER / "web-ready").touch()
server.serve_forever()
