"""The doors to rooms: whose copy, which rooms, for which seats a person speaks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.admission import holds_office_post
from accounts.models import Post, Unit, User
from accounts.selectors import open_units, visible_unit_ids
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.jointcases import people, reckoning
from federation.jointcases.models import GuestPass, OwnMatter, Room, RoomFile, SeatUnit
from federation.jointcases.reckoning import JOINED, Kept, RoomNow, Seat
from federation.jointcases.services.saying import kept_of
from federation.letters.addressees import other_provinces
from federation.parties.models import Organisation
from federation.parties.selectors import ActingFor, acting_organisations, enrolled_organisations
from federation.transfers.selectors import receives_for_province
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required

_WIDE = (Post.Role.DISPATCHER, Post.Role.LEADER)
_ANY = (Post.Role.OFFICER, *_WIDE)


@dataclass(frozen=True)
class Viewer:
    """Who looks: a person for one party. writes: whether they may do anything but read."""

    person: User
    party: str
    writes: bool

    @property
    def kind(self) -> str:
        return Address.parse(self.party).kind


def viewer_at_province(person: User) -> Viewer:
    """A person of a bureau, or a guest."""
    return Viewer(person, f"province:{required().name}", True)


def viewer_at_brands(acting: ActingFor) -> Viewer:
    """A person who acts for an organisation."""
    return Viewer(acting.person, f"organisation:{acting.organisation.pk}", acting.has(*people.WRITES))


def viewer_at_office(person: User) -> Viewer:
    """A person of the office."""
    return Viewer(person, "office", holds_office_post(person))


def rooms_of(viewer: Viewer) -> QuerySet[Room]:
    """The rooms of which this person may know, the last changed first.

    At a bureau: all for who receives for the province; for others those where a unit of theirs sits, and of rooms for
    leaders only what dispatchers and leaders may see; for a guest those they were let in to.
    """
    rows = Room.objects.filter(holder=viewer.party)
    if viewer.kind != "province":
        return rows
    person = viewer.person
    if receives_for_province(person):
        return rows
    guest = Exists(GuestPass.objects.filter(room=OuterRef("pk"), person=person, ended_at=None))
    if not person.has_role(*_ANY):
        return rows.filter(guest)
    sits = Q(Exists(SeatUnit.objects.filter(room=OuterRef("pk"), unit_id__in=_units_of(person))))
    if not person.has_role(*_WIDE):
        sits &= ~Q(secrecy="leaders")
    return rows.filter(sits | Q(guest))


def _units_of(person: User) -> set[UUID]:
    """Units that count as this person's: their own and those above a section, and what they may see below."""
    found = visible_unit_ids(person)
    unit = Unit.objects.filter(pk=person.unit_id).select_related("parent").first() if person.unit_id else None
    # A brigade or station works for its county bureau: the bureau's seat is theirs as well.
    if unit is not None and unit.parent is not None and unit.kind in _ARMS:
        found.add(unit.parent.pk)
    return found


_ARMS = (Unit.Kind.SECTION, Unit.Kind.BRIGADE, Unit.Kind.SQUADRON, Unit.Kind.DETACHMENT, Unit.Kind.CORPS)


def access_room(viewer: Viewer, room_id: UUID) -> Room:
    """One room. Raises NotFound404."""
    found = rooms_of(viewer).filter(pk=room_id).first()
    if found is None:
        raise NotFound404()
    return found


def waiting_count(viewer: Viewer) -> int:
    """Invitations that wait for an answer."""
    return rooms_of(viewer).filter(standing=Room.Standing.INVITED).count()


