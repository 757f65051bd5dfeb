"""The officer is asked back, and spoken with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk import selectors
from appraisal.desk.models import DeskLine, DeskLinePhoto, DeskSupplement, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services.steps import State, announce, held_task, item_of, tell_progress, to_province, write_line
from appraisal.letter_photos import chat_shots, each_once, view_attachment
from audit.move import move
from audit.trail import Actor
from evidence.models import Exhibit
from federation.contracts.appraisal import ChatV1, SupplementV1
from kernel import clock
from kernel.errors import BadInput
from provinces.context import required


@transaction.atomic
def ask_again(*, desk: Desk, task_id: UUID, item_id: UUID, shot_code: str, reason: str) -> DeskSupplement:
    """Ask for one shot again, or for one more, with the reason the officer will read. Twice is once while open."""
    task = held_task(desk, task_id)
    item = item_of(task, item_id)
    if not reason.strip():
        raise BadInput(_("请写明补拍的原因，例如“批号模糊，请靠近再拍一张”。"), code="reason_missing")
    asked = item.supplements.filter(shot_code=shot_code, reason=reason.strip(), answered_at=None).first()
    if asked is not None:
        return asked
    now = clock.now()
    supplement = DeskSupplement.objects.create(
        item=item, shot_code=shot_code, reason=reason.strip(), asked_by=desk.person, asked_at=now
    )
    if task.state != State.SUPPLEMENT:
        move(task, "ask_photos", by=desk.person, why=reason)
    write_line(
        task,
        "supplement",
        "brand",
        desk.person.display_name,
        at=now,
        text=supplement.reason,
        data={"shot_code": shot_code, "item_id": str(item.pk)},
    )
    to_province(
        task,
        SupplementV1(
            request_id=task.request_id,
            item_id=item.item_id,
            supplement_id=supplement.pk,
            shot_code=shot_code,
            reason=supplement.reason,
            who=desk.person.display_name,
            at=now,
        ),
        desk.person,
    )
    return supplement


@transaction.atomic
def say_enough(*, desk: Desk, task_id: UUID) -> DeskTask:
    """够了: the photos suffice, the officer may stop taking them."""
    task = held_task(desk, task_id)
    if task.enough_at is None:
        now = clock.now()
        task.enough_at = now
        task.save(update_fields=["enough_at"])
        write_line(task, "enough", "brand", desk.person.display_name, at=now)
        tell_progress(task, "enough", at=now, who=desk.person.display_name, by=desk.person)
    return task


@transaction.atomic
def say(
    *, desk: Desk, task_id: UUID, text: str, exhibits: Sequence[Exhibit] = (), line_id: UUID | None = None
) -> DeskLine:
    """Say something to the officer, with photos where there are any. line_id makes it once."""
    task = selectors.access_task(desk, task_id, lock=True)
    if line_id and (known := task.lines.filter(pk=line_id).first()):
        return known
    if not text.strip() and not exhibits:
        raise BadInput(_("请先写一句话或选一张照片。"), code="text_missing")
    if any(exhibit.state == Exhibit.State.REFUSED for exhibit in exhibits):
        raise BadInput(_("这张照片打不开，没有发送。请换一张再试。"), code="photo_refused")
    line = write_line(
        task,
        "chat",
        "brand",
        desk.person.display_name,
        at=clock.now(),
        text=text.strip(),
        line_id=line_id,
        data={"held": "photos"} if any(exhibit.state != Exhibit.State.READY for exhibit in exhibits) else None,
    )
    DeskLinePhoto.objects.bulk_create(DeskLinePhoto(line=line, exhibit=exhibit) for exhibit in exhibits)
    if not line.data:
        _post_line(task, line, exhibits, desk.person)
    return line


def _post_line(task: DeskTask, line: DeskLine, exhibits: Sequence[Exhibit], by: Any) -> None:
    to_province(
        task,
        ChatV1(
            request_id=task.request_id,
            line_id=line.pk,
            who=line.who,
            text=line.text,
            photos=chat_shots(exhibits),
            at=line.at,
        ),
        by,
        each_once(view_attachment(exhibit, "chat") for exhibit in exhibits),
    )


def photo_settled(exhibit: Exhibit) -> None:
    """A photo of a chat line is ready or was refused: the line leaves, or says that it could not.

    Called by `evidence` in its transaction; photos that no line waits for are passed over.
    """
    if required().kind != "brands":
        return
    for line in DeskLine.objects.select_for_update().filter(photos__exhibit=exhibit, data__held="photos"):
        exhibits = [photo.exhibit for photo in line.photos.select_related("exhibit")]
        if any(each.state == Exhibit.State.RECEIVED for each in exhibits):
            continue
        refused = any(each.state == Exhibit.State.REFUSED for each in exhibits)
        line.data = {"held": "refused"} if refused else {}
        line.save(update_fields=["data"])
        task = DeskTask.objects.get(pk=line.task_id)
        if not refused:
            _post_line(task, line, exhibits, Actor(exhibits[0].by_id, line.who))
        announce(task, "chat")
