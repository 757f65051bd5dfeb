"""Secrets that must be read again lie sealed in the database, under keys derived from the installation's master key.

While the operator names former master keys (`MASTER_KEY_PREVIOUS`), what was sealed under them is opened too; what is
sealed anew is under the present one. `rotate master-key` seals all of it anew, by each app's `rekeying.reseal()`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

A_TIME = 500


def master_keys() -> tuple[str, ...]:
    """The present one, then the former ones that still count."""
    return (settings.MASTER_KEY, *settings.MASTER_KEYS_BEFORE)


def derived(master_key: str, *, salt: bytes | None, info: bytes) -> bytes:
    """32 bytes: HKDF-SHA256 (RFC 5869) of a master key."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(master_key.encode())


def box(*, salt: bytes | None, info: bytes = b"1") -> MultiFernet:
    """Seals under the present key, opens what was sealed under any that counts."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, salt=salt, info=info))) for key in master_keys()])


def reseal(rows: Any, field: str, box_of: Callable[[], MultiFernet]) -> int:
    """Seal one column of these rows anew, some at a time. Returns how many. Twice does no harm.

    rows: a queryset of the seat that is held. Raises cryptography.fernet.InvalidToken for what no key opens.
    """
    count, opener = 0, box_of()
    for chunk in _some(list(rows.exclude(**{field: type(_empty(rows, field))()}).values_list("pk", flat=True))):
        for pk, sealed in rows.filter(pk__in=chunk).values_list("pk", field):
            raw = sealed.encode() if isinstance(sealed, str) else bytes(sealed)
            made = opener.rotate(raw)
            # Only where it is still what was read: somebody may have put another secret there meanwhile.
            count += rows.filter(pk=pk, **{field: sealed}).update(
                **{field: made.decode() if isinstance(sealed, str) else made}
            )
    return count


def _empty(rows: Any, field: str) -> str | bytes:
    return b"" if rows.model._meta.get_field(field).get_internal_type() == "BinaryField" else ""


def _some(keys: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(keys), A_TIME):
        yield keys[start : start + A_TIME]
