"""This process's application on a port, and programs that find its hosts by name."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.core.handlers.wsgi import WSGIHandler

SITE = """import socket
_ask = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **named: _ask("127.0.0.1" if host == {host!r} else host, *more, **named)
"""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *said: object) -> None:
        """Nothing."""


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def served() -> Iterator[int]:
    """The port."""
    server = make_server("127.0.0.1", 0, WSGIHandler(), server_class=_Threads, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def named(host: str, port: int, folder: Path) -> dict[str, str]:
    """An environment in which curl and Python reach `host` at that port of this machine. Files go into `folder`."""
    (folder / ".curlrc").write_text(f'resolve = "{host}:{port}:127.0.0.1"\n')
    (folder / "sitecustomize.py").write_text(SITE.format(host=host))
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    return {
        "PATH": path,
        "HOME": str(folder),
        "CURL_HOME": str(folder),
        "PYTHONPATH": str(folder),
        "PYTHONIOENCODING": "utf-8",
        "LC_ALL": "C.UTF-8",
        "CZJ_URL": f"http://{host}:{port}",
    }
