"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("协议是各方共同的文件，长期保存。")
KEPT = {
    f"agreements.{name}": _WHY
    for name in (
        "Agreement",
        "Revision",
        "Recognition",
        "Answer",
        "Entry",
        "Departure",
        "Meeting",
        "Seat",
        "Minutes",
        "Action",
    )
}
