"""Notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

KINDS = [
    Kind(
        code="notices",
        title=_("站内通知"),
        model="notify.Notice",
        date_of="created_at",
        parts=("notify.Outbound",),
        note=_("记录清理时，指向它的通知一起清理。"),
    )
]
KEPT = {"notify.ChannelSetting": _("单位的发送设置，不含个人信息。")}
