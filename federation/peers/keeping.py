"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("与其他安装之间的密钥和投递状态，不含案件内容。")
KEPT = {f"peers.{name}": _WHY for name in ("Peer", "PeerKey", "OwnKey", "SeenRequest", "Arrival")}
