"""Setting up, trying, switching on and off a way to sign in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Person
from gateway import outbound
from kernel.errors import BadInput, Conflict
from signon import ending, identities, rules
from signon.errors import IsOn, NotSecure
from signon.models import IdentityProvider
from signon.sealing import seal

Kind, State = IdentityProvider.Kind, IdentityProvider.State
FREE = ("name", "order", "check_minutes", "grace_minutes", "front_channel")
"""What may be changed while people sign in by it: nothing that decides who gets in."""
DECIDING = ("issuer", "client_id", "agent_id", "scopes", "claim", "match", "endpoints", "only")
ENDPOINTS = {Kind.OIDC: (), Kind.WECOM: ("api", "scan", "inside"), Kind.DINGTALK: ("api", "list", "authorize")}


def create(*, by: Person, kind: str, name: str, client_id: str, secret: str = "", **said: Any) -> IdentityProvider:
    """Set one up; nobody signs in by it yet. Raises BadInput, NotKeeper."""
    rules.require_keeper(by)
    said = _checked(kind, {"name": name, "client_id": client_id, **said})
    said.setdefault("claim", identities.usual_claim(kind))
    with transaction.atomic():
        number = IdentityProvider.objects.select_for_update().filter(kind=kind).count() + 1
        row = IdentityProvider.objects.create(
            kind=kind,
            slug=f"{kind}-{number}",
            secret=seal(secret.strip()),
            created_by=by if isinstance(by, User) else None,
            **said,
        )
        trail.record(row, "create", by=by, to_state=row.state, data={"kind": kind, "slug": row.slug})
    return row


def edit(row: IdentityProvider, *, by: Person, secret: str = "", **said: Any) -> IdentityProvider:
    """Change it. What decides who gets in makes it a draft again, to be tried anew; a new secret does not.

    Raises BadInput, NotKeeper; IsOn when people sign in by it and something deciding would change.
    """
    rules.require_keeper(by)
    said = _checked(row.kind, said)
    changed = {name: value for name, value in said.items() if getattr(row, name) != value}
    deciding = sorted(set(changed) & set(DECIDING))
    if deciding and row.is_on:
        raise IsOn(name=row.name)
    if secret.strip():
        changed["secret"] = seal(secret.strip())
    if not changed:
        return row
    names = sorted(changed)
    with transaction.atomic():
        if deciding:
            return move(row, "edit", by=by, noted={"fields": names}, tried={}, **changed)
        IdentityProvider.objects.filter(pk=row.pk).update(**changed)
        trail.record(row, "edit", by=by, data={"fields": names})
    row.refresh_from_db()
    return row


def switch_on(row: IdentityProvider, *, by: Person) -> IdentityProvider:
    """Let people sign in by it. Raises NotSwitcher, MoveRefused unless it was tried, Conflict `only_one_only`."""
    rules.require_switcher(by)
    with transaction.atomic():
        move(row, "switch_on", by=by)
        others = IdentityProvider.objects.select_for_update().filter(state=State.ON, only=True).exclude(pk=row.pk)
        if row.only and (held := others.first()) is not None:
            raise Conflict(
                _("已规定只用“{name}”登录。请先停用它，或取消它的这一项。"), code="only_one_only", name=held.name
            )
    return row


def switch_off(row: IdentityProvider, *, by: Person, why: str, end_sessions: bool = False) -> IdentityProvider:
    """Nobody signs in by it any more. end_sessions: those who did are signed out at once. Raises BadInput."""
    rules.require_either(by)
    if not why.strip():
        raise BadInput(_("请写明原因，再提交。"), code="reason_missing")
    with transaction.atomic():
        move(row, "switch_off", by=by, why=why.strip()[:200], silent_since=None, told_at=None)
        if end_sessions:
            ending.end(row.sessions.all(), why="switched_off")
    return row


def drop(row: IdentityProvider, *, by: Person) -> IdentityProvider:
    """Take it away for good. Its name in addresses is never given to another."""
    rules.require_keeper(by)
    with transaction.atomic():
        ending.end(row.sessions.all(), why="dropped")
        return move(row, "drop", by=by, secret="")


def check_address(url: str) -> str:
    """An address of a provider: https outside development, and one that this house calls. Raises BadInput."""
    url = url.strip().rstrip("/")
    if settings.SCHEME == "https" and urlsplit(url).scheme != "https":
        raise NotSecure(url=url)
    return outbound.check_url(url)


def _checked(kind: str, said: dict[str, Any]) -> dict[str, Any]:
    strange = set(said) - {*FREE, *DECIDING}
    if strange:
        raise ValueError(f"not to be set: {sorted(strange)}")
    said = {name: value.strip() if isinstance(value, str) else value for name, value in said.items()}
    if kind == Kind.OIDC and "issuer" in said:
        said["issuer"] = check_address(said["issuer"].removesuffix("/.well-known/openid-configuration"))
    if kind == Kind.OIDC and "scopes" in said:
        said["scopes"] = " ".join(dict.fromkeys(["openid", *said["scopes"].split()]))
    if "endpoints" in said:
        said["endpoints"] = {
            name: check_address(url)
            for name, url in said["endpoints"].items()
            if name in ENDPOINTS[Kind(kind)] and url.strip()
        }
    return said
