"""A room of a joint case in every party's copy, for the world of the doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from federation.jointcases import selectors
from federation.jointcases.models import Room
from federation.jointcases.services import rooms
from federation.jointcases.services.rooms import Wanted
from provinces import context
from provinces.seats import BRANDS, OFFICE


def fill(code: str, *, organisation_id: Any) -> dict[str, Any]:
    """Commits, in one province: a room that its county leads, with a brand and the office asked."""
    with context.province(code):
        head = User.objects.get(username=f"{code}-joint")
        viewer = selectors.viewer_at_province(head)
        room = rooms.open_room(viewer=viewer, title="某系列案", code_name="某代号", lead_unit_id=head.unit_id)
        wanted = [Wanted(party=f"organisation:{organisation_id}", kind="brand"), Wanted(party="office", kind="office")]
        rooms.name_seats(room=selectors.inside(viewer, room), wanted=wanted)
        return {"room_id": room.pk}


def of_a_house(organisation_id: Any) -> UUID:
    """The house's copy, once letters were delivered."""
    with context.seat(BRANDS):
        return Room.objects.get(holder=f"organisation:{organisation_id}").pk


def of_the_office() -> UUID:
    """One of the office's copies, once letters were delivered."""
    with context.seat(OFFICE):
        return Room.objects.order_by("pk").values_list("pk", flat=True)[0]
