"""Letters of a joint case: the invitation, and what members put into the room.

A room is what was said in it. Each party keeps every entry it got; the room is reckoned from them in one order that
does not depend on when they came: by `turn` (one more than the highest its author had seen), then by id. So letters may
be doubled, delayed and shuffled. An entry is sent by its author, or passed on by who leads or led.

No entry has a place for a reporter. What tells of persons (`party_name`, labels of persons, phones, accounts) is left
out for a party without that right, and `veiled` says so.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

SeatKind = Literal["bureau", "brand", "association", "police", "department", "office"]
Secrecy = Literal["members", "leaders"]
Via = Literal["waybill", "phone", "account", "goods", "money", "other"]
NodeKind = Literal["shop", "store", "maker", "person", "account"]
Audience = Literal["bureaux", "everybody", "named"]


class SeatV1(Frozen):
    """One seat of a room. party: whose copy it reads; of somebody without an account here, the province that minds it.

    persons: gets names, phones and accounts of persons. contents: gets more than who takes part. place: in words.
    """

    seat_id: UUID
    party: str = Field(max_length=80)
    kind: SeatKind
    name: str = Field(min_length=1, max_length=120)
    division_code: str = Field("", pattern=r"^(\d{6})?$")
    place: str = Field("", max_length=80)
    contact_name: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=30)
    persons: bool = True
    contents: bool = True
    guest: bool = False


class OpenedV1(Frozen):
    """The room as it was opened or described anew by who leads. lead: the seat that leads from the beginning."""

    what: Literal["opened"] = "opened"
    title: str = Field(min_length=1, max_length=120)
    code_name: str = Field(min_length=1, max_length=40)
    purpose: str = Field("", max_length=2000)
    goods: str = Field("", max_length=200)
    secrecy: Secrecy = "members"
    series_id: UUID | None = None
    lead: SeatV1


class DescribedV1(Frozen):
    what: Literal["described"] = "described"
    title: str = Field(min_length=1, max_length=120)
    code_name: str = Field(min_length=1, max_length=40)
    purpose: str = Field("", max_length=2000)
    goods: str = Field("", max_length=200)
    secrecy: Secrecy = "members"


class SeatNamedV1(Frozen):
    """A seat is named and asked, or its rights and contact are changed. answer_by: by when it answers."""

    what: Literal["seat_named"] = "seat_named"
    seat: SeatV1
    answer_by: AwareDatetime | None = None


class SeatJoinedV1(Frozen):
    what: Literal["seat_joined"] = "seat_joined"
    seat_id: UUID
    contact_name: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=30)


class SeatDeclinedV1(Frozen):
    what: Literal["seat_declined"] = "seat_declined"
    seat_id: UUID
    reason: str = Field(min_length=1, max_length=500)


class SeatLeftV1(Frozen):
    """removed: by who leads, not by itself."""

    what: Literal["seat_left"] = "seat_left"
    seat_id: UUID
    reason: str = Field(min_length=1, max_length=500)
    removed: bool = False


class LeadHandedV1(Frozen):
    what: Literal["lead_handed"] = "lead_handed"
    seat_id: UUID
    reason: str = Field("", max_length=500)


class TaskSetV1(Frozen):
    """A task for one seat, whole. Set again by who leads, it replaces what was asked."""

    what: Literal["task_set"] = "task_set"
    task_id: UUID
    title: str = Field(min_length=1, max_length=120)
    words: str = Field("", max_length=1000)
    holder: UUID
    due_on: date | None = None
    dropped: bool = False


class TaskReportedV1(Frozen):
    """How a task stands, by its holder. handed_to: given to another seat, whose it is from now on."""

    what: Literal["task_reported"] = "task_reported"
    task_id: UUID
    standing: Literal["underway", "done", "cannot", "handed"]
    result: str = Field("", max_length=1000)
    handed_to: UUID | None = None


class ProgressV1(Frozen):
    """One row of the progress table, whole. It is its unit's alone: the seat that wrote it first."""

    what: Literal["progress"] = "progress"
    row_id: UUID
    place: str = Field(min_length=1, max_length=80)
    party_name: str = Field("", max_length=120)
    veiled: bool = False
    goods: str = Field("", max_length=120)
    quantity: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=3)
    unit: str = Field("", max_length=20)
    value_yuan: Decimal | None = Field(None, ge=0, max_digits=16, decimal_places=2)
    filed_on: date | None = None
    referred_on: date | None = None
    detained: int = Field(0, ge=0, le=10_000)
    next_step: str = Field("", max_length=300)
    ended: bool = False
    words: str = Field("", max_length=500)


