"""Lines for the table of everything that lets its holder act; see `accounts.credentials`."""

from __future__ import annotations

from datetime import timedelta

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token

from accounts.credentials import Credential, register
from accounts.models import User
from connections import auth, services
from connections.models import Client, Connection, Secret
from kernel import clock
from kernel.ids import uuid7
from provinces.context import required


def living_client() -> Client:
    """A living client of this seat. Its account is one of this seat too: two hosts share the tables in `public`."""
    account, _new = User.objects.get_or_create(
        username=f"svc-guard-{required().name}", defaults={"name": "guard", "is_service": True}
    )
    found = Client.objects.filter(user=account).select_related("oidc", "connection").first()
    if found is not None:
        return found
    connection = Connection.objects.create(
        seat=required().name, kind=Connection.Kind.OTHER, name="guard", state=Connection.State.ON
    )
    oidc = OidcClient.objects.create(id=services.new_client_id(), name="guard", secret="!", scopes="me:read")
    return Client.objects.create(connection=connection, oidc=oidc, user=account, name="guard", state=Client.State.ON)


def _make_secret(_user: User) -> str:
    client = living_client()
    secret = services.new_secret()
    Secret.objects.create(id=uuid7(), client=client, digest=services.digest_of(secret))
    return f"{client.oidc_id}:{secret}"


def _is_secret(_user: User, value: str) -> bool:
    name, _colon, secret = value.partition(":")
    return services.authenticated(name, secret) is not None


def _make_access_token(_user: User) -> str:
    client = living_client()
    token = auth.new_token()
    Token.objects.create(
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(token),
        client=client.oidc,
        user=client.user,
        expires_at=clock.now() + timedelta(hours=1),
    )
    return token


def _is_access_token(_user: User, token: str) -> bool:
    return auth.accepts(token) is not None


register(Credential("client_secret", _make_secret, _is_secret))
register(Credential("client_access_token", _make_access_token, _is_access_token))
