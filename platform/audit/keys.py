"""Who signs for a log: one Ed25519 key at a time (RFC 8032), each vouched for by the one before.

The first key of a log is given by the operator (`LOG_KEYS`), or derived from the installation's master key and the
log's name, as the database passwords are. Given keys are the stronger choice: who holds the master key can otherwise
sign for every log of this installation.

A key is followed by another through an entry of the log itself (`KIND`), signed by both (`audit.renewal` writes it).
Which key signs is therefore never a matter of settings alone: it is the last one that the log names, and settings must
have it.

Whatever else a seat signs has keys of its own that follow one another in the same way, and their changes stand in the
seat's log: "parcels:gx" is the name of the keys by which 广西 signs parcels.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from audit.models import LogEntry, LogHead
from kernel.canonical import canonical_json
from kernel.errors import Conflict

KIND = "log.key"
"""Kind of entry by which a log goes on with another key."""
_SECRET_BYTES = 32
_RECORDS = UUID("0192f4c0-5a60-7000-8000-6c6f676b6579")


class LogKeyGone(Conflict):
    """The key that a log goes by is in no setting."""

    code = "log_key_gone"
    sentence = _(
        "日志 {log} 现用的签名密钥不在设置里：请把原来的钥匙放回 MASTER_KEY_PREVIOUS 或 LOG_KEYS，"
        "再运行 rotate log-keys。"
    )


def public_key(name: str) -> bytes:
    """The public key that a log goes by now, 32 bytes. Hold the log's seat."""
    return chain(name)[-1]


def sign(name: str, data: bytes) -> bytes:
    """Signature of `data` for a log, 64 bytes. Hold the log's seat. Raises LogKeyGone."""
    return holder(name, chain(name)).sign(data)


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the signature over `data` is by the holder of this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


# One after the other --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """That a log goes on with the key `new`. at: canonical. by_old, by_new: signatures of both over `statement`."""

    log: str
    old: bytes
    new: bytes
    at: str
    by_old: bytes
    by_new: bytes

    def statement(self) -> bytes:
        """The bytes that both sign."""
        return statement(self.log, self.old, self.new, self.at)

    def is_whole(self) -> bool:
        """Whether both have signed."""
        said = self.statement()
        return is_signed(self.old, self.by_old, said) and is_signed(self.new, self.by_new, said)

    def content(self) -> dict[str, str]:
        """What the log's entry seals."""
        raw = {"from": self.old, "to": self.new, "by_old": self.by_old, "by_new": self.by_new}
        return {"at": self.at, **{key: value.hex() for key, value in raw.items()}}

    @classmethod
    def read(cls, log: str, content: Mapping[str, Any]) -> Change | None:
        """Of an entry's content; None where it is none."""
        try:
            old, new, by_old, by_new = (bytes.fromhex(content[key]) for key in ("from", "to", "by_old", "by_new"))
            return cls(log, old, new, str(content["at"]), by_old, by_new)
        except (KeyError, TypeError, ValueError):
            return None


def statement(name: str, old: bytes, new: bytes, at: str) -> bytes:
    """What the keys of a change sign."""
    return canonical_json({"version": 1, "log": name, "from": old.hex(), "to": new.hex(), "at": at})


def log_of(name: str) -> str:
    """In which log the changes of a key stand: in itself, where it is a log's."""
    return name.rpartition(":")[2]


def record_of(name: str) -> UUID:
    """Under which record the changes of a log's key stand in it."""
    return uuid5(_RECORDS, name)


def entries(name: str) -> Iterator[tuple[LogEntry, Change | None]]:
    """Every entry that claims to be a change of the log's key, in order."""
    for entry in LogEntry.objects.filter(log=log_of(name), record_id=record_of(name), kind=KIND).order_by("id"):
        yield entry, Change.read(name, entry.content)


def changes(name: str) -> list[Change]:
    """Those that count: each signed by the key before it, from the key of the log's first head on."""
    said = [one for _entry, one in entries(name) if one]
    return followed(_start(name, said), said)


def chain(name: str) -> list[bytes]:
    """The public keys of a log in their order; the last one signs."""
    said = [one for _entry, one in entries(name) if one]
    start = _start(name, said)
    return [start, *(change.new for change in followed(start, said))]


def followed(start: bytes, said: Iterable[Change]) -> list[Change]:
    """Of these changes those that lead on from a key, one from the other."""
    found: list[Change] = []
    for change in said:
        if change.old == start and change.is_whole():
            found.append(change)
            start = change.new
    return found


def leads(start: bytes, said: Iterable[Change], end: bytes) -> bool:
    """Whether a key, known to somebody, has vouched for another, itself or by those between them.

    said: in order; those before `start` are passed over.
    """
    after = list(said)
    while after and after[0].old != start:
        after.pop(0)
    return any(change.new == end for change in followed(start, after))


# Secrets --------------------------------------------------------------------------------------------------------------


def holder(name: str, keys: list[bytes]) -> Ed25519PrivateKey:
    """The private key to the last of a log's keys. Raises LogKeyGone."""
    for secret in (*_given(name), *_derived(name, len(keys))):
        if public_of(secret) == keys[-1]:
            return Ed25519PrivateKey.from_private_bytes(secret)
    raise LogKeyGone(log=name)


def newest(name: str, keys: list[bytes]) -> bytes:
    """The secret with which a log would go on by the settings: the first given one, else one that was not used yet."""
    given = _given(name)
    return given[0] if given else derived(name, settings.MASTER_KEY, len(keys) + 1)


def is_of_former_master(name: str, keys: list[bytes]) -> bool:
    """Whether the log still goes by a key under a master key that is on its way out."""
    return any(
        public_of(derived(name, master_key, generation)) == keys[-1]
        for master_key in settings.MASTER_KEYS_BEFORE
        for generation in range(1, len(keys) + 1)
    )


@lru_cache(maxsize=256)
def public_of(secret: bytes) -> bytes:
    """The public half."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def _start(name: str, said: list[Change]) -> bytes:
    """Of its first head; of keys that are no log's, what their first change left; else the oldest in settings."""
    head = LogHead.objects.filter(log=name).order_by("size").values_list("public_key", flat=True).first()
    if head is not None:
        return bytes(head)
    if said and log_of(name) != name:
        return said[0].old
    given = _given(name)
    return public_of(given[-1] if given else derived(name, (settings.MASTER_KEY, *settings.MASTER_KEYS_BEFORE)[-1]))


def _given(name: str) -> list[bytes]:
    """The newest first."""
    found = []
    for given in settings.LOG_KEYS.get(name, "").split():
        try:
            secret = base64.b64decode(given, validate=True)
        except binascii.Error:
            secret = b""
        if len(secret) != _SECRET_BYTES:
            raise ImproperlyConfigured(f"LOG_KEYS: each key of {name} must be 32 bytes in base 64")
        found.append(secret)
    return found


def _derived(name: str, last: int) -> Iterator[bytes]:
    for master_key in (settings.MASTER_KEY, *settings.MASTER_KEYS_BEFORE):
        for generation in range(last, 0, -1):
            yield derived(name, master_key, generation)


@lru_cache(maxsize=256)
def derived(name: str, master_key: str, generation: int = 1) -> bytes:
    """The key of a log that is given none, 32 bytes. generation: the how manieth key of the log it is."""
    info = f"{name} {generation}" if generation > 1 else name
    key = HKDF(algorithm=hashes.SHA256(), length=_SECRET_BYTES, salt=b"chazhenjia sealed log", info=info.encode())
    return key.derive(master_key.encode())
