"""The master key changes: secrets of providers and our own signing keys are sealed anew. See `operations.parts`."""

from __future__ import annotations

from kernel.sealing import reseal as reseal_rows
from provinces.context import required
from signon.models import IdentityProvider, SigningKey, SsoSession
from signon.sealing import box


def reseal() -> int:
    """Those of this seat. Returns how many."""
    if required().kind != "province":
        return 0
    return (
        reseal_rows(IdentityProvider.objects.all(), "secret", box)
        + reseal_rows(SsoSession.objects.all(), "refresh", box)
        + reseal_rows(SigningKey.objects.all(), "pem", box)
    )
