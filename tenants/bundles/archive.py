"""Write a ZIP file as a stream: never more than one piece of a file in memory, the same bytes for the same content.

Stored, not compressed: photos do not shrink, and no version of a compressor decides what the bytes are. Every entry
carries the same date.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from typing import BinaryIO

from kernel.canonical import Digests, canonical_json

_CHUNK_BYTES = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)  # the first that the format can write
_PLAIN_FILE = 0o100644 << 16


class Archive:
    """A ZIP file being written, and what has gone into it: path -> both digests and the size."""

    def __init__(self, out: BinaryIO, *, progress: Callable[[int], None] | None = None) -> None:
        """progress: told the bytes written so far, after each piece of a stream."""
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._progress = progress or (lambda done: None)
        self._streamed = 0
        self.files: dict[str, Digests] = {}

    def stream(self, path: str, source: BinaryIO, *, size_bytes: int) -> Digests:
        """Add a file from a stream. size_bytes: as far as is known beforehand."""
        sha256, sm3, found = hashlib.sha256(), hashlib.new("sm3"), 0
        with self._zip.open(self._entry(path), "w", force_zip64=size_bytes > 1 << 30) as out:
            while chunk := source.read(_CHUNK_BYTES):
                sha256.update(chunk)
                sm3.update(chunk)
                found += len(chunk)
                self._streamed += len(chunk)
                out.write(chunk)
                self._progress(self._streamed)
        self.files[path] = Digests(sha256.hexdigest(), sm3.hexdigest(), found)
        return self.files[path]

    def add(self, path: str, data: bytes) -> Digests:
        """Add a small file."""
        self._zip.writestr(self._entry(path), data)
        self.files[path] = Digests(hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest(), len(data))
        return self.files[path]

    def add_json(self, path: str, value: object) -> Digests:
        """Add a value as canonical JSON."""
        return self.add(path, canonical_json(value))

    def close(self) -> None:
        """Write the directory at the end; without it there is no archive."""
        self._zip.close()

    def _entry(self, path: str) -> zipfile.ZipInfo:
        if path in self.files:
            raise ValueError(f"{path} is in the archive already")
        entry = zipfile.ZipInfo(path, _DATE)
        entry.create_system = 3  # Unix, wherever it is made
        entry.external_attr = _PLAIN_FILE
        return entry
