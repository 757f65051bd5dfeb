"""The duty appraiser is rung."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk.models import DeskTask
from appraisal.desk.services.steps import MACHINE, State, tell_progress, write_line
from audit.trail import Actor
from federation.letters.addressees import SANDBOX_ORGANISATION
from federation.parties import selectors as parties
from kernel import clock
from notify.selectors import unread_about
from notify.services import mark_read, tell

REMIND_AFTER = timedelta(minutes=10)
HAND_OVER_AFTER = timedelta(minutes=30)


def mind_the_clock(*, now: datetime | None = None) -> int:
    """Ring the next on duty for tasks nobody took: at once, again after 10 minutes, the next person after 30.

    Returns how many were rung. Safe to run twice: each step is taken once under the task's lock.
    """
    now = now or clock.now()
    there = DeskTask.objects.filter(state=State.WAITING, organisation__state=parties.ACTIVE)
    waiting = there.exclude(organisation_id=SANDBOX_ORGANISATION).values_list("pk", flat=True)
    return sum(ring_now(task_id, now=now) for task_id in list(waiting))


@transaction.atomic
def ring_now(task_id: UUID, *, now: datetime | None = None) -> bool:
    """One step of ringing for one task. Returns whether anybody was rung."""
    task = DeskTask.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=task_id)
    tell_arrival(task)
    return ring(task, now=now or clock.now())


def tell_arrival(task: DeskTask) -> None:
    """The province hears once that a task came: beside the ringing, so that other letters do not wait for it."""
    if not task.lines.filter(kind="arrived").exists():
        write_line(task, "arrived", "system", "", at=task.arrived_at)
        tell_progress(task, "arrived", at=task.arrived_at, by=Actor(None, task.organisation.name))


def ring(task: DeskTask, *, now: datetime) -> bool:
    """One step of ringing for a locked task: first call, reminder, or hand-over. Returns whether anybody was rung."""
    if task.state != State.WAITING:
        return False
    on_duty = parties.on_duty(task.organisation, now)
    if task.rung_rank < 0 or task.rung_at is None:
        return ring_rank(task, on_duty, 0, now, "rung")
    if now - task.rung_at >= HAND_OVER_AFTER and task.rung_rank + 1 < len(on_duty):
        return ring_rank(task, on_duty, task.rung_rank + 1, now, "handed_over")
    if task.reminded_at is None and now - task.rung_at >= REMIND_AFTER and task.rung_user_id:
        task.reminded_at = now
        task.save(update_fields=["reminded_at"])
        _call(task, task.rung_user_id)
        write_line(task, "reminded", "system", "", at=now)
        tell_progress(task, "reminded", at=now, by=MACHINE)
        return True
    return False


def ring_rank(task: DeskTask, on_duty: Sequence[Any], rank: int, now: datetime, step: str) -> bool:
    if rank >= len(on_duty):
        return False
    person = on_duty[rank].user
    task.rung_rank, task.rung_user, task.rung_at, task.read_at, task.reminded_at = rank, person, now, None, None
    task.save(update_fields=["rung_rank", "rung_user", "rung_at", "read_at", "reminded_at"])
    _call(task, person.pk)
    write_line(task, step, "system", person.display_name, at=now)
    if step == "handed_over":
        tell_progress(task, "handed_over", at=now, by=MACHINE)
    tell_progress(task, "rung", at=now, by=MACHINE)
    return True


def _call(task: DeskTask, user_id: UUID) -> None:
    tell(
        to=[user_id],
        code="task_waiting",
        title=_("有一件鉴定申请等您接单"),
        url=_page(task),
        urgent=True,
        channels=("in_app", "email", "sms", "wecom", "dingtalk", "phone_call"),
    )


def hush(task: DeskTask, *user_ids: UUID | None) -> None:
    """Whoever was rung for the task and has seen it, or whose colleague took it, is not called again."""
    for user_id in filter(None, set(user_ids)):
        waiting = unread_about(user_id, code="task_waiting", url=_page(task))
        mark_read(user_id=user_id, notice_ids=waiting)


def _page(task: DeskTask) -> str:
    return f"/desk/{task.pk}/"
