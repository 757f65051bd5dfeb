"""Discovery and keys of an OpenID provider, kept for a while, fetched only through the checks of `gateway.outbound`."""

from __future__ import annotations

from typing import Any

import requests
from django.core.cache import cache
from requests.exceptions import RequestException

from gateway import outbound
from kernel.errors import Problem
from signon.errors import ProviderSilent
from signon.models import IdentityProvider

KEPT_S = 600
ASKED_AGAIN_S = 60
SILENT_S = 10
WELL_KNOWN = "/.well-known/openid-configuration"


def discovery_url(issuer: str) -> str:
    """Where an issuer says what it offers."""
    return issuer.rstrip("/") + WELL_KNOWN


def configuration(provider: IdentityProvider, *, fresh: bool = False) -> dict[str, Any]:
    """What the provider offers. Raises ProviderSilent."""
    key = f"signon.configuration:{provider.pk}:{provider.issuer}"
    found: dict[str, Any] | None = None if fresh else cache.get(key)
    if found is None:
        if not fresh and cache.get(f"{key}:silent"):
            raise ProviderSilent(why="silent")
        try:
            found = get_json(discovery_url(provider.issuer))
        except ProviderSilent:
            cache.set(f"{key}:silent", 1, SILENT_S)  # strangers who call do not make us call
            raise
        cache.set(key, found, KEPT_S)
        cache.delete(f"{key}:silent")
    return found


def keys(provider: IdentityProvider, *, unknown_kid: bool = False) -> list[dict[str, Any]]:
    """Its public keys. unknown_kid: a key was named that is not among them; asked for anew, at most once a minute."""
    address = str(configuration(provider).get("jwks_uri") or "")
    if not address:
        raise ProviderSilent(why="jwks_uri")
    key = f"signon.keys:{provider.pk}:{address}"
    found: list[dict[str, Any]] | None = cache.get(key)
    if found is None or (unknown_kid and cache.add(f"{key}:asked", 1, ASKED_AGAIN_S)):
        said = get_json(address).get("keys")
        found = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
        cache.set(key, found, KEPT_S)
    return found


def get_json(url: str) -> dict[str, Any]:
    """An object from an address. Raises ProviderSilent."""
    return call("GET", url)[1]


def call(method: str, url: str, **named: Any) -> tuple[int, dict[str, Any]]:
    """One call; status and JSON object of an answer below 500. Raises ProviderSilent for everything else."""
    try:
        with outbound.session() as session:
            answer: requests.Response = session.request(method, url, **named)
    except RequestException as error:
        raise ProviderSilent(why=type(error).__name__) from error
    except Problem as error:
        raise ProviderSilent(why=error.code) from error
    if answer.status_code >= 500 or answer.status_code == 429 or (method == "GET" and answer.status_code != 200):
        raise ProviderSilent(why=str(answer.status_code))
    try:
        said = answer.json()
    except (ValueError, RecursionError) as error:
        raise ProviderSilent(why="json") from error
    if not isinstance(said, dict):
        raise ProviderSilent(why="json")
    return answer.status_code, said
