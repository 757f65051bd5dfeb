"""A package as bytes: written and signed, opened and verified. Knows no rows.

manifest.json       what it is, from whom to whom, its number, and the digests of every other file
manifest.sig        signature over the bytes of manifest.json
records.json        one record a line
records.xlsx        the same for people
attachments/…       files that records name by their SHA-256
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext_lazy as _

from audit import keys
from kernel.canonical import Digests, canonical_json, digests_of, instant, sha256_hex
from kernel.errors import BadInput

FORMAT = "chazhenjia.parcel/1"
RECORDS_FORMAT = "chazhenjia.records/1"
MANIFEST, SIGNATURE, RECORDS, SHEETS, FILES = (
    "manifest.json",
    "manifest.sig",
    "records.json",
    "records.xlsx",
    "attachments/",
)
MOST_FILES, MOST_UNPACKED_BYTES, MOST_RATIO = 2_000, 500_000_000, 200
MOST_RECORDS = 20_000
MOST_CHANGES = 20
_MOST_TEXT_BYTES = 60_000_000
_NAME = re.compile(r"(?:manifest\.json|manifest\.sig|records\.json|records\.xlsx|attachments/[\w.\-()（）]{1,120})")
_WEAK_RSA_BITS = 2048
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError)
"""What reading a damaged ZIP raises."""


class Refused(Exception):
    """Why nothing of a file can be taken in: a code of `reasons.FILE` and its data."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(code)
        self.code, self.data = code, data


def signer_name(seat: str) -> str:
    """Under which name a seat's key for parcels is derived: another one than that of its sealed log."""
    return f"parcels:{seat}"


def public_pem(raw: bytes) -> str:
    """A public key of ours as PEM."""
    key = Ed25519PublicKey.from_public_bytes(raw)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def sign(seat: str, manifest: bytes) -> bytes:
    """The detached signature of a manifest, 64 bytes."""
    return keys.sign(signer_name(seat), manifest)


@dataclass(frozen=True)
class OwnKey:
    """One of the keys by which our parcels are verified. until: when the next one followed; None for the one in use."""

    pem: str
    fingerprint: str
    until: str | None


def own_keys(seat: str) -> list[OwnKey]:
    """Ours, the newest first: it signs; the ones before verify what was signed before."""
    changed = keys.changes(signer_name(seat))
    ends = [(each.old, each.at) for each in changed] + [(keys.public_key(signer_name(seat)), None)]
    pems = [(public_pem(raw), at) for raw, at in reversed(ends)]
    return [OwnKey(pem, fingerprint(pem), at) for pem, at in pems]


def own_key(seat: str) -> dict[str, Any]:
    """How a manifest names the key that signs it. before: how it followed from earlier ones, oldest first.

    Each change is signed by both keys over the canonical JSON of version, log, from, to and at.
    """
    name = signer_name(seat)
    raw = keys.public_key(name)
    return {
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(raw).decode(),
        "fingerprint": fingerprint(public_pem(raw)),
        "before": [{"version": 1, "log": name, **each.content()} for each in keys.changes(name)[-MOST_CHANGES:]],
    }


# Keys of the other side -----------------------------------------------------------------------------------------------


def read_key(pem: str) -> tuple[str, str, str]:
    """(PEM as we keep it, algorithm, fingerprint) of a public key. Raises BadInput `key_wrong`, `key_weak`."""
    try:
        key = serialization.load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadInput(
            _("读不出这把公钥。请粘贴 PEM 格式的公钥（以 BEGIN PUBLIC KEY 开头），不要粘贴私钥。"), code="key_wrong"
        ) from error
    if isinstance(key, Ed25519PublicKey):
        algorithm = "Ed25519"
    elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        algorithm = "ES256"
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= _WEAK_RSA_BITS:
        algorithm = "RS256"
    else:
        raise BadInput(_("这种公钥不能用。请用 Ed25519、P-256 或 2048 位以上的 RSA。"), code="key_weak")
    kept = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    return kept, algorithm, fingerprint(kept)


def fingerprint(pem: str) -> str:
    """SHA-256 of the key as DER."""
    key = serialization.load_pem_public_key(pem.encode())
    return sha256_hex(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))


def is_signed(pem: str, signature: bytes, data: bytes) -> bool:
    """Whether the holder of a public key signed these bytes: Ed25519, ECDSA (DER) or RSA PKCS #1 v1.5, SHA-256."""
    key = serialization.load_pem_public_key(pem.encode())
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


# Records as text ------------------------------------------------------------------------------------------------------


