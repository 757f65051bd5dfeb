"""The wall's grants: which party sees which item, until when; and the door through which a view is opened."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from uuid import UUID

from accounts.models import User
from audit.trail import Person
from evidence.models import Exhibit
from evidence.services import attachment_fields
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment
from federation.jointcases.models import Room, RoomFile, RoomGrant
from federation.jointcases.reckoning import Item, RoomNow
from kernel import clock

SUBJECT = "joint_case_item"
OPEN_FOR = timedelta(days=365)
"""How long an item is granted when nobody said until when."""


def _grants() -> ModuleType | None:
    """The register of grants, where this installation has one."""
    return import_module("federation.grants.services") if find_spec("federation.grants.services") else None


def attachment_of(exhibit: Exhibit) -> Attachment:
    """The view of an exhibit as it goes beside a letter."""
    return Attachment(**attachment_fields(exhibit, what="wall"))


def give(room: Room, item: Item, party: str, *, by: Person) -> None:
    """Let a party see an item of ours. Twice is once."""
    row, is_new = RoomGrant.objects.get_or_create(room=room, item_id=item.is_.item_id, party=party)
    if not is_new and row.ended_at is None:
        return
    row.ended_at, row.grant_id = None, _registered(room, item, party, by)
    row.save(update_fields=["ended_at", "grant_id"])


def _registered(room: Room, item: Item, party: str, by: Person) -> UUID | None:
    register = _grants()
    if register is None or not isinstance(by, User):
        return None
    made = register.give(
        to=Address.parse(party),
        purpose=room.title,
        contents={"picture": "view"},
        subject_kind=SUBJECT,
        subject_id=item.is_.item_id,
        expires_at=_until(item),
        by=by,
    )
    return UUID(str(made.pk))


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
        register = _grants()
        if register is not None and row.grant_id is not None:
            register.end(row.grant_id, by=by, why=item.why if item else "")


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
    """A door: whoever may see the room sees what is on its wall, as long as it is there for them."""
    from federation.jointcases import selectors

    rows = RoomFile.objects.filter(exhibit=exhibit, ended_at=None).select_related("room")
    return any(selectors.may_open(person, row) for row in rows)
