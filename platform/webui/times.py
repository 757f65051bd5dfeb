"""Times in words: "3 分钟前", "1 小时 20 分"."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE, HOUR, DAY = 60, 3600, 86400


def duration_words(span: timedelta | float) -> str:
    """Return a length of time in at most two units. `span`: a timedelta or seconds; the sign is dropped."""
    seconds = abs(int(span.total_seconds() if isinstance(span, timedelta) else span))
    if seconds < MINUTE:
        return ngettext("%(n)d 秒", "%(n)d 秒", seconds) % {"n": seconds}
    if seconds < HOUR:
        n = seconds // MINUTE
        return ngettext("%(n)d 分钟", "%(n)d 分钟", n) % {"n": n}
    if seconds < DAY:
        hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
        if not minutes:
            return ngettext("%(n)d 小时", "%(n)d 小时", hours) % {"n": hours}
        return _("%(h)d 小时 %(m)d 分") % {"h": hours, "m": minutes}
    n = seconds // DAY
    return ngettext("%(n)d 天", "%(n)d 天", n) % {"n": n}


def ago_words(when: datetime, now: datetime | None = None) -> str:
    """Return how long ago (or how soon) `when` is; a date once a week has passed. `when`: aware."""
    now = now or timezone.now()
    seconds = (now - when).total_seconds()
    if abs(seconds) < MINUTE:
        return _("刚刚") if seconds >= 0 else _("马上")
    if abs(seconds) >= 7 * DAY:
        local = timezone.localtime(when)
        if local.year == timezone.localtime(now).year:
            return _("%(month)d月%(day)d日") % {"month": local.month, "day": local.day}
        return local.strftime("%Y-%m-%d")
    words = {"span": duration_words(seconds)}
    return _("%(span)s前") % words if seconds > 0 else _("%(span)s后") % words


def exact_words(when: datetime) -> str:
    """Return the moment in local time to the second, `2026-03-05 14:02:31`. `when`: aware."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M:%S")
