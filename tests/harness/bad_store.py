"""An S3 service behind a line that has bad nights: it is slow, says 503, or changes a byte on the way."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from moto.server import ThreadedMotoServer


class Line:
    """slow_s: before each answer. refuse: how many calls are answered 503. garble: methods whose bodies are changed."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port
        self.slow_s, self.refuse, self.calls = 0.0, 0, 0
        self.full = False
        self.garble: set[str] = set()


class _Handler(BaseHTTPRequestHandler):
    line: Line
    upstream: tuple[str, int]
    protocol_version = "HTTP/1.1"

    def _pass(self) -> None:
        line = self.line
        line.calls += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if line.slow_s:
            time.sleep(line.slow_s)
        if line.refuse or line.full:
            line.refuse = max(0, line.refuse - 1)
            code = "InsufficientStorage" if line.full else "SlowDown"
            self._answer(507 if line.full else 503, {}, f"<Error><Code>{code}</Code></Error>".encode())
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        if self.command == "PUT" and "PUT" in line.garble and body:
            body = body[:-1] + bytes([body[-1] ^ 1])
            headers = {name: value for name, value in headers.items() if "checksum" not in name.lower()}
        there = http.client.HTTPConnection(*self.upstream, timeout=20)
        there.request(self.command, self.path, body, headers)
        answer = there.getresponse()
        data = answer.read()
        there.close()
        said = {name: value for name, value in answer.getheaders()}
        if self.command == "GET" and "GET" in line.garble and "application/xml" not in said.get("Content-Type", ""):
            data = data[:-1] + bytes([data[-1] ^ 1]) if data else data
            said = {name: value for name, value in said.items() if "checksum" not in name.lower()}
        self._answer(answer.status, said, data)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _pass

    def _answer(self, status: int, headers: dict[str, str], data: bytes) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(data))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)
        except OSError:  # whoever asked has not waited
            self.close_connection = True

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


@contextmanager
def bad_line() -> Iterator[Line]:
    """A service of its own, and the line to it."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    handler = type("Handler", (_Handler,), {"upstream": moto.get_host_and_port()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    line = Line(*server.server_address[:2])
    handler.line = line  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        moto.stop()
