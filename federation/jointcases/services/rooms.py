"""Open a room, ask others in, answer, leave, hand over the lead, close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import services as accounts
from accounts.models import Unit, User
from accounts.phones import normal_phone, shown_phone
from accounts.selectors import issuing_unit
from audit import trail
from audit.numbering import issue
from audit.trail import Actor
from federation.contracts import joint_case as said
from federation.contracts.addresses import Address
from federation.contracts.joint_case import JointCaseInvitationV1, SeatV1
from federation.jointcases import people, reckoning, selectors
from federation.jointcases.errors import LeadStays, RowsOpen
from federation.jointcases.models import GuestPass, Room, SeatUnit
from federation.jointcases.reckoning import JOINED, ROSTER, RoomNow
from federation.jointcases.selectors import Inside, Viewer
from federation.jointcases.services import reacting, saying
from federation.letters import addressees
from federation.letters.post import Envelope, post
from federation.letters.words import party_names
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from kernel.ids import uuid7
from provinces.context import required

NUMBER_WORD = "联办"
OFFICE_WORD = "省际协作办"
TERM = clock.Term(1, clock.Unit.WORKING_DAY)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A seat to be named. party as letters write it; unit_id: of one's own units. guest: minded by one's own party."""

    party: str = ""
    kind: str = "bureau"
    name: str = ""
    unit_id: UUID | None = None
    division_code: str = ""
    place: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    persons: bool | None = None
    contents: bool | None = None


@transaction.atomic
def open_room(
    *,
    viewer: Viewer,
    title: str,
    code_name: str,
    lead_unit_id: UUID | None = None,
    purpose: str = "",
    goods: str = "",
    secrecy: str = "members",
    series_id: UUID | None = None,
    lead: Wanted | None = None,
    room_id: UUID | None = None,
) -> Room:
    """Open a room. At a bureau its own unit leads; the office names a province's (`lead`), which decides itself.

    Raises BadInput, NotAllowed.
    """
    if not selectors.may_open_room(viewer):
        raise NotAllowed()
    if not title.strip() or not code_name.strip():
        raise BadInput(_("请写明联合办案的名称和代号。"), code="joint_case_name_missing")
    unit = None
    if viewer.kind == "province":
        unit = _unit(lead_unit_id) if lead_unit_id else viewer.person.unit
        if unit is None:
            raise BadInput(_("请选择牵头单位。"), code="joint_case_lead_missing")
        wanted = Wanted(party=viewer.party, unit_id=unit.pk)
    elif lead is None:
        raise BadInput(_("请选择牵头的省份。"), code="joint_case_lead_missing")
    else:
        wanted = lead
    shared = room_id or uuid7()
    known = Room.objects.filter(holder=viewer.party, shared_id=shared).first()
    if known is not None:
        return known
    room = Room.objects.create(holder=viewer.party, shared_id=shared, origin=viewer.party, series_id=series_id)
    seat = _seat(viewer.party, wanted)
    if unit is not None:
        SeatUnit.objects.create(room=room, seat_id=seat.seat_id, unit=unit)
    saying.say(
        room,
        said.OpenedV1(
            title=title.strip(), code_name=code_name.strip(), purpose=purpose.strip(), goods=goods.strip(),
            secrecy=secrecy, series_id=series_id, lead=seat,
        ),
        seat_id=seat.seat_id,
        by=viewer.person,
    )  # fmt: skip
    if viewer.kind == "office":
        _name(room, [Wanted(party="office", kind="office", name=str(_("省际协作办公室")))], seat.seat_id, viewer.person)
        _invite(room, [seat.seat_id], by=viewer.person)
    return room


def propose(
    *,
    title: str,
    parties: Sequence[str],
    by: User,
    code_name: str = "",
    reason: str = "",
    goods: str = "",
    series_id: UUID | None = None,
    units: Mapping[str, Wanted] | None = None,
) -> Room:
    """A series found over several provinces becomes an invitation by the office; each province decides itself.

    parties: as letters write them, the one that should lead first; organisations among them get a seat as well. units:
    of a party, which unit is meant; without it the bureau itself. Called at the office. Raises BadInput.
    """
    provinces = [each for each in parties if each.startswith("province:")]
    if not provinces:
        raise BadInput(_("联合办案至少要有一个省份。"), code="joint_case_lead_missing")
    names = party_names(parties)
    named = {each: (units or {}).get(each) or Wanted(party=each, name=names[each]) for each in parties}
    viewer = selectors.viewer_at_office(by)
    with transaction.atomic():
        room = open_room(
            viewer=viewer, title=title, code_name=code_name or title[:20], purpose=reason, goods=goods,
            series_id=series_id, lead=named[provinces[0]],
        )  # fmt: skip
        others = [
            wanted if party.startswith("province:") else Wanted(party=party, kind="brand", name=names[party])
            for party, wanted in named.items()
            if party != provinces[0]
        ]
        if others:
            name_seats(room=selectors.inside(viewer, room), wanted=others)
    return room


