"""The people of these tests: 黄管理员 makes, 莫管理员 (security) switches on; the case system of 广西 calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client as Browser
from harness import people

from accounts.models import Post, User
from connections import oauth, services
from connections.models import Client, Connection
from gateway import valkey

SCOPES = ["me:read", "requests:read", "requests:write", "notices:read"]


@dataclass
class Joined:
    """A connection with one program."""

    huang: User
    mo: User
    chen: User
    unit: Any
    row: Connection
    client: Client
    secret: str


def join(*, on: bool = True, scopes: list[str] = SCOPES, code: str = "gx") -> Joined:
    """A bureau with its two administrators, a case system and its program. Enters the province's seat."""
    bureau = people.bureau(code)
    mo = User.objects.create_user("mo", name="莫某", title="莫管理员", unit=bureau.unit)
    Post.objects.create(user=mo, unit=bureau.unit, role=Post.Role.SECURITY_ADMIN)
    row = services.create(by=bureau.huang, kind="case_system", name="桂桂办案系统")
    client, secret = services.make_client(
        row, by=bureau.huang, name="正式环境", wanted=scopes, unit=bureau.unit, roles=["officer"]
    )
    if on:
        services.switch_on(row, by=mo)
        client.refresh_from_db()
    return Joined(bureau.huang, mo, bureau.chen, bureau.unit, row, client, secret)


@pytest.fixture
def joined(gx) -> Joined:
    _forget()
    return join()


def _forget() -> None:
    server = valkey.client()
    if server is not None:
        for key in [*server.scan_iter("traffic:*"), *server.scan_iter("wrong-*"), *server.scan_iter("calls:*")]:
            server.delete(key)


@pytest.fixture
def token_of(client_for) -> Callable[..., str]:
    """`token_of(joined)`: an access token, as a program gets it."""

    def get(held: Joined, host: str = "gx", **more: str) -> str:
        answer = ask_token(client_for(host), held, **more)
        assert answer.status_code == 200, answer.content
        return str(answer.json()["access_token"])

    return get


def ask_token(browser: Browser, held: Joined, **more: str) -> Any:
    said = {
        "grant_type": "client_credentials",
        "client_id": held.client.oidc_id,
        "client_secret": held.secret,
        **more,
    }
    return browser.post(oauth_url(), said)


def oauth_url() -> str:
    assert oauth.GOOD_FOR_S == 3600
    return "/identity/o/api/token"


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}
