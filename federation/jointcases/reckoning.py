"""A room out of its entries: one order for everybody, whatever order letters came in.

Entries are taken by turn, then by id. What its author might not say then (no seat, not leading, another's row) is not
counted, in every copy alike; it stays in the timeline and says so. No database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from federation.contracts import joint_case as said
from federation.contracts.joint_case import EntryV1, SeatV1

INVITED, JOINED, DECLINED, LEFT = "invited", "joined", "declined", "left"


@dataclass
class Seat:
    """One seat as it stands."""

    is_: SeatV1
    state: str = INVITED
    asked_at: datetime | None = None
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    reason: str = ""

    @property
    def id(self) -> UUID:
        return self.is_.seat_id

    @property
    def party(self) -> str:
        return self.is_.party

    @property
    def late(self) -> bool:
        """Answered after the term."""
        return bool(self.answer_by and self.answered_at and self.answered_at > self.answer_by)


@dataclass
class Task:
    """A task and who holds it now. returned: it came back because its holder left."""

    is_: said.TaskSetV1
    holder: UUID
    standing: str = "open"
    result: str = ""
    returned: bool = False
    at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.standing in ("open", "underway")


@dataclass
class Row:
    """One row of the progress table. explained: why it had no end when the room was closed."""

    is_: said.ProgressV1
    seat_id: UUID
    at: datetime
    explained: str = ""


@dataclass
class Item:
    """Something on the wall. off: it is not shown any more, and why."""

    is_: said.ShownV1
    seat_id: UUID
    party: str
    at: datetime
    who: str
    off: bool = False
    why: str = ""


@dataclass
class Meeting:
    """Minutes as last written, and which of its actions were done."""

    is_: said.MinutesV1
    seat_id: UUID
    at: datetime
    done: dict[UUID, tuple[datetime, str]] = field(default_factory=dict)


@dataclass
class Line:
    """One line of the timeline. counted: False where its author might not say it."""

    entry: EntryV1
    counted: bool


@dataclass
class Totals:
    """What the progress table adds up to; quantities by unit of measure."""

    rows: int = 0
    ended: int = 0
    filed: int = 0
    referred: int = 0
    detained: int = 0
    value_yuan: Decimal = Decimal(0)
    quantities: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class RoomNow:
    """The room as this copy knows it. lead: id of the leading seat."""

    header: said.OpenedV1 | None = None
    origin: str = ""
    opened_at: datetime | None = None
    lead: UUID | None = None
    leads: set[str] = field(default_factory=set)
    seats: dict[UUID, Seat] = field(default_factory=dict)
    tasks: dict[UUID, Task] = field(default_factory=dict)
    rows: dict[UUID, Row] = field(default_factory=dict)
    ties: dict[UUID, tuple[said.TieV1, UUID]] = field(default_factory=dict)
    items: dict[UUID, Item] = field(default_factory=dict)
    meetings: dict[UUID, Meeting] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    closed_at: datetime | None = None
    report: str = ""
    turn: int = 0

    @property
    def lead_party(self) -> str:
        """Who leads now: the leading seat's party, and until that has joined whoever opened the room."""
        seat = self.seats.get(self.lead) if self.lead else None
        return seat.party if seat is not None and seat.state == JOINED else self.origin

    def joined(self, *, contents: bool = False) -> list[Seat]:
        """Seats that take part; contents: those that get more than who takes part."""
        return [each for each in self.seats.values() if each.state == JOINED and (each.is_.contents or not contents)]

    def active_parties(self) -> set[str]:
        """Parties with a seat that takes part."""
        return {each.party for each in self.joined()}

    def contents_for(self, party: str) -> bool:
        """Whether a party gets more than who takes part."""
        return any(each.party == party for each in self.joined(contents=True))

    def persons_for(self, party: str) -> bool:
        """Whether a party gets names, phones and accounts of persons. Seats of guests do not count for theirs."""
        return any(each.party == party and each.is_.persons and not each.is_.guest for each in self.joined())

    def shown_to(self, item: Item, party: str) -> bool:
        """Whether an item of the wall is for a party."""
        if item.off or not self.contents_for(party):
            return False
        if party == item.party or item.is_.audience == "everybody":
            return True
        theirs = [each for each in self.joined(contents=True) if each.party == party]
        if item.is_.audience == "named":
            return any(each.id in item.is_.named for each in theirs)
        return any(each.is_.kind == "bureau" for each in theirs)

    def totals(self) -> Totals:
        """The last line of the progress table."""
        found = Totals()
        for row in self.rows.values():
            it = row.is_
            found.rows += 1
            found.ended += it.ended
            found.filed += it.filed_on is not None
            found.referred += it.referred_on is not None
            found.detained += it.detained
            found.value_yuan += it.value_yuan or 0
            if it.quantity is not None:
                found.quantities[it.unit] = found.quantities.get(it.unit, Decimal(0)) + it.quantity
        return found

    def contributions(self) -> dict[UUID, dict[str, int]]:
        """What each seat put in, counted by kind of entry."""
        found: dict[UUID, dict[str, int]] = {pk: {} for pk in self.seats}
        for line in self.lines:
            if line.counted:
                counts = found.setdefault(line.entry.seat_id, {})
                counts[line.entry.said.what] = counts.get(line.entry.said.what, 0) + 1
        return found


