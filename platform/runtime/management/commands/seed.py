"""Load the divisions and, in a demonstration, the sample story."""

from __future__ import annotations

import logging
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand

from runtime.seed import seed


class Command(BaseCommand):
    """A second run changes nothing."""

    help = "装入行政区划；演示模式下写入样例。Load divisions and, in a demonstration, the sample story."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for name in ("federation.letters", "pyhanko"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # What the services call for here is done by the time the workers start: their queue stays empty.
        current_app.conf.broker_url = "memory://"
        seed(self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
