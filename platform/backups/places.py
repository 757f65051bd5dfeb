"""Where backups lie: a folder, or a prefix of a bucket (`s3://bucket/prefix`). Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings

from backups.errors import PlaceFails, PlaceFull, PlaceWrong
from evidence.store import work_dir
from kernel import durable, folders

_PARTIAL = ".partial-"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class Place(ABC):
    """Paths are relative, with forward slashes."""

    def __init__(self, words: str) -> None:
        self.words = words

    @abstractmethod
    def write(self, path: str) -> AbstractContextManager[BinaryIO]:
        """A file that is there when the block ends well, and is not when it does not."""

    @abstractmethod
    def open(self, path: str) -> BinaryIO:
        """Raises FileNotFoundError, PlaceFails."""

    @abstractmethod
    def size(self, path: str) -> int | None:
        """Its length, or None when it is not there."""

    @abstractmethod
    def listed(self, folder: str) -> Iterator[tuple[str, int]]:
        """Path and length of every file below a folder, in the order of their names. What is listed may be deleted."""

    @abstractmethod
    def folders(self, folder: str) -> list[str]:
        """Names of the folders directly in a folder, sorted."""

    @abstractmethod
    def delete(self, path: str) -> None:
        """Gone already is no error. Raises PlaceFails."""

    @abstractmethod
    def remove(self, folder: str) -> None:
        """A folder with all that is in it, drafts of files that were never ended too. Gone already is no error."""


class Folder(Place):
    """A folder of this machine, or one that is mounted into it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.root = Path(words)

    @contextmanager
    def write(self, path: str) -> Iterator[BinaryIO]:
        target = self.root / path
        draft = target.with_name(f"{_PARTIAL}{uuid4()}")
        try:
            with self._told():
                durable.make_folder(target.parent, mode=0o700)
                with draft.open("xb") as out:
                    yield out
                    out.flush()
                    os.fsync(out.fileno())
                draft.chmod(0o400)
                draft.replace(target)
                durable.keep_name(target)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def open(self, path: str) -> BinaryIO:
        with self._told():
            return (self.root / path).open("rb")

    def size(self, path: str) -> int | None:
        try:
            return (self.root / path).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def listed(self, folder: str) -> Iterator[tuple[str, int]]:
        with self._told():
            for found, size in folders.files_below(self.root / folder):
                if not found.name.startswith(_PARTIAL):
                    yield str(found.relative_to(self.root)), size

    def folders(self, folder: str) -> list[str]:
        try:
            return sorted(each.name for each in (self.root / folder).iterdir() if each.is_dir())
        except FileNotFoundError:
            return []

    def delete(self, path: str) -> None:
        with self._told():
            (self.root / path).unlink(missing_ok=True)
        with suppress(OSError):  # the folder goes when it is empty
            (self.root / path).parent.rmdir()

    def remove(self, folder: str) -> None:
        with self._told(), suppress(FileNotFoundError):
            shutil.rmtree(self.root / folder)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            if error.errno in _FULL:
                raise PlaceFull(place=self.words) from error
            raise PlaceFails(place=self.words, why=error.strerror or type(error).__name__) from error


class Bucket(Place):
    """A prefix of a bucket. BACKUP_S3_* name its service; empty, it is the one that keeps the originals."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        import boto3
        from botocore.config import Config

        said = urlsplit(words)
        self.bucket, self.prefix = said.netloc, said.path.strip("/")
        own = settings.BACKUP_S3 if settings.BACKUP_S3["endpoint_url"] else settings.S3
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=own["endpoint_url"] or None,
            aws_access_key_id=own["access_key_id"],
            aws_secret_access_key=own["secret_access_key"],
            region_name=settings.S3["region"],
            config=Config(
                s3={"addressing_style": "path"},
                retries={"max_attempts": 5, "mode": "standard"},
                connect_timeout=5,
                read_timeout=60,
            ),
        )

    def _key(self, path: str) -> str:
        return f"{self.prefix}/{path}" if self.prefix else path

    @contextmanager
    def _told(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            if code in {"NoSuchKey", "404", "NoSuchBucket"}:
                raise FileNotFoundError(code) from error
            if code in {"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage"}:
                raise PlaceFull(place=self.words) from error
            raise PlaceFails(place=self.words, why=code) from error
        except (BotoCoreError, Boto3Error) as error:
            raise PlaceFails(place=self.words, why=type(error).__name__) from error

    @contextmanager
    def write(self, path: str) -> Iterator[BinaryIO]:
        # Spooled first: an upload that is begun and never ended must leave nothing that looks whole.
        with tempfile.SpooledTemporaryFile(max_size=16 << 20, dir=str(work_dir())) as spool:
            yield cast(BinaryIO, spool)  # it reads and writes as files do
            spool.seek(0)
            try:
                with self._told():
                    self._client.upload_fileobj(spool, self.bucket, self._key(path))
            except FileNotFoundError as error:
                raise PlaceWrong(place=self.words) from error

    def open(self, path: str) -> BinaryIO:
        with self._told():
            body: BinaryIO = self._client.get_object(Bucket=self.bucket, Key=self._key(path))["Body"]
            return body

    def size(self, path: str) -> int | None:
        try:
            with self._told():
                return int(self._client.head_object(Bucket=self.bucket, Key=self._key(path))["ContentLength"])
        except FileNotFoundError:
            return None

    def listed(self, folder: str) -> Iterator[tuple[str, int]]:
        start = len(self.prefix) + 1 if self.prefix else 0
        with self._told():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._key(folder).rstrip("/") + "/"):
                for each in page.get("Contents", []):
                    yield each["Key"][start:], int(each["Size"])

    def folders(self, folder: str) -> list[str]:
        prefix = self._key(folder).rstrip("/") + "/"
        found: set[str] = set()
        try:
            with self._told():
                pages = self._client.get_paginator("list_objects_v2")
                for page in pages.paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/"):
                    found |= {each["Prefix"][len(prefix) :].rstrip("/") for each in page.get("CommonPrefixes", [])}
        except FileNotFoundError:
            return []
        return sorted(found)

    def delete(self, path: str) -> None:
        with self._told():
            self._client.delete_object(Bucket=self.bucket, Key=self._key(path))

    def remove(self, folder: str) -> None:
        for path, _size in list(self.listed(folder)):
            self.delete(path)


def place_of(words: str) -> Place:
    """The place that is meant. Raises PlaceWrong."""
    if not words:
        raise PlaceWrong(place=words)
    if words.startswith("s3://"):
        if not urlsplit(words).netloc:
            raise PlaceWrong(place=words)
        return Bucket(words)
    if "://" in words or not Path(words).is_absolute():
        raise PlaceWrong(place=words)
    return Folder(words)
