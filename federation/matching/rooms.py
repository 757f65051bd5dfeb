"""How a series becomes a joint case room: the app above that keeps the rooms says so here.

rooms.register(open_room)      open_room(proposal, by) -> id of the joint case
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.contracts.matching import LiaisonV1
from kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class RoomProposal:
    """A series whose provinces agreed to be named. members: those that did, with whom to call."""

    series_id: UUID
    number: str
    title: str
    why: str
    members: tuple[LiaisonV1, ...]
    organisation_id: UUID | None = None
    product_names: tuple[str, ...] = ()


OpenRoom = Callable[[RoomProposal, User], Any]
_open: list[OpenRoom] = []


def register(open_room: OpenRoom) -> None:
    """Say who opens rooms. The last one counts."""
    _open[:] = [open_room]


def can_open() -> bool:
    """Whether anybody does."""
    return bool(_open)


def open_room(proposal: RoomProposal, by: User) -> UUID:
    """Open one at the office; its row or its id comes back. Raises BadInput when nobody keeps rooms here."""
    if not _open:
        raise BadInput(_("本平台没有开通联合办案。请先用函件联系各省。"), code="no_rooms")
    made = _open[0](proposal, by)
    return made if isinstance(made, UUID) else made.pk
