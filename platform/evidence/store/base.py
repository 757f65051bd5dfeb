"""Where bytes lie: one interface, a folder or any S3-compatible store behind it.

A key is `<prefix>/<kind>/<aa>/<uuid>`. The prefix is a seat's name ("gx", "office", "brands", "public") or `org-<uuid>`
for an organisation, whose people all sign in at the brands host. A seat reaches keys of its own prefixes only; the one
exception is `copy`, by which the post office brings a letter's attachments under the addressee's prefix.

Objects are written whole or not at all. Only derived kinds may ever be deleted or written again. A store that keeps
versions writes an original under lock, and its key then ends in `?v=<version>`: whatever is put under the same name
later, that key reads the bytes that were sealed. `Store.promises` says what a store can keep and what it cannot.
"""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from evidence.errors import AlreadyStored, StoredDiffers
from kernel.canonical import Digests, digests_of
from kernel.ids import uuid7
from provinces.context import required
from provinces.errors import BorderCrossing
from provinces.hosts import DIRECTORY

log = logging.getLogger(__name__)
StoredObject = Digests
"""What `put` and `digests` tell: sha256, sm3 (lower-case hex), size_bytes."""

KEY = re.compile(
    r"(?P<prefix>[a-z][a-z0-9]{1,30}|org-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"/(?P<kind>[a-z][a-z_]{0,30})/[0-9a-f]{2}/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"(?:\?v=(?P<version>[A-Za-z0-9._~%-]{1,300}))?"
)
DERIVED = frozenset({"view", "thumb", "bundle", "parcel"})
"""Kinds that are made from what is kept, and can be made again; a parcel is a copy on its way elsewhere."""
LOCKED = frozenset({"original"})
"""Kinds that a store under lock keeps for its whole term."""
ARRIVED = "letter"
"""Kind of the files that came with a letter."""
HANDED_IN = "enrolment"
"""Kind of the objects that the brands host stores for the office to read."""
CHUNK_BYTES = 1 << 20
_LINK_SALT = "evidence.link"
Alarm = Callable[[str, str, str], object]
_alarms: list[Alarm] = []
LONGEST_LINK_S = 600


def make_key(prefix: str, kind: str, object_id: UUID | None = None) -> str:
    """A key of the caller's making; a new id unless one is given."""
    object_id = object_id or uuid7()
    return f"{prefix}/{kind}/{object_id.hex[-2:]}/{object_id}"


def content_id(sha256: str) -> UUID:
    """The id under which an original lies: the first 128 bits of its digest, as a UUID of version 8 (RFC 9562).

    The same bytes have the same key, so storing them twice stores them once.
    """
    number = int(sha256[:32], 16)
    return UUID(int=number & ~(0xF000 << 64) & ~(0xC000 << 48) | 8 << 76 | 2 << 62)


def prefix_of(key: str) -> str:
    """Whose object it is. Raises ValueError for what is no key."""
    return parts_of(key)["prefix"]


def is_own(key: str) -> bool:
    """Whether the seat of this thread may open the key."""
    prefix, seat = prefix_of(key), required()
    if seat.kind == "brands":
        return prefix == seat.name or prefix.startswith("org-")
    return seat.kind != "owner" and prefix == seat.name


def readable(key: str) -> str:
    """The key itself, when the seat of this thread may read it: its own, and at the office papers handed in to it.

    Those are uploaded at the brands host by applicants who have no account. Raises BorderCrossing otherwise.
    """
    parts = parts_of(key)
    if required().kind == "office" and (parts["prefix"], parts["kind"]) == ("brands", HANDED_IN):
        return key
    return own(key)


def own(key: str) -> str:
    """The key itself, when it belongs to the seat of this thread. Raises BorderCrossing otherwise."""
    if not is_own(key):
        raise BorderCrossing(f"object of {prefix_of(key)} asked for while working for {required()}")
    return key


