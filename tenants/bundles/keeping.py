"""Exports of one matter."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

KINDS = [
    Kind(
        code="bundles",
        title=_("导出包"),
        model="bundles.Bundle",
        date_of="expires_at",
        default_days=7,
        own_task="bundles.sweep",
        note=_("文件 7 天后删除，导出过的记录保留。"),
    ),
]
