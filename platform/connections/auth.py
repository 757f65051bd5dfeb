"""A client's access token in `Authorization: Bearer czjc_<host>_…`: whose it is, and why it is refused.

`request.user` is the client's service account, `request.auth` the row of the token, `request.connection` the
connection. Connection and client are looked at anew with every call, so what is switched off ends with the next one.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from connections import foreign
from connections.errors import ConnectionOff, TokenOfAnotherHost, TokenRefused
from connections.models import Client, Connection
from kernel import clock
from kernel.errors import Problem
from provinces.context import required

PREFIX = "czjc_"
_TOKEN = re.compile(r"^(czjc|czj)_([a-z][a-z0-9]{1,30})_\S+$")


def seat_of(token: str) -> str:
    """The host that a token names in clear; "" when it names none."""
    found = _TOKEN.match(token)
    return found[2] if found else ""


def new_token() -> str:
    """A fresh access token of this seat."""
    return f"{PREFIX}{required().name}_{secrets.token_urlsafe(32)}"


def holder(token: str) -> Token | None:
    """The row of an access token that is a client's of this seat; None when it is none, or over."""
    return (
        Token.objects.valid()
        .select_related("client__connected__connection", "client__connected__user__unit")
        .filter(
            type=Token.Type.ACCESS_TOKEN,
            hash=get_adapter().hash_token(token),
            client__connected__connection__seat=required().name,
        )
        .first()
        if seat_of(token) == required().name
        else None
    )


def refusal(client: Client) -> Problem | None:
    """Why this client's calls are not answered now; None when they are."""
    if client.state == Client.State.REVOKED or not client.user.is_active:
        return TokenRefused()
    return None if client.is_live else ConnectionOff()


def accepts(token: str) -> Client | None:
    """The client that a token opens this host to now."""
    row = holder(token)
    if row is None or row.client is None:
        return None
    client: Client = row.client.connected
    return client if refusal(client) is None else None


class ClientAuthentication(BaseAuthentication):
    """Access tokens of clients, before personal keys. Keys of another host, of both kinds, are refused and told of."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer":
            return None
        named = seat_of(token)
        if named and named != required().name:
            foreign.tried_here(token, named)
            raise TokenOfAnotherHost(host=foreign.host_of(named))
        if not token.startswith(PREFIX):
            return None
        row = holder(token)
        if row is None or row.client is None:
            raise TokenRefused()
        client: Client = row.client.connected
        _mark(request, client.connection)
        if (refused := refusal(client)) is not None:
            raise refused
        # A scope that was taken away ends with the next call, not with the token.
        row.set_scopes([each for each in row.get_scopes() if each in client.scopes])
        row.per_minute = client.connection.per_minute  # type: ignore[attr-defined] # read by gateway.limits
        return client.user, row

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _mark(request: Request, connection: Connection) -> None:
    request.connection = connection
    under: Any = request._request
    under.connection, under.asked, under.asked_at = connection, request, clock.now()
