"""Passwords of the database logins: derived from one master key and the role name, stored nowhere."""

import base64
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def login_password(login: str) -> str:
    """Password of one role: HKDF-SHA256 (RFC 5869) of the master key and the role name, 32 bytes, URL-safe base 64."""
    return _derived(settings.MASTER_KEY, login)


@lru_cache(maxsize=256)
def _derived(master_key: str, login: str) -> str:
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"chazhenjia database login", info=login.encode())
    return base64.urlsafe_b64encode(key.derive(master_key.encode())).decode().rstrip("=")
