"""What platforms asked, on both sides."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.keeping import Kind

_OWN = _("平台与品牌约定的受理条件。")
KINDS = [
    Kind(
        code="fast_tasks",
        title=_("平台快问（品牌留存）"),
        model="platforms.FastTask",
        date_of="arrived_at",
        parts=(
            "platforms.FastTaskPicture",
            "platforms.FastOpinion",
            "platforms.FastOpinionWithdrawal",
        ),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
    Kind(
        code="fast_asks",
        title=_("平台快问（平台留存）"),
        model="platforms.FastAsk",
        date_of="asked_at",
        parts=(
            "platforms.AskPicture",
            "platforms.FastAnswer",
            "platforms.FastAnswerRecall",
        ),
        carries=("evidence.Exhibit",),
        is_case=True,
    ),
]
KEPT = {f"platforms.{name}": _OWN for name in ("PlatformLimit", "HolderTerms", "PlatformTerms")}