@dataclass(frozen=True)
class Kept:
    """An entry and who sent it here."""

    entry: EntryV1
    via: str


ROSTER = frozenset(
    {
        *("opened", "described", "seat_named", "seat_joined", "seat_declined", "seat_left"),
        *("lead_handed", "closed", "reopened"),
    }
)
"""What every invited party may know: who takes part, who leads, whether it goes on."""


def reckon(kept: Iterable[Kept], *, origin: str) -> RoomNow:
    """The room of these entries. origin: who let this party in; only what came from there opens the room.

    What was passed on counts when it came from there or from somebody who leads or led; that is itself said in entries,
    so they are taken again until nobody is added.
    """
    found = [each for each in kept if each.entry.said.what != "opened" or each.via == origin]
    trusted = {origin}
    while True:
        room = _reckon(_ordered(each for each in found if each.via == each.entry.party or each.via in trusted))
        if room.leads <= trusted:
            return room
        trusted |= room.leads


def _ordered(kept: Iterable[Kept]) -> list[Kept]:
    """In the one order, each entry once: its author's own letter before one that was passed on."""
    ranked = sorted(
        kept, key=lambda each: (each.entry.turn, each.entry.entry_id.int, each.via != each.entry.party, each.via)
    )
    found: dict[UUID, Kept] = {}
    for each in ranked:
        found.setdefault(each.entry.entry_id, each)
    return list(found.values())


def _reckon(kept: Iterable[Kept]) -> RoomNow:
    room = RoomNow()
    for entry in (each.entry for each in kept):
        counted = _STEPS[entry.said.what](room, entry, entry.said)
        room.turn = max(room.turn, entry.turn)
        if room.lead is not None:
            room.leads.add(room.lead_party)
        room.lines.append(Line(entry, counted))
    return room


def _leads(room: RoomNow, entry: EntryV1) -> bool:
    return room.header is not None and entry.party == room.lead_party


def _sits(room: RoomNow, entry: EntryV1) -> bool:
    seat = room.seats.get(entry.seat_id)
    return seat is not None and seat.party == entry.party and seat.state == JOINED and seat.is_.contents


def _opened(room: RoomNow, entry: EntryV1, it: said.OpenedV1) -> bool:
    if room.header is not None:
        return False
    room.origin = entry.party
    room.header, room.opened_at, room.lead = it, entry.at, it.lead.seat_id
    joined = it.lead.party == entry.party
    room.seats[it.lead.seat_id] = Seat(it.lead, JOINED if joined else INVITED, entry.at)
    return True


def _described(room: RoomNow, entry: EntryV1, it: said.DescribedV1) -> bool:
    if not _leads(room, entry) or room.header is None:
        return False
    room.header = room.header.model_copy(update=it.model_dump(exclude={"what"}))
    return True


def _named(room: RoomNow, entry: EntryV1, it: said.SeatNamedV1) -> bool:
    if not _leads(room, entry):
        return False
    held = room.seats.get(it.seat.seat_id)
    if held is not None and held.party != it.seat.party:
        return False
    if held is not None and held.state in (INVITED, JOINED):
        held.is_ = it.seat
        held.answer_by = it.answer_by or held.answer_by
        return True
    # Seats of the leading party's own, and those it minds for guests, need no letter and so no answer.
    own = it.seat.party == entry.party
    room.seats[it.seat.seat_id] = Seat(it.seat, JOINED if own else INVITED, entry.at, it.answer_by)
    if own:
        room.seats[it.seat.seat_id].answered_at = entry.at
    return True


