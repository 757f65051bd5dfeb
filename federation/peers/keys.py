"""Our own keys, and how two people compare them by voice.

Ed25519 (RFC 8032). A generation's key is derived from the master key, the installation's name and the number of the
generation, as the logins' passwords are: nothing secret lies in the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db.models import Max

from federation.peers.models import OwnKey

_BYTES = 32
_GROUPS = 6


def installation() -> str:
    """The name by which this installation signs: its domain, with the port where there is one."""
    return str(settings.DOMAIN)


def newest() -> int:
    """The number of our newest key."""
    return OwnKey.objects.aggregate(last=Max("generation"))["last"] or 1


def own(generation: int) -> Ed25519PrivateKey:
    """Our key of one generation: by the master key that was in force when it was made."""
    stored = OwnKey.objects.filter(generation=generation).values_list("public_key", flat=True).first()
    return _private(_master_of(generation, stored or ""), generation)


def own_public(generation: int) -> str:
    """Its public half, as it is written on a card."""
    return _public(own(generation))


def next_public(generation: int) -> str:
    """The public half of a generation that is about to be made: by the present master key."""
    return _public(_private(settings.MASTER_KEY, generation))


def is_former(generation: int) -> bool:
    """Whether that key follows from a master key that is on its way out."""
    return own_public(generation) != next_public(generation)


def _master_of(generation: int, public_key: str) -> str:
    known = (settings.MASTER_KEY, *settings.MASTER_KEYS_BEFORE)
    fitting = (key for key in known if public_key and _public(_private(key, generation)) == public_key)
    return next(fitting, known[-1])  # one that is not written down is of the oldest


def _public(key: Ed25519PrivateKey) -> str:
    return encode(key.public_key().public_bytes_raw())


def _private(master_key: str, generation: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_secret(master_key, installation(), generation))


@lru_cache(maxsize=64)
def _secret(master_key: str, name: str, generation: int) -> bytes:
    info = f"{name} {generation}".encode()
    key = HKDF(algorithm=hashes.SHA256(), length=_BYTES, salt=b"chazhenjia courier", info=info)
    return key.derive(master_key.encode())


def encode(raw: bytes) -> str:
    """Base 64 for addresses, without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(public_key: str) -> bytes:
    """The 32 bytes of a public key. Raises ValueError for anything else."""
    try:
        raw = base64.b64decode(public_key + "=", altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not a public key") from error
    if len(raw) != _BYTES:
        raise ValueError("not a public key")
    return raw


def public(public_key: str) -> Ed25519PublicKey:
    """A public key from its written form. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(decode(public_key))


def key_id(public_key: str) -> str:
    """Short name of a key, the same everywhere."""
    return hashlib.sha256(decode(public_key)).hexdigest()[:16]


def spoken(one: str, other: str) -> str:
    """Thirty digits over two public keys, the same at both ends: what two people read to each other."""
    digest = hashlib.sha512(b"".join(sorted([decode(one), decode(other)]))).digest()
    groups = (int.from_bytes(digest[5 * at : 5 * at + 5], "big") % 100_000 for at in range(_GROUPS))
    return " ".join(f"{group:05}" for group in groups)
