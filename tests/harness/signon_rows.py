"""Rows that addresses of signing in need, for the world of the doors."""

from __future__ import annotations

from typing import Any

from audit.trail import Actor
from provinces import context
from signon import refusals
from signon.identities import Identity
from signon.idp import keys
from signon.services import clients, providers

MACHINE = Actor(None, "系统")


def fill(code: str) -> dict[str, Any]:
    """Commits, in one province: a provider, somebody it was refused to, a system that signs in with us, and a key."""
    with context.province(code):
        row = providers.create(by=MACHINE, kind="wecom", name=f"{code}企业微信", client_id=f"ww-{code}", secret="s")
        refused = refusals.note(row, Identity(uid=f"{code}-1", value="某", name=f"{code}某人", claims={}), "unknown")
        system, _secret = clients.create(
            by=MACHINE, name=f"{code}档案系统", redirect_uris=["https://files.example.cn/"]
        )
        keys.private_keys()
    return {"sign_on_id": row.pk, "refusal_id": refused.pk, "system_id": system.pk}
