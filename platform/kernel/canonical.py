"""One spelling for each value, so that a digest made anywhere can be made again anywhere (RFC 8785)."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import BinaryIO
from uuid import UUID

MAX_SAFE_INTEGER = 2**53 - 1
"""Above this a reader that keeps numbers as doubles (every browser) would write other bytes."""

_CHUNK_BYTES = 1 << 20


class NotCanonical(TypeError):
    """A value with no single spelling. Carries the path to it: `$.items[2].price`."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path


@dataclasses.dataclass(frozen=True)
class Digests:
    """Both digests of the same bytes, lower-case hex, and how many bytes there were."""

    sha256: str
    sm3: str
    size_bytes: int


def canonical_json(value: object) -> bytes:
    """The canonical UTF-8 JSON of `value`.

    Takes str, int (up to 2**53 - 1), bool, None, list, tuple, dict with str keys, dataclass, Enum (its
    value), UUID (lower-case text), date (`2026-11-21`) and aware datetime (UTC with six decimals:
    `2026-11-21T08:00:00.000000Z`). Raises NotCanonical for anything else: floats differ between
    languages, a Decimal has many spellings (say which by passing text), sets have no order.
    Source: RFC 8785.
    """
    parts: list[str] = []
    _write(value, "$", parts)
    try:
        return "".join(parts).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("$", "half of a surrogate pair is not text") from error


def instant(value: datetime) -> str:
    """An aware datetime as canonical text: UTC, six decimals, `Z`. Raises ValueError if it is naive."""
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a moment without a time zone is not a moment")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _write(value: object, path: str, out: list[str]) -> None:
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    elif isinstance(value, str):
        out.append(json.dumps(str(value), ensure_ascii=False))
    elif isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise NotCanonical(path, "an integer beyond 2**53 - 1: pass it as text")
        out.append(int.__repr__(value))
    elif isinstance(value, float):
        raise NotCanonical(path, "a float: pass whole units as int, or text")
    elif isinstance(value, Decimal):
        raise NotCanonical(path, "a Decimal: pass the text you mean, such as '12.50'")
    elif isinstance(value, UUID):
        out.append(f'"{value}"')
    elif isinstance(value, datetime):
        try:
            out.append(f'"{instant(value)}"')
        except ValueError as error:
            raise NotCanonical(path, str(error)) from error
    elif isinstance(value, date):
        out.append(f'"{value.isoformat()}"')
    elif isinstance(value, Mapping):
        _write_mapping(value, path, out)
    elif isinstance(value, list | tuple):
        out.append("[")
        for index, item in enumerate(value):
            if index:
                out.append(",")
            _write(item, f"{path}[{index}]", out)
        out.append("]")
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        _write_mapping({field.name: getattr(value, field.name) for field in dataclasses.fields(value)}, path, out)
    else:
        raise NotCanonical(path, f"{type(value).__name__} has no canonical form")


def _write_mapping(value: Mapping[object, object], path: str, out: list[str]) -> None:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str) or isinstance(key, Enum):
            raise NotCanonical(path, f"the key {key!r} is not plain text")
        keys.append(key)
    out.append("{")
    # RFC 8785, 3.2.3: by UTF-16 code units, which is not the order of code points.
    for index, key in enumerate(sorted(keys, key=lambda key: key.encode("utf-16-be", "surrogatepass"))):
        if index:
            out.append(",")
        out.append(json.dumps(key, ensure_ascii=False))
        out.append(":")
        _write(value[key], f"{path}.{key}", out)
    out.append("}")


def sha256_hex(data: bytes) -> str:
    """SHA-256 of `data`, 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def sm3_hex(data: bytes) -> str:
    """SM3 (GB/T 32905-2016) of `data`, 64 lower-case hex digits. Raises ValueError where OpenSSL lacks SM3."""
    return hashlib.new("sm3", data).hexdigest()


def digests_of(stream: BinaryIO) -> Digests:
    """Read a binary stream from where it stands to its end, once, and give both digests and the size."""
    sha256, sm3, size_bytes = hashlib.sha256(), hashlib.new("sm3"), 0
    while chunk := stream.read(_CHUNK_BYTES):
        sha256.update(chunk)
        sm3.update(chunk)
        size_bytes += len(chunk)
    return Digests(sha256=sha256.hexdigest(), sm3=sm3.hexdigest(), size_bytes=size_bytes)
