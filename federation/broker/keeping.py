"""Kept for ever, and why."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Link

_WHY = _("管辖争议和督办的决定长期保存。")
KEPT = {
    f"broker.{name}": _WHY
    for name in ("Dispute", "DisputeWord", "Route", "Look", "UnitsTold", "ListedSupervision", "SupervisionReport")
}
LINKS = [Link("broker.Dispute", "subject_id"), Link("broker.ListedSupervision", "subject_id")]
