"""What must have succeeded before the servers start, in one process: static files, schemas, sample story."""

from __future__ import annotations

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

PARTS = (
    (("static",), "静态文件 static files"),
    (("province", "upgrade", "--all"), "数据库结构 schemas"),
    (("seed",), "行政区划与样例 divisions and sample story"),
)


class Command(BaseCommand):
    """Each part does nothing when nothing has changed, and Django starts once for all: a second start takes seconds."""

    help = "准备：静态文件、数据库结构、行政区划与样例。Static files, schemas, divisions and sample story."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for command, words in PARTS:
            began = time.monotonic()
            call_command(*command, stdout=self.stdout, stderr=self.stderr)
            self.stdout.write(f"{words} ({time.monotonic() - began:.1f} s)")
            self.stdout.flush()
