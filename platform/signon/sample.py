"""A provider as a draft, somebody it refused, and a system that signs in with us. Found by name, see `runtime.seed`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import User
from audit.trail import Actor
from signon import refusals
from signon.identities import Identity
from signon.models import IdentityProvider, OwnClient, RefusedSignIn
from signon.services import clients, providers

WORDS = ("统一登录", "single sign-on")
PROVINCE = "gx"
CONSOLE = Actor(None, "控制台")


def fill(stage: Any) -> None:
    """Rows of 广西, where they are missing. Nobody signs in by the draft: it leads to an example's address."""
    if PROVINCE not in stage.cast.PROVINCES:
        return
    with stage.enter(PROVINCE):
        if not IdentityProvider.objects.exists():
            row = providers.create(
                by=CONSOLE,
                kind="oidc",
                name="自治区统一身份认证",
                issuer="https://id.example.com/realms/gx",
                client_id="chazhenjia",
                secret="sample only",
            )
            somebody = User.objects.filter(is_active=True, posts__role="officer").order_by("username").first()
            if somebody is not None:
                said = Identity(uid="450100-0917", value="gx450100917", name=somebody.name, claims={})
                refused = refusals.note(row, said, "unknown")
                RefusedSignIn.objects.filter(pk=refused.pk).update(
                    tries=3, last_at=stage.now - timedelta(minutes=12), first_at=stage.now - timedelta(hours=2)
                )
        if not OwnClient.objects.exists():
            clients.create(
                by=CONSOLE,
                name="执法装备管理",
                redirect_uris=["https://gear.example.com/sign-in/back"],
                logout_url="https://gear.example.com/sign-in/out",
                scopes=["profile", "unit"],
            )


def renew(later: Any) -> None:
    """The same at a story that an earlier release told."""
    fill(later)