def _joined(room: RoomNow, entry: EntryV1, it: said.SeatJoinedV1) -> bool:
    seat = room.seats.get(it.seat_id)
    if seat is None or seat.party != entry.party or seat.state not in (INVITED, DECLINED):
        return False
    seat.state, seat.answered_at, seat.reason = JOINED, entry.at, ""
    contact = {"contact_name": it.contact_name, "contact_phone": it.contact_phone}
    if any(contact.values()):
        seat.is_ = seat.is_.model_copy(update=contact)
    return True


def _declined(room: RoomNow, entry: EntryV1, it: said.SeatDeclinedV1) -> bool:
    seat = room.seats.get(it.seat_id)
    if seat is None or seat.party != entry.party or seat.state != INVITED:
        return False
    seat.state, seat.answered_at, seat.reason = DECLINED, entry.at, it.reason
    return True


def _left(room: RoomNow, entry: EntryV1, it: said.SeatLeftV1) -> bool:
    seat = room.seats.get(it.seat_id)
    allowed = seat is not None and (entry.party == seat.party if not it.removed else _leads(room, entry))
    if seat is None or not allowed or seat.state not in (INVITED, JOINED) or seat.id == room.lead:
        return False
    seat.state, seat.reason, seat.answered_at = LEFT, it.reason, entry.at
    for task in room.tasks.values():
        if task.holder == seat.id and task.open and room.lead is not None:
            task.holder, task.returned = room.lead, True
    for item in room.items.values():
        if item.seat_id == seat.id and not item.off:
            item.off, item.why = True, it.reason
    return True


def _handed(room: RoomNow, entry: EntryV1, it: said.LeadHandedV1) -> bool:
    seat = room.seats.get(it.seat_id)
    if not _leads(room, entry) or seat is None or seat.is_.kind != "bureau" or seat.is_.guest:
        return False
    # Before the leading seat has joined the opener may name another one; after that only one that takes part.
    first = room.seats.get(room.lead) if room.lead else None
    if seat.state != JOINED and first is not None and first.state == JOINED:
        return False
    room.lead = seat.id
    return True


def _task(room: RoomNow, entry: EntryV1, it: said.TaskSetV1) -> bool:
    holder = room.seats.get(it.holder)
    if not _leads(room, entry) or holder is None or holder.state in (LEFT, DECLINED):
        return False
    held = room.tasks.get(it.task_id)
    if held is None:
        held = room.tasks[it.task_id] = Task(it, it.holder)
    elif held.holder != it.holder:
        held.returned = False
    held.is_, held.holder, held.at = it, it.holder, entry.at
    if it.dropped:
        held.standing = "dropped"
    elif held.standing in ("cannot", "dropped"):
        held.standing = "open"
    return True


def _reported(room: RoomNow, entry: EntryV1, it: said.TaskReportedV1) -> bool:
    task = room.tasks.get(it.task_id)
    holder = room.seats.get(task.holder) if task else None
    if task is None or holder is None or not _sits(room, entry) or holder.id != entry.seat_id:
        return False
    task.at, task.result = entry.at, it.result or task.result
    if it.standing == "handed":
        to = room.seats.get(it.handed_to) if it.handed_to else None
        if to is None or to.state != JOINED or to.id == holder.id:
            return False
        task.holder, task.standing, task.returned = to.id, "open", False
    else:
        task.standing = it.standing
    return True


def _progress(room: RoomNow, entry: EntryV1, it: said.ProgressV1) -> bool:
    held = room.rows.get(it.row_id)
    if not _sits(room, entry) or (held is not None and held.seat_id != entry.seat_id):
        return False
    room.rows[it.row_id] = Row(it, entry.seat_id, entry.at)
    return True


