"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Link

_WHY = _("共享有自己的到期日，到期即清除内容，只留授权记录。")
KEPT = {f"grants.{name}": _WHY for name in ("Grant", "Item", "Use")}
LINKS = [Link("grants.Grant", "subject_id")]
