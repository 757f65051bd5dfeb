"""Say whether a part lives, for whoever restarts containers."""

from __future__ import annotations

import socket
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from watching import alive


class Command(BaseCommand):
    """`manage.py alive worker|beat|events`: ends with 0 while it lives, with 1 when it has been silent too long."""

    help = "Whether a worker, beat or the events process of this container lives."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("part", choices=["worker", "beat", "events"])
        parser.add_argument("--silent", type=float, default=60.0, help="seconds of silence that are still life")
        parser.add_argument("--port", type=int, default=8001, help="of the events process")

    def handle(self, *args: Any, part: str, silent: float, port: int, **options: Any) -> None:
        if part == "events":
            lives, said = _answers(port), f"events on port {port}"
        else:
            age = alive.age_s(part)
            lives = age is not None and age <= silent
            said = f"{part}: last sign of life {'never' if age is None else f'{age:.0f} s ago'}"
        self.stdout.write(said)
        if not lives:
            sys.exit(1)


def _answers(port: int) -> bool:
    """Whether the events process takes a connection and says anything; without Valkey it lives all the same."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=3) as there:
            there.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return there.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return False
