"""An S3-compatible store: originals under lock, each with its version."""

from __future__ import annotations

import base64
import logging
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError, FlexibleChecksumError
from django.utils.translation import gettext_lazy as _
from urllib3.exceptions import HTTPError

from evidence.errors import AlreadyStored, NoSuchObject, StillLocked, StoreBusy, StoredDiffers
from evidence.store.base import KEY, LOCKED, Hashing, Promise, Store, StoredObject, name_and_version, parts_of, work_dir
from kernel import clock
from kernel.errors import Problem

log = logging.getLogger(__name__)


class _Body:
    """The bytes of an answer; one that breaks off while they are read is told as such."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        try:
            return cast("bytes", self._body.read(None if size is None or size < 0 else size))
        except FlexibleChecksumError as error:
            raise StoredDiffers() from error
        except (BotoCoreError, HTTPError, OSError) as error:
            log.warning("the object store broke off while it was read", exc_info=True)
            raise StoreBusy(wait_s=5) from error

    def close(self) -> None:
        self._body.close()

    def __enter__(self) -> _Body:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def __iter__(self) -> Any:
        return iter(lambda: self.read(1 << 16), b"")


class S3Store(Store):
    """Objects of one bucket of an S3-compatible service, by boto3.

    lock_days: for so long nobody, the service's administrator included, can delete or change an original (object lock
    in compliance mode); 0: no lock. kms_keys: pairs of a seat's prefix and the id of its key at the key service; the
    prefix "*" stands for all others. Encryption is the service's (SSE-KMS). timeout_s: how long one answer may take;
    there are three tries, and after some calls without an answer nobody waits for the next (`nights`).
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
        timeout_s: float = 10,
    ) -> None:
        import boto3
        from botocore.config import Config

        from evidence.store.nights import Guarded

        self.bucket, self.lock_days, self._kms_keys = bucket, lock_days, dict(kms_keys)
        client = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            region_name=region,
            config=Config(
                s3={"addressing_style": "path"},
                retries={"max_attempts": 3, "mode": "standard"},
                connect_timeout=3,
                read_timeout=timeout_s,
                max_pool_connections=32,
            ),
        )
        self._client: Any = Guarded(client)

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
        parts, how = parts_of(key), {}
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
        name, version = name_and_version(key)
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
        name, oldest = name_and_version(key)[0], None
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
            hashing = Hashing(fileobj)
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
        if not self._is_written(key, version, answer.get("ChecksumSHA256"), hashing.result()):
            self._take_back(key, version)
            raise StoreBusy(wait_s=5)
        return ("" if version == "null" else version), hashing.result()

    def _is_written(self, key: str, version: str, said: str | None, wanted: StoredObject) -> bool:
        """Whether the store has what it was sent: as it says itself, or where it says nothing as an original reads."""
        if said:
            return base64.b64decode(said).hex() == wanted.sha256
        if parts_of(key)["kind"] not in LOCKED:
            return True
        whole, found = self._whole(f"{key}?v={quote(version, safe='')}" if version not in ("", "null") else key)
        whole.close()
        return found == wanted.sha256

    def _take_back(self, key: str, version: str) -> None:
        """The store wrote down other bytes than it was sent: this version is nobody's."""
        log.error("%s was stored with a wrong digest", key)
        with suppress(ClientError, Problem):  # under lock it stays, and is passed over for one that is right
            self._client.delete_object(Bucket=self.bucket, Key=key, **({"VersionId": version} if version else {}))

    def _seal_anew(self, key: str, fileobj: BinaryIO, media_type: str) -> tuple[str, StoredObject]:
        version, kept = self._write(key, fileobj, media_type, replace=True)
        if not version:
            raise StoredDiffers()
        return f"{key}?v={quote(version, safe='')}", kept

    def _others(self, key: str) -> list[str]:
        name = name_and_version(key)[0]
        found = sorted(self._versions(name), key=lambda version: version["LastModified"])
        keys = [f"{name}?v={quote(version['VersionId'], safe='')}" for version in found]
        return [each for each in keys if each != key and not each.endswith("?v=null")]

    def _open(self, key: str) -> BinaryIO:
        answer: dict[str, Any] = {}
        if self._code(lambda: answer.update(self._client.get_object(**self._named(key)))):
            # Brought back from a backup into another bucket, an original has another version; its name is its digest.
            first = self._first(key) if name_and_version(key)[1] and parts_of(key)["kind"] in LOCKED else key
            if first == key or self._code(lambda: answer.update(self._client.get_object(**self._named(first)))):
                raise NoSuchObject()
        return cast("BinaryIO", _Body(answer["Body"]))

    def _listed(self, prefix: str) -> Iterator[tuple[str, int]]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.bucket, Prefix=f"{prefix}/"):
            for each in page.get("Contents", []):
                if KEY.fullmatch(each["Key"]):
                    yield each["Key"], int(each["Size"])

    def prefixes(self) -> list[str]:
        found: set[str] = set()
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Delimiter="/"):
            found |= {each["Prefix"].rstrip("/") for each in page.get("CommonPrefixes", [])}
        return sorted(found)

    def _exists(self, key: str) -> bool:
        return not self._code(lambda: self._client.head_object(**self._named(key)))

    def _copy(self, from_key: str, to_key: str) -> None:
        if self._exists(to_key):
            return
        given = {"Bucket": self.bucket, "Key": to_key, "CopySource": self._named(from_key)}
        given |= {name: value for name, value in self._sealing(to_key).items() if not name.startswith("ObjectLock")}
        if self._code(lambda: self._client.copy_object(**given)):
            raise NoSuchObject()

    def _forget(self, prefix: str) -> None:
        if not self.lock_days:  # under a lock nobody can, and nothing is left half deleted
            self._delete(prefix)

    def _let_go(self, key: str) -> None:
        name = name_and_version(key)[0]
        until = max(filter(None, (self._locked_until(version) for version in self._versions(name))), default=None)
        if until is not None and until > clock.now():
            raise StillLocked(until=until.isoformat())
        self._delete(name)

    def _versions(self, name: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=name)
        return [each for page in pages for each in page.get("Versions", []) if each["Key"] == name]

    def _locked_until(self, version: dict[str, Any]) -> Any:
        """Until when one version cannot be deleted; None when it can."""
        head = self._client.head_object(Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"])
        return head.get("ObjectLockRetainUntilDate")

    def _walk(self, prefix: str) -> Iterator[tuple[str, int]]:
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
            for version in page.get("Versions", []):
                number = "" if version["VersionId"] == "null" else version["VersionId"]
                named = number and parts_of(version["Key"])["kind"] in LOCKED
                yield version["Key"] + (f"?v={quote(number, safe='')}" if named else ""), version["Size"]

    def _delete(self, key: str) -> None:
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                self._client.delete_object(Bucket=self.bucket, Key=version["Key"], VersionId=version["VersionId"])
