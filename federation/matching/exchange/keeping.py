"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("每轮比对用的加盐摘要，过轮即失效。")
KEPT = {f"matching_exchange.{name}": _WHY for name in ("Round", "Digest")}
