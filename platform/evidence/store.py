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
import os
import re
import shutil
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evidence.errors import AlreadyStored, NoSuchObject
from kernel import clock
from kernel.canonical import Digests, digests_of
from kernel.ids import uuid7
from provinces.context import required
from provinces.errors import BorderCrossing

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
_CHUNK_BYTES = 1 << 20
_LINK_SALT = "evidence.link"
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
    return _parts(key)["prefix"]


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
    parts = _parts(key)
    if required().kind == "office" and (parts["prefix"], parts["kind"]) == ("brands", HANDED_IN):
        return key
    return own(key)


def own(key: str) -> str:
    """The key itself, when it belongs to the seat of this thread. Raises BorderCrossing otherwise."""
    if not is_own(key):
        raise BorderCrossing(f"object of {prefix_of(key)} asked for while working for {required()}")
    return key


def _parts(key: str) -> dict[str, str]:
    found = KEY.fullmatch(key)
    if found is None:
        raise ValueError(f"not an object key: {key!r}")
    return found.groupdict(default="")


def _name_and_version(key: str) -> tuple[str, str]:
    """The name of an object in its store, and the version that is meant; empty for the one that is there now."""
    name, _mark, version = key.partition("?v=")
    return name, unquote(version)


@dataclass(frozen=True)
class Promise:
    """Something a store is asked to keep. words: what it does, or why it cannot."""

    code: str
    kept: bool
    words: str


