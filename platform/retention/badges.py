"""What stands on the pages of records, and in the menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.models import Post, User
from accounts.rules import roles_of
from provinces.context import required
from retention import holds, selectors
from retention.models import Rule
from retention.services import PLACERS
from webui.slots import Piece


def keeps(request: HttpRequest) -> bool:
    """Whether periods are offered to this person."""
    return selectors.keeps(request.user)


def works(request: HttpRequest) -> bool:
    """Whether the list of holds is offered by itself: administrators find it beside the periods."""
    user = request.user
    return isinstance(user, User) and Post.Role.LEADER in roles_of(user) and not selectors.keeps(user)


def waiting(request: HttpRequest) -> int:
    """Periods that wait for the security administrator."""
    user = request.user
    if not isinstance(user, User) or Post.Role.SECURITY_ADMIN not in roles_of(user):
        return 0
    return Rule.objects.filter(seat=required().name, state=Rule.State.ASKED).count()


def _badge(request: HttpRequest, kind: str, record_id: Any) -> Piece | None:
    user = request.user
    if required().kind not in ("province", "superior") or not isinstance(user, User):
        return None
    held = holds.of(record_id).first()
    if held is None and not roles_of(user) & set(PLACERS):
        return None
    return Piece("retention/_badge.html", {"held": held, "kind": kind, "record_id": record_id})


def on_request(request: HttpRequest, asked: Any, **_facts: Any) -> Piece | None:
    return _badge(request, "request", asked.pk)


def on_case(request: HttpRequest, case: Any, **_facts: Any) -> Piece | None:
    return _badge(request, "case", case.pk)


def on_clue(request: HttpRequest, clue: Any, **_facts: Any) -> Piece | None:
    return _badge(request, "clue", clue.pk)


def on_inspection(request: HttpRequest, inspection: Any, **_facts: Any) -> Piece | None:
    return _badge(request, "inspection", inspection.pk)


def on_exhibit(request: HttpRequest, exhibit: Any, **_facts: Any) -> Piece | None:
    return _badge(request, "exhibit", exhibit.pk)
