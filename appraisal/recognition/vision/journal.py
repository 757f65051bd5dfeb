"""The file beneath the index: what was added, removed, switched off and on, in order, appended under a lock.

A record that a broken write left behind at the end is cut off by the next writer and ignored by readers.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

ADD, REMOVE, OFF, ON = 1, 2, 3, 4
_HEAD = struct.Struct(">2sBII")
_MARK = b"VR"


@dataclass(frozen=True, slots=True)
class Record:
    """One line. id: the photo's for ADD and REMOVE, the entry's for OFF and ON. start, size: where the features are."""

    verb: int
    id: UUID
    entry_id: UUID | None = None
    product: str = ""
    group: str = ""
    genuine: bool = False
    start: int = 0
    size: int = 0


def pack(
    verb: int,
    id: UUID,
    entry_id: UUID | None = None,
    product: str = "",
    group: str = "",
    genuine: bool = False,
    features: bytes = b"",
) -> bytes:
    """The bytes of one record."""
    body = id.bytes
    if verb == ADD:
        assert entry_id is not None
        words = b"".join(len(word.encode()).to_bytes(2, "big") + word.encode() for word in (product, group))
        body += entry_id.bytes + bytes([genuine]) + words + features
    return _HEAD.pack(_MARK, verb, len(body), zlib.crc32(body)) + body


def _parse(verb: int, body: bytes, at: int) -> Record:
    if verb != ADD:
        return Record(verb, UUID(bytes=body[:16]))
    place, words = 33, []
    for _ in range(2):
        length = int.from_bytes(body[place : place + 2], "big")
        words.append(body[place + 2 : place + 2 + length].decode())
        place += 2 + length
    return Record(
        verb,
        UUID(bytes=body[:16]),
        UUID(bytes=body[16:32]),
        words[0],
        words[1],
        bool(body[32]),
        at + place,
        len(body) - place,
    )


def read(path: Path, start: int = 0) -> Iterator[tuple[Record, int]]:
    """Whole records from a place on, each with the place after it."""
    if not path.exists():
        return
    with path.open("rb") as file:
        file.seek(start)
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            mark, verb, length, check = _HEAD.unpack(head)
            body = file.read(length)
            if mark != _MARK or len(body) != length or zlib.crc32(body) != check:
                return
            yield _parse(verb, body, start + _HEAD.size), start + _HEAD.size + length
            start += _HEAD.size + length


def append(path: Path, records: bytes, after: int) -> None:
    """Write behind the last whole record, which ends at `after`; on disk when this returns. Hold the lock."""
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(after)
        file.seek(after)
        file.write(records)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
