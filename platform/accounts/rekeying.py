"""The master key changes: second factors are sealed anew. Found by name, see `operations.parts`."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import MultiFernet

from accounts.adapters import vault

_SEALED = ("secret", "seed")


def reseal() -> int:
    """Those of this seat. Returns how many."""
    count, box = 0, vault()
    for pk, data in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("pk", "data"):
        count += Authenticator.objects.filter(pk=pk, data=data).update(data=_anew(data, box))
    return count


def _anew(data: dict[str, Any], box: MultiFernet) -> dict[str, Any]:
    """allauth seals the secret of a TOTP device, the seed of recovery codes, and codes that were moved in."""
    made = {key: box.rotate(value.encode()).decode() if key in _SEALED else value for key, value in data.items()}
    if "migrated_codes" in made:
        made["migrated_codes"] = [box.rotate(code.encode()).decode() for code in made["migrated_codes"]]
    return made
