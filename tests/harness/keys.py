"""RSA keys that cost a test nothing: OpenSSL takes 40 ms to make one, and as long to look over one at each signing."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

KEPT = 12
"""So many keys in a row differ. No test holds more than a handful against one another."""

_make, _load = rsa.generate_private_key, serialization.load_der_private_key
_kept: list[rsa.RSAPrivateKey] = []


def keep() -> None:
    """From now on this process makes `KEPT` keys of the usual size, hands them out in turn, and trusts what it made."""
    rsa.generate_private_key = _next
    serialization.load_der_private_key = _trusted
    pkcs12.load_key_and_certificates = lru_cache(maxsize=64)(pkcs12.load_key_and_certificates)


def _next(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
    if (public_exponent, key_size) != (65537, 2048):
        return _make(public_exponent, key_size)
    key = _make(public_exponent, key_size) if len(_kept) < KEPT else _kept.pop(0)
    _kept.append(key)
    return key


def _trusted(data: bytes, password: bytes | None, backend: Any = None, **more: Any) -> Any:
    return _load(data, password, **{"unsafe_skip_rsa_key_validation": True} | more)
