"""Until when the certificates of identity providers are good: with them ends everybody's signing in here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import requests
from cryptography import x509
from django.core.cache import cache

from gateway import outbound
from kernel.errors import Problem
from signon.models import IdentityProvider

UNTRUSTED, SILENT = "untrusted", "silent"
_KEPT_S, _ASKED_AGAIN_S = 12 * 3600, 3600


@dataclass(frozen=True)
class Ending:
    """The certificate of one provider in use. at: None where it is not trusted now, expired ones among them."""

    name: str
    at: datetime | None


def endings() -> list[Ending]:
    """Of the providers by which people sign in here. One that does not answer is left out: that is told elsewhere.

    Public WeCom and DingTalk are not asked, their private deployments are. An answer is kept for half a day.
    """
    found = []
    for row in IdentityProvider.objects.filter(state=IdentityProvider.State.ON):
        for url in _addresses(row):
            said = _kept(url)
            if said != SILENT:
                found.append(Ending(row.name, None if said == UNTRUSTED else datetime.fromisoformat(said)))
    return found


def _addresses(row: IdentityProvider) -> Iterable[str]:
    named = [row.issuer] if row.kind == IdentityProvider.Kind.OIDC else row.endpoints.values()
    return sorted({str(url) for url in named if str(url).startswith("https://")})


def _kept(url: str) -> str:
    key = f"signon.certificate:{hashlib.sha256(url.encode()).hexdigest()[:32]}"
    said: str | None = cache.get(key)
    if said is None:
        said = ask(url)
        cache.set(key, said, _ASKED_AGAIN_S if said == SILENT else _KEPT_S)
    return said


def ask(url: str) -> str:
    """Until when the certificate served there is good, in ISO 8601; UNTRUSTED, or SILENT where nothing is served."""
    try:
        with outbound.session() as session, session.get(url, stream=True) as answer:
            sock = getattr(answer.raw.connection, "sock", None)
            shown = sock.getpeercert(binary_form=True) if sock is not None else None
    except requests.exceptions.SSLError:
        return UNTRUSTED
    except (requests.exceptions.RequestException, Problem):
        return SILENT
    return x509.load_der_x509_certificate(shown).not_valid_after_utc.isoformat() if shown else SILENT
