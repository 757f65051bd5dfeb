"""Where the copy goes: RFC 5424 over TLS, an HTTPS address, a bucket under object lock, or a folder of another machine.

Each `send` gets lines in order with the place of the first, and raises CopyFailed unless the other side has them all.
"""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from gateway import outbound
from kernel import clock, durable
from kernel.errors import Problem

_PRIORITY = 13 * 8 + 6  # log audit, informational
_TIMEOUT_S = 10
HTTPS_S = 30.0
"""How long one batch may take, answer included."""
_APP = "chazhenjia"
_LONGEST_BATCH = 1000
_BATCH = re.compile(r"/\d{12,}-(\d{12,})\.jsonl$")


class CopyFailed(Exception):
    """The other side has not taken the lines. The text is a short code for the page."""


@dataclass(frozen=True)
class Last:
    """The last line that a receiver has of a seat."""

    place: int
    hash: str


class Target(ABC):
    """One place outside. can_tell: it can be asked for what it has."""

    can_tell = False

    def last(self, seat: str, *, beyond: int) -> Last | None:
        """The last line that it has behind a place; None for none, or where it cannot tell. Raises CopyFailed."""
        return None

    @abstractmethod
    def send(self, seat: str, first: int, bodies: Sequence[str]) -> None:
        """Hand over these lines. Raises CopyFailed."""


class Syslog(Target):
    """RFC 5424 messages over TLS, framed by their length (RFC 5425). The end of the stream is waited for."""

    def __init__(self, host: str, port: int, *, ca_file: str = "", certificate_file: str = "") -> None:
        self.host, self.port = host, port
        self.context = ssl.create_default_context(cafile=ca_file or None)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate_file:
            self.context.load_cert_chain(certificate_file)

    def send(self, seat: str, first: int, bodies: Sequence[str]) -> None:
        try:
            with (
                socket.create_connection((self.host, self.port), timeout=_TIMEOUT_S) as plain,
                self.context.wrap_socket(plain, server_hostname=self.host) as secure,
            ):
                for place, body in enumerate(bodies, start=first):
                    message = self._message(seat, place, body)
                    secure.sendall(b"%d %s" % (len(message), message))
                secure.unwrap()  # answered only by one who has read to the end
        except ssl.SSLError as error:
            raise CopyFailed(f"tls: {error.reason or type(error).__name__}") from error
        except OSError as error:
            raise CopyFailed(f"connection: {type(error).__name__}") from error

    @staticmethod
    def _message(seat: str, place: int, body: str) -> bytes:
        at = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = f"<{_PRIORITY}>1 {at} {socket.gethostname()[:255] or '-'} {_APP} - audit"
        return f'{head} [place@32473 seat="{seat}" number="{place}"] \ufeff{body}'.encode()


class Https(Target):
    """One POST of JSON lines a batch; the same batch again carries the same Idempotency-Key. 2xx takes it."""

    def __init__(self, url: str, *, token: str = "") -> None:
        self.url, self.token = url, token

    def send(self, seat: str, first: int, bodies: Sequence[str]) -> None:
        said = {
            "Content-Type": "application/x-ndjson; charset=utf-8",
            "Idempotency-Key": f"{seat}-{first}-{len(bodies)}",
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        }
        content = "".join(f"{body}\n" for body in bodies).encode()
        try:
            answer = outbound.send(
                "POST", self.url, body=content, headers=said, read_s=HTTPS_S, total_s=HTTPS_S, whole=False
            )
        except Problem as error:
            raise CopyFailed(f"https: {error.data.get('why') or error.code}") from error
        if not 200 <= answer.status < 300:
            raise CopyFailed(f"https: {answer.status}")


