"""Kept for ever here and in the apps below, which hold no case data or are the proof of what was done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_BASE = _("公开的基础数据，不含个人信息和案件内容。")
_PROOF = _("证明谁在何时做过什么，不记案件内容。封存日志中到期记录的文字会去掉，只留散列值。")
_LEAD = _("编号给出后永远保留，文件清理后注明作废。")
KEPT = {
    **{
        f"provinces.{name}": _BASE for name in ("Province", "Domain", "DirectoryVersion", "RemoteParty", "SharedSchema")
    },
    **{f"divisions.{name}": _BASE for name in ("Division", "Township", "DivisionHistory", "Zone")},
    **{
        f"audit.{name}": _PROOF
        for name in ("Trail", "LogEntry", "LogNode", "LogHead", "HeadStamp", "HeadWitness", "WitnessedHead", "LogCheck")
    },
    "audit.NumberSeries": _LEAD,
    "audit.IssuedNumber": _LEAD,
}
