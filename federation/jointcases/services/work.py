"""What members put into the room: tasks, progress, links, minutes, notes; and cases of one's own beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from federation.contracts import joint_case as said
from federation.jointcases import matters, selectors
from federation.jointcases.models import OwnMatter
from federation.jointcases.reckoning import RoomNow
from federation.jointcases.selectors import Inside
from federation.jointcases.services import saying
from kernel.errors import BadInput, NotAllowed, NotFound404
from kernel.ids import uuid7


def _say(room: Inside, it: said.Said, seat_id: UUID) -> RoomNow:
    return saying.say(saying.locked(room.room), it, seat_id=seat_id, by=room.viewer.person)


# Tasks ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_task(
    *,
    room: Inside,
    title: str,
    holder: UUID,
    words: str = "",
    due_on: Any = None,
    task_id: UUID | None = None,
    dropped: bool = False,
) -> UUID:
    """Who leads gives a task to a seat, changes it, gives it to another, or drops it. Returns its id."""  # fmt: skip
    speaks = room.lead_seat
    if holder not in room.now.seats or (task_id is not None and task_id not in room.now.tasks):
        raise NotFound404()
    it = said.TaskSetV1(
        task_id=task_id or uuid7(), title=title.strip(), words=words.strip(), holder=holder, due_on=due_on,
        dropped=dropped,
    )  # fmt: skip
    _say(room, it, speaks)
    return it.task_id


@transaction.atomic
def report_task(
    *, room: Inside, task_id: UUID, standing: str, result: str = "", handed_to: UUID | None = None
) -> RoomNow:
    """Its holder says how a task stands, or hands it to another seat. Raises NotFound404, BadInput."""
    task = room.now.tasks.get(task_id)
    if task is None:
        raise NotFound404()
    if standing in ("done", "cannot") and not result.strip():
        raise BadInput(_("请写明完成情况，或不能完成的原因。"), code="joint_case_result_missing")
    if standing == "handed" and (handed_to is None or handed_to not in room.now.seats):
        raise BadInput(_("请选择接手的单位。"), code="joint_case_handed_to")
    it = said.TaskReportedV1(
        task_id=task_id, standing=standing, result=result.strip(), handed_to=handed_to
    )  # fmt: skip
    return _say(room, it, room.own(task.holder).id)


# The progress table ---------------------------------------------------------------------------------------------------


@transaction.atomic
def set_progress(*, room: Inside, seat_id: UUID | None = None, row_id: UUID | None = None, **row: Any) -> UUID:
    """A row of one's own, new or changed. Raises NotAllowed for a row of another unit."""
    held = room.now.rows.get(row_id) if row_id else None
    if row_id is not None and held is None:
        raise NotFound404()
    seat = room.own(held.seat_id if held else seat_id)
    it = said.ProgressV1(row_id=row_id or uuid7(), **row)
    _say(room, it, seat.id)
    return it.row_id


# Links ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def tie(
    *, room: Inside, via: str, one: dict[str, Any], other: dict[str, Any], value: str = "", words: str = ""
) -> UUID:
    """Draw a link between two places, persons or accounts; each is known already (`node_id`) or said anew."""
    seat = room.own()
    ends = _node(room, one), _node(room, other)
    if ends[0].node_id == ends[1].node_id:
        raise BadInput(_("联系的两端不能是同一个。"), code="joint_case_tie_ends")
    it = said.TieV1(
        tie_id=uuid7(), one=ends[0], other=ends[1], via=via, value=value.strip(), words=words.strip()
    )  # fmt: skip
    _say(room, it, seat.id)
    return it.tie_id


def _node(room: Inside, end: dict[str, Any]) -> said.NodeV1:
    known = nodes(room.now)
    if end.get("node_id"):
        found = known.get(end["node_id"])
        if found is None:
            raise NotFound404()
        return found
    label, kind = str(end.get("label", "")).strip(), end.get("kind") or "shop"
    if not label:
        raise BadInput(_("请选择或填写联系的两端。"), code="joint_case_tie_ends")
    same = next((each for each in known.values() if (each.label, each.kind) == (label, kind)), None)
    return same or said.NodeV1(node_id=uuid7(), kind=kind, label=label[:80], place=str(end.get("place", ""))[:80])


