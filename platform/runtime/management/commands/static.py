"""Collect static files when any of them has changed since the last time."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

UNUSED = [
    "rest_framework/*",
    *(f"django_htmx/{each}" for each in ("ext/*", "htmx-2.js", "htmx-4*", "htmax-4*")),
    *("openseadragon.js*", "tus.js*", "browser-test-bundle.js*"),  # pages ask for the short ones
]
"""Files that packages bring and no page of ours asks for."""


class Command(BaseCommand):
    """`manage.py static`: as `collectstatic`, but a second start finds nothing to do."""

    help = "Collect static files if any has changed."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stamp = Path(settings.STATIC_ROOT, ".collected")
        wanted = fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=UNUSED)
        stamp.write_text(wanted)


def fingerprint() -> str:
    """Digest of the names, sizes and times of all static files, and of how they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list(UNUSED):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
