"""Systems that sign their people in with this province's accounts."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Person
from gateway import outbound
from kernel import clock
from kernel.errors import BadInput, Conflict
from provinces.context import required
from signon import rules
from signon.errors import NotSecure
from signon.idp import sids
from signon.idp.scopes import SCOPES
from signon.models import ClientSession, OwnClient

State = OwnClient.State
GRANTS = [Client.GrantType.AUTHORIZATION_CODE, Client.GrantType.REFRESH_TOKEN]
CHANGEABLE = ("name", "redirect_uris", "logged_out_uris", "logout_url", "scopes", "skip_consent")


def create(*, by: Person, name: str, is_public: bool = False, **said: Any) -> tuple[OwnClient, str]:
    """Register a system; it gets no answer before it is switched on. Returns it, and its secret, shown this once.

    is_public: a program on phones or in pages, which cannot keep a secret and has none. Raises BadInput, NotKeeper.
    """
    rules.require_keeper(by)
    said = _checked({"name": name, **said})
    secret = "" if is_public else new_secret()
    with transaction.atomic():
        oidc = Client(
            id=f"czjs-{required().name}-{secrets.token_hex(8)}",
            type=Client.Type.PUBLIC if is_public else Client.Type.CONFIDENTIAL,
            secret="!",
        )
        if secret:
            oidc.set_secret(secret)
        oidc.set_grant_types([])
        oidc.set_response_types([])
        oidc.save()
        row = OwnClient.objects.create(oidc=oidc, name=said["name"], created_by=by if isinstance(by, User) else None)
        _write(row, said)
        trail.record(row, "create", by=by, to_state=row.state)
    return row, secret


def edit(row: OwnClient, *, by: Person, **said: Any) -> OwnClient:
    """Change a system that is off. Raises BadInput, NotKeeper, Conflict `client_is_on`."""
    rules.require_keeper(by)
    said = _checked(said)
    if row.is_on:
        raise Conflict(_("“{name}”正在使用。请先停用，改好后由安全管理员启用。"), code="client_is_on", name=row.name)
    with transaction.atomic():
        _write(row, said)
        return move(row, "edit", by=by, noted={"fields": sorted(said)})


def switch_on(row: OwnClient, *, by: Person) -> OwnClient:
    """From now on it is answered. Raises NotSwitcher, MoveRefused."""
    rules.require_switcher(by)
    with transaction.atomic():
        move(row, "switch_on", by=by)
        row.oidc.set_grant_types([str(each) for each in GRANTS])
        row.oidc.set_response_types(["code"])
        row.oidc.save(update_fields=["grant_types", "response_types"])
    return row


def switch_off(row: OwnClient, *, by: Person, why: str) -> OwnClient:
    """Nothing of it is answered any more: its tokens end with it. Raises BadInput."""
    rules.require_either(by)
    if not why.strip():
        raise BadInput(_("请写明原因，再提交。"), code="reason_missing")
    with transaction.atomic():
        move(row, "switch_off", by=by, why=why.strip()[:200])
        row.oidc.set_grant_types([])
        row.oidc.set_response_types([])
        row.oidc.save(update_fields=["grant_types", "response_types"])
        Token.objects.filter(client=row.oidc).delete()
        row.sessions.all().delete()
    return row


def renew_secret(row: OwnClient, *, by: Person) -> str:
    """A new secret in place of the old one, shown this once. Raises NotKeeper, Conflict `client_is_public`."""
    rules.require_keeper(by)
    if row.oidc.type == Client.Type.PUBLIC:
        raise Conflict(_("这个系统不使用密钥。"), code="client_is_public")
    secret = new_secret()
    with transaction.atomic():
        row.oidc.set_secret(secret)
        row.oidc.save(update_fields=["secret"])
        trail.record(row, "renew_secret", by=by)
    return secret


def new_secret() -> str:
    """256 random bits that name their host."""
    return f"czjs_{required().name}_{secrets.token_urlsafe(32)}"


def _write(row: OwnClient, said: dict[str, Any]) -> None:
    oidc = row.oidc
    if "name" in said:
        row.name = oidc.name = said["name"]
    if "redirect_uris" in said:
        oidc.set_redirect_uris(said["redirect_uris"])
    if "scopes" in said:
        oidc.set_scopes(said["scopes"])
        oidc.set_default_scopes(["openid"])
    if "skip_consent" in said:
        oidc.skip_consent = said["skip_consent"]
    if "logout_url" in said:
        row.logout_url = said["logout_url"]
    if "logged_out_uris" in said:
        oidc.set_post_logout_redirect_uris(said["logged_out_uris"])
    oidc.save()
    row.save(update_fields=["name", "logout_url"])


def _checked(said: dict[str, Any]) -> dict[str, Any]:
    strange = set(said) - set(CHANGEABLE)
    if strange:
        raise ValueError(f"not to be set: {sorted(strange)}")
    for name in ("redirect_uris", "logged_out_uris"):
        if name in said:
            said[name] = [_browser_address(each) for each in dict.fromkeys(said[name])]
    if "redirect_uris" in said and not said["redirect_uris"]:
        raise BadInput(_("请填写至少一个登录后返回的地址。"), code="redirect_uri_missing")
    if said.get("logout_url"):
        said["logout_url"] = outbound.check_url(said["logout_url"].strip())
    if "scopes" in said:
        said["scopes"] = [each for each in SCOPES if each in {"openid", *said["scopes"]}]
    return said


def _browser_address(url: str) -> str:
    """Where a browser is sent: https, or one's own machine."""
    url = url.strip()
    parts = urlsplit(url)
    own = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if not parts.netloc or parts.fragment or "*" in url or "@" in parts.netloc:
        raise NotSecure(url=url)
    if parts.scheme != "https" and not own and settings.SCHEME == "https":
        raise NotSecure(url=url)
    if parts.scheme not in ("https", "http"):
        raise NotSecure(url=url)
    return url


def remember(own: OwnClient, *, user: User, session_key: str, code: str) -> None:
    """A code was given out in this session here: the system is told when the session ends."""
    row, _new = ClientSession.objects.get_or_create(client=own, session_key=session_key, defaults={"user": user})
    sids.keep(own.oidc_id, code, str(row.pk))
    OwnClient.objects.filter(pk=own.pk).update(last_used_at=clock.now())
