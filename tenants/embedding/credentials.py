"""Launch links, the sessions they lead to, and tickets to a window, in the table of all credentials."""

from __future__ import annotations

import time
import uuid

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY

from accounts.credentials import Credential, register
from accounts.models import User
from accounts.sessions import SessionStore, scoped
from connections.credentials import living_client
from kernel.errors import Problem
from tenants.embedding import framing, tokens, windows
from tenants.embedding.keys import PublicKey
from tenants.embedding.models import LaunchKey

_MATTER = uuid.UUID(int=7)
_PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def _key(connection_id: uuid.UUID, kid: str) -> LaunchKey:
    """The same key on every host, so that nothing but the issuer and the audience can refuse."""
    pem = _PRIVATE.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key = PublicKey("EdDSA", pem.decode(), kid)
    return LaunchKey(connection_id=connection_id, kid=kid, alg=key.alg, public_key=key.pem)


def _make_link(user: User) -> str:
    now = int(time.time())
    said = {
        "iss": living_client().oidc_id, "aud": tokens.origin_here(), "sub": user.username, "iat": now, "exp": now + 120,
        "jti": uuid.uuid4().hex, "case": {"number": "guard"},
    }  # fmt: skip
    return jwt.encode(said, _PRIVATE, algorithm="EdDSA", headers={"kid": "guard"})


def _is_link(user: User, token: str) -> bool:
    try:
        return tokens.check(token, tokens.Checked(), key_for=_key).officer == user.username
    except Problem:
        return False


def _make_session(user: User) -> str:
    with scoped(framing.scope_of(_MATTER)):
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
    return str(store.session_key)


def _is_session(user: User, key: str) -> bool:
    if SessionStore(key).get(SESSION_KEY) is not None:
        raise AssertionError("a session of a matter is found outside it")
    with scoped(framing.scope_of(_MATTER)):
        return bool(SessionStore(key).get(SESSION_KEY) == str(user.pk))


def _make_ticket(user: User) -> str:
    return windows.issue(windows.Window(_MATTER, user.pk, _MATTER, "matter"))


register(Credential("launch_link", _make_link, _is_link))
register(Credential("embedded_session", _make_session, _is_session))
register(Credential("window_ticket", _make_ticket, lambda _user, ticket: windows.is_good(ticket)))
