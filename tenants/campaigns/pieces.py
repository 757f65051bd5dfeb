"""What stands on a clue's page: who was rung for it, and the campaigns and actions it belongs to."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from tenants.campaigns import presenters, selectors
from tenants.clues.models import Clue
from webui import slots
from webui.slots import Piece


def urgent_piece(request: Any, *, clue: Clue, **more: Any) -> Piece | None:
    """The call, live; where there is none, the button that begins one, for who may."""
    person = request.user
    if not isinstance(person, User):
        return None
    call = selectors.call_of_clue(clue)
    if call is None and (clue.state not in Clue.OPEN or not selectors.may_make_urgent(person, clue)):
        return None
    return Piece("campaigns/_urgent_on_clue.html", {"clue": clue, "call": call and presenters.call_card(person, call)})


def bundles_piece(request: Any, *, clue: Clue, **more: Any) -> Piece | None:
    """Campaigns and actions of a clue, as far as this person may know of them before the hour."""
    person = request.user
    if not isinstance(person, User):
        return None
    rows = presenters.bundles_of(person, clue)
    return Piece("campaigns/_bundles_on_clue.html", {"rows": rows}) if rows else None


def register_all() -> None:
    """Called when the app is ready."""
    slots.register("clues:work", urgent_piece, css=("campaigns/campaigns.css",), order=10)
    slots.register("clues:side", bundles_piece, order=60)
