"""`province suspend` and `resume`: nobody is served, nothing is lost; what was sent meanwhile arrives afterwards.

Every step is taken again each time: between a run that was broken off and the next one the other may have been run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock
from kernel.errors import Words
from notify.live import renew_party
from operations.errors import ProcedureRefused
from operations.parts import found
from operations.procedures import Act, Run, Say, run
from operations.province import checks, removing
from provinces import context, provisioning
from provinces.models import Province

SUSPEND, RESUME = "province.suspend", "province.resume"


def suspend(code: str, *, why: str, by: str, say: Say, dry_run: bool = False) -> Run:
    """Serve a province no more, within a second: no pages, no sign-ins, no tasks, no letters delivered."""
    acts = [
        Act("state", gettext_lazy("停止应答、投递和任务"), _stop, _would_stop, again=True),
        Act("sessions", gettext_lazy("结束登录和令牌"), _end_sessions, again=True),
        Act("answers", gettext_lazy("域名应答"), _answers(503), again=True),
    ]
    return run(SUSPEND, code, acts, options={"why": why}, by=by, say=say, dry_run=dry_run)


def resume(code: str, *, by: str, say: Say, dry_run: bool = False) -> Run:
    """Serve it again; letters that waited, or were laid aside because it was suspended, are delivered."""
    acts = [
        Act("check", gettext_lazy("核对账号和权限"), _check, again=True),
        Act("state", gettext_lazy("恢复应答、投递和任务"), _start, _would_start, again=True),
        Act("letters", gettext_lazy("补投暂停期间的来件"), _letters, again=True),
        Act("answers", gettext_lazy("域名应答"), _answers(200, 302), again=True),
    ]
    return run(RESUME, code, acts, by=by, say=say, dry_run=dry_run)


def _of(state: Run, *, lock: bool = False) -> Province:
    rows = Province.objects.select_for_update(no_key=True) if lock else Province.objects.all()
    row: Province | None = rows.filter(schema_name=state.scope).first()
    if row is None:
        raise ProcedureRefused(why=_("没有 {code}。").format(code=state.scope))
    return row


def _would_stop(state: Run) -> Iterator[Words]:
    row = _of(state)
    yield _("{title} 现在：{state}").format(title=row.bureau_title, state=row.get_state_display())
    yield _("域名答“已暂停使用”，来件等待，其他省局不受影响")


def _stop(state: Run) -> dict[str, Any]:
    with context.owner():
        row = _of(state)
        if row.state not in (Province.State.ACTIVE, Province.State.SUSPENDED):
            raise ProcedureRefused(why=_("{code} 正在开通，没有可暂停的。").format(code=state.scope))
        # One that a restoration left closed is suspended by nobody yet.
        Province.objects.filter(Q(state=Province.State.ACTIVE) | Q(suspended_at=None), pk=row.pk).update(
            state=Province.State.SUSPENDED, suspended_at=clock.now()
        )
        provisioning.changed()
    return {}


def _end_sessions(state: Run) -> dict[str, Any]:
    ended: dict[str, int] = {}
    with context.province(state.scope):
        for _label, function in found("ending", "end_sessions"):
            ended |= function(state.scope)
        renew_party(state.scope)
    for name, count in ended.items():
        state.line(f"{name}: {count}")
    return ended


def _answers(*wanted: int) -> Any:
    def do(state: Run) -> dict[str, Any]:
        for words in checks.of_hosts(state.scope, wanted=wanted):
            state.line(words)
        return {}

    return do


def _check(state: Run) -> dict[str, Any]:
    for words in checks.of_login(state.scope):
        state.line(words)
    return {}


def _resumable(row: Province) -> Province:
    """Raises ProcedureRefused."""
    code = row.schema_name
    if row.state == Province.State.PROVISIONING:
        raise ProcedureRefused(why=_("{code} 还没有开通完。请先运行 province add。").format(code=code))
    if removing.has_begun(code):
        raise ProcedureRefused(
            why=_(
                "{code} 的撤除没有做完，可能已经删除了一部分。请再运行一次 province remove 把它做完；"
                "不撤除了，用 province remove --abandon 放弃，缺了的从备份恢复，再运行 province resume。"
            ).format(code=code)
        )
    return row


def _would_start(state: Run) -> Iterator[Words]:
    row = _resumable(_of(state))
    yield _("{title} 现在：{state}").format(title=row.bureau_title, state=row.get_state_display())


def _start(state: Run) -> dict[str, Any]:
    with context.owner(), transaction.atomic():
        row = _resumable(_of(state, lock=True))
        Province.objects.filter(pk=row.pk).update(state=Province.State.ACTIVE, suspended_at=None)
        provisioning.changed()
    return {}


def _letters(state: Run) -> dict[str, Any]:
    told: dict[str, int] = {}
    with context.owner():
        for _label, function in found("resuming", "resume_province"):
            told |= function(state.scope)
    for name, count in told.items():
        state.line(f"{name}: {count}")
    return told
