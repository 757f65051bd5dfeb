"""Who is told when the trail cannot be written, its copy outside is behind or a stored file was changed; how often."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import Words
from kernel.soon import soon
from notify.services import tell
from notify.words import register
from oversight import rules
from oversight.models import Copy
from provinces.context import current, required

log = logging.getLogger(__name__)
UNWRITABLE, BEHIND = "trail_unwritable", "trail_copy_behind"
GAP, CHANGED = "trail_copy_gap", "stored_file_changed"
_AGAIN_S = 600
_AGAIN = timedelta(hours=6)


def words() -> None:
    """What may leave the house about them."""
    register(UNWRITABLE, _("查阅记录写不进去，敏感内容已停止显示，请立即处理"))
    register(BEHIND, _("审计记录外送中断，请处理"))
    register(GAP, _("恢复备份后，审计外送副本多于本系统，请核对"))
    register(CHANGED, _("有存储文件与封存时不一致，请立即处理"))


def unwritable(error: DatabaseError) -> None:
    """`audit.reads.on_unwritable`: at most once in ten minutes a seat."""
    seat = current()
    if seat is None or seat.kind not in ("province", "brands", "office"):
        return
    try:
        first = cache.add("oversight:unwritable", 1, _AGAIN_S)
    except Exception:  # whatever a cache that is down raises
        first = True
    if not first:
        return
    code = getattr(error.__cause__, "pgcode", "") or type(error).__name__
    _tell(
        UNWRITABLE,
        _("查阅记录写不进去，敏感内容已停止显示"),
        _("数据库拒绝写入审计记录（代码 {code}）。请运维人员按《审计》手册检查磁盘空间和数据库权限；恢复后自动继续。"),
        code=code,
    )


def changed(key: str, sealed: str, found: str) -> None:
    """`evidence.store.on_differs`: once in six hours a file. By a task: what was being done is often taken back."""
    seat = current()
    if seat is None or seat.kind not in ("province", "superior", "brands", "office"):
        return
    mark = hashlib.sha256(key.encode()).hexdigest()[:32]
    told = f"oversight:changed:{mark}"
    is_first = cache.add(told, 1, int(_AGAIN.total_seconds()))
    if is_first and not soon(current_app.tasks["oversight.stored_changed"], key, sealed, found):
        cache.delete(told)  # the next look at the file tells


def tell_changed(key: str, sealed: str, found: str) -> None:
    """Tell of one file that is not what was sealed."""
    _tell(
        CHANGED,
        _("存储文件与封存时不一致"),
        _(
            "存储里的 {code} 已不是封存时的文件（封存时 {sealed}，现在 {found}），没有显示、导出或发出。"
            "请保留现场，核对是谁改动了存储，再从备份恢复这份文件。"
        ),
        code=key,
        sealed=sealed[:12],
        found=found[:12] or "-",
    )


def behind(row: Copy, problem: str) -> None:
    """A round of the copy failed: told once it is late, and again every six hours."""
    now = clock.now()
    since = row.failed_at or now
    Copy.objects.filter(pk=row.pk).update(failed_at=since, problem=problem[:200])
    if now - since < timedelta(minutes=10) or (row.told_at and now - row.told_at < _AGAIN):
        return
    Copy.objects.filter(pk=row.pk).update(told_at=now)
    _tell(
        BEHIND,
        _("审计记录外送中断"),
        _("外送已中断 {minutes} 分钟（{code}）。记录没有丢失，恢复后自动补送；请运维人员检查接收方。"),
        code=problem,
        minutes=int((now - since).total_seconds() // 60),
    )


def gap(since: int, until: int | None) -> None:
    """The copy outside has lines that are not here: told once, when it is marked. until: None where it is not known."""
    _tell(
        GAP,
        _("恢复备份后，审计外送副本里有本系统没有的记录"),
        _(
            "副本从第 {since} 条起{until}是备份以后写的，恢复后本系统里没有；副本没有被改动，以副本为准。"
            "请审计管理员调取副本核对，并写明原因存档。"
        ),
        since=since,
        until="" if until is None else str(_("至第 {place} 条")).format(place=until),
        code=f"{since}-{until or ''}",
    )


def _tell(alarm: str, title: Words, body: Words, **data: object) -> None:
    people = set(rules.auditors()) | set(rules.operators())
    log.critical("%s at %s: %s", alarm, required().name, data.get("code", ""))
    try:
        tell(to=people, code=alarm, title=title, body=str(body).format(**data), url="/audit/", urgent=True)
    except DatabaseError:
        log.critical("nobody could be told of %s: the database takes no notices either", alarm, exc_info=True)
