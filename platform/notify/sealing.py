"""Addresses of robots hold a secret: in the database they are sealed under a key derived from the master key."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _box() -> Fernet:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"chazhenjia channel address", info=b"1")
    return Fernet(base64.urlsafe_b64encode(key.derive(settings.MASTER_KEY.encode())))


def seal(text: str) -> str:
    """Sealed text."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when the master key is another one."""
    return _box().decrypt(sealed.encode()).decode()
