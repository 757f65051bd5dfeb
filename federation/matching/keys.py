"""Digests: HMAC-SHA256 under a key that is made of two halves, neither enough by itself.

* The installation's matching key, out of the environment or the master key. The database does not hold it: who steals a
  dump cannot try a single value.
* The round's salt, a row that the office's login has no right to read. Who reads the digests through the office's login
  cannot try one either.

Every kind is salted by round. None of them is beyond guessing for who has both halves: there are fewer telephone
numbers and firms in China than a computer tries in a minute. What a province's own server can do with its key is
therefore told, counted and held up elsewhere (`services.finding`), and docs/matching.md says so.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from federation.matching.exchange.models import Round
from kernel import clock
from provinces.context import province_code

SALT_BYTES = 32
_APART = "\x1f"
"""Stands in no value: `kinds` leaves no control character in one."""


def round_number() -> int:
    """The round of today: 202611 in November 2026, by the date in China."""
    today = clock.today()
    return today.year * 100 + today.month


def round_key(number: int) -> bytes:
    """The key of a round; whichever province comes first makes its salt. Raises NoSeat at any other seat."""
    province_code()
    Round.objects.bulk_create([Round(number=number, salt=secrets.token_bytes(SALT_BYTES))], ignore_conflicts=True)
    salt = Round.objects.values_list("salt", flat=True).get(pk=number)
    return _derived(_half(), bytes(salt))


def _half() -> str:
    """While the master key changes, digests go on under the former one."""
    return str(settings.MATCHING_KEY or (settings.MASTER_KEY, *settings.MASTER_KEYS_BEFORE)[-1])


@lru_cache(maxsize=8)
def _derived(key: str, salt: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"chazhenjia matching digest").derive(
        key.encode()
    )


def digest(key: bytes, kind: str, scope: str, value: str) -> bytes:
    """What lies on the table for one value. The kind and the scope are part of it: equal digests are of one kind."""
    return hmac.digest(key, _APART.join((kind, scope, value)).encode(), "sha256")


def matter_name(source: str, record_id: UUID) -> UUID:
    """An opaque name of one record of this province, the same each time: it tells records apart and nothing else."""
    name = f"{province_code()}|{source}|{record_id}".encode()
    key = hashlib.sha256(b"chazhenjia matter|" + _half().encode()).digest()
    return UUID(bytes=hmac.digest(key, name, hashlib.sha256)[:16], version=4)
