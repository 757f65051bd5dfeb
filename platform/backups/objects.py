"""Files of the object store: each is copied once, and stands in the list of every backup that needs it.

An original never changes under its name, so what lies at the place already is not read again. Views and thumbnails may
be made again, and then are copied again. Packages and parcels under way are left out: they are made from what is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from backups.errors import PartDiffers, PartMissing
from backups.places import Place
from backups.sealing import Damaged, Keys, Sealer, Sink, Unsealed
from backups.shelf import Shelf, shelf
from evidence.errors import AlreadyStored, NoSuchObject
from evidence.store import DERIVED, prefix_of, store
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import BRANDS, COURIER, Seat, named_seat

FOLDER = "objects"
_PIECE_BYTES = 1 << 20
_MADE_AGAIN = frozenset({"bundle", "parcel"})
assert _MADE_AGAIN <= DERIVED


@dataclass(frozen=True)
class Kept:
    """One object. path: of its sealed copy at the place."""

    key: str
    size_bytes: int
    sha256: str
    path: str


@dataclass
class Copied:
    """What a round of copying did. gone: objects that somebody took away while we copied."""

    count: int = 0
    size_bytes: int = 0
    new: int = 0
    written: int = 0
    gone: tuple[str, ...] = ()


def seat_of(prefix: str) -> Seat:
    """Who may open the objects of a prefix."""
    return BRANDS if prefix.startswith("org-") else named_seat(prefix)


def prefixes(code: str | None) -> list[str]:
    """Whose objects belong to a backup."""
    if code is not None:
        return [code]
    return [each for each in store().prefixes() if each != COURIER.name and not DIRECTORY.is_sandbox(each)]


def _kind(key: str) -> str:
    return key.split("/")[1]


def path_for(keys: Keys, key: str, size_bytes: int) -> str:
    """Where an object lies at the place. What can be written again under its name is told apart by its size."""
    name = keys.name_of(f"{key} {size_bytes}" if _kind(key) in DERIVED else key)
    return f"{FOLDER}/{name[:2]}/{name}"


def wanted(code: str | None) -> Iterator[tuple[str, int]]:
    """Every object that belongs to a backup, with its size."""
    for prefix in prefixes(code):
        with context.seat(seat_of(prefix)):
            for key, size_bytes in store().listed(prefix):
                if _kind(key) not in _MADE_AGAIN:
                    yield key, size_bytes


def copy_all(
    code: str | None,
    place: Place,
    keys: Keys,
    out: Sink,
    known: Shelf,
    say: Callable[[int, int], None] = lambda _count, _bytes: None,
) -> Copied:
    """Copy what is not at the place yet and write the list of all. known: of the backup before (`remember`)."""
    with shelf() as there:
        there.fill((path, "") for path, _size in place.listed(FOLDER))
        return _copy_all(code, place, keys, out, known, there, say)


def _copy_all(
    code: str | None,
    place: Place,
    keys: Keys,
    out: Sink,
    known: Shelf,
    there: Shelf,
    say: Callable[[int, int], None],
) -> Copied:
    done, gone = Copied(), []
    for prefix in prefixes(code):
        with context.seat(seat_of(prefix)):
            for key, size_bytes in store().listed(prefix):
                if _kind(key) in _MADE_AGAIN:
                    continue
                path = path_for(keys, key, size_bytes)
                there_already = path in there
                kept = _recalled(known, key) if there_already else None
                if kept is None or kept.path != path:
                    try:
                        kept, written = _copy(key, path, place, keys, again=not there_already)
                    except NoSuchObject:
                        gone.append(key)
                        continue
                    done.written += written
                    done.new += written > 0
                out.write(json.dumps([kept.key, kept.size_bytes, kept.sha256, kept.path]).encode() + b"\n")
                done.count += 1
                done.size_bytes += kept.size_bytes
                if done.count % 1000 == 0:
                    say(done.count, done.size_bytes)
    done.gone = tuple(gone)
    return done


def remember(known: Shelf, listed: Iterator[Kept]) -> None:
    """Keep the list of the backup before, by key."""
    known.fill((each.key, f"{each.size_bytes} {each.sha256} {each.path}") for each in listed)


def _recalled(known: Shelf, key: str) -> Kept | None:
    said = known.get(key)
    if said is None:
        return None
    size_bytes, sha256, path = said.split(" ", 2)
    return Kept(key, int(size_bytes), sha256, path)


def _copy(key: str, path: str, place: Place, keys: Keys, *, again: bool) -> tuple[Kept, int]:
    """Seal one object at the place, or only reckon its digest when it lies there. Returns it, and bytes written."""
    digest, size = hashlib.sha256(), 0
    objects = store()
    with objects.open(objects.first(key)) as source:
        if not again:
            while piece := source.read(_PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
            return Kept(key, size, digest.hexdigest(), path), 0
        with place.write(path) as out:
            sealer = Sealer(out, keys, key, compressed=False)
            while piece := source.read(_PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                sealer.write(piece)
            sealer.close()
    return Kept(key, size, digest.hexdigest(), path), sealer.size_bytes


def read_list(source: Unsealed) -> Iterator[Kept]:
    """The list of a backup. Raises Damaged."""
    held = b""
    while piece := source.read(_PIECE_BYTES):
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            yield Kept(*json.loads(line))
    if held:
        raise Damaged("objects")


@contextmanager
def _sealed(kept: Kept, place: Place, keys: Keys, name: str) -> Iterator[Unsealed]:
    try:
        source = place.open(kept.path)
    except FileNotFoundError as error:
        raise PartMissing(name=name, part=kept.key) from error
    with source:
        yield Unsealed(source, keys, kept.key)


class _Checked:
    """Passes bytes through; `check` compares them with what was sealed."""

    def __init__(self, source: Unsealed) -> None:
        self._source, self._digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._source.read(size)
        self._digest.update(found)
        return found

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def check(kept: Kept, place: Place, keys: Keys, name: str) -> None:
    """Read one sealed object. Raises PartDiffers, PartMissing."""
    with _sealed(kept, place, keys, name) as source:
        checked = _Checked(source)
        try:
            while checked.read(_PIECE_BYTES):
                pass
        except Damaged as error:
            raise PartDiffers(name=name, part=kept.key) from error
        if checked.sha256 != kept.sha256:
            raise PartDiffers(name=name, part=kept.key)


def bring_back(kept: Kept, place: Place, keys: Keys, name: str) -> bool:
    """Put one object where it is missing. Returns whether it was. Raises PartDiffers, PartMissing."""
    with context.seat(seat_of(prefix_of(kept.key))):
        objects = store()
        if objects.exists(kept.key):
            return False
        check(kept, place, keys, name)  # first: an object is written once, and then for good
        with _sealed(kept, place, keys, name) as source:
            try:
                if _kind(kept.key) in DERIVED:
                    objects.put(kept.key, cast(BinaryIO, source), "application/octet-stream")
                else:
                    objects.seal(kept.key, cast(BinaryIO, source), "application/octet-stream")
            except AlreadyStored:
                return False
    return True
