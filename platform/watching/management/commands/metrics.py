"""Serve figures to Prometheus."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from watching import exporting


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        body = exporting.text()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Who asks is Prometheus, every few seconds."""


class Command(BaseCommand):
    """`manage.py metrics --host 127.0.0.1 --port 9100`; port 0 takes a free one and prints it. `--once` prints."""

    help = "Serve figures of this machine's processes and of all provinces to Prometheus, on an address for operators."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=9100)
        parser.add_argument("--once", action="store_true", help="print them and end")

    def handle(self, *args: Any, host: str, port: int, once: bool, **options: Any) -> None:
        if once:
            self.stdout.write(exporting.text().decode())
            return
        with ThreadingHTTPServer((host, port), _Handler) as server:
            self.stdout.write(f"metrics on {host}:{server.server_address[1]}")
            self.stdout.flush()
            server.serve_forever()
