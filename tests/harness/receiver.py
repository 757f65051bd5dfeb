"""A case system of a partner: checks webhooks with the specification's own library, and keeps one effect an id."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """answer: what it does with a request, by default taking it. posts: all that came. effects: one for each id."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.effects: dict[str, dict[str, Any]] = {}
        self.order: list[dict[str, Any]] = []
        self.refused = 0
        self.answer: Any = None
        self.lock = threading.Lock()
        self.url, self.port = "", 0

    def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Whether a signature fits; its effect, once."""
        for key in self.keys:
            try:
                said = Webhook(key).verify(body, headers)
            except WebhookVerificationError:
                continue
            with self.lock:
                if headers["webhook-id"] not in self.effects:
                    self.effects[headers["webhook-id"]] = said
                    self.order.append(said)
            return True
        self.refused += 1
        return False


@contextmanager
def receiving(answer: Any = None, *, host: str = "127.0.0.1", trickle: float = 0) -> Iterator[Receiver]:
    """One that listens. answer(receiver, headers, body) gives (status, headers, body).

    trickle: seconds between any two bytes of its answer.
    """
    held = Receiver()
    held.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            held.posts.append((headers, body))
            if held.answer is not None:
                status, more, said = held.answer(held, headers, body)
            else:
                status, more, said = (200, {}, b"ok") if held.take(headers, body) else (401, {}, b"signature")
            out = f"HTTP/1.1 {status} X\r\nContent-Length: {len(said)}\r\n"
            out += "".join(f"{name}: {value}\r\n" for name, value in more.items())
            whole = out.encode() + b"\r\n" + said
            if not trickle:
                self.wfile.write(whole)
                return
            for at in range(len(whole)):
                time.sleep(trickle)
                try:
                    self.wfile.write(whole[at : at + 1])
                except OSError:
                    return  # it did not wait

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    held.port = server.server_port
    held.url = f"http://{host}:{server.server_port}/hook"
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def down(held: Receiver, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """A server that is there and broken."""
    return 503, {}, b"down"


def page(held: Receiver, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """200, and a page that says something went wrong."""
    return 200, {"Content-Type": "text/html; charset=utf-8"}, "<h1>系统错误</h1> 电话 13800138000".encode()


def slow(held: Receiver, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Answers after the caller has given up."""
    time.sleep(2)
    return 200, {}, b"ok"


def said_in(body: bytes) -> dict[str, Any]:
    """The JSON of a post."""
    found: dict[str, Any] = json.loads(body)
    return found
