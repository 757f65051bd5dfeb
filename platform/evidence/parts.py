"""What has arrived so far of a resumable upload: one growing file, on a disk that all web processes share.

Its length after an fsync is the offset that the phone is told. A connection that died may leave a reader waiting for
minutes, so nobody holds a lock while waiting for bytes: whoever comes last takes the file over, and the one before
finds out at its next piece. The file's lock is held only while a piece is written, and while the whole is taken in.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from uuid import UUID

from django.conf import settings

from evidence.errors import UploadElsewhere, UploadGone, UploadLocked
from provinces.context import required

_TOKEN_BYTES = 16


def parts_dir() -> Path:
    """The folder of this seat's unfinished uploads."""
    folder = Path(settings.OBJECTS_DIR) / ".parts" / required().name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class Part:
    """The file of one upload. `holder`, beside it, names the writer who may go on."""

    def __init__(self, upload_id: UUID) -> None:
        self.path = parts_dir() / str(upload_id)
        self.holder = self.path.with_suffix(".holder")

    def create(self) -> None:
        """An empty file. Raises FileExistsError."""
        self.holder.touch(mode=0o600)
        self.path.touch(mode=0o600, exist_ok=False)

    def size(self) -> int:
        """How much of it is safe on disk. Raises UploadGone."""
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
                return os.fstat(file.fileno()).st_size
        except FileNotFoundError as error:
            raise UploadGone() from error

    def remove(self) -> None:
        """Take it away; a writer still at it finds out at its next piece."""
        self.path.unlink(missing_ok=True)
        self.holder.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the whole file, to take it in. Raises UploadLocked when another request does, UploadGone."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError as error:
            raise UploadGone() from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UploadLocked() from error
            if not os.fstat(file.fileno()).st_nlink:
                raise UploadGone()
            yield


class Writer:
    """Appends to a part from `offset` on, as long as nobody else takes the part over.

    Raises UploadGone, and UploadElsewhere when the file is not as long as said or another writer came.
    """

    def __init__(self, part: Part, offset: int) -> None:
        self.offset = offset
        self._token = secrets.token_bytes(_TOKEN_BYTES)
        try:
            self._file = os.open(part.path, os.O_WRONLY | os.O_APPEND)
            self._holder = os.open(part.holder, os.O_RDWR)
        except FileNotFoundError as error:
            raise UploadGone() from error

    def __enter__(self) -> Writer:
        try:
            with self._held():
                self._check_length()
                os.pwrite(self._holder, self._token, 0)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.fsync(self._file)
        finally:
            self._close()

    def write(self, piece: bytes) -> None:
        """Append it whole."""
        with self._held():
            if os.pread(self._holder, _TOKEN_BYTES, 0) != self._token:
                raise UploadElsewhere()
            self._check_length()
            left = memoryview(piece)
            while left:
                left = left[os.write(self._file, left) :]
        self.offset += len(piece)

    @contextmanager
    def _held(self) -> Iterator[None]:
        fcntl.flock(self._holder, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._holder, fcntl.LOCK_UN)

    def _check_length(self) -> None:
        found = os.fstat(self._file)
        if not found.st_nlink:
            raise UploadGone()
        if found.st_size != self.offset:
            raise UploadElsewhere()

    def _close(self) -> None:
        for descriptor in (self._file, self._holder):
            with suppress(OSError):
                os.close(descriptor)
