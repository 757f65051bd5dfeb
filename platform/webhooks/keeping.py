"""Events and what became of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_SETTING = _("回调的设置和密钥，不含案件内容。")
KINDS = [
    Kind(
        code="events",
        title=_("事件与回调记录"),
        model="webhooks.Event",
        date_of="at",
        default_days=30,
        parts=("webhooks.Delivery",),
        own_task="webhooks.drop_old",
    )
]
KEPT = {f"webhooks.{name}": _SETTING for name in ("FeedHead", "Endpoint", "EndpointKey")}
