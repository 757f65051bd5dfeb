"""The library of known fakes; features of photos go with their task (`desk`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WHY = _("假货特征库由权利人管理，停用后用来说明当时为什么提示。")
KEPT = {
    f"recognition.{name}": _WHY
    for name in (
        "Find",
        "LibraryEntry",
        "EntryPhoto",
        "SharedCode",
        "CodeAlert",
        "RunLink",
        "GuidePrice",
        "IndexState",
        "LibraryChoice",
        "BandLimits",
    )
} | {"recognition.ProvinceDay": _("按日的用时合计，没有案件内容，统计用。")}