@dataclass(frozen=True)
class Inside:
    """A room as one person may see it. seats: those they speak for; leads: whether they speak for the leading one."""

    room: Room
    viewer: Viewer
    now: RoomNow
    seats: tuple[Seat, ...]
    leads: bool
    guest: bool

    @property
    def joined(self) -> tuple[Seat, ...]:
        """Own seats that take part."""
        return tuple(seat for seat in self.seats if seat.state == JOINED)

    @property
    def works(self) -> bool:
        """Whether the person may put something in now."""
        return bool(self.joined) and self.viewer.writes and self.now.closed_at is None

    def own(self, seat_id: UUID | None = None) -> Seat:
        """The seat named, or the only or first one, which takes part. Raises NotFound404, NotAllowed."""
        if not self.viewer.writes:
            raise NotAllowed()
        for seat in self.joined:
            if seat_id is None or seat.id == seat_id:
                return seat
        raise NotFound404() if seat_id is not None else NotAllowed()

    @property
    def lead_seat(self) -> UUID:
        """For which seat the leading party speaks. Raises NotAllowed for who does not lead."""
        if not self.leads or self.now.lead is None:
            raise NotAllowed()
        lead = self.now.seats[self.now.lead]
        if lead.party == self.room.holder:
            return lead.id
        own = next((seat for seat in self.seats if seat.state == JOINED), None)
        return own.id if own is not None else lead.id


def inside(viewer: Viewer, room: Room, *, kept: Iterable[Kept] | None = None) -> Inside:
    """The room with what this person may do in it."""
    own = _own_seat_ids(viewer, room)
    guest = viewer.kind == "province" and own is not None and _is_guest(viewer.person)
    said = list(kept if kept is not None else kept_of(room))
    now = reckoning.reckon(said, origin=room.origin)
    if guest and not any(now.seats[pk].is_.persons for pk in own or () if pk in now.seats):
        now = reckoning.reckon((Kept(reckoning.veiled(each.entry), each.via) for each in said), origin=room.origin)
    theirs = [seat for seat in now.seats.values() if seat.party == room.holder]
    seats = tuple(seat for seat in theirs if own is None or seat.id in own)
    lead = now.seats.get(now.lead) if now.lead else None
    if lead is not None and lead.party == room.holder:
        leads = lead in seats and lead.state == JOINED and _decides(viewer)
    else:
        leads = now.lead_party == room.holder and _decides(viewer) and own is None
    return Inside(room, viewer, now, seats, leads and viewer.writes, guest)


def _own_seat_ids(viewer: Viewer, room: Room) -> set[UUID] | None:
    """Seats this person speaks for; None: all of the party."""
    person = viewer.person
    if viewer.kind != "province" or receives_for_province(person):
        return None
    found = set(GuestPass.objects.filter(room=room, person=person, ended_at=None).values_list("seat_id", flat=True))
    if person.has_role(*_ANY):
        rows = SeatUnit.objects.filter(room=room, unit_id__in=_units_of(person))
        found |= set(rows.values_list("seat_id", flat=True))
    return found


def _is_guest(person: User) -> bool:
    return not person.has_role(*_ANY)


def _decides(viewer: Viewer) -> bool:
    return viewer.writes and (viewer.kind != "province" or viewer.person.has_role(*_WIDE))


def may_answer(viewer: Viewer) -> bool:
    """Whether this person answers invitations, leaves and hands over: dispatchers and leaders, who writes elsewhere."""
    return _decides(viewer)


def may_open_room(viewer: Viewer) -> bool:
    """Whether this person may open a room: dispatchers and leaders of a bureau, the office."""
    if viewer.kind == "province":
        return viewer.person.has_role(*_WIDE)
    return viewer.kind == "office" and viewer.writes


def may_open(person: User, file: RoomFile) -> bool:
    """Whether a person sees a file of a wall."""
    seat = required()
    if seat.kind == "province":
        viewer = viewer_at_province(person)
    elif seat.kind == "office":
        viewer = viewer_at_office(person)
        if not viewer.writes:
            return False
    else:
        party = Address.parse(file.room.holder)
        held = acting_organisations(person) if party.kind == "organisation" else []
        acting = next((each for each in held if each.organisation.pk == party.organisation_id), None)
        if acting is None:
            return False
        viewer = viewer_at_brands(acting)
    if not rooms_of(viewer).filter(pk=file.room_id).exists():
        return False
    if viewer.kind == "province" and _is_guest(person):
        return file.item_id in guest_items(inside(viewer, file.room))
    return True


