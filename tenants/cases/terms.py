"""The clock of a case: 90 days from the filing to the decision, 30 more by the head, and what does not count.

Source: 市场监督管理行政处罚程序规定 art. 64. Plain days, reckoned from facts by `kernel.clock`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from appraisal.opinions import clocks
from kernel import clock
from kernel.clock import ClockStanding, ClockState, Extension, Pause, Term
from tenants.cases.models import Case
from tenants.cases.opinions import requests_of

FIRST_EXTENSION_DAYS = 30


@dataclass(frozen=True)
class CaseTerm:
    """Where the term stands. days_used, days_left: whole days; left is negative when it is over."""

    standing: ClockStanding
    due_at: datetime
    last_day: date
    days_left: int
    late: bool
    words: str


def clock_of(case: Case) -> ClockState:
    """The term as facts."""
    more = list(case.extensions.all())
    return ClockState(
        start=case.filed_at,
        term=Term(case.term_days, clock.Unit.CALENDAR_DAY),
        pauses=(
            *(Pause(each.begin, each.end, each.reason) for each in case.pauses.all()),
            *clocks.pauses_of(clocks.DECISION, lambda: requests_of(case)),
        ),
        extension=Extension(sum(each.days for each in more), more[-1].reason, more[-1].approved_by_name)
        if more
        else None,
        met_at=case.closed_at,
    )


def term_of(case: Case, *, now: datetime | None = None) -> CaseTerm:
    """The term of a case in words."""
    now = now or clock.now()
    read = clock_of(case).read(now)
    last, today = clock.local_date(read.due_at), clock.local_date(now)
    left = (last - today).days
    if read.standing is ClockStanding.MET:
        words = _("已结案，超期办结。") if read.late else _("已在期限内结案。")
    elif read.standing is ClockStanding.OVERDUE:
        words = _("办案期限已过 %(days)s 天。请报负责人处理。") % {"days": -left}
    elif read.standing is ClockStanding.PAUSED:
        paused = next((each for each in case.pauses.all() if each.end is None), None)
        why = paused.get_kind_display() if paused is not None else _("等待权利人答复")
        words = _("期限暂停：%(why)s。恢复后继续计算。") % {"why": why}
    else:
        words = _("还剩 %(days)s 天，%(day)s 期满。") % {"days": left, "day": last.isoformat()}
    return CaseTerm(read.standing, read.due_at, last, left, read.late, words)
