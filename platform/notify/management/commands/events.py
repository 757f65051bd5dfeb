"""Serve event streams."""

import resource
import signal
import socket
from types import FrameType
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from notify.events_app import application


class EventsServer(uvicorn.Server):
    """Ends the streams before it waits for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        application.close()
        super().handle_exit(sig, frame)


class Command(BaseCommand):
    """`manage.py events --host 127.0.0.1 --port 8001`; port 0 takes a free one and prints it."""

    help = "Serve event streams (server-sent events) for all hosts."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8001)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        wanted, most = settings.EVENTS_STREAMS + 256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if most != resource.RLIM_INFINITY and most < wanted:
            raise CommandError(f"this process may open {most} files, EVENTS_STREAMS needs {wanted}: raise `ulimit -n`")
        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
        with socket.create_server((host, port), backlog=2048) as listener:
            self.stdout.write(f"events on {host}:{listener.getsockname()[1]}")
            self.stdout.flush()
            config = uvicorn.Config(
                application,
                log_level="warning",
                access_log=False,
                log_config=None,  # as everything else: one JSON object a line
                server_header=False,
                timeout_graceful_shutdown=3,
                timeout_keep_alive=5,
            )
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
            EventsServer(config).run(sockets=[listener])
