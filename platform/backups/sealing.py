"""What lies at a place cannot be read or changed by whoever keeps it: AES-256-GCM by pieces, a key for each file.

The operator's key (BACKUP_KEY) is never written anywhere by us. From it follow, by HKDF: the key of each file (with a
salt that stands in the file), the names of objects, and the Ed25519 key that signs manifests.

A file is a mark, a salt, and pieces of at most 1 MiB. The nonce of a piece counts on and says whether it is the last,
so pieces cannot be left out, put in another order or cut off; the name of the part is authenticated with each.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from backups.errors import KeyMissing, KeyWrong

MARK = b"CZJBAK1\n"
PIECE_BYTES = 1 << 20
_SALT_BYTES, _TAG_BYTES, _KEY_BYTES = 16, 16, 32
_LEVEL = 3


class Damaged(Exception):
    """A sealed file that is not as it was written, or was written with another key."""


class Source(Protocol):
    """Whatever gives bytes."""

    def read(self, size: int = -1, /) -> bytes: ...


class Sink(Protocol):
    """Whatever takes bytes."""

    def write(self, data: bytes, /) -> object: ...


class Keys:
    """All that follows from one key of the operator."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise KeyWrong()
        self._secret = secret

    @classmethod
    def configured(cls) -> Keys:
        """From the settings. Raises KeyMissing, KeyWrong."""
        text = settings.BACKUP_KEY
        if not text and settings.BACKUP_KEY_FILE:
            try:
                text = Path(settings.BACKUP_KEY_FILE).read_text().strip()
            except OSError as error:
                raise KeyMissing() from error
        if not text:
            raise KeyMissing()
        try:
            return cls(base64.b64decode(text, validate=True))
        except binascii.Error as error:
            raise KeyWrong() from error

    def of_file(self, salt: bytes) -> AESGCM:
        """The key of one file."""
        return AESGCM(self._derived(b"file", salt))

    def name_of(self, text: str) -> str:
        """A name that tells nothing to whoever keeps the place."""
        return hmac.digest(self._derived(b"names"), text.encode(), hashlib.sha256).hex()

    def sign(self, data: bytes) -> bytes:
        """Ed25519 over a manifest."""
        return self._signer().sign(data)

    def is_signed(self, data: bytes, signature: bytes) -> bool:
        """Whether this key signed it."""
        try:
            self._signer().public_key().verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derived(b"manifest"))

    def _derived(self, what: bytes, salt: bytes = b"") -> bytes:
        key = HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=salt or None, info=b"chazhenjia backup " + what)
        return key.derive(self._secret)


def new_key() -> str:
    """A key for BACKUP_KEY."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Write to it, then `close` it: sealed bytes go to `out`. sha256, size_bytes: of what went out."""

    def __init__(self, out: Sink, keys: Keys, part: str, *, compressed: bool) -> None:
        self._out, self._part = out, part.encode()
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        salt = os.urandom(_SALT_BYTES)
        self._key = keys.of_file(salt)
        self._squeeze = zlib.compressobj(_LEVEL) if compressed else None
        self._held, self._number = bytearray(), 0
        self._send(MARK + salt + bytes([compressed]))

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        """Take bytes in; a piece leaves when it is full."""
        self._held += self._squeeze.compress(data) if self._squeeze else data
        while len(self._held) > PIECE_BYTES:  # the last piece must not leave before it is known to be the last
            self._piece(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        return len(data)

    def close(self) -> None:
        """Send the last piece."""
        if self._squeeze:
            self._held += self._squeeze.flush()
        while len(self._held) > PIECE_BYTES:
            self._piece(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        self._piece(bytes(self._held), last=True)
        self._held.clear()

    def _piece(self, data: bytes, *, last: bool) -> None:
        self._send(self._key.encrypt(_nonce(self._number, last), data, self._part))
        self._number += 1

    def _send(self, data: bytes) -> None:
        self._hash.update(data)
        self.size_bytes += len(data)
        self._out.write(data)


def unsealed(source: Source, keys: Keys, part: str) -> Iterator[bytes]:
    """The bytes of a sealed file, piece by piece. Raises Damaged at the first piece that is not as written."""
    head = _exactly(source, len(MARK) + _SALT_BYTES + 1)
    if head[: len(MARK)] != MARK or head[-1] > 1:
        raise Damaged(part)
    key = keys.of_file(head[len(MARK) : -1])
    expand = zlib.decompressobj() if head[-1] else None
    number, piece = 0, _exactly(source, PIECE_BYTES + _TAG_BYTES)
    while True:
        following = _exactly(source, PIECE_BYTES + _TAG_BYTES)
        try:
            data = key.decrypt(_nonce(number, not following), piece, part.encode())
            data = expand.decompress(data) if expand else data
        except (InvalidTag, ValueError, zlib.error) as error:
            raise Damaged(part) from error
        if data:
            yield data
        if not following:
            break
        number, piece = number + 1, following
    if expand and (rest := expand.flush()):
        yield rest


def _exactly(source: Source, size: int) -> bytes:
    """As many bytes, or what is left: a socket may give fewer at once."""
    found = bytearray()
    while len(found) < size and (more := source.read(size - len(found))):
        found += more
    return bytes(found)


class Unsealed:
    """A sealed file as a stream to read from."""

    def __init__(self, source: Source, keys: Keys, part: str) -> None:
        self._pieces = unsealed(source, keys, part)
        self._held = bytearray()

    def read(self, size: int = -1) -> bytes:
        """As files do: fewer bytes only at the end. Raises Damaged."""
        while size < 0 or len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        count = len(self._held) if size < 0 else min(size, len(self._held))
        found = bytes(self._held[:count])
        del self._held[:count]
        return found

    def exactly(self, size: int) -> bytes:
        """So many bytes. Raises Damaged when there are fewer."""
        found = self.read(size)
        if len(found) != size:
            raise Damaged("cut short")
        return found
