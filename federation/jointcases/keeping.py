"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Link

_WHY = _("联合办案室是各方共同的记录，一方不能单独清理。")
KEPT = {
    f"jointcases.{name}": _WHY
    for name in ("Room", "Entry", "SeatUnit", "GuestPass", "RoomFile", "RoomGrant", "OwnMatter")
}
LINKS = [Link("jointcases.OwnMatter", "matter_id")]
