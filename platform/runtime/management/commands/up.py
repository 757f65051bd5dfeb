"""`manage.py up`: everything on this machine under one supervisor."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from runtime.messages import compile_messages
from runtime.up import House, Step, up

STEPS = (Step("static", "静态文件", "static files", ("collectstatic", "--noinput", "--verbosity", "0")),)


class Command(BaseCommand):
    help = "启动全部：数据库、消息、网页、实时、任务；Ctrl-C 停止。Start everything; Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        compile_messages()
        code = up(STEPS, on_ready=self.greet)
        if code:
            sys.exit(code)

    def greet(self, house: House) -> None:
        """Print where to look."""
        self.stdout.write(f"\n  查真假  http://{house.domain}\n  Ctrl-C 停止 stops everything\n")
        self.stdout.flush()