def parts_of(key: str) -> dict[str, str]:
    found = KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"not an object key: {key!r}")
    return found.groupdict(default="")


def name_and_version(key: str) -> tuple[str, str]:
    """The name of an object in its store, and the version that is meant; empty for the one that is there now."""
    name, _mark, version = key.partition("?v=")
    return name, unquote(version)


def on_differs(alarm: Alarm) -> Alarm:
    """Have `alarm(key, sealed, found)` called where an object is not what was recorded. What it raises is logged."""
    if alarm not in _alarms:
        _alarms.append(alarm)
    return alarm


def differs(key: str, *, sealed: str, found: str) -> StoredDiffers:
    """Tell all who listen that an object has other bytes than those that were recorded. Returns what to raise."""
    log.error("%s differs from what was sealed: sealed %s, found %s", key, sealed, found)
    for alarm in _alarms:
        try:
            alarm(key, sealed, found)
        except Exception:  # an alarm that fails must not hide what it is about
            log.exception("the alarm of a changed file failed")
    return StoredDiffers(sealed=sealed, found=found)


@dataclass(frozen=True)
class Promise:
    """Something a store is asked to keep. words: what it does, or why it cannot."""

    code: str
    kept: bool
    words: str


class Hashing:
    """Passes a stream through and keeps its digests."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._sha256, self._sm3 = hashlib.sha256(), hashlib.new("sm3")
        self.size_bytes = 0

    def chunks(self) -> Iterator[bytes]:
        while chunk := self._source.read(CHUNK_BYTES):
            self._sha256.update(chunk)
            self._sm3.update(chunk)
            self.size_bytes += len(chunk)
            yield chunk

    def result(self) -> StoredObject:
        return StoredObject(self._sha256.hexdigest(), self._sm3.hexdigest(), self.size_bytes)


class Store(ABC):
    """The interface. Every method but `copy`'s source checks the seat in `own`."""

    def put(self, key: str, fileobj: BinaryIO, media_type: str) -> StoredObject:
        """Store the stream from where it stands to its end.

        Raises AlreadyStored if an original lies there; a derived copy is replaced. BorderCrossing for a foreign key.
        """
        return self._put(own(key), fileobj, media_type, replace=parts_of(key)["kind"] in DERIVED)

    def seal(self, key: str, fileobj: BinaryIO, media_type: str, *, sha256: str = "") -> tuple[str, StoredObject]:
        """Store an original. Returns the key under which these very bytes are read for ever, and their digests.

        What lies there already stays, and its first version is what is returned. sha256: what it must be; what the
        store garbled is passed over for a version that is right, and a new one is written where none is.
        BorderCrossing for a foreign key.
        """
        if parts_of(key)["kind"] in DERIVED:
            raise ValueError(f"{key} is no key of an original")
        try:
            return self._seal(own(key), fileobj, media_type)
        except AlreadyStored:
            sealed = self._first(key)
            kept = self.digests(sealed)
            if not sha256 or kept.sha256 == sha256:
                return sealed, kept
        for other in self._others(sealed):
            kept = self.digests(other)
            if kept.sha256 == sha256:
                return other, kept
        fileobj.seek(0)
        return self._seal_anew(key, fileobj, media_type)

    def adopt(self, from_key: str, to_key: str) -> tuple[str, StoredObject]:
        """Make an original of an object of this seat, without sending its bytes again. Returns what `seal` does."""
        if parts_of(to_key)["kind"] in DERIVED:
            raise ValueError(f"{to_key} is no key of an original")
        self._copy(own(from_key), own(to_key))
        sealed = self._first(to_key)
        self._lock(sealed)
        return sealed, self.digests(sealed)

    def open(self, key: str, *, sha256: str = "") -> BinaryIO:
        """A binary stream, to be closed by the caller. Raises NoSuchObject, BorderCrossing.

        sha256: as recorded when it was stored; whoever has it on record says it. Then the whole is compared before the
        first byte is given; where it differs other versions are tried, and StoredDiffers is raised when none is right.
        """
        if not sha256:
            return self._open(readable(key))
        found = ""
        for each in (readable(key), *self._others(key)):
            whole, kept = self._whole(each)
            if kept == sha256:
                if each != key:
                    log.error("%s differs from what was sealed; another version is right", key)
                return whole
            whole.close()
            found = found or kept
        raise differs(key, sealed=sha256, found=found)

    def _whole(self, key: str) -> tuple[BinaryIO, str]:
        """All of it, read once, and its SHA-256; empty where the store itself says that it is damaged."""
        spool = tempfile.SpooledTemporaryFile(max_size=8 << 20, dir=str(work_dir()))  # noqa: SIM115 - the caller's
        whole, digest = cast("BinaryIO", spool), hashlib.sha256()
        try:
            with self._open(key) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    digest.update(chunk)
                    whole.write(chunk)
        except StoredDiffers:
            return whole, ""
        except BaseException:
            whole.close()
            raise
        whole.seek(0)
        return whole, digest.hexdigest()

    def exists(self, key: str) -> bool:
        """Whether something lies there. Raises BorderCrossing."""
        return self._exists(own(key))

    def digests(self, key: str, *, sha256: str = "") -> StoredObject:
        """Digests and size, made anew from the bytes that lie there. Raises NoSuchObject, BorderCrossing.

        sha256: as for `open`.
        """
        with self.open(key, sha256=sha256) as stream:
            return digests_of(stream)

    def copy(self, from_key: str, to_key: str) -> StoredObject:
        """Bring an object under a key of this seat, and say what arrived there.

        For the post office alone: the source may be anybody's. Copying twice is copying once. Raises NoSuchObject,
        BorderCrossing for a target of somebody else.
        """
        parts_of(from_key)
        self._copy(from_key, own(to_key))
        return self.digests(to_key)

    def delete(self, key: str) -> None:
        """Take a derived copy away. Raises ValueError for anything else: originals stay."""
        if parts_of(key)["kind"] not in DERIVED:
            raise ValueError(f"{key} is no derived copy")
        self._delete(own(key))

    def forget(self, prefix: str) -> None:
        """Delete whatever the sandbox put in; a bucket that promised to keep originals keeps them until their day.

        Raises ValueError for anybody else's prefix: originals stay.
        """
        if not DIRECTORY.is_sandbox(prefix.removesuffix("/")):
            raise ValueError(f"{prefix} is not the sandbox's")
        self._forget(prefix)

    def discard(self, key: str) -> None:
        """Take away a file that came with a letter to be looked at only, when that is over. Gone already is no error.

        Raises ValueError for anything that did not come with a letter.
        """
        if parts_of(key)["kind"] != ARRIVED:
            raise ValueError(f"{key} came with no letter")
        if self.exists(key):
            self._delete(own(key))

    def let_go(self, key: str) -> None:
        """Take an object away because its period is over: every version of it. Gone already is no error.

        For `retention` alone, which keeps the proof. Raises StillLocked while the store's lock lasts, BorderCrossing.
        """
        self._let_go(own(key))

    def walk(self) -> Iterator[tuple[str, int]]:
        """Key and size in bytes of every object of this seat, in order of the keys, each version by itself."""
        seat = required()
        if seat.kind == "owner":
            raise BorderCrossing("the owner has no objects")
        return self._walk(f"{seat.name}/")

    def listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Name and size of every object below a prefix of this seat ("gx"), those of one kind together.

        Of an object with several versions, one line. Raises BorderCrossing.
        """
        own(make_key(prefix, "view", UUID(int=0)))
        return self._listed(prefix)

    def first(self, key: str) -> str:
        """The key of what was stored first under a name. Raises BorderCrossing."""
        return self._first(own(key))

    def link(self, key: str, *, person_id: UUID, seconds: int = 60) -> str:
        """An address on this host for one person of this seat, for some seconds (at most 600)."""
        if not 0 < seconds <= LONGEST_LINK_S:
            raise ValueError(f"a link lives 1 to {LONGEST_LINK_S} seconds")
        seat = required()
        payload = {"k": own(key), "p": str(person_id), "s": seat.name, "u": int(time.time()) + seconds}
        token = signing.dumps(payload, salt=_LINK_SALT)
        return reverse("evidence:link", args=[token], urlconf=settings.URLCONFS[seat.kind])

    @contextmanager
    def as_file(self, key: str, *, sha256: str = "") -> Iterator[Path]:
        """The object as a file of this machine, to be read inside the block only. sha256: as for `open`."""
        with (
            self.open(key, sha256=sha256) as stream,
            tempfile.NamedTemporaryFile(prefix="czj-", dir=work_dir()) as copy,
        ):
            shutil.copyfileobj(stream, copy, CHUNK_BYTES)
            copy.flush()
            yield Path(copy.name)

    @abstractmethod
    def promises(self) -> list[Promise]:
        """What this store keeps of what is asked of it, looked up now. For the operator."""

    def _seal(self, key: str, fileobj: BinaryIO, media_type: str) -> tuple[str, StoredObject]:
        return key, self._put(key, fileobj, media_type, replace=False)

    def _seal_anew(self, key: str, fileobj: BinaryIO, media_type: str) -> tuple[str, StoredObject]:
        """Beside what lies there and is wrong. Raises StoredDiffers where a store keeps one version only."""
        raise StoredDiffers()

    def _others(self, key: str) -> list[str]:
        """Keys of all other versions under the same name, oldest first."""
        return []

    def _first(self, key: str) -> str:
        """The key of what was stored first under a name."""
        return key

    @abstractmethod
    def _lock(self, key: str) -> None:
        """Put what lies there under lock, where there is one."""

    @abstractmethod
    def _put(self, key: str, fileobj: BinaryIO, media_type: str, *, replace: bool) -> StoredObject: ...

    @abstractmethod
    def _open(self, key: str) -> BinaryIO: ...

    @abstractmethod
    def _exists(self, key: str) -> bool: ...

    @abstractmethod
    def _copy(self, from_key: str, to_key: str) -> None: ...

    def _let_go(self, key: str) -> None:
        self._delete(name_and_version(key)[0])

    @abstractmethod
    def _walk(self, prefix: str) -> Iterator[tuple[str, int]]: ...

    @abstractmethod
    def _delete(self, key: str) -> None: ...

    @abstractmethod
    def _forget(self, prefix: str) -> None: ...

    @abstractmethod
    def _listed(self, prefix: str) -> Iterator[tuple[str, int]]: ...

    @abstractmethod
    def prefixes(self) -> list[str]:
        """Whose objects there are: of every seat and organisation. For the operator."""


def photo_url(exhibit_id: UUID, what: str = "view") -> str:
    """Path of a photo's page on the host of this seat. what: view, thumb or original."""
    return reverse("evidence:photo", args=[exhibit_id, what], urlconf=settings.URLCONFS[required().kind])


def read_link(token: str, *, person_id: UUID) -> str | None:
    """The key of a link made by `Store.link`, or None when it is not this person's, not this host's, or over."""
    try:
        said = signing.loads(token, salt=_LINK_SALT, max_age=LONGEST_LINK_S)
    except signing.BadSignature:
        return None
    good = said["p"] == str(person_id) and said["s"] == required().name and said["u"] >= time.time()
    return str(said["k"]) if good else None


def work_dir() -> Path:
    """Where files lie for moments: uploads on their way, copies for the intake process."""
    folder = Path(settings.OBJECTS_DIR) / ".incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def sweep_work_dir(*, older_than_s: float = 3600) -> int:
    """Remove what a dead process or a broken connection left behind. Returns how many files and folders."""
    removed, before = 0, time.time() - older_than_s
    for left in work_dir().iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < before:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
                removed += 1
    return removed
