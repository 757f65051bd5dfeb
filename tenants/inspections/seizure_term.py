"""The clocks of a seizure, reckoned from its facts: 30 days and at most 30 more, and 24 hours for an urgent one.

Source: 行政强制法 art. 19 (report within 24 hours), art. 25 (30 + 30 days, technical appraisal excluded), art. 69
(terms above ten days are plain days). A term that ends on a rest day is not lengthened here: holding goods
longer than the law says would be the bureau's risk, so the last working day before is named instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from appraisal.opinions import clocks
from appraisal.requests.models import AppraisalRequest
from kernel import clock
from kernel.clock import ClockStanding, ClockState, Extension, Pause, Term
from tenants.inspections.seizure_models import Seizure, SeizureExtension
from webui.times import duration_words

ALARM_DAYS = 5
REPORT_WITHIN = timedelta(hours=24)
TERM_DAYS = LONGEST_EXTENSION_DAYS = 30
HELD = (Seizure.State.URGENT, Seizure.State.IN_FORCE, Seizure.State.MUST_RELEASE)


@dataclass(frozen=True)
class Standing:
    """Where the term of goods that are held stands. days_left: whole days, negative when it is over.

    unlawful: the goods are held though the term is over. last_working_day: set when the term ends on a rest day.
    """

    due_at: datetime
    last_day: date
    days_left: int
    paused: bool
    unlawful: bool
    released: bool
    released_late: bool
    last_working_day: date | None
    words: str

    @property
    def alarming(self) -> bool:
        """From five days before the end, and after it, while the goods are held."""
        return not self.released and not self.paused and self.days_left <= ALARM_DAYS


def clock_of(seizure: Seizure) -> ClockState | None:
    """The term as facts; None while nothing has been carried out."""
    if seizure.carried_out_at is None:
        return None
    extension = next((each for each in seizure.extensions.all() if each.state == SeizureExtension.State.APPROVED), None)
    return ClockState(
        start=seizure.carried_out_at,
        term=Term(seizure.term_days, clock.Unit.CALENDAR_DAY),
        pauses=(
            *(Pause(each.begin, each.end, each.get_kind_display()) for each in seizure.pauses.all()),
            *clocks.pauses_of(clocks.SEIZURE, lambda: _asked_about(seizure)),
        ),
        extension=Extension(extension.days, extension.reason, extension.decided_by.name if extension.decided_by else "")
        if extension
        else None,
        met_at=seizure.released_at,
    )


def _asked_about(seizure: Seizure) -> list[UUID]:
    rows = AppraisalRequest.objects.filter(site_id=seizure.inspection.site_id)
    return list(rows.order_by().values_list("pk", flat=True))


def standing_of(seizure: Seizure, *, now: datetime | None = None) -> Standing | None:
    """The term of a seizure at a moment; None while nothing has been carried out."""
    facts = clock_of(seizure)
    if facts is None:
        return None
    now = now or clock.now()
    read = facts.read(now)
    last = clock.local_date(read.due_at)
    today = clock.local_date(now)
    left = (last - today).days
    released = read.standing is ClockStanding.MET
    paused = read.standing is ClockStanding.PAUSED
    unlawful = read.standing is ClockStanding.OVERDUE
    resting = None
    calendar = clock.national_calendar()
    if not calendar.is_working_day(last):
        resting = last - timedelta(days=1)
        while not calendar.is_working_day(resting):
            resting -= timedelta(days=1)
    if released and read.late:
        assert seizure.released_at is not None
        days = (clock.local_date(seizure.released_at) - last).days
        words = _("已解除，但解除时已超期 %(days)s 天。") % {"days": days}
    elif released:
        words = _("已在期限内解除。")
    elif unlawful:
        words = _("已超期 %(days)s 天：继续查封扣押没有法律依据，应当立即解除。") % {"days": max(1, -left)}
    elif paused:
        words = _("技术鉴定期间不计入期限，鉴定结束后继续计算。")
    elif left == 0:
        words = _("今天期满，今天之内要作出处理决定或解除。")
    else:
        words = _("还剩 %(days)s 天，%(day)s 期满。") % {"days": left, "day": last.isoformat()}
    return Standing(read.due_at, last, left, paused, unlawful, released, released and read.late, resting, words)


@dataclass(frozen=True)
class Report:
    """The 24 hours of an urgent seizure. late: reported after they were over, or still not reported."""

    due_at: datetime
    reported_at: datetime | None
    late: bool
    words: str


def report_of(seizure: Seizure, *, now: datetime | None = None) -> Report | None:
    """How the report of an urgent seizure stands; None for one that was approved first."""
    if not seizure.urgent or seizure.report_due_at is None:
        return None
    now = now or clock.now()
    due, done = seizure.report_due_at, seizure.reported_at
    if done is not None and done <= due:
        return Report(due, done, False, _("已在 24 小时内补报。"))
    if done is not None:
        return Report(due, done, True, _("补报迟了 %(span)s。") % {"span": duration_words(done - due)})
    if now > due:
        return Report(
            due, None, True, _("补报已超过 24 小时，迟了 %(span)s，请立即补报。") % {"span": duration_words(now - due)}
        )
    return Report(due, None, False, _("请在 %(span)s 内向负责人补报。") % {"span": duration_words(due - now)})
