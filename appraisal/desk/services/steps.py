"""What every service of the desk does, and the receivers with them: who holds a task, one line, one letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from appraisal.desk import selectors
from appraisal.desk.models import DeskItem, DeskLine, DeskTask
from appraisal.desk.selectors import Desk
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.appraisal import ProgressV1
from federation.contracts.messages import Attachment, Message
from federation.letters.post import post
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from notify import live

State = DeskTask.State
MACHINE = Actor(None, "系统")


class AlreadyClaimed(Conflict):
    """Two reached for the same task; this one is told who has it."""

    code = "already_claimed"
    sentence = _("{name} 已先接单。您可以看，但要由 {name} 退回后才能处理。")


class NotYours(Conflict):
    """Only who holds the task may answer it."""

    code = "not_claimed_by_you"
    sentence = _("请先接单再处理。")


def held_task(desk: Desk, task_id: UUID) -> DeskTask:
    task = selectors.access_task(desk, task_id, lock=True)
    require_held(desk, task)
    return task


def require_held(desk: Desk, task: DeskTask) -> None:
    if task.state == State.CANCELLED:
        raise Conflict(_("申请方已取消这件申请，无需再答。"), code="request_cancelled")
    if task.claimed_by_id != desk.person.pk:
        if task.claimed_by is not None:
            raise AlreadyClaimed(name=task.claimed_by.display_name, task_id=task.pk)
        raise NotYours(task_id=task.pk)


def item_of(task: DeskTask, item_id: UUID) -> DeskItem:
    item = task.items.filter(pk=item_id).first()
    if item is None:
        raise BadInput(_("这件商品不在该申请里，请刷新页面。"), code="item_unknown", item_id=item_id)
    return item


def party_of(organisation_id: UUID) -> str:
    return f"org-{organisation_id}"


def write_line(
    task: DeskTask,
    kind: str,
    side: str,
    who: str,
    *,
    at: datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
    letter_id: UUID | None = None,
    line_id: UUID | None = None,
) -> DeskLine:
    line = DeskLine.objects.create(
        pk=line_id or uuid7(),
        task=task,
        kind=kind,
        side=side,
        who=who,
        text=text,
        data=data or {},
        at=at,
        letter_id=letter_id,
    )
    announce(task, kind)
    return line


def announce(task: DeskTask, kind: str) -> None:
    live.publish([f"task:{task.pk}", "queue"], kind, {"id": str(task.pk)}, party=party_of(task.organisation_id))


def to_province(task: DeskTask, message: Message, by: Any, attachments: Sequence[Attachment] = ()) -> None:
    post(
        message,
        to=Address.province(task.province_code),
        sender=Address.organisation(task.organisation_id),
        thread=task.thread,
        by=by,
        in_reply_to=task.letter_id,
        attachments=attachments,
        purpose="appraisal",
    )


def tell_progress(task: DeskTask, step: str, *, at: datetime, by: Any, who: str = "", note: str = "") -> None:
    to_province(
        task,
        ProgressV1(request_id=task.request_id, step=step, at=at, who=who, note=note),  # type: ignore[arg-type]
        by,
    )
