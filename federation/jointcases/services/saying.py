"""Say something in a room, and take in what others said: kept once, counted alike, sent to who may have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from audit import trail
from audit.trail import Actor, Person
from federation.contracts.addresses import Address
from federation.contracts.joint_case import (
    EntryV1,
    JointCaseEntriesV1,
    JointCaseInvitationV1,
    Said,
    SeatLeftV1,
    ShownV1,
)
from federation.contracts.messages import Attachment
from federation.jointcases import reckoning
from federation.jointcases.errors import NotCounted, RoomClosed
from federation.jointcases.models import Entry, Room
from federation.jointcases.reckoning import ROSTER, Kept, RoomNow
from federation.letters import addressees, receipts
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify import live
from provinces.context import required

MACHINE = Actor(None, "系统")
AT_ONCE = 200
"""Entries in one letter, at most."""
PURPOSE = "joint_case"


def kept_of(room: Room) -> list[Kept]:
    """Everything that was said, as kept here."""
    rows = Entry.objects.filter(room=room).values_list("body", "via")
    return [Kept(EntryV1.model_validate(body), via) for body, via in rows]


def now_of(room: Room) -> RoomNow:
    """The room as this copy knows it."""
    return reckoning.reckon(kept_of(room), origin=room.origin)


def locked(room: Room) -> Room:
    """The same room, held until commit: two who speak at once get two turns."""
    return Room.objects.select_for_update().get(pk=room.pk)


def keep(room: Room, entry: EntryV1, *, via: str, letter_id: UUID | None = None) -> bool:
    """Keep an entry once. False: it was here."""
    _row, is_new = Entry.objects.get_or_create(
        room=room,
        entry_id=entry.entry_id,
        via=via,
        defaults={"turn": entry.turn, "body": entry.model_dump(mode="json"), "letter_id": letter_id},
    )
    return is_new


def say(
    room: Room, it: Said, *, seat_id: UUID, by: Person, files: Sequence[Attachment] = (), when_closed: bool = False
) -> RoomNow:
    """Say it in a transaction, as a seat of this party, and send it to every other that may have it.

    room: held by `locked`. files: what goes beside it to those for whom it is. when_closed: also after the end.
    Raises RoomClosed; NotCounted where the seat may not say it, writing nothing.
    """
    from federation.jointcases.services import reacting

    before = now_of(room)
    if before.closed_at is not None and not when_closed:
        raise RoomClosed()
    entry = EntryV1(
        entry_id=uuid7(), party=room.holder, seat_id=seat_id, turn=max(room.turn, before.turn) + 1, at=clock.now(),
        who=by.display_name[:80], said=it,
    )  # fmt: skip
    keep(room, entry, via=room.holder)
    after = now_of(room)
    if not next(line.counted for line in reversed(after.lines) if line.entry.entry_id == entry.entry_id):
        raise NotCounted(what=it.what)
    trail.record(room, it.what, by=by, data={"entry": str(entry.entry_id)})
    refresh(room, after)
    others = before.active_parties() | after.active_parties() | {after.lead_party}
    if isinstance(it, SeatLeftV1):
        others |= {before.seats[it.seat_id].party}
    send(room, after, [entry], others - {room.holder, ""}, by=by, files=files)
    reacting.react(room, before, after, by=by)
    changed(room)
    return after


def send(
    room: Room,
    now: RoomNow,
    entries: Iterable[EntryV1],
    parties: Collection[str],
    *,
    by: Person,
    files: Sequence[Attachment] = (),
) -> None:
    """Post entries to parties, to each what it may have. One that is suspended gets them by `rooms.resend`."""
    said = list(entries)
    by_variant: dict[tuple[tuple[str, ...], ...], list[str]] = defaultdict(list)
    texts: dict[tuple[tuple[str, ...], ...], tuple[list[EntryV1], list[Attachment]]] = {}
    for party in sorted(parties):
        if addressees.refusal(Address.parse(party)) is not None:
            continue
        versions = [version for each in said if (version := version_for(now, each, party)) is not None]
        beside = [file for file in files if any(_names(each, file) for each in versions)]
        if versions:
            key: tuple[tuple[str, ...], ...] = (
                tuple(each.model_dump_json() for each in versions),
                tuple(file.sha256 for file in beside),
            )
            by_variant[key].append(party)
            texts[key] = versions, beside
    for variant, group in by_variant.items():
        versions, beside = texts[variant]
        for start in range(0, len(versions), AT_ONCE):
            part = versions[start : start + AT_ONCE]
            post(
                JointCaseEntriesV1(room_id=room.shared_id, entries=tuple(part)),
                to=[Address.parse(party) for party in group],
                thread=room.shared_id,
                by=by,
                sender=sender_of(room),
                attachments=[file for file in beside if any(_names(each, file) for each in part)],
                purpose=PURPOSE,
            )


def version_for(now: RoomNow, entry: EntryV1, party: str) -> EntryV1 | None:
    """An entry as a party may have it; None: not at all."""
    it = entry.said
    if it.what not in ROSTER and not now.contents_for(party):
        return None
    if isinstance(it, ShownV1) and it.view_sha256:
        item = now.items.get(it.item_id)
        if item is None or not now.shown_to(item, party):
            entry = entry.model_copy(update={"said": it.model_copy(update={"view_sha256": ""})})
    return entry if now.persons_for(party) else reckoning.veiled(entry)


def _names(entry: EntryV1, file: Attachment) -> bool:
    return isinstance(entry.said, ShownV1) and entry.said.view_sha256 == file.sha256


def sender_of(room: Room) -> Address | None:
    """Who writes: at the brands host the organisation must be named."""
    return Address.parse(room.holder) if room.holder.startswith("organisation:") else None


# What comes -----------------------------------------------------------------------------------------------------------


def take_in(message: JointCaseEntriesV1, envelope: Envelope) -> None:
    """Keep what came; do what follows of it. Called in the delivery's transaction."""
    room = Room.objects.filter(holder=str(envelope.addressee), shared_id=message.room_id).first()
    if room is None:
        raise NotFound404()
    take_entries(locked(room), message.entries, envelope)


