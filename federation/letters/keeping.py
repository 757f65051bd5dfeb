"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("函件是收发双方共有的凭据，任何一方不能单独删除；双方各自的业务记录按各自的期限清理。")
KEPT = {f"letters.{name}": _WHY for name in ("Letter", "LetterBody", "Delivery", "LedgerEntry")}
