"""The wall of evidence: views of one's own exhibits for those whom one chooses, until one ends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from evidence.models import Exhibit
from federation.contracts import joint_case as said
from federation.jointcases import access, selectors
from federation.jointcases.errors import FileNotShowable
from federation.jointcases.models import RoomFile
from federation.jointcases.reckoning import RoomNow
from federation.jointcases.selectors import Inside
from federation.jointcases.services import saying
from kernel.errors import NotFound404
from kernel.ids import uuid7


@transaction.atomic
def show(
    *,
    room: Inside,
    exhibit_id: UUID,
    title: str,
    words: str = "",
    audience: str = "bureaux",
    named: Sequence[UUID] = (),
    until: date | None = None,
    seat_id: UUID | None = None,
) -> UUID:
    """Put the view of an exhibit on the wall; the original stays. Each party for whom it is holds a grant.

    Raises NotFound404 for an exhibit this person may not see, FileNotShowable.
    """
    seat = room.own(seat_id)
    exhibit = selectors.access_offered(room.viewer, exhibit_id)
    if exhibit.state != Exhibit.State.READY or not exhibit.view_key or exhibit.withdrawn_at:
        raise FileNotShowable(title=title)
    it = said.ShownV1(
        item_id=uuid7(),
        title=title.strip(),
        words=words.strip(),
        form=exhibit.kind,
        sha256=exhibit.sha256,
        sm3=exhibit.sm3,
        view_sha256=exhibit.view_sha256,
        captured_at=exhibit.captured_at,
        audience=audience,
        named=tuple(pk for pk in named if pk in room.now.seats),
        until=until,
    )
    held = saying.locked(room.room)
    RoomFile.objects.create(room=held, item_id=it.item_id, exhibit=exhibit, own=True)
    now = saying.say(held, it, seat_id=seat.id, by=room.viewer.person, files=[access.attachment_of(exhibit)])
    item = now.items[it.item_id]
    for party in sorted(now.active_parties() - {held.holder}):
        if now.shown_to(item, party):
            access.give(held, item, party, by=room.viewer.person)
    return it.item_id


@transaction.atomic
def end(*, room: Inside, item_id: UUID, reason: str = "") -> RoomNow:
    """Take one's own item off the wall: nobody else opens it any more. What was seen cannot be called back."""
    item = room.now.items.get(item_id)
    if item is None or item.off or item.party != room.room.holder:
        raise NotFound404()
    seat = room.own(item.seat_id)
    it = said.ShownEndedV1(item_id=item_id, reason=reason.strip()[:500])
    return saying.say(saying.locked(room.room), it, seat_id=seat.id, by=room.viewer.person, when_closed=True)
