"""What can be refused, and what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, Problem


class ProbesSpent(Problem):
    """Data: each (a person's a day), all (the province's)."""

    code = "match_probes_spent"
    status = 429
    title = _("次数用完")
    sentence = _("今天的手工比对已用完：每人 {each} 次，全省 {all} 次。请明天再来；已在记录中的值会自动比对。")


class OutOfOrder(Conflict):
    """A rung whose predecessor was not told yet. Data: rung."""

    code = "ladder_order"
    title = _("还不到这一步")
    sentence = _("请一步一步来：上一步双方互告之后，才能表示这一步。")


class MatchResting(Conflict):
    """A match that is paused or over."""

    code = "match_resting"
    title = _("现在不能办理")
    sentence = _("这条比中已暂停或结束，现在不能表示意见。恢复后会通知您。")
