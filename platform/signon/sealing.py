"""Secrets of providers and keys of ours lie sealed in the database, each province's under a key of its own."""

from __future__ import annotations

from cryptography.fernet import MultiFernet

from kernel import sealing
from provinces.context import required


def box() -> MultiFernet:
    """What seals and opens those of this seat."""
    return sealing.box(salt=b"chazhenjia sign-on", info=required().name.encode())


def seal(text: str) -> str:
    """Sealed text; of nothing, nothing."""
    return box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """The text again. Raises cryptography.fernet.InvalidToken when it was sealed elsewhere."""
    return box().decrypt(sealed.encode()).decode() if sealed else ""
