"""What stands on a clue's page: the letters about it, the one it came with, and 移送外省 in one tap."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from tenants.clues.models import Clue
from tenants.correspondence import checks, presenters, selectors
from tenants.correspondence.services import steps
from webui import slots
from webui.slots import Piece

CSS = ("correspondence/letters.css",)


def on_clue(request: Any, *, clue: Clue, **more: Any) -> Piece | None:
    """Letters about the clue, and the button that begins one; for a report what to tell the reporter instead."""
    person = request.user
    if not isinstance(person, User):
        return None
    rows = [presenters.line(each) for each in selectors.of_clue(person, clue)]
    may = steps.may_draft(person) and clue.state not in (Clue.State.MERGED, Clue.State.ENDED)
    return_to = None
    if may and checks.is_report(clue):
        may, return_to = False, presenters.competent_bureau(clue)
    if not rows and not may and return_to is None:
        return None
    return Piece(
        "correspondence/_on_clue.html", {"clue": clue, "rows": rows, "may_transfer": may, "competent": return_to}
    )  # fmt: skip


def register_all() -> None:
    """Called when the app is ready."""
    slots.register("clues:work", on_clue, css=CSS, order=30)
