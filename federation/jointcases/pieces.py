"""What stands on pages of one's own cases and clues: the rooms they belong to."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from federation.jointcases import selectors
from webui import slots
from webui.slots import Piece


def _rooms(request: Any, kind: str, matter_id: Any) -> Piece | None:
    person = request.user
    if not isinstance(person, User):
        return None
    rooms = list(selectors.rooms_with(selectors.viewer_at_province(person), kind, matter_id))
    return Piece("jointcases/_rooms_beside.html", {"rooms": rooms}) if rooms else None


def on_case(request: Any, *, case: Any, **more: Any) -> Piece | None:
    """The rooms of a case."""
    return _rooms(request, "case", case.pk)


def on_clue(request: Any, *, clue: Any, **more: Any) -> Piece | None:
    """The rooms of a clue."""
    return _rooms(request, "clue", clue.pk)


def register_all() -> None:
    """Called when the app is ready."""
    slots.register("cases:now", on_case, order=70)
    slots.register("clues:side", on_clue, order=70)