def nodes(now: RoomNow) -> dict[UUID, said.NodeV1]:
    """Everything that links are drawn between, in the order it was said."""
    found: dict[UUID, said.NodeV1] = {}
    for it, _seat in now.ties.values():
        found.setdefault(it.one.node_id, it.one)
        found.setdefault(it.other.node_id, it.other)
    return found


@transaction.atomic
def untie(*, room: Inside, tie_id: UUID) -> RoomNow:
    """Take a link back: who drew it, or who leads."""
    held = room.now.ties.get(tie_id)
    if held is None:
        raise NotFound404()
    it, seat_id = held
    own = {seat.id for seat in room.joined}
    if seat_id not in own and not room.leads:
        raise NotAllowed()
    return _say(room, it.model_copy(update={"dropped": True}), seat_id if seat_id in own else room.lead_seat)


# Meetings -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_minutes(
    *,
    room: Inside,
    title: str,
    held_on: Any,
    present: str = "",
    words: str = "",
    actions: Sequence[dict[str, Any]] = (),
    meeting_id: UUID | None = None,
) -> UUID:
    """Minutes of a joint meeting, and who does what by when. The seat that wrote them may write them again."""
    held = room.now.meetings.get(meeting_id) if meeting_id else None
    if meeting_id is not None and held is None:
        raise NotFound404()
    seat = room.own(held.seat_id if held else None)
    if any(each.get("seat_id") not in room.now.seats for each in actions):
        raise BadInput(_("议定事项的责任单位要从成员中选。"), code="joint_case_action_seat")
    made = tuple(said.MeetingActionV1(**({"action_id": uuid7()} | each)) for each in actions)
    it = said.MinutesV1(
        meeting_id=meeting_id or uuid7(), title=title.strip(), held_on=held_on, present=present.strip(),
        words=words.strip(), actions=made,
    )  # fmt: skip
    _say(room, it, seat.id)
    return it.meeting_id


@transaction.atomic
def action_done(*, room: Inside, action_id: UUID, words: str = "") -> RoomNow:
    """What a meeting settled is done: said by its unit, or by who leads."""
    for meeting in room.now.meetings.values():
        for action in meeting.is_.actions:
            if action.action_id != action_id:
                continue
            own = {seat.id for seat in room.joined}
            speaks = action.seat_id if action.seat_id in own else room.lead_seat
            it = said.ActionDoneV1(meeting_id=meeting.is_.meeting_id, action_id=action_id, words=words.strip())
            return _say(room, it, speaks)
    raise NotFound404()


@transaction.atomic
def note(*, room: Inside, words: str, seat_id: UUID | None = None) -> RoomNow:
    """A word to everybody."""
    if not words.strip():
        raise BadInput(_("请写内容。"), code="joint_case_note_empty")
    return _say(room, said.NoteV1(words=words.strip()), room.own(seat_id).id)


# One's own ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def link_own(*, room: Inside, kind: str, matter_id: UUID) -> OwnMatter:
    """Put a case or clue of one's own beside the room. It stays here: nothing of it is sent. Twice is once."""
    if room.guest or not room.viewer.writes:
        raise NotAllowed()
    if matters.find(room.viewer.person, kind, matter_id) is None:
        raise NotFound404()
    row, is_new = OwnMatter.objects.get_or_create(
        room=room.room,
        matter_kind=kind,
        matter_id=matter_id,
        defaults={"by_name": room.viewer.person.display_name},
    )
    if is_new:
        trail.record(room.room, "link_own", by=room.viewer.person, data={"kind": kind, "id": str(matter_id)})
        saying.changed(room.room)
    return row


@transaction.atomic
def unlink_own(*, room: Inside, own_id: UUID) -> None:
    """Take it out again."""
    if room.guest or not room.viewer.writes:
        raise NotAllowed()
    row = selectors.access_own_matter(room, own_id)
    row.delete()
    trail.record(room.room, "unlink_own", by=room.viewer.person, data={"id": str(row.matter_id)})
    saying.changed(room.room)
