"""What an OpenID provider signs: ID tokens in the browser's way, logout tokens from server to server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from django.core.cache import cache

from kernel import clock
from kernel.errors import BadInput
from signon.models import IdentityProvider
from signon.oidc import published

EVENT = "http://schemas.openid.net/event/backchannel-logout"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
OLDEST_LOGOUT_S = 15 * 60
LEEWAY_S = 120


class BadToken(BadInput):
    """Not signed by this provider, not for us, too old, or not what it should be. Data: why."""

    code = "provider_token_refused"


@dataclass(frozen=True, slots=True)
class Logout:
    """Whom and which session it is about; one of the two may be empty."""

    sub: str
    sid: str


def read_id_token(provider: IdentityProvider, token: str, *, secret: str) -> dict[str, Any]:
    """What the provider says about somebody. secret: for those that sign with it. Raises BadToken, ProviderSilent."""
    return _read(provider, token, needs=("iss", "aud", "exp", "iat", "sub"), secret=secret)


def read_logout(provider: IdentityProvider, token: str) -> Logout:
    """Who signed out there (OpenID Connect Back-Channel Logout 1.0, 2.6). Raises BadToken, ProviderSilent."""
    claims = _read(provider, token, needs=("iss", "aud", "iat", "jti", "events"))
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise BadToken(why="events")
    if "nonce" in claims:  # an ID token must never pass for a logout token
        raise BadToken(why="nonce")
    if clock.now().timestamp() - claims["iat"] > OLDEST_LOGOUT_S:
        raise BadToken(why="iat")
    said = Logout(sub=_text(claims.get("sub")), sid=_text(claims.get("sid")))
    if not said.sub and not said.sid:
        raise BadToken(why="sub")
    if not cache.add(f"signon.logout:{provider.pk}:{_text(claims['jti'])}", 1, OLDEST_LOGOUT_S + 2 * LEEWAY_S):
        raise BadToken(why="jti")
    return said


def _read(provider: IdentityProvider, token: str, *, needs: tuple[str, ...], secret: str = "") -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=_key(provider, header, secret),
            algorithms=[str(header.get("alg"))],
            issuer=published.configuration(provider).get("issuer"),
            audience=provider.client_id,
            leeway=LEEWAY_S,
            options={"require": list(needs)},
        )
    except jwt.PyJWTError as error:
        raise BadToken(why=type(error).__name__) from error
    return claims


def _key(provider: IdentityProvider, header: Mapping[str, Any], secret: str) -> Any:
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm == "HS256" and len(secret) >= 32:
        return secret
    if algorithm not in ALGORITHMS:
        raise BadToken(why="alg")
    for unknown in (False, True):
        fit = [
            each
            for each in published.keys(provider, unknown_kid=unknown)
            if each.get("use", "sig") == "sig" and each.get("kty") != "oct" and kid in (None, each.get("kid"))
        ]
        if len(fit) == 1 or (fit and kid is not None):
            return jwt.PyJWK.from_json(json.dumps(fit[0]), algorithm=algorithm).key
    raise BadToken(why="kid")


def _text(value: Any) -> str:
    return value[:191] if isinstance(value, str) else ""