class Bucket(Target):
    """One object a batch, under object lock where the bucket has it: nobody can change or delete it in its term."""

    can_tell = True

    def __init__(self, bucket: str, prefix: str, *, s3: Mapping[str, Any], lock_days: int) -> None:
        import boto3
        from botocore.config import Config

        self.bucket, self.prefix, self.lock_days = bucket, prefix.strip("/"), lock_days
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=s3["endpoint_url"],
            aws_access_key_id=s3["access_key_id"],
            aws_secret_access_key=s3["secret_access_key"],
            region_name=s3["region"],
            config=Config(s3={"addressing_style": "path"}, connect_timeout=3, read_timeout=_TIMEOUT_S),
        )

    def send(self, seat: str, first: int, bodies: Sequence[str]) -> None:
        name = _name(seat, first, len(bodies))
        locked: dict[str, Any] = {}
        if self.lock_days:
            until = clock.now() + timedelta(days=self.lock_days)
            locked = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        with self._told():
            self.client.put_object(
                Bucket=self.bucket,
                Key=self._key(name),
                Body="".join(f"{body}\n" for body in bodies).encode(),
                ContentType="application/x-ndjson",
                ChecksumAlgorithm="SHA256",
                **locked,
            )

    def last(self, seat: str, *, beyond: int) -> Last | None:
        start = self._key(_name(seat, max(0, beyond - _LONGEST_BATCH), 0))
        with self._told():
            pages = self.client.get_paginator("list_objects_v2")
            listed = pages.paginate(Bucket=self.bucket, Prefix=self._key(f"{seat}/"), StartAfter=start)
            key = _furthest((each["Key"] for page in listed for each in page.get("Contents", [])), beyond)
            if not key:
                return None
            return _last_of(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def _key(self, name: str) -> str:
        return f"{self.prefix}/{name}".lstrip("/")

    @contextmanager
    def _told(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise CopyFailed(f"s3: {error.response.get('Error', {}).get('Code', '')}") from error
        except BotoCoreError as error:
            raise CopyFailed(f"s3: {type(error).__name__}") from error


class Folder(Target):
    """One file a batch in a folder, such as a mount of another machine that may be added to and not changed."""

    can_tell = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, seat: str, first: int, bodies: Sequence[str]) -> None:
        path = self.folder / _name(seat, first, len(bodies))
        content = "".join(f"{body}\n" for body in bodies).encode()
        try:
            durable.make_folder(path.parent)
            if path.exists():
                if path.read_bytes() == content:
                    return
                raise CopyFailed("folder: other lines have these places")
            beginning = path.with_suffix(".part")
            with beginning.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beginning.rename(path)
            durable.keep_name(path)
        except OSError as error:
            raise CopyFailed(f"folder: {type(error).__name__}") from error

    def last(self, seat: str, *, beyond: int) -> Last | None:
        try:
            found = _furthest((str(path) for path in (self.folder / seat).glob("*.jsonl")), beyond)
            return _last_of(Path(found).read_bytes()) if found else None
        except OSError as error:
            raise CopyFailed(f"folder: {type(error).__name__}") from error


def _furthest(names: Iterable[str], beyond: int) -> str:
    """The name of the batch that reaches furthest, if that is behind a place."""
    found = max(((int(said[1]), name) for name in names if (said := _BATCH.search(name))), default=(0, ""))
    return found[1] if found[0] > beyond else ""


def _last_of(content: bytes) -> Last:
    try:
        said = json.loads(content.splitlines()[-1])
        return Last(int(said["place"]), str(said["hash"]))
    except (ValueError, KeyError, IndexError) as error:
        raise CopyFailed("what the receiver has last cannot be read") from error


def _name(seat: str, first: int, count: int) -> str:
    return f"{seat}/{first:012d}-{first + count - 1:012d}.jsonl"


def target(said: Mapping[str, Any], s3: Mapping[str, Any]) -> Target | None:
    """The place that the operator named; None for none. Raises ImproperlyConfigured."""
    url = said["url"]
    if not url:
        return None
    parts = urlsplit(url)
    match parts.scheme:
        case "syslog+tls":
            if not parts.hostname:
                raise ImproperlyConfigured("AUDIT_COPY_URL: syslog+tls needs a host, syslog+tls://siem.example:6514")
            return Syslog(
                parts.hostname, parts.port or 6514, ca_file=said["ca_file"], certificate_file=said["certificate_file"]
            )
        case "https":
            return Https(url, token=said["token"])
        case "http" if _is_loopback(parts.hostname or ""):
            return Https(url, token=said["token"])
        case "s3":
            return Bucket(parts.netloc, parts.path, s3=s3, lock_days=said["lock_days"])
        case "file":
            return Folder(Path(parts.path))
    raise ImproperlyConfigured("AUDIT_COPY_URL begins with syslog+tls://, https://, s3:// or file://")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def shown(url: str) -> str:
    """Where it goes, for a page: no names of machines, no credentials."""
    return {"syslog+tls": "syslog (TLS)", "https": "HTTPS", "http": "HTTP", "s3": "S3", "file": "folder"}.get(
        urlsplit(url).scheme, ""
    )