def _unit(unit_id: UUID) -> Unit:
    found = Unit.objects.filter(pk=unit_id, is_active=True).first()
    if found is None:
        raise NotFound404()
    return found


def _seat(own: str, wanted: Wanted) -> SeatV1:
    unit = _unit(wanted.unit_id) if wanted.unit_id else None
    name = unit.name if unit else wanted.name.strip()
    party = wanted.party or own
    if not name:
        name = party_names([party])[party]
    bureau = wanted.kind == "bureau"
    return SeatV1(
        seat_id=uuid7(),
        party=party,
        kind=wanted.kind,
        name=name[:120],
        division_code=(unit.division_code if unit else wanted.division_code)[:6],
        place=wanted.place[:80],
        contact_name=wanted.contact_name[:40],
        contact_phone=wanted.contact_phone[:30],
        persons=bureau if wanted.persons is None else wanted.persons,
        contents=wanted.kind != "office" if wanted.contents is None else wanted.contents,
        guest=wanted.kind in ("police", "department"),
    )


# Seats ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def name_seats(*, room: Inside, wanted: Iterable[Wanted]) -> list[SeatV1]:
    """Name seats and ask their parties, by one numbered letter each; own ones take part at once. Raises NotAllowed."""
    held = saying.locked(room.room)
    made = _name(held, list(wanted), room.lead_seat, room.viewer.person)
    _invite(held, [seat.seat_id for seat in made if seat.party != held.holder], by=room.viewer.person)
    return made


def _name(room: Room, wanted: Sequence[Wanted], speaks: UUID, by: User) -> list[SeatV1]:
    made = []
    for each in wanted:
        seat = _seat(room.holder, each)
        if seat.party != room.holder:
            refused = addressees.refusal(Address.parse(seat.party))
            if refused is not None:
                raise refused
        elif each.unit_id:
            SeatUnit.objects.create(room=room, seat_id=seat.seat_id, unit_id=each.unit_id)
        answer_by = None if seat.party == room.holder else clock.due_at(clock.now(), TERM).at
        saying.say(room, said.SeatNamedV1(seat=seat, answer_by=answer_by), seat_id=speaks, by=by)
        made.append(seat)
    return made


def _invite(room: Room, seats: Sequence[UUID], *, by: User) -> None:
    """One letter to each party of these seats: who takes part, no contents."""
    now = saying.now_of(room)
    for party in sorted({now.seats[pk].party for pk in seats} - {room.holder}):
        persons = any(now.seats[pk].is_.persons for pk in seats if now.seats[pk].party == party)
        entries = [line.entry for line in now.lines if line.entry.said.what in ROSTER]
        post(
            JointCaseInvitationV1(
                room_id=room.shared_id,
                title=room.title,
                entries=tuple(each if persons else reckoning.veiled(each) for each in entries),
            ),
            to=Address.parse(party),
            thread=room.shared_id,
            by=by,
            document_no=issue(_agency_word(room, now), NUMBER_WORD),
            purpose=saying.PURPOSE,
        )


def _agency_word(room: Room, now: RoomNow) -> str:
    if required().kind == "office":
        return OFFICE_WORD
    units = selectors.seat_units(room)
    unit = units.get(now.lead) if now.lead else None
    return issuing_unit(unit or next(iter(units.values()))).agency_word


def invited(message: JointCaseInvitationV1, envelope: Envelope) -> None:
    """An invitation came: the room is here from now on. The same one twice is once."""
    holder = str(envelope.addressee)
    room, is_new = Room.objects.get_or_create(
        holder=holder,
        shared_id=message.room_id,
        defaults={
            "origin": str(envelope.sender), "document_no": envelope.document_no, "letter_id": envelope.letter_id,
            "title": message.title,
        },
    )  # fmt: skip
    room = saying.locked(room)
    known = set() if is_new else set(saying.now_of(room).seats)
    saying.take_entries(room, message.entries, envelope)
    now = saying.now_of(room)
    own = [seat for seat in now.seats.values() if seat.party == holder and seat.id not in known]
    if required().kind == "province":
        for seat in own:
            unit = people.unit_for(seat.is_.name, seat.is_.division_code)
            if unit is not None:
                SeatUnit.objects.get_or_create(room=room, seat_id=seat.id, defaults={"unit": unit})
    waiting = [seat.id for seat in own if seat.state == reckoning.INVITED]
    if waiting:
        names = party_names([str(envelope.sender)])
        reacting.tell_invited(room, waiting, names[str(envelope.sender)])


