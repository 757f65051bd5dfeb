"""Who signs for a log: one Ed25519 key each (RFC 8032).

The key of a log is given by the operator (`LOG_KEYS`), or derived from the installation's master key and the log's
name, as the database passwords are. Given keys are the stronger choice: who holds the master key can otherwise sign for
every log of this installation.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SECRET_BYTES = 32


def public_key(name: str) -> bytes:
    """The public key of a log, 32 bytes."""
    return _key(name).public_key().public_bytes_raw()


def sign(name: str, data: bytes) -> bytes:
    """Signature of `data` for a log, 64 bytes."""
    return _key(name).sign(data)


def is_signed(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the signature over `data` is by the holder of this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_secret(name, settings.MASTER_KEY, settings.LOG_KEYS.get(name, "")))


@lru_cache(maxsize=256)
def _secret(name: str, master_key: str, given: str) -> bytes:
    if given:
        try:
            secret = base64.b64decode(given, validate=True)
        except binascii.Error:
            secret = b""
        if len(secret) != _SECRET_BYTES:
            raise ImproperlyConfigured(f"LOG_KEYS: the key of {name} must be 32 bytes in base 64")
        return secret
    key = HKDF(algorithm=hashes.SHA256(), length=_SECRET_BYTES, salt=b"chazhenjia sealed log", info=name.encode())
    return key.derive(master_key.encode())
