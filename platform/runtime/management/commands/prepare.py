"""What must have succeeded before the servers start, in one process: static files, schemas, sample story."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

STAMP = "collected.sha256"


class Command(BaseCommand):
    """Each part does nothing when nothing has changed, so that a second start takes seconds."""

    help = "准备：静态文件、数据库结构、行政区划与样例。Static files, schemas, divisions and sample story."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with self._timed("静态文件 static files"):
            self._static_files()
        with self._timed("数据库结构 schemas"):
            call_command("migrate_all", stdout=self.stdout, stderr=self.stderr)
        with self._timed("行政区划与样例 divisions and sample story"):
            call_command("seed", stdout=self.stdout, stderr=self.stderr)

    @contextmanager
    def _timed(self, words: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.stdout.write(f"{words} ({time.monotonic() - began:.1f} s)")
        self.stdout.flush()

    def _static_files(self) -> None:
        """Collect and compress what pages load, if a source file has changed since the last time."""
        stamp, wanted = Path(settings.STATIC_ROOT) / STAMP, _fingerprint()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


def _fingerprint() -> str:
    """Digest of the names, sizes and times of all static source files, and of how they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