class NodeV1(Frozen):
    """A place, person or account that links are drawn between. seat_id: whose, where it is a member's place."""

    node_id: UUID
    kind: NodeKind
    label: str = Field("", max_length=80)
    place: str = Field("", max_length=80)
    veiled: bool = False


class TieV1(Frozen):
    """One link between two of them, and by what. value: number of the waybill, phone or account."""

    what: Literal["tie"] = "tie"
    tie_id: UUID
    one: NodeV1
    other: NodeV1
    via: Via
    value: str = Field("", max_length=80)
    veiled: bool = False
    words: str = Field("", max_length=300)
    dropped: bool = False


class ShownV1(Frozen):
    """Something on the wall of evidence. view_sha256: of the file beside the letter, for those it was given to."""

    what: Literal["shown"] = "shown"
    item_id: UUID
    title: str = Field(min_length=1, max_length=120)
    words: str = Field("", max_length=500)
    form: str = Field("", max_length=20)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    sm3: str = Field(pattern=r"^[0-9a-f]{64}$")
    view_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    captured_at: AwareDatetime | None = None
    audience: Audience = "bureaux"
    named: tuple[UUID, ...] = Field((), max_length=60)
    until: date | None = None


class ShownEndedV1(Frozen):
    what: Literal["shown_ended"] = "shown_ended"
    item_id: UUID
    reason: str = Field("", max_length=500)


class MeetingActionV1(Frozen):
    action_id: UUID
    text: str = Field(min_length=1, max_length=300)
    seat_id: UUID
    owner: str = Field("", max_length=40)
    due_on: date | None = None


class MinutesV1(Frozen):
    """Minutes of a joint meeting, whole; written again by the same seat they replace what stood."""

    what: Literal["minutes"] = "minutes"
    meeting_id: UUID
    title: str = Field(min_length=1, max_length=120)
    held_on: date
    present: str = Field("", max_length=500)
    words: str = Field("", max_length=8000)
    actions: tuple[MeetingActionV1, ...] = Field((), max_length=40)


class ActionDoneV1(Frozen):
    what: Literal["action_done"] = "action_done"
    meeting_id: UUID
    action_id: UUID
    words: str = Field("", max_length=300)


class NoteV1(Frozen):
    what: Literal["note"] = "note"
    words: str = Field(min_length=1, max_length=2000)


class ExplainedV1(Frozen):
    row_id: UUID
    words: str = Field(min_length=1, max_length=300)


class ClosedV1(Frozen):
    """The joint case is over. report: what became of it; explained: rows that had no end yet."""

    what: Literal["closed"] = "closed"
    report: str = Field(min_length=1, max_length=8000)
    explained: tuple[ExplainedV1, ...] = Field((), max_length=200)


class ReopenedV1(Frozen):
    what: Literal["reopened"] = "reopened"
    reason: str = Field(min_length=1, max_length=500)


Said = Annotated[
    OpenedV1
    | DescribedV1
    | SeatNamedV1
    | SeatJoinedV1
    | SeatDeclinedV1
    | SeatLeftV1
    | LeadHandedV1
    | TaskSetV1
    | TaskReportedV1
    | ProgressV1
    | TieV1
    | ShownV1
    | ShownEndedV1
    | MinutesV1
    | ActionDoneV1
    | NoteV1
    | ClosedV1
    | ReopenedV1,
    Field(discriminator="what"),
]


class EntryV1(Frozen):
    """One thing said in a room. party, seat_id, who: its author. turn: its place in the order of all."""

    entry_id: UUID
    party: str = Field(max_length=80)
    seat_id: UUID
    turn: int = Field(ge=1)
    at: AwareDatetime
    who: str = Field(max_length=80)
    said: Said


@contract
class JointCaseInvitationV1(Message):
    """联合办案邀请函: a party is asked to take seats. It learns who takes part; contents only when it joins."""

    kind = "joint_case.invitation"
    due = (1, "working_day")
    numbered = True

    room_id: UUID
    title: str = Field(max_length=120)
    entries: tuple[EntryV1, ...] = Field(min_length=1, max_length=500)


@contract
class JointCaseEntriesV1(Message):
    """What was said in a room, one entry or many. Each is kept once."""

    kind = "joint_case.entries"

    room_id: UUID
    entries: tuple[EntryV1, ...] = Field(min_length=1, max_length=500)
