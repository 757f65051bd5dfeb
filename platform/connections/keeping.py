"""What other systems were told and asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_SETTING = _("对接的设置和凭据摘要，不含案件内容。")
KINDS = [
    Kind(
        code="traffic",
        title=_("对接往来记录"),
        model="connections.Call",
        date_of="at",
        default_days=30,
        own_task="connections.sweep",
    ),
    Kind(
        code="traffic_hours",
        title=_("对接往来的小时统计"),
        model="connections.Hour",
        date_of="hour",
        default_days=400,
        own_task="connections.sweep",
    ),
]
KEPT = {f"connections.{name}": _SETTING for name in ("Connection", "Client", "Secret", "ForeignUse")}
