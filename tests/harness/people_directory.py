"""A directory of people at a province's door: its connection, a token, and a client that speaks SCIM."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.test import Client as Browser

from accounts.models import Unit
from audit.trail import Actor
from connections import auth
from connections import services as connections
from connections.models import Client, Connection
from kernel import clock

MACHINE = Actor(None, "系统")
OFFICER = "urn:ietf:params:scim:schemas:extension:chazhenjia:2.0:Officer"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def directory_client(kind: str = Connection.Kind.DIRECTORY, scope: str = "people:write") -> tuple[Connection, str]:
    """A living connection with one client. Returns it and an access token. Needs a unit."""
    connection = connections.create(by=MACHINE, kind=kind, name="广西统一身份目录")
    client, _secret = connections.make_client(
        connection, by=MACHINE, name="同步", wanted=[scope], unit=Unit.objects.first(), roles=["officer"]
    )
    connections.switch_on(connection, by=MACHINE)
    connection.refresh_from_db()
    return connection, token_of(client)


def token_of(client: Client) -> str:
    """An access token, as the token endpoint would give it."""
    token = auth.new_token()
    row = Token(
        type=Token.Type.ACCESS_TOKEN,
        hash=get_adapter().hash_token(token),
        client=client.oidc,
        user=client.user,
        expires_at=clock.now() + timedelta(hours=1),
    )
    row.set_scopes(client.scopes)
    row.save()
    return token


@dataclass
class Directory:
    """What a directory does: `scim("POST", "/Users", {...})` gives (status, body)."""

    browser: Browser
    connection: Connection
    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        response = self.raw(method, path, body, **headers)
        return response.status_code, json.loads(response.content) if response.content else None

    def raw(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self.browser.generic(
            method,
            f"/scim/v2{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.token}", "Accept": "application/scim+json", **headers},
        )

    def person(self, username: str, name: str, **more: Any) -> dict[str, Any]:
        """A person as most directories send one."""
        return {"schemas": [USER, OFFICER], "userName": username, "displayName": name, "active": True, **more}
