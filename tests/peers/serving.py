"""A courier's host on a port of this machine: Django's own handler, one thread a request."""

from __future__ import annotations

from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


def serve(port: int) -> WSGIServer:
    """The server, not yet running. Whatever name it was called by, it answers as the courier's host."""
    handler = WSGIHandler()

    def application(environ, start_response):
        environ["HTTP_HOST"] = f"courier.{settings.DOMAIN_NAME}"
        return handler(environ, start_response)

    return make_server("127.0.0.1", port, application, server_class=_Threads, handler_class=_Quiet)