def take_entries(room: Room, entries: Sequence[EntryV1], envelope: Envelope) -> None:
    """The same for a room that is held."""
    from federation.jointcases.services import reacting

    before, via = now_of(room), str(envelope.sender)
    if not any([keep(room, each, via=via, letter_id=envelope.letter_id) for each in entries]):
        return
    after = now_of(room)
    refresh(room, after)
    reacting.take_files(room, after, entries, envelope)
    reacting.react(room, before, after, by=MACHINE, came=entries, via=via)
    changed(room)


# What lists show ------------------------------------------------------------------------------------------------------


def refresh(room: Room, now: RoomNow) -> None:
    """Write anew what lists show of a room."""
    own = [seat for seat in now.seats.values() if seat.party == room.holder]
    states = {seat.state for seat in own}
    if reckoning.JOINED in states:
        room.standing = Room.Standing.CLOSED if now.closed_at else Room.Standing.OPEN
    elif reckoning.INVITED in states:
        room.standing = Room.Standing.INVITED
    elif reckoning.LEFT in states:
        room.standing = Room.Standing.LEFT
    elif reckoning.DECLINED in states:
        room.standing = Room.Standing.DECLINED
    elif now.origin == room.holder:
        room.standing = Room.Standing.CLOSED if now.closed_at else Room.Standing.OPEN
    lead = now.seats.get(now.lead) if now.lead else None
    waiting = [seat.answer_by for seat in own if seat.state == reckoning.INVITED and seat.answer_by]
    if now.header is not None:
        room.title, room.code_name, room.secrecy = now.header.title, now.header.code_name, now.header.secrecy
        room.series_id = now.header.series_id
    room.lead_name = lead.is_.name if lead else ""
    room.answer_by = min(waiting, default=None)
    if room.letter_id is not None and reckoning.INVITED not in states:
        receipts.over(room.shared_id, JointCaseInvitationV1.kind, addressee=Address.parse(room.holder))
    room.turn = max(room.turn, now.turn)
    room.opened_at = now.opened_at or room.opened_at
    room.changed_at = clock.now()
    room.save()


def changed(room: Room) -> None:
    """Tell pages that show the room. The event names nothing of it."""
    party = f"org-{Address.parse(room.holder).name}" if required().kind == "brands" else None
    live.publish([f"jointcase:{room.pk}", "jointcase"], "jointcase", {"id": str(room.pk)}, party=party)
