"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("公开的共享终止和协议。")
KEPT = {f"published.{name}": _WHY for name in ("EndedGrant", "OpenAgreement")}
