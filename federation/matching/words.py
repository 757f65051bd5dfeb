"""What people read of matching outside its own pages: kinds of letters, sentences of notices."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Words

LETTERS: dict[str, Words] = {
    "matching.found": _("比中告知"),
    "matching.step": _("比中协商"),
    "matching.asked": _("比中协商转告"),
    "matching.told": _("比中互告"),
    "matching.standing": _("比中状态"),
    "matching.gone": _("比对值注销"),
    "matching.probed": _("手工比对备案"),
    "matching.same_run": _("跨省同批告知"),
    "matching.brand_asked": _("品牌亮明征询"),
    "matching.brand_answered": _("品牌亮明答复"),
    "series.raised": _("系列提请"),
    "series.proposed": _("系列征询"),
    "series.answered": _("系列征询答复"),
    "series.told": _("系列进展"),
}
NOTICES: dict[str, Words] = {
    "match_news": _("外省比中有新消息"),
    "series_news": _("跨省系列有新消息"),
}
CLOSED_WHY: dict[str, Words] = {
    "gone": _("有一方已没有涉及这个值的记录"),
    "stopped": _("这个值人人都有，已停止比对"),
    "not_one_run": _("品牌不再认定为同批"),
    "unreachable": _("对方省份暂时不能联系"),
}
