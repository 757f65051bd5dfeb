"""Until when an answer is promised: minutes that count inside service hours alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import BadInput

_LONGEST = timedelta(days=400)


def service_hours(text: str) -> clock.OfficeHours:
    """Spans of a day out of `09:00-12:00,14:00-18:00`. Raises BadInput."""
    try:
        return clock.OfficeHours.parse(text.replace("：", ":").replace("，", ","))
    except ValueError as error:
        raise BadInput(
            _("服务时间读不懂。请按 09:00-12:00,14:00-18:00 这样填写，时段从早到晚。"), code="service_hours_wrong"
        ) from error


def due_at(start: datetime, minutes: int, *, hours: clock.OfficeHours, every_day: bool) -> datetime:
    """When `minutes` of service time after `start` are over (UTC). every_day: days off are served too."""
    left, day, last = timedelta(minutes=minutes), clock.local_date(start), clock.local_date(start + _LONGEST)
    calendar = clock.national_calendar()
    while day <= last:
        if every_day or calendar.is_working_day(day):
            for begin, end in hours.spans:
                opens = max(start, datetime.combine(day, begin, clock.SHANGHAI))
                closes = datetime.combine(day, end, clock.SHANGHAI)
                if opens + left <= closes:
                    return (opens + left).astimezone(UTC)
                left -= max(timedelta(), closes - opens)
        day += timedelta(days=1)
    raise BadInput(_("承诺的时间太长。请缩短承诺，或加长服务时间。"), code="promise_too_long_to_count")