def guest_items(room: Inside) -> set[UUID]:
    """Items of the wall that are for a guest: those for everybody, and those that name their seat."""
    seats = {seat.id for seat in room.joined if seat.is_.contents}
    return {
        pk
        for pk, item in room.now.items.items()
        if not item.off
        and seats
        and (item.is_.audience == "everybody" or (item.is_.audience == "named" and seats & set(item.is_.named)))
    }


def files_of(room: Room) -> dict[UUID, RoomFile]:
    """Item -> its view here, as long as it opens."""
    rows = RoomFile.objects.filter(room=room, ended_at=None).select_related("exhibit")
    return {row.item_id: row for row in rows}


def own_matters(room: Room) -> list[OwnMatter]:
    """Cases and clues of one's own that belong to the room."""
    return list(OwnMatter.objects.filter(room=room).order_by("at"))


def access_own_matter(room: Inside, matter_pk: UUID) -> OwnMatter:
    """One of them, to take it out. Raises NotFound404."""
    found = OwnMatter.objects.filter(room=room.room, pk=matter_pk).first()
    if found is None:
        raise NotFound404()
    return found


def rooms_with(viewer: Viewer, kind: str, matter_id: UUID) -> QuerySet[Room]:
    """Rooms to which a case or clue of one's own belongs."""
    linked = Exists(OwnMatter.objects.filter(room=OuterRef("pk"), matter_kind=kind, matter_id=matter_id))
    return rooms_of(viewer).filter(linked)


def seat_units(room: Room) -> dict[UUID, Unit]:
    """Own units on their seats."""
    return {row.seat_id: row.unit for row in SeatUnit.objects.filter(room=room).select_related("unit")}


def is_guest_somewhere(person: User) -> bool:
    """Whether a person was let in to a room."""
    return GuestPass.objects.filter(person=person, ended_at=None).exists()


def guests_of(room: Room) -> list[GuestPass]:
    """Who was let in for seats of others."""
    return list(GuestPass.objects.filter(room=room, ended_at=None).select_related("person"))


def access_guest(room: Inside, pass_id: UUID) -> GuestPass:
    """One pass, to take it back. Raises NotFound404."""
    found = GuestPass.objects.filter(room=room.room, pk=pass_id, ended_at=None).first()
    if found is None:
        raise NotFound404()
    return found


def exhibits_offered(viewer: Viewer, limit: int = 60) -> list[Exhibit]:
    """Photos that this person may see and that can be put on a wall, newest first."""
    from evidence import matters

    if viewer.kind == "province":
        rows = matters.open_to(viewer.person).filter(pk__isnull=False)
        ready = rows.filter(state=Exhibit.State.READY, withdrawn_at=None, view_only=False).exclude(view_key="")
        return list(ready.order_by("-received_at")[:limit])
    return []


def access_offered(viewer: Viewer, exhibit_id: UUID) -> Exhibit:
    """One of those. Raises NotFound404."""
    from evidence.selectors import access_exhibit

    found = access_exhibit(viewer.person, exhibit_id)
    if viewer.kind == "province" and not found.view_only:
        return found
    raise NotFound404()


def units_offered() -> list[Unit]:
    """Own units that may sit in a room."""
    return list(open_units())


def provinces_offered() -> list[tuple[str, str]]:
    """(code, title) of other provinces; at the office of every one."""
    return other_provinces()


def organisations_offered() -> QuerySet[Organisation]:
    """Brands and associations that may be asked."""
    return enrolled_organisations()


def overdue(seat: Seat) -> bool:
    """An invitation without an answer after its term."""
    return seat.state == reckoning.INVITED and seat.answer_by is not None and seat.answer_by < clock.now()
