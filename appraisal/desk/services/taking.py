"""A task is opened, taken, given back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.desk import selectors
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.ringing import hush
from appraisal.desk.services.steps import AlreadyClaimed, State, held_task, tell_progress, write_line
from audit.move import move
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import NotAllowed


class NotAnAppraiser(NotAllowed):
    """Administrators and rights staff may look, but only appraisers take tasks."""

    code = "not_an_appraiser"
    sentence = _("接单和答复由“{organisation}”的鉴定人员办理。您可以查看和对话。")


@transaction.atomic
def open_task(*, desk: Desk, task_id: UUID) -> DeskTask:
    """Somebody looks at a waiting task: the officer sees it was opened (once), a ringing person has read it."""
    task = selectors.access_task(desk, task_id, lock=True)
    now = clock.now()
    if task.rung_at and task.read_at is None and (task.rung_user_id in {None, desk.person.pk}):
        task.read_at = now
        task.save(update_fields=["read_at"])
        hush(task, desk.person.pk)
        tell_progress(task, "read", at=now, who=desk.person.display_name, by=desk.person)
    if task.state == State.WAITING and not task.lines.filter(kind="opened").exists():
        write_line(task, "opened", "brand", desk.person.display_name, at=now)
        tell_progress(task, "opened", at=now, who=desk.person.display_name, by=desk.person)
    return task


@transaction.atomic
def claim(*, desk: Desk, task_id: UUID) -> DeskTask:
    """Take a task. Of two in the same second one has it; the other is told who. Twice is once."""
    task = selectors.access_task(desk, task_id, lock=True)
    if task.state in DeskTask._HELD and task.claimed_by_id == desk.person.pk:
        return task
    if task.state in DeskTask._HELD and task.claimed_by is not None:
        raise AlreadyClaimed(name=task.claimed_by.display_name, task_id=task.pk)
    if not parties.appraisers_for(desk.organisation).filter(user=desk.person).exists():
        raise NotAnAppraiser(organisation=desk.organisation.name)
    now = clock.now()
    move(task, "claim", by=desk.person, claimed_by=desk.person, claimed_at=now)
    hush(task, desk.person.pk, task.rung_user_id)
    write_line(task, "claimed", "brand", desk.person.display_name, at=now)
    tell_progress(task, "claimed", at=now, who=desk.person.display_name, by=desk.person)
    return task


@transaction.atomic
def release(*, desk: Desk, task_id: UUID, reason: str = "") -> DeskTask:
    """Give a task back to the queue; the next on duty is rung anew."""
    return release_held(held_task(desk, task_id), desk.person, reason)


def release_held(task: DeskTask, by: User, reason: str) -> DeskTask:
    now = clock.now()
    move(task, "release", by=by, why=reason, claimed_by=None, rung_rank=-1, rung_at=None, reminded_at=None)
    write_line(task, "released", "brand", by.display_name, at=now, text=reason)
    tell_progress(task, "released", at=now, who=by.display_name, by=by, note=reason[:200])
    return task
