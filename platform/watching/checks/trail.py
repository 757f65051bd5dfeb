"""The sealed log: whether entries take their place, whether heads are made and time-stamped; the last backup."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from audit import log
from audit.models import HeadStamp, LogEntry, LogHead
from kernel import clock
from provinces.context import required
from watching.health import Check, Finding, bad, figure, good, register, worse

LAG = figure("czj_sealed_log_lag_seconds", "Age of the oldest entry of the sealed log without a place")
UNSEALED = figure("czj_sealed_log_waiting", "Entries of the sealed log without a place")
HEAD_AGE = figure("czj_sealed_log_head_age_seconds", "Age of the newest head of the sealed log that lacks entries")
STAMPS = figure("czj_time_stamps_waiting", "Heads that wait for their time-stamp")
BACKWARD = figure("czj_sealed_log_backward", "1 when the newest entry of the sealed log lies in the future")
BACKUP_AGE = figure("czj_backup_age_seconds", "Age of the last good backup")
LAG_S, LAG_BAD_S = 120, 900
BACKUP_LATE, BACKUP_MISSING = timedelta(hours=26), timedelta(hours=50)


def _sealed_log() -> Finding:
    name, now = log.name_of(), clock.now()
    waiting = LogEntry.objects.filter(log=name, position=None).aggregate(number=Count("id"), since=Min("at"))
    lag_s = max(0.0, (now - waiting["since"]).total_seconds()) if waiting["since"] else 0.0
    newest = LogEntry.objects.filter(log=name).order_by("-position").values_list("at", flat=True).first()
    ahead = newest is not None and newest > now + timedelta(minutes=1)
    stamps = HeadStamp.objects.filter(head__log=name, state=HeadStamp.State.WAITING).count()
    figures = {
        LAG: lag_s,
        UNSEALED: float(waiting["number"]),
        STAMPS: float(stamps),
        BACKWARD: float(ahead),
    }
    if ahead:
        sentence = _("封存日志里有比现在更晚的时间：这台机器的时钟被往回拨过。请运维按手册“时钟跳变”处理。")
        return bad(sentence, figures=figures)
    if lag_s >= LAG_BAD_S:
        sentence = _("封存记录已有 {minutes} 分钟没有排入日志。请运维按手册“定时任务停止”处理。")
        return bad(sentence, figures=figures, minutes=round(lag_s / 60))
    if lag_s >= LAG_S or stamps > 2:
        sentence = _("封存日志稍有滞后：待排入 {number} 条，待加盖时间戳 {stamps} 个。")
        return worse(sentence, figures=figures, number=waiting["number"], stamps=stamps)
    return good(figures=figures)


def _heads() -> Finding:
    name = log.name_of()
    last = LogHead.objects.filter(log=name).aggregate(at=Max("at"), size=Max("size"))
    open_ = LogEntry.objects.filter(Q(log=name), Q(position=None) | Q(position__gte=last["size"] or 0)).exists()
    age_s = (clock.now() - last["at"]).total_seconds() if last["at"] and open_ else 0.0
    if age_s > timedelta(hours=50).total_seconds():
        days = round(age_s / 86400)
        return worse(_("封存日志已 {days} 天没有日结。请运维查看定时任务。"), figures={HEAD_AGE: age_s}, days=days)
    return good(figures={HEAD_AGE: max(0.0, age_s)})


def _backup() -> Finding:
    """Of this seat's rows, as whoever keeps backups tells it."""
    try:
        last_of = import_string(settings.BACKUPS_LAST)
    except ImportError:
        return Finding(worse("").state, _("还没有备份记录。请运维按手册“备份缺失”安排每日备份。"))
    found = last_of(required().name)
    ended = getattr(found, "ended_at", None)
    if ended is None:
        return worse(_("还没有备份记录。请运维按手册“备份缺失”安排每日备份。"), figures={BACKUP_AGE: -1.0})
    age = clock.now() - ended
    figures, hours = {BACKUP_AGE: age.total_seconds()}, round(age.total_seconds() / 3600)
    if age > BACKUP_MISSING:
        return bad(_("最近一次备份在 {hours} 小时前。请运维立即按手册“备份缺失”处理。"), figures=figures, hours=hours)
    if age > BACKUP_LATE:
        return worse(_("最近一次备份在 {hours} 小时前，昨夜没有备份。"), figures=figures, hours=hours)
    return good(_("{hours} 小时前"), figures=figures, hours=hours)


register(Check("sealed_log", _("封存日志"), _sealed_log))
register(Check("heads", _("封存日结"), _heads))
register(Check("backup", _("备份"), _backup))