@transaction.atomic
def answer(*, room: Inside, accept: bool, reason: str = "", seat_id: UUID | None = None) -> RoomNow:
    """Take part or not, with one seat or with all that were asked. Accepting again changes nothing; late is noted.

    Raises NotFound404, NotAllowed, BadInput without a reason for not taking part.
    """
    viewer = room.viewer
    if not selectors.may_answer(viewer):
        raise NotAllowed()
    if not accept and not reason.strip():
        raise BadInput(_("不参加要写明原因。"), code="joint_case_why_missing")
    held = saying.locked(room.room)
    now = saying.now_of(held)
    open_states = (reckoning.INVITED, reckoning.DECLINED) if accept else (reckoning.INVITED,)
    named = [seat.id for seat in room.seats if seat_id in (None, seat.id)]
    if not named:
        raise NotFound404()
    theirs = [pk for pk in named if now.seats[pk].state in open_states]
    for pk in theirs:
        it: Any = (
            said.SeatJoinedV1(
                seat_id=pk,
                contact_name=viewer.person.display_name[:40],
                contact_phone=shown_phone(viewer.person.phone)[:30],
            )
            if accept
            else said.SeatDeclinedV1(seat_id=pk, reason=reason.strip()[:500])
        )
        now = saying.say(held, it, seat_id=pk, by=viewer.person)
    if not theirs and not (accept and all(now.seats[pk].state == JOINED for pk in named)):
        raise Conflict(_("这个席位已不用答复。"), code="joint_case_answered")
    return now


@transaction.atomic
def leave(*, room: Inside, reason: str, seat_id: UUID | None = None) -> RoomNow:
    """A seat leaves: its open tasks go back to who leads, its files leave the wall, the timeline keeps it.

    Raises LeadStays for the leading seat, BadInput without a reason.
    """
    if not selectors.may_answer(room.viewer):
        raise NotAllowed()
    seat = room.own(seat_id)
    if seat.id == room.now.lead:
        raise LeadStays()
    return _gone(room, seat.id, reason, removed=False, speaks=seat.id)


@transaction.atomic
def remove_seat(*, room: Inside, seat_id: UUID, reason: str) -> RoomNow:
    """Who leads takes a seat out, or its invitation back. Raises NotAllowed, NotFound404, BadInput."""
    speaks = room.lead_seat
    if seat_id not in room.now.seats:
        raise NotFound404()
    if seat_id == room.now.lead:
        raise LeadStays()
    return _gone(room, seat_id, reason, removed=True, speaks=speaks)


def _gone(room: Inside, seat_id: UUID, reason: str, *, removed: bool, speaks: UUID) -> RoomNow:
    if not reason.strip():
        raise BadInput(_("退出要写明原因。"), code="joint_case_why_missing")
    held = saying.locked(room.room)
    it = said.SeatLeftV1(seat_id=seat_id, reason=reason.strip()[:500], removed=removed)
    now = saying.say(held, it, seat_id=speaks, by=room.viewer.person, when_closed=True)
    GuestPass.objects.filter(room=held, seat_id=seat_id, ended_at=None).update(ended_at=clock.now())
    return now


@transaction.atomic
def change_seat(*, room: Inside, seat_id: UUID, **rights: Any) -> RoomNow:
    """Who leads changes contact and rights of a seat. What was said before stays as it was sent. Raises NotFound404."""
    speaks = room.lead_seat
    seat = room.now.seats.get(seat_id)
    if seat is None:
        raise NotFound404()
    changed = SeatV1.model_validate(seat.is_.model_dump() | {k: v for k, v in rights.items() if v is not None})
    return saying.say(
        saying.locked(room.room), said.SeatNamedV1(seat=changed, answer_by=seat.answer_by), seat_id=speaks,
        by=room.viewer.person,
    )  # fmt: skip


@transaction.atomic
def hand_lead(*, room: Inside, seat_id: UUID, reason: str = "") -> RoomNow:
    """Another bureau that takes part leads from now on. Raises NotAllowed, NotFound404, NotCounted."""
    speaks = room.lead_seat
    if seat_id not in room.now.seats:
        raise NotFound404()
    it = said.LeadHandedV1(seat_id=seat_id, reason=reason.strip()[:500])
    return saying.say(saying.locked(room.room), it, seat_id=speaks, by=room.viewer.person)


