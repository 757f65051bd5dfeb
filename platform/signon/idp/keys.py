"""Keys with which a province signs: its own, sealed in its schema, changed without anybody being signed out."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.core.internal import jwkkit
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.db.models import Q

from kernel import clock
from kernel.locks import lock
from provinces.context import required
from signon import selectors
from signon.models import SigningKey
from signon.sealing import seal, unseal

AHEAD = timedelta(hours=2)
"""A new key is published this long before it signs: systems keep the published set for an hour."""
BEHIND = timedelta(days=1)
"""An old key stays published this long after it last signed."""


def private_keys() -> list[PrivateKey]:
    """Those that are published, of this province alone; made at first use. Other hosts have none."""
    if not selectors.here():
        return []
    rows = list(SigningKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now())))
    if not rows:
        rows = [_first()]
    return [
        PrivateKey(pem=unseal(row.pem), not_before=row.not_before, expires_at=row.expires_at, issued_at=row.not_before)
        for row in rows
    ]


def rotate(*, at_once: bool = False) -> SigningKey:
    """A new key. at_once: the old ones are worthless now, as after a leak; otherwise they fade out."""
    now = clock.now()
    starts = now if at_once else now + AHEAD
    with transaction.atomic():
        _one_at_a_time()
        old = SigningKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now))
        (old if at_once else old.filter(expires_at=None)).update(expires_at=now if at_once else starts + BEHIND)
        SigningKey.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()
        return _made(starts)


def _first() -> SigningKey:
    with transaction.atomic():
        _one_at_a_time()
        living = SigningKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now())).first()
        return living or _made(clock.now())


def _made(starts: datetime) -> SigningKey:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    kid = jwkkit.load_jwk_from_pem(pem)[0]["kid"]
    return SigningKey.objects.create(pem=seal(pem), kid=kid, not_before=starts)


def _one_at_a_time() -> None:
    """In this schema: two first uses would make two keys."""
    lock(f"signing keys {required().schema_name}")