class _Hashing:
    """Passes a stream through and keeps its digests."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._sha256, self._sm3 = hashlib.sha256(), hashlib.new("sm3")
        self.size_bytes = 0

    def chunks(self) -> Iterator[bytes]:
        while chunk := self._source.read(_CHUNK_BYTES):
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
        return self._put(own(key), fileobj, media_type, replace=_parts(key)["kind"] in DERIVED)

    def seal(self, key: str, fileobj: BinaryIO, media_type: str) -> tuple[str, StoredObject]:
        """Store an original. Returns the key under which these very bytes are read for ever, and their digests.

        What lies there already stays, and its first version is what is returned. BorderCrossing for a foreign key.
        """
        if _parts(key)["kind"] in DERIVED:
            raise ValueError(f"{key} is no key of an original")
        try:
            return self._seal(own(key), fileobj, media_type)
        except AlreadyStored:
            sealed = self._first(key)
            return sealed, self.digests(sealed)

    def adopt(self, from_key: str, to_key: str) -> tuple[str, StoredObject]:
        """Make an original of an object of this seat, without sending its bytes again. Returns what `seal` does."""
        if _parts(to_key)["kind"] in DERIVED:
            raise ValueError(f"{to_key} is no key of an original")
        self._copy(own(from_key), own(to_key))
        sealed = self._first(to_key)
        self._lock(sealed)
        return sealed, self.digests(sealed)

    def open(self, key: str) -> BinaryIO:
        """A binary stream, to be closed by the caller. Raises NoSuchObject, BorderCrossing."""
        return self._open(readable(key))

    def exists(self, key: str) -> bool:
        """Whether something lies there. Raises BorderCrossing."""
        return self._exists(own(key))

    def digests(self, key: str) -> StoredObject:
        """Digests and size, made anew from the bytes that lie there. Raises NoSuchObject, BorderCrossing."""
        with self.open(key) as stream:
            return digests_of(stream)

    def copy(self, from_key: str, to_key: str) -> StoredObject:
        """Bring an object under a key of this seat, and say what arrived there.

        For the post office alone: the source may be anybody's. Copying twice is copying once. Raises NoSuchObject,
        BorderCrossing for a target of somebody else.
        """
        _parts(from_key)
        self._copy(from_key, own(to_key))
        return self.digests(to_key)

    def delete(self, key: str) -> None:
        """Take a derived copy away. Raises ValueError for anything else: originals stay."""
        if _parts(key)["kind"] not in DERIVED:
            raise ValueError(f"{key} is no derived copy")
        self._delete(own(key))

    def discard(self, key: str) -> None:
        """Take away a file that came with a letter to be looked at only, when that is over. Gone already is no error.

        Raises ValueError for anything that did not come with a letter.
        """
        if _parts(key)["kind"] != ARRIVED:
            raise ValueError(f"{key} came with no letter")
        if self.exists(key):
            self._delete(own(key))

    def link(self, key: str, *, person_id: UUID, seconds: int = 60) -> str:
        """An address on this host for one person of this seat, for some seconds (at most 600)."""
        if not 0 < seconds <= LONGEST_LINK_S:
            raise ValueError(f"a link lives 1 to {LONGEST_LINK_S} seconds")
        seat = required()
        payload = {"k": own(key), "p": str(person_id), "s": seat.name, "u": int(time.time()) + seconds}
        token = signing.dumps(payload, salt=_LINK_SALT)
        return reverse("evidence:link", args=[token], urlconf=settings.URLCONFS[seat.kind])

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """The object as a file of this machine, to be read inside the block only."""
        with self.open(key) as stream, tempfile.NamedTemporaryFile(prefix="czj-", dir=work_dir()) as copy:
            shutil.copyfileobj(stream, copy, _CHUNK_BYTES)
            copy.flush()
            yield Path(copy.name)

    @abstractmethod
    def promises(self) -> list[Promise]:
        """What this store keeps of what is asked of it, looked up now. For the operator."""

    def _seal(self, key: str, fileobj: BinaryIO, media_type: str) -> tuple[str, StoredObject]:
        return key, self._put(key, fileobj, media_type, replace=False)

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

    @abstractmethod
    def _delete(self, key: str) -> None: ...


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


class FolderStore(Store):
    """Objects as read-only files of one folder."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def promises(self) -> list[Promise]:
        """Asks nothing: a file system can do no more than this."""
        own_disk = str(_("文件夹存储做不到：能登录这台服务器的管理员可以改、可以删。需要锁定时请接对象存储。"))
        return [
            Promise("whole", True, str(_("整份写入，写到一半断电不留残件。"))),
            Promise("once", True, str(_("原件写入后只读，本系统不覆盖、不删除。"))),
            Promise("versions", False, own_disk),
            Promise("lock", False, own_disk),
            Promise("key_per_province", False, str(_("文件夹存储不加密。请加密整块磁盘。"))),
            Promise("prefix_per_province", True, str(_("各省各有目录，程序只打开本省的。"))),
            Promise("links", True, str(_("链接限本人、限时。"))),
        ]

    def _lock(self, key: str) -> None:
        return  # a file system has none: see `promises`

    def _path(self, key: str) -> Path:
        return self.root / _name_and_version(key)[0]

    def _put(self, key: str, fileobj: BinaryIO, media_type: str, *, replace: bool) -> StoredObject:
        target, draft = self._path(key), work_dir() / str(uuid7())
        hashing = _Hashing(fileobj)
        try:
            with draft.open("xb") as out:
                for chunk in hashing.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            draft.chmod(0o440)
            target.parent.mkdir(parents=True, exist_ok=True)
            if replace:
                draft.replace(target)
            else:
                self._link(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        return hashing.result()

    @staticmethod
    def _link(source: Path, target: Path) -> None:
        # A rename would silently replace what lies there; a hard link is as atomic and refuses.
        try:
            os.link(source, target)
        except FileExistsError as error:
            raise AlreadyStored() from error

    def _open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise NoSuchObject() from error

    def _exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def _copy(self, from_key: str, to_key: str) -> None:
        target = self._path(to_key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self._path(from_key), target)
        except FileNotFoundError as error:
            raise NoSuchObject() from error
        except FileExistsError:
            return

    def _delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        path = self._path(own(key))
        if not path.is_file():
            raise NoSuchObject()
        yield path


class S3Store(Store):
    """Objects of one bucket of an S3-compatible service, by boto3.

    lock_days: for so long nobody, the service's administrator included, can delete or change an original (object lock
    in compliance mode); 0: no lock. kms_keys: pairs of a seat's prefix and the id of its key at the key service; the
    prefix "*" stands for all others. Encryption is the service's (SSE-KMS).
    """

    def __init__(
        self,
        *,
        endpoint_url: str,
        bucket: str,
        access_key_id: str,
        secret_access_key: str,
        region: str,
        lock_days: int = 0,
        kms_keys: tuple[tuple[str, str], ...] = (),
    ) -> None:
        import boto3
        from botocore.config import Config

        self.bucket, self.lock_days, self._kms_keys = bucket, lock_days, dict(kms_keys)
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            region_name=region,
            config=Config(
                s3={"addressing_style": "path"},
                retries={"max_attempts": 3, "mode": "standard"},
                connect_timeout=3,
                read_timeout=30,
                max_pool_connections=32,
            ),
        )

    def make_bucket(self) -> None:
        """Make the bucket if it is missing: at the first start, and in tests."""
        if self._code(lambda: self._client.head_bucket(Bucket=self.bucket)) == "404":
            self._client.create_bucket(
                Bucket=self.bucket,
                CreateBucketConfiguration={"LocationConstraint": self._client.meta.region_name},
                ObjectLockEnabledForBucket=bool(self.lock_days),
            )
            self._client.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})

    def promises(self) -> list[Promise]:
        """Asks the bucket."""
        from botocore.exceptions import ClientError

        versions = self._client.get_bucket_versioning(Bucket=self.bucket).get("Status") == "Enabled"
        try:
            found = self._client.get_object_lock_configuration(Bucket=self.bucket)["ObjectLockConfiguration"]
            lockable = found.get("ObjectLockEnabled") == "Enabled"
        except ClientError:  # "there is no configuration": the bucket was made without
            lockable = False
        if lockable and self.lock_days:
            lock = str(_("原件锁定 {days} 天，任何人都不能提前删除。")).format(days=self.lock_days)
        elif self.lock_days:
            lock = str(_("存储桶没有开启对象锁定，原件将写不进去。请用开启锁定的新桶。"))
        else:
            lock = str(_("没有要求锁定（S3_LOCK_DAYS=0）。"))
        keys = str(_("按省指定了密钥：{names}")).format(names="、".join(sorted(self._kms_keys)))
        return [
            Promise("whole", True, str(_("整份写入，写到一半断电不留残件。"))),
            Promise("once", True, str(_("原件写入后只读，本系统不覆盖、不删除。"))),
            Promise(
                "versions",
                versions,
                str(_("保留每一版，原件按版本号读取。") if versions else _("存储桶没有开启版本。")),
            ),
            Promise("lock", lockable and self.lock_days > 0, lock),
            Promise(
                "key_per_province",
                bool(self._kms_keys),
                keys if self._kms_keys else str(_("没有指定密钥（S3_KMS_KEYS），按存储桶的默认设置加密。")),
            ),
            Promise("prefix_per_province", True, str(_("各省各有前缀，程序只打开本省的。"))),
            Promise("links", True, str(_("链接限本人、限时。"))),
        ]

    def _sealing(self, key: str) -> dict[str, Any]:
        """How an object under this key is written: with its seat's key, an original under lock."""
        parts, how = _parts(key), {}
        kms = self._kms_keys.get(parts["prefix"]) or self._kms_keys.get("*")
        if kms:
            how |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms}
        if self.lock_days and parts["kind"] in LOCKED:
            until = clock.now() + timedelta(days=self.lock_days)
            how |= {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        return how

    def _lock(self, key: str) -> None:
        how = self._sealing(key)
        if "ObjectLockMode" in how:
            retention = {"Mode": how["ObjectLockMode"], "RetainUntilDate": how["ObjectLockRetainUntilDate"]}
            self._client.put_object_retention(**self._named(key), Retention=retention)

    def _named(self, key: str) -> dict[str, str]:
        """Bucket, name and version as boto3's arguments."""
        name, version = _name_and_version(key)
        return {"Bucket": self.bucket, "Key": name} | ({"VersionId": version} if version else {})

    @staticmethod
    def _code(call: Any) -> str:
        """Empty when the call went well, else the service's error code if it says "absent" or "there already"."""
        from botocore.exceptions import ClientError

        try:
            call()
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            same = {"NoSuchKey": "404", "NoSuchBucket": "404", "NoSuchVersion": "404", "PreconditionFailed": "412"}
            code = same.get(code, code)
            if code not in {"404", "412"}:
                raise
            return code
        return ""

    def _put(self, key: str, fileobj: BinaryIO, media_type: str, *, replace: bool) -> StoredObject:
        return self._write(key, fileobj, media_type, replace=replace)[1]

    def _seal(self, key: str, fileobj: BinaryIO, media_type: str) -> tuple[str, StoredObject]:
        version, kept = self._write(key, fileobj, media_type, replace=False)
        return (f"{key}?v={quote(version, safe='')}" if version else key), kept

    def _first(self, key: str) -> str:
        name, oldest = _name_and_version(key)[0], None
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=name):
            for version in page.get("Versions", []):
                if version["Key"] == name and (oldest is None or version["LastModified"] <= oldest["LastModified"]):
                    oldest = version
        if oldest is None or oldest["VersionId"] in ("", "null"):
            return name
        return f"{name}?v={quote(oldest['VersionId'], safe='')}"

    def _write(self, key: str, fileobj: BinaryIO, media_type: str, *, replace: bool) -> tuple[str, StoredObject]:
        """Write it; returns the version, empty where there are none, and the digests. Raises AlreadyStored."""
        # Spooled first: the length must be known, and a connection that dies half-way must leave nothing.
        answer: dict[str, Any] = {}
        with tempfile.SpooledTemporaryFile(max_size=8 << 20, dir=work_dir()) as spool:
            hashing = _Hashing(fileobj)
            for chunk in hashing.chunks():
                spool.write(chunk)
            spool.seek(0)
            condition = {} if replace else {"IfNoneMatch": "*"}
            code = self._code(
                lambda: answer.update(
                    self._client.put_object(
                        Bucket=self.bucket,
                        Key=key,
                        Body=spool,
                        ContentLength=hashing.size_bytes,
                        ContentType=media_type,
                        ChecksumAlgorithm="SHA256",
                        **condition,
                        **self._sealing(key),
                    )
                )
            )
        if code:
            raise AlreadyStored()
        version = str(answer.get("VersionId") or "")
        return ("" if version == "null" else version), hashing.result()

    def _open(self, key: str) -> BinaryIO:
        answer: dict[str, Any] = {}
        if self._code(lambda: answer.update(self._client.get_object(**self._named(key)))):
            raise NoSuchObject()
        body: BinaryIO = answer["Body"]
        return body

    def _exists(self, key: str) -> bool:
        return not self._code(lambda: self._client.head_object(**self._named(key)))

    def _copy(self, from_key: str, to_key: str) -> None:
        if self._exists(to_key):
            return
        given = {"Bucket": self.bucket, "Key": to_key, "CopySource": self._named(from_key)}
        given |= {name: value for name, value in self._sealing(to_key).items() if not name.startswith("ObjectLock")}
        if self._code(lambda: self._client.copy_object(**given)):
            raise NoSuchObject()

    def _delete(self, key: str) -> None:
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                self._client.delete_object(Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"])


_stores: dict[tuple[object, ...], Store] = {}
_lock = threading.Lock()


def store() -> Store:
    """The store of this installation: S3 when settings.S3 names an endpoint, else the folder settings.OBJECTS_DIR."""
    wanted = (tuple(settings.S3.items()), str(settings.OBJECTS_DIR))
    with _lock:
        if wanted not in _stores:
            _stores[wanted] = (
                S3Store(**settings.S3) if settings.S3["endpoint_url"] else FolderStore(Path(settings.OBJECTS_DIR))
            )
        return _stores[wanted]