@transaction.atomic
def sit(*, room: Inside, seat_id: UUID, unit_id: UUID) -> None:
    """Which own unit sits on an own seat; nobody else is told."""
    if not selectors.may_answer(room.viewer) or room.viewer.kind != "province":
        raise NotAllowed()
    if seat_id not in {seat.id for seat in room.seats}:
        raise NotFound404()
    unit = _unit(unit_id)
    SeatUnit.objects.update_or_create(room=room.room, seat_id=seat_id, defaults={"unit": unit})
    trail.record(room.room, "sit", by=room.viewer.person, data={"seat": str(seat_id), "unit": str(unit.pk)})
    saying.changed(room.room)


@transaction.atomic
def describe(*, room: Inside, **header: Any) -> RoomNow:
    """Title, code name, purpose, goods, secrecy as they are from now on."""
    speaks = room.lead_seat
    it = said.DescribedV1.model_validate(header)
    return saying.say(saying.locked(room.room), it, seat_id=speaks, by=room.viewer.person)


@transaction.atomic
def resend(*, room: Inside, party: str) -> None:
    """Send a member once more all that this party said: for one that was suspended, or restored a backup."""
    if not selectors.may_answer(room.viewer) or party not in room.now.active_parties() - {room.room.holder}:
        raise NotFound404()
    held = saying.locked(room.room)
    reacting.send_missed(held, saying.now_of(held), party, by=room.viewer.person)


# Guests ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def let_in(*, room: Inside, seat_id: UUID, name: str, phone: str) -> GuestPass:
    """Let one person of the police or another department in, for one seat of this room: they sign in by phone code.

    An account without any post: whatever asks for one stays shut. Raises BadInput, NotFound404, NotAllowed.
    """
    if not selectors.may_answer(room.viewer) or room.viewer.kind != "province":
        raise NotAllowed()
    seat = next((each for each in room.seats if each.id == seat_id and each.is_.guest), None)
    if seat is None:
        raise NotFound404()
    number = normal_phone(phone)
    if number is None or not name.strip():
        raise BadInput(_("请填写列席人员的姓名和手机号。"), code="joint_case_guest")
    person = User.objects.filter(phone=number).first()
    if person is None:
        made_by = Actor(room.viewer.person.pk, room.viewer.person.display_name)
        person = accounts.create_person(
            by=made_by, username=f"guest-{number[-11:]}", name=name.strip()[:40], title=name.strip()[:40], phone=number,
            phone_verified=True,
        )  # fmt: skip
    row, _new = GuestPass.objects.update_or_create(
        room=room.room, seat_id=seat_id, person=person,
        defaults={"given_by_name": room.viewer.person.display_name, "given_at": clock.now(), "ended_at": None},
    )  # fmt: skip
    trail.record(room.room, "let_in", by=room.viewer.person, data={"seat": str(seat_id), "person": str(person.pk)})
    saying.changed(room.room)
    return row


@transaction.atomic
def show_out(*, room: Inside, pass_id: UUID) -> None:
    """A guest comes no more; what they had open ends."""
    if not selectors.may_answer(room.viewer):
        raise NotAllowed()
    row = selectors.access_guest(room, pass_id)
    GuestPass.objects.filter(pk=row.pk).update(ended_at=clock.now())
    trail.record(room.room, "show_out", by=room.viewer.person, data={"person": str(row.person_id)})
    saying.changed(room.room)


# The end --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, room: Inside, report: str, explained: Mapping[UUID, str] | None = None) -> RoomNow:
    """Close with a report. Every row of the progress table is ended, or explained here. Raises RowsOpen, BadInput."""
    speaks = room.lead_seat
    if not report.strip():
        raise BadInput(_("请写结案报告。"), code="joint_case_report_missing")
    why = {pk: words.strip()[:300] for pk, words in (explained or {}).items() if words.strip()}
    held = saying.locked(room.room)
    left = [row for pk, row in saying.now_of(held).rows.items() if not row.is_.ended and pk not in why]
    if left:
        raise RowsOpen(places="、".join(row.is_.place for row in left))
    it = said.ClosedV1(
        report=report.strip(), explained=tuple(said.ExplainedV1(row_id=pk, words=words) for pk, words in why.items())
    )
    return saying.say(held, it, seat_id=speaks, by=room.viewer.person)


@transaction.atomic
def reopen(*, room: Inside, reason: str) -> RoomNow:
    """Go on after the end. Raises BadInput, NotCounted."""
    speaks = room.lead_seat
    if not reason.strip():
        raise BadInput(_("重新启动要写明原因。"), code="joint_case_why_missing")
    it = said.ReopenedV1(reason=reason.strip()[:500])
    return saying.say(saying.locked(room.room), it, seat_id=speaks, by=room.viewer.person, when_closed=True)
