"""Time: whether this machine's clock agrees with the database's and did not jump, and how far the holidays reach."""

from __future__ import annotations

import time
from datetime import date

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kernel import clock
from watching import clockwatch
from watching.health import Check, Finding, bad, figure, good, register, worse

SKEW = figure("czj_clock_skew_seconds", "How far this machine's clock is from the database's")
JUMPED = figure("czj_clock_jumps_seen", "Jumps of the clock seen within a day")
HOLIDAYS = figure("czj_calendar_days_left", "Days until the table of holidays ends")
SKEW_S, SKEW_BAD_S = 5.0, 60.0
HOLIDAYS_SOON_DAYS = 45


def _clock() -> Finding:
    clockwatch.look()
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        there = float(cursor.fetchone()[0])
    skew = (before + time.time()) / 2 - there
    jumps = clockwatch.recent()
    figures, seconds = {SKEW: round(skew, 3), JUMPED: float(len(jumps))}, round(abs(skew))
    if abs(skew) >= SKEW_BAD_S:
        sentence = _("这台机器的时钟与数据库相差 {seconds} 秒：期限和签名会算错。请运维立即按手册“时钟跳变”处理。")
        return bad(sentence, figures=figures, seconds=seconds)
    if jumps:
        jumped = round(max(abs(each.seconds) for each in jumps))
        sentence = _("一天内时钟跳过 {jumped} 秒。请运维按手册“时钟跳变”核对校时服务。")
        return worse(sentence, figures=figures, jumped=jumped)
    if abs(skew) >= SKEW_S:
        return worse(
            _("这台机器的时钟与数据库相差 {seconds} 秒。请运维核对校时服务。"), figures=figures, seconds=seconds
        )
    return good(figures=figures)


def _holidays() -> Finding:
    """A year without its holidays makes due dates provisional: they are counted, and marked so."""
    years = clock.national_calendar().years
    left = (date(max(years), 12, 31) - clock.today()).days if years else 0
    figures = {HOLIDAYS: float(left)}
    if left < 0:
        sentence = _(
            "今年的节假日还没有录入：期限按周一至周五暂算，并标明“暂定”。请省际协作办公室尽快在“节假日表”录入。"
        )
        return bad(sentence, figures=figures)
    if left < HOLIDAYS_SOON_DAYS:
        sentence = _("节假日表 {left} 天后用完，跨年的期限只能暂定。请省际协作办公室在“节假日表”录入明年的放假安排。")
        return worse(sentence, figures=figures, left=left)
    return good(_("还有 {left} 天"), figures=figures, left=left)


register(Check("clock", _("时钟"), _clock, ("province", "superior", "brands", "office")))
register(Check("holidays", _("节假日表"), _holidays, ("province", "office")))
