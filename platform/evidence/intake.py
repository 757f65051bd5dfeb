"""Looks into a photo in a process of its own, so that a hostile file can hurt nothing but that process.

Starting a Python with decoders for each photo would cost as much as the photo, so one such program waits, opens nothing
itself, and forks a child for each photo (`intake_child`).
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evidence.errors import IntakeBusy
from evidence.models import REFUSALS
from evidence.store import work_dir

log = logging.getLogger(__name__)
_CHILD = Path(__file__).with_name("intake_child.py")
_PATIENCE_S = 60
_HEAD_BYTES = 32
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True)
class Found:
    """What intake found out. refused: a code of `evidence.models.REFUSALS`, or empty; then view and thumb are there.

    peak_bytes, cpu_s: the most memory that the process of this photo held, and the time it computed.
    """

    refused: str = ""
    view: Path | None = None
    thumb: Path | None = None
    width: int = 0
    height: int = 0
    metadata: dict[str, Any] = field(default_factory=dict)
    peak_bytes: int = 0
    cpu_s: float = 0.0


class _Opener:
    """The program that waits. Safe to ask from several threads."""

    def __init__(self, program: Path) -> None:
        self.program, self.owner = program, os.getpid()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # No environment: it must not know a single secret. One arena: threads' arenas count as memory used.
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(program), str(theirs.fileno())], env={"MALLOC_ARENA_MAX": "1"}, cwd="/",
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            )  # fmt: skip

    def alive(self) -> bool:
        """Whether it can be asked, by this process."""
        return self.owner == os.getpid() and self.process.poll() is None

    def ask(self, question: dict[str, str]) -> list[bytes]:
        """The lines said in answer. Raises OSError when it has gone, TimeoutError."""
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as answers:
            try:
                socket.send_fds(self._control, [json.dumps(question).encode()], [writing])
            finally:
                os.close(writing)
            return _all_of(answers.fileno()).splitlines()

    def stop(self) -> None:
        """Let it finish what it has, then end."""
        self._control.close()
        if self.owner == os.getpid():
            try:
                self.process.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _all_of(pipe: int) -> bytes:
    """What comes until the pipe is closed. Raises TimeoutError."""
    poll, until, said = select.poll(), time.monotonic() + _PATIENCE_S, b""
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    while (left := until - time.monotonic()) > 0:
        if poll.poll(left * 1000):
            piece = os.read(pipe, 65536)
            if not piece:
                return said
            said += piece
    raise TimeoutError


_opener: _Opener | None = None
_lock = threading.Lock()


def opener() -> _Opener:
    """The program that waits, started when there is none."""
    global _opener
    with _lock:
        if _opener is None or not _opener.alive() or _opener.program != _CHILD:
            if _opener is not None:
                _opener.stop()
            _opener = _Opener(_CHILD)
        return _opener


@atexit.register
def stop_opener() -> None:
    """End the program that waits, if there is one."""
    global _opener
    with _lock:
        if _opener is not None:
            _opener.stop()
            _opener = None


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
    question = {"source": str(source), "folder": str(folder), "media_type": media_type, "what": what}
    lines = _ask(question)
    try:
        said, ended = json.loads(lines[0]) if len(lines) > 1 else {}, json.loads(lines[-1])
        status, used = int(ended["status"]), {"peak_bytes": int(ended["peak_bytes"]), "cpu_s": float(ended["cpu_s"])}
    except (IndexError, ValueError, KeyError, TypeError) as error:
        raise IntakeBusy() from error
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        raise IntakeBusy()  # it did not get to compute: the machine is overloaded
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        return Found(refused="too_heavy", **used)
    if status or "refused" in said or not said:
        if status:
            log.warning("the opener's child ended with %s", status)
        code = str(said.get("refused", ""))
        return Found(refused=code if code in REFUSALS else "unreadable", **used)
    view = folder / "view.jpg"
    return Found(
        view=view if view.exists() else None,
        thumb=folder / "thumb.jpg",
        width=said["width"],
        height=said["height"],
        metadata=said["metadata"],
        **used,
    )


def _ask(question: dict[str, str]) -> list[bytes]:
    """Ask, and once more when the program had just ended for want of work. Raises IntakeBusy."""
    for _attempt in range(2):
        with suppress(OSError):
            if lines := opener().ask(question):
                return lines
    raise IntakeBusy()
