"""What follows of what was said: newcomers get what they missed, files leave the wall, people are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from audit.trail import Person
from evidence.services import take_in as take_in_view
from federation.contracts.joint_case import EntryV1, ShownV1
from federation.jointcases import access, people
from federation.jointcases.models import Room, RoomFile
from federation.jointcases.reckoning import JOINED, LEFT, ROSTER, RoomNow
from federation.jointcases.services import saying
from federation.letters.post import Envelope
from kernel import clock
from kernel.errors import Words
from notify.services import tell

CODE = "joint_case"
_PASSED_ON = frozenset({"seat_joined", "seat_left", "seat_declined"})


def react(
    room: Room, before: RoomNow, after: RoomNow, *, by: Person, came: Sequence[EntryV1] = (), via: str = ""
) -> None:
    """Everything that one change of the room brings about at this party."""
    me = room.holder
    _close_files(room, after)
    access.end_grants(room, after, by=by)
    if me in after.active_parties():
        fresh = {each for each in after.active_parties() if each not in before.active_parties()}
        fresh |= {each for each in after.active_parties() if after.contents_for(each) and not before.contents_for(each)}
        for party in sorted(fresh - {me}):
            send_missed(room, after, party, by=by)
    if came and after.lead_party == me:
        passed = [each for each in came if each.said.what in _PASSED_ON and each.party == via]
        saying.send(room, after, passed, after.active_parties() - {me, via}, by=by)
    _tell(room, before, after, by)


def send_missed(room: Room, now: RoomNow, party: str, *, by: Person) -> None:
    """All that this party said, to one that joined later; by who leads also the roster and what those gone said."""
    active = now.active_parties()
    leads = now.lead_party == room.holder
    entries = [
        line.entry
        for line in now.lines
        if line.entry.party == room.holder
        or (leads and (line.entry.said.what in ROSTER or line.entry.party not in active))
    ]
    saying.send(room, now, entries, [party], by=by, files=access.files_for(room, now, party, by=by))


# The wall -------------------------------------------------------------------------------------------------------------


def take_files(room: Room, now: RoomNow, entries: Sequence[EntryV1], envelope: Envelope) -> None:
    """Keep the views that came beside entries, where the room says that they are for this party."""
    beside = {file.sha256: file for file in envelope.attachments}
    for entry in entries:
        it = entry.said
        if not isinstance(it, ShownV1) or it.view_sha256 not in beside or entry.party != str(envelope.sender):
            continue
        item = now.items.get(it.item_id)
        if item is None or item.party != entry.party or not now.shown_to(item, room.holder):
            continue
        if RoomFile.objects.filter(room=room, item_id=it.item_id).exists():
            continue
        exhibit = take_in_view(
            beside[it.view_sha256],  # type: ignore[arg-type]
            letter_id=envelope.letter_id,
            captured_at=it.captured_at,
            by_name=entry.who,
        )
        RoomFile.objects.create(room=room, item_id=it.item_id, exhibit=exhibit)


def _close_files(room: Room, now: RoomNow) -> None:
    """What is off the wall, or not for this party any more, opens here no more."""
    rows = RoomFile.objects.filter(room=room, ended_at=None)
    gone = [
        row.pk
        for row in rows
        if (item := now.items.get(row.item_id)) is None or item.off or not now.shown_to(item, room.holder)
    ]
    if gone:
        RoomFile.objects.filter(pk__in=gone).update(ended_at=clock.now())


# Who is told ----------------------------------------------------------------------------------------------------------


def _tell(room: Room, before: RoomNow, after: RoomNow, by: Person) -> None:
    me = room.holder
    name = room.code_name or room.title
    for pk, task in after.tasks.items():
        was = before.tasks.get(pk)
        holder = after.seats.get(task.holder)
        if holder is None or holder.party != me or not task.open or (was and was.holder == task.holder):
            continue
        words = _("“{name}”：任务退回牵头单位：{task}") if task.returned else _("“{name}”：交给本单位的任务：{task}")
        _notice(room, [task.holder], words.format(name=name, task=task.is_.title), by, urgent=task.returned)
    if after.lead_party == me and after.lead:
        for pk, seat in after.seats.items():
            then = before.seats.get(pk)
            if seat.party == me or then is None or then.state == seat.state:
                continue
            told = {
                JOINED: _("“{name}”：{seat} 参加"),
                "declined": _("“{name}”：{seat} 不参加"),
                LEFT: _("“{name}”：{seat} 退出"),
            }.get(seat.state)
            if told:
                _notice(room, [after.lead], told.format(name=name, seat=seat.is_.name), by)
    own = [pk for pk, seat in after.seats.items() if seat.party == me and seat.state == JOINED]
    if after.lead != before.lead and after.lead in own and before.header is not None:
        _notice(room, own, _("“{name}”：牵头已移交给本单位").format(name=name), by)
    if (after.closed_at is None) != (before.closed_at is None) and before.header is not None:
        words = _("“{name}”已结案") if after.closed_at else _("“{name}”重新启动")
        _notice(room, own, words.format(name=name), by)


def _notice(room: Room, seats: Collection[UUID], title: Words, by: Person, *, urgent: bool = False) -> None:
    told = people.of_seats(room, seats) - {by.pk}
    if told:
        tell(to=told, code=CODE, title=title, url=f"/joint-cases/{room.pk}/", urgent=urgent)


def tell_invited(room: Room, seats: Collection[UUID], by_name: str) -> None:
    """An invitation came: a working day to answer."""
    title = _("{name} 邀请参加联合办案“{room}”，请在一个工作日内答复").format(name=by_name, room=room.title)
    _notice(room, seats, title, saying.MACHINE, urgent=True)