def records_json(records: Iterable[Mapping[str, Any]]) -> bytes:
    """One record a line, the whole a JSON list."""
    lines = [
        json.dumps(each, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()
        for each in records
    ]
    return b"[\n" + b",\n".join(lines) + (b"\n]\n" if lines else b"]\n")


def _plain(value: object) -> str:
    return instant(value) if isinstance(value, datetime) else str(value)


@dataclass(frozen=True)
class RawLine:
    """One record as it came. problem: a code of `reasons.ROW`."""

    line: int
    record: dict[str, Any]
    problem: str = ""


def read_records(data: bytes) -> Iterator[RawLine]:
    """Records with the lines they stand on. A line that cannot be read is told and the others go on.

    A list that is not written one record a line is read as a whole, and counted. Raises Refused.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    lines = data.split(b"\n")
    inner = [(number, raw.strip().removesuffix(b",").strip()) for number, raw in enumerate(lines, start=1)]
    inner = [(number, raw) for number, raw in inner if raw and raw not in (b"[", b"]", b"[]")]
    if all(raw.startswith(b"{") and raw.endswith(b"}") for _number, raw in inner):
        for number, raw in inner:
            yield _line(number, raw)
        return
    try:
        whole = json.loads(data.decode())
    except UnicodeDecodeError as error:
        raise Refused("records_encoding") from error
    except (ValueError, RecursionError) as error:
        raise Refused("records_unreadable") from error
    if isinstance(whole, dict):
        whole = whole.get("records")
    if not isinstance(whole, list):
        raise Refused("records_unreadable")
    for number, each in enumerate(whole, start=1):
        yield RawLine(number, each) if isinstance(each, dict) else RawLine(number, {}, "line_unreadable")


def _line(number: int, raw: bytes) -> RawLine:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return RawLine(number, _salvaged(raw), "line_encoding")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return RawLine(number, {}, "line_unreadable")
    return RawLine(number, found) if isinstance(found, dict) else RawLine(number, {}, "line_unreadable")


def _salvaged(raw: bytes) -> dict[str, Any]:
    """What a line in GBK says, so that the report can name it; it is not taken in."""
    try:
        found = json.loads(raw.decode("gb18030"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


# Opening --------------------------------------------------------------------------------------------------------------


class Package:
    """A package that was opened and whose every byte was held against its manifest. Close it after use."""

    def __init__(
        self, packed: zipfile.ZipFile, manifest: dict[str, Any], manifest_bytes: bytes, by_digest: dict[str, str]
    ) -> None:
        self._zip, self.manifest, self.manifest_bytes, self._by_digest = packed, manifest, manifest_bytes, by_digest

    def signature(self) -> bytes | None:
        """The bytes of the signature, None where there is none."""
        return self._zip.read(SIGNATURE) if SIGNATURE in self._zip.namelist() else None

    def text(self, path: str) -> bytes | None:
        """A file of the package in memory, None where it has none."""
        return self._zip.read(path) if path in self._zip.namelist() else None

    def open(self, sha256: str) -> BinaryIO | None:
        """An attachment by its digest."""
        path = self._by_digest.get(sha256)
        return self._zip.open(path) if path else None  # type: ignore[return-value]

    def close(self) -> None:
        self._zip.close()


def is_zip(head: bytes) -> bool:
    """Whether a file begins as a ZIP does; a workbook does too."""
    return head.startswith(b"PK\x03\x04")


def is_workbook(stream: BinaryIO) -> bool:
    """Whether a ZIP is a workbook."""
    try:
        with zipfile.ZipFile(stream) as packed:
            return "[Content_Types].xml" in packed.namelist()
    except _UNREADABLE:
        return False


def open_package(stream: BinaryIO) -> Package:
    """Open and hold every file against the manifest. Nothing is unpacked to a disk. Raises Refused."""
    try:
        packed = zipfile.ZipFile(stream)
    except _UNREADABLE as error:
        raise Refused("not_a_package") from error
    try:
        _sane(packed)
        return _held_against_manifest(packed)
    except _UNREADABLE as error:
        packed.close()
        raise Refused("not_a_package") from error
    except Refused:
        packed.close()
        raise


def _sane(packed: zipfile.ZipFile) -> None:
    """Names, counts and sizes, before a byte is unpacked."""
    entries = packed.infolist()
    if len(entries) > MOST_FILES:
        raise Refused("too_many_files", most=MOST_FILES)
    seen: set[str] = set()
    for each in entries:
        name = each.filename
        if name == FILES:
            continue
        link = stat.S_ISLNK(each.external_attr >> 16)
        if _NAME.fullmatch(name) is None or ".." in name or link:
            raise Refused("path_outside", name=name[:120])
        if each.flag_bits & 0x1:
            raise Refused("file_encrypted", name=name)
        if each.compress_type not in _PACKINGS:
            raise Refused("not_a_package")
        if name in seen:
            raise Refused("file_doubled", name=name)
        seen.add(name)
        if each.file_size > MOST_RATIO * max(each.compress_size, 1_000):
            raise Refused("unpacked_too_large")
    texts = sum(each.file_size for each in entries if not each.filename.startswith(FILES))
    if sum(each.file_size for each in entries) > MOST_UNPACKED_BYTES or texts > _MOST_TEXT_BYTES:
        raise Refused("unpacked_too_large")


def _held_against_manifest(packed: zipfile.ZipFile) -> Package:
    names = {each.filename for each in packed.infolist() if not each.is_dir()}
    if MANIFEST not in names:
        raise Refused("file_missing", name=MANIFEST)
    raw = packed.read(MANIFEST)
    try:
        manifest = json.loads(raw.decode())
        files = {str(each["path"]): each for each in manifest["files"]}
        wanted = {path: (str(each["sha256"]), str(each.get("sm3", ""))) for path, each in files.items()}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Refused("manifest_unreadable") from error
    if manifest.get("format") != FORMAT:
        raise Refused("format_unknown", format=str(manifest.get("format", ""))[:60])
    for name in sorted(names - {MANIFEST, SIGNATURE} - set(wanted)):
        raise Refused("file_not_listed", name=name)
    for path, (sha256, sm3) in wanted.items():
        if path not in names:
            raise Refused("file_missing", name=path[:120])
        found = _digests(packed, path)
        if found.sha256 != sha256 or (sm3 and found.sm3 != sm3):
            raise Refused("file_differs", name=path)
    by_digest = {sha256: path for path, (sha256, _sm3) in wanted.items() if path.startswith(FILES)}
    return Package(packed, manifest, raw, by_digest)


def _digests(packed: zipfile.ZipFile, path: str) -> Digests:
    with packed.open(path) as stream:
        return digests_of(stream)  # type: ignore[arg-type]


def digest_of(value: object) -> str:
    """Digest of a record, the same wherever it is made."""
    return hashlib.sha256(canonical_json(value)).hexdigest()
