"""Looks into a photo in a process of its own, so that a hostile file can hurt nothing but that process."""

from __future__ import annotations

import json
import logging
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.models import REFUSALS
from evidence.store import work_dir

log = logging.getLogger(__name__)
_CHILD = Path(__file__).with_name("intake_child.py")
_PATIENCE_S = 20
_HEAD_BYTES = 32
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True)
class Found:
    """What intake found out. refused: a code of `evidence.models.REFUSALS`, or empty; then view and thumb are there."""

    refused: str = ""
    view: Path | None = None
    thumb: Path | None = None
    width: int = 0
    height: int = 0
    metadata: dict[str, Any] = field(default_factory=dict)


def media_type_of(head: bytes) -> str | None:
    """The media type by the first 32 bytes: JPEG, PNG, WebP or HEIC; None for everything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        # The box says how long it is; the main brand comes first, compatible ones after the version.
        size = int.from_bytes(head[:4], "big")
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(size, _HEAD_BYTES), 4))}
        if head[8:12] in _HEIF_BRANDS and brands & (_HEIF_BRANDS - {b"mif1", b"msf1"}):
            return "image/heic"
    return None


@contextmanager
def look_into(source: Path, media_type: str, *, thumb_only: bool = False) -> Iterator[Found]:
    """Open the photo in another process; the files named in what it found live as long as the block."""
    folder = Path(tempfile.mkdtemp(prefix="intake-", dir=work_dir()))
    try:
        yield _run(source, folder, media_type, "thumb" if thumb_only else "full")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(source: Path, folder: Path, media_type: str, what: str) -> Found:
    command = [sys.executable, "-I", str(_CHILD), str(source), str(folder), media_type, what]
    try:
        # No environment: the child must not know a single secret. One arena: threads' arenas count as memory used.
        done = subprocess.run(
            command, env={"MALLOC_ARENA_MAX": "1"}, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_PATIENCE_S, check=False, cwd=folder,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Found(refused="too_heavy")
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Found(refused="too_heavy")
    try:
        said = json.loads(done.stdout)
    except ValueError:
        log.warning("intake ended with %s: %s", done.returncode, done.stderr[-500:].decode("utf-8", "replace"))
        return Found(refused="too_heavy" if b"MemoryError" in done.stderr else "unreadable")
    if "refused" in said:
        return Found(refused=said["refused"] if said["refused"] in REFUSALS else "unreadable")
    view = folder / "view.jpg"
    return Found(
        view=view if view.exists() else None,
        thumb=folder / "thumb.jpg",
        width=said["width"],
        height=said["height"],
        metadata=said["metadata"],
    )
