"""Lines for the table of everything that lets its holder act; see `accounts.credentials`.

A code, an ID token, a token of ours: each is made as the real thing is made, and asked as a stranger would use it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import jwt
from allauth.core import context as allauth_context
from allauth.core.internal import jwkkit
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import authorization_codes
from allauth.idp.oidc.internal.tokens import decode_jwt_token
from allauth.idp.oidc.models import Client, Token
from django.core.cache import cache
from django.http import HttpRequest

from accounts.credentials import Credential, register
from accounts.models import User
from kernel import clock
from notify.live import host_of_seat
from signon.models import LogoutNotice, OwnClient
from signon.services import logouts
from signon.services.clients import new_secret

GUARD = "sign-on-guard"


KINDS = frozenset({"province"})


@contextmanager
def _asked_here() -> Iterator[None]:
    """allauth takes the issuer from the request under way."""
    request = HttpRequest()
    request.META |= {"HTTP_HOST": host_of_seat(), "SERVER_NAME": "x", "SERVER_PORT": "80"}
    with allauth_context.request_context(request):
        yield


def _own() -> OwnClient:
    oidc, _new = Client.objects.get_or_create(id=GUARD, defaults={"name": GUARD, "secret": "!"})
    own, _new = OwnClient.objects.get_or_create(oidc=oidc, defaults={"name": GUARD, "state": OwnClient.State.ON})
    return own


def _issue_token(user: User, *, kind: str) -> str:
    value = secrets.token_urlsafe(32)
    Token.objects.create(
        type=kind,
        hash=get_adapter().hash_token(value),
        client=_own().oidc,
        user=user,
        expires_at=clock.now() + timedelta(hours=1),
    )
    return value


def _takes_token(user: User, value: str, *, kind: str) -> bool:
    found = Token.objects.lookup(kind, value)
    return found is not None and found.user_id == user.pk


def _issue_code(user: User) -> str:
    code = secrets.token_urlsafe(24)
    cache.set(authorization_codes.cache_key(GUARD, code), {"sub": str(user.pk)}, 60)
    return code


def _takes_code(user: User, code: str) -> bool:
    found = authorization_codes.lookup(GUARD, code)
    return found is not None and found["sub"] == str(user.pk)


def _issue_id_token(user: User) -> str:
    with _asked_here():
        adapter = get_adapter()
        jwk, key = jwkkit.load_jwk_from_pem(adapter.get_signing_key().pem)
        now = int(clock.now().timestamp())
        said = {"iss": adapter.get_issuer(), "aud": GUARD, "sub": str(user.pk), "iat": now, "exp": now + 300}
    return jwt.encode(said, key, algorithm="RS256", headers={"kid": jwk["kid"]})


def _takes_signed(user: User, value: str) -> bool:
    with _asked_here():
        said = decode_jwt_token(value, client_id=GUARD, verify_exp=True, verify_iss=True)
    return said is not None and said["sub"] == str(user.pk)


def _issue_logout_token(user: User) -> str:
    return logouts.logout_token(LogoutNotice(client=_own(), sub=str(user.pk), sid=user.pk))


def _issue_secret(_user: User) -> str:
    secret, oidc = new_secret(), _own().oidc
    oidc.set_secret(secret)
    oidc.save(update_fields=["secret"])
    return secret


def _takes_secret(_user: User, secret: str) -> bool:
    found = Client.objects.filter(pk=GUARD).first()
    return found is not None and found.check_secret(secret)


for each in (
    *(
        Credential(name, partial(_issue_token, kind=kind), partial(_takes_token, kind=kind), KINDS)
        for name, kind in (
            ("sign_on_access", Token.Type.ACCESS_TOKEN),
            ("sign_on_refresh", Token.Type.REFRESH_TOKEN),
        )
    ),
    Credential("sign_on_code", _issue_code, _takes_code, KINDS),
    Credential("sign_on_id_token", _issue_id_token, _takes_signed, KINDS),
    Credential("sign_on_logout_token", _issue_logout_token, _takes_signed, KINDS),
    Credential("sign_on_client_secret", _issue_secret, _takes_secret, KINDS),
):
    register(each)
