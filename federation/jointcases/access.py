"""The wall's grants: which party sees which item, until when; and the door through which a view is opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from audit.trail import Person
from evidence.models import Exhibit
from evidence.services import attachment_fields
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment
from federation.grants import guarded
from federation.grants import services as register
from federation.grants.models import Grant
from federation.jointcases.models import Room, RoomFile, RoomGrant
from federation.jointcases.reckoning import Item, RoomNow
from kernel import clock

SUBJECT = "joint_case_item"
OPEN_FOR = timedelta(days=365)
"""How long an item is granted when nobody said until when."""


def attachment_of(exhibit: Exhibit) -> Attachment:
    """The view of an exhibit as it goes beside a letter."""
    return Attachment(**attachment_fields(exhibit, what="wall"))


def give(room: Room, item: Item, party: str, *, by: Person) -> None:
    """Let a party see an item of ours. Twice is once."""
    row, is_new = RoomGrant.objects.get_or_create(room=room, item_id=item.is_.item_id, party=party)
    if not is_new and row.ended_at is None:
        return
    holder = Address.parse(room.holder)
    made = register.give(
        to=Address.parse(party),
        purpose=room.title or str(room),
        contents={"picture": "view"},
        subject_kind=SUBJECT,
        subject_id=item.is_.item_id,
        subject_title=item.is_.title,
        expires_at=_until(item),
        sender=holder if holder.kind == "organisation" else None,
        by=by,
    )
    row.ended_at, row.grant_id = None, made.grant_id
    row.save(update_fields=["ended_at", "grant_id"])


def _until(item: Item) -> datetime:
    if item.is_.until is None:
        return clock.now() + OPEN_FOR
    return clock.at_start(item.is_.until + timedelta(days=1))


def end_grants(room: Room, now: RoomNow, *, by: Person) -> None:
    """End what does not hold any more: the item is off the wall, or the party is none of those it is for."""
    for row in RoomGrant.objects.filter(room=room, ended_at=None):
        item = now.items.get(row.item_id)
        if item is not None and now.shown_to(item, row.party):
            continue
        RoomGrant.objects.filter(pk=row.pk).update(ended_at=clock.now())
        if row.grant_id is not None:
            why = item.why if item and item.why else _("不再在证据墙上，或对方已退出")
            register.end_given(row.grant_id, party=room.holder, by=by, why=why)


def files_for(room: Room, now: RoomNow, party: str, *, by: Person) -> list[Attachment]:
    """The views of our own items that are for a party, granted to it."""
    found = []
    for row in RoomFile.objects.filter(room=room, own=True, ended_at=None).select_related("exhibit"):
        item = now.items.get(row.item_id)
        if item is None or item.party != room.holder or not now.shown_to(item, party) or row.exhibit.withdrawn_at:
            continue
        give(room, item, party, by=by)
        found.append(attachment_of(row.exhibit))
    return found


def opens_by_room(person: User, exhibit: Exhibit) -> bool:
    """A door: whoever may see the room sees what is on its wall, as long as its grant holds; asked each time."""
    from federation.jointcases import selectors

    rows = RoomFile.objects.filter(exhibit=exhibit, ended_at=None).select_related("room")
    return any(selectors.may_open(person, row) and _granted(person, row) for row in rows)


def _granted(person: User, file: RoomFile) -> bool:
    """Whether another's item is still given to us; the first look of a person on a day is told to who gave it."""
    if file.own:
        return True
    held = Grant.objects.filter(
        holder=file.room.holder, side=Grant.Side.HELD, subject_kind=SUBJECT, subject_id=file.item_id
    )
    for grant in guarded.holding(held):
        if guarded.level_of(grant, "picture") not in ("view", "copy"):
            continue
        if not grant.uses.filter(who=person.display_name[:80], at__gte=clock.at_start(clock.today())).exists():
            guarded.note(grant, "picture", who=person.display_name, what=grant.subject_title)
        return True
    return False
