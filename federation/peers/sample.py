"""A bureau with its own platform has sent its card, and nobody has telephoned yet. Found by name: `runtime.seed`."""

from __future__ import annotations

from typing import Any

from accounts.models import Post, User
from audit.trail import Actor
from federation.peers import keys, services
from federation.peers.models import Peer

WORDS = ("对等平台", "peer platforms")
_INSTALLATION = "czj.hainan.example"


def fill(stage: Any) -> None:
    """Make what is missing."""
    with stage.enter("office"):
        if Peer.objects.filter(installation=_INSTALLATION).exists():
            return
        admins = User.objects.filter(posts__role=Post.Role.OFFICE_ADMIN).order_by("username")
        zhao = admins.first() or Actor(None, "系统")
        card = services.Card(_INSTALLATION, f"https://courier.{_INSTALLATION}", keys.encode(bytes(range(7, 39))))
        services.add(card=str(card), title="海南省市场监督管理局自建平台（示例）", by=zhao)