def _tie(room: RoomNow, entry: EntryV1, it: said.TieV1) -> bool:
    held = room.ties.get(it.tie_id)
    if not _sits(room, entry) or (held is not None and held[1] != entry.seat_id and not _leads(room, entry)):
        return False
    if it.dropped:
        room.ties.pop(it.tie_id, None)
    else:
        room.ties[it.tie_id] = (it, held[1] if held else entry.seat_id)
    return True


def _shown(room: RoomNow, entry: EntryV1, it: said.ShownV1) -> bool:
    held = room.items.get(it.item_id)
    if not _sits(room, entry) or (held is not None and held.seat_id != entry.seat_id):
        return False
    room.items[it.item_id] = Item(it, entry.seat_id, entry.party, entry.at, entry.who)
    return True


def _shown_ended(room: RoomNow, entry: EntryV1, it: said.ShownEndedV1) -> bool:
    item = room.items.get(it.item_id)
    if item is None or item.party != entry.party or item.off:
        return False
    item.off, item.why = True, it.reason
    return True


def _minutes(room: RoomNow, entry: EntryV1, it: said.MinutesV1) -> bool:
    held = room.meetings.get(it.meeting_id)
    if not _sits(room, entry) or (held is not None and held.seat_id != entry.seat_id):
        return False
    room.meetings[it.meeting_id] = replace(held, is_=it) if held else Meeting(it, entry.seat_id, entry.at)
    return True


def _action_done(room: RoomNow, entry: EntryV1, it: said.ActionDoneV1) -> bool:
    meeting = room.meetings.get(it.meeting_id)
    action = next((each for each in meeting.is_.actions if each.action_id == it.action_id), None) if meeting else None
    if meeting is None or action is None or not _sits(room, entry):
        return False
    if action.seat_id != entry.seat_id and not _leads(room, entry):
        return False
    meeting.done.setdefault(it.action_id, (entry.at, it.words))
    return True


def _note(room: RoomNow, entry: EntryV1, it: said.NoteV1) -> bool:
    return _sits(room, entry)


def _closed(room: RoomNow, entry: EntryV1, it: said.ClosedV1) -> bool:
    if not _leads(room, entry) or room.closed_at is not None:
        return False
    room.closed_at, room.report = entry.at, it.report
    for each in it.explained:
        if each.row_id in room.rows:
            room.rows[each.row_id].explained = each.words
    return True


def _reopened(room: RoomNow, entry: EntryV1, it: said.ReopenedV1) -> bool:
    if not _leads(room, entry) or room.closed_at is None:
        return False
    room.closed_at = None
    return True


_STEPS: dict[str, Callable[[RoomNow, EntryV1, Any], bool]] = {
    "opened": _opened,
    "described": _described,
    "seat_named": _named,
    "seat_joined": _joined,
    "seat_declined": _declined,
    "seat_left": _left,
    "lead_handed": _handed,
    "task_set": _task,
    "task_reported": _reported,
    "progress": _progress,
    "tie": _tie,
    "shown": _shown,
    "shown_ended": _shown_ended,
    "minutes": _minutes,
    "action_done": _action_done,
    "note": _note,
    "closed": _closed,
    "reopened": _reopened,
}


def veiled(entry: EntryV1) -> EntryV1:
    """The entry for a reader without the right to persons: names, phones and accounts of persons are left out."""
    it = entry.said
    if isinstance(it, said.ProgressV1):
        it = it.model_copy(update={"party_name": "", "veiled": bool(it.party_name) or it.veiled})
    elif isinstance(it, said.TieV1):
        hidden = it.via in ("phone", "account", "money")
        it = it.model_copy(
            update={
                "one": _veiled_node(it.one),
                "other": _veiled_node(it.other),
                "value": "" if hidden else it.value,
                "veiled": (hidden and bool(it.value)) or it.veiled,
                "words": "" if hidden or "person" in (it.one.kind, it.other.kind) else it.words,
            }
        )
    elif isinstance(it, said.SeatNamedV1):
        it = it.model_copy(update={"seat": it.seat.model_copy(update={"contact_phone": ""})})
    elif isinstance(it, said.SeatJoinedV1):
        it = it.model_copy(update={"contact_phone": ""})
    else:
        return entry
    return entry.model_copy(update={"said": it})


def _veiled_node(node: said.NodeV1) -> said.NodeV1:
    if node.kind not in ("person", "account"):
        return node
    return node.model_copy(update={"label": "", "veiled": True})
