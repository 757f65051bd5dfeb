"""The servers everything stands on: database, Valkey, object store, disk, queues, workers."""

from __future__ import annotations

import shutil

import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from gateway import valkey
from kernel import clock
from kernel.errors import Words
from watching import readiness
from watching.health import Check, Finding, Host, bad, figure, good, register, worse

DATABASE_UP = figure("czj_database_up", "1 while the database answers")
DATABASE_READ_ONLY = figure("czj_database_read_only", "1 while the database refuses to write")
VALKEY_UP = figure("czj_valkey_up", "1 while Valkey answers")
STORE_UP = figure("czj_store_up", "1 while the object store answers")
DISK_FREE = figure("czj_disk_free_ratio", "Free share of the disk that this process writes to")
QUEUE_PREFIX = figure("czj_queue_length", "Tasks that wait, all queues together")
LONGEST_QUEUE = figure("czj_queue_longest", "Tasks that wait in the longest queue")
DATABASE_BYTES = figure("czj_database_bytes", "Size of the whole database")
DATABASE_CONNECTIONS = figure("czj_database_connections_ratio", "Share of the server's connections that are taken")
DISK_LOW, DISK_FULL = 0.15, 0.05
QUEUE_LONG, QUEUE_STUCK = 500, 5000
_ALL: tuple[Host, ...] = ("province", "superior", "brands", "office")


def _database() -> Finding:
    found = readiness.reached()
    figures = {DATABASE_UP: float(found.database), DATABASE_READ_ONLY: float(found.read_only)}
    if not found.database:
        return bad(
            _("数据库没有应答。网页暂时打不开，已拍的照片留在手机里。请运维按手册“数据库停机”处理。"), figures=figures
        )
    if found.read_only:
        sentence = _("数据库只能读、不能写：可以查看，不能提交。请运维按手册“数据库停机”处理。")
        return bad(sentence, figures=figures)
    return good(figures=figures)


def _valkey() -> Finding:
    up = readiness.reached().valkey
    if up:
        return good(figures={VALKEY_UP: 1.0})
    sentence = _("消息服务没有应答：网页照常，实时提示和后台任务推迟，恢复后自动补上。请运维查看。")
    return bad(sentence, figures={VALKEY_UP: 0.0})


def _store() -> Finding:
    if readiness.reached().store:
        return good(figures={STORE_UP: 1.0})
    sentence = _("照片存储没有应答：新照片留在手机里，恢复后自动发送。请运维按手册“对象存储停机”处理。")
    return bad(sentence, figures={STORE_UP: 0.0})


def _disk() -> Finding:
    usage = shutil.disk_usage(settings.VAR_DIR)
    free = usage.free / usage.total if usage.total else 0.0
    figures, percent = {DISK_FREE: round(free, 4)}, round(free * 100)
    if free < DISK_FULL:
        return bad(_("磁盘只剩 {percent}%。请运维立即按手册“磁盘写满”处理。"), figures=figures, percent=percent)
    if free < DISK_LOW:
        return worse(_("磁盘剩余 {percent}%，请运维安排扩容。"), figures=figures, percent=percent)
    return good(_("剩余 {percent}%"), figures=figures, percent=percent)


def queue_lengths() -> dict[str, int]:
    """Tasks that wait, by queue; empty when the broker is none that tells, or is away."""
    names = [queue.name for queue in settings.CELERY_TASK_QUEUES] + ["intake", "recognition-first", "recognition"]
    if not settings.BROKER_URL.startswith(("redis", "valkey", "unix")):
        return {}
    try:
        pipe = valkey.client_of(settings.BROKER_URL).pipeline(transaction=False)
        for name in names:
            pipe.llen(name)
        return dict(zip(names, map(int, pipe.execute()), strict=True))
    except (redis.RedisError, OSError) as error:
        valkey.failed(error, "lengths of queues are not known")
        return {}


def _queues() -> Finding:
    lengths = queue_lengths()
    total, longest = sum(lengths.values()), max(lengths.values(), default=0)
    figures = {QUEUE_PREFIX: float(total), LONGEST_QUEUE: float(longest)}
    if longest >= QUEUE_STUCK:
        return bad(_("排队任务 {total} 个，处理跟不上。请运维按手册“定时任务停止”处理。"), figures=figures, total=total)
    if longest >= QUEUE_LONG:
        return worse(_("排队任务 {total} 个，比平时多。"), figures=figures, total=total)
    return good(_("排队 {total} 个"), figures=figures, total=total)


def _capacity() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), (SELECT count(*) FROM pg_stat_activity),"
            " current_setting('max_connections')::int"
        )
        size, used, most = cursor.fetchone()
    ratio = used / most
    figures = {DATABASE_BYTES: float(size), DATABASE_CONNECTIONS: round(ratio, 4)}
    said: Words = _("连接已用 {used}/{most}")
    if ratio >= 0.9:
        return worse(_("数据库连接已用 {used}/{most}，快满了。请运维查看。"), figures=figures, used=used, most=most)
    return good(said, figures=figures, used=used, most=most)


def _workers() -> Finding:
    """Whether anybody does what is queued: the reading of the seat itself is written by a task of beat's."""
    from watching.selectors import own_reading

    reading = own_reading()
    if reading is None:
        return Finding(
            worse("").state, _("后台任务还没有报告过。刚启动时等两分钟；一直如此，请运维按手册“定时任务停止”处理。")
        )
    late_s = (clock.now() - reading.taken_at).total_seconds()
    if late_s > LATE_S:
        sentence = _("后台任务已 {minutes} 分钟没有报告：定时或任务进程停了。请运维按手册“定时任务停止”处理。")
        return bad(sentence, minutes=round(late_s / 60))
    return good()


LATE_S = 300
register(Check("database", _("数据库"), _database, _ALL, once=True))
register(Check("valkey", _("消息服务"), _valkey, _ALL, once=True))
register(Check("store", _("照片存储"), _store, _ALL, once=True))
register(Check("disk", _("磁盘"), _disk, ("office",), once=True))
register(Check("queues", _("排队任务"), _queues, _ALL, once=True))
register(Check("capacity", _("数据库容量"), _capacity, ("office",), once=True))
register(Check("workers", _("后台任务"), _workers, _ALL))
