"""Decisions by id, for page and API: some, or all that waits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts import rules
from accounts.models import Post, User
from audit.move import move
from audit.trail import Actor
from kernel.errors import NotFound404
from scim import selectors
from scim.models import Mismatch, Removal
from scim.services import brake


def release(connection_id: UUID, chosen: Sequence[str] | None, *, by: User, actor: Actor) -> int:
    """Do what was held: the chosen, or all. All also lets the rest of the same run through, for an hour."""
    if chosen is None:
        return brake.release_all(connection_id, by=by, actor=actor)
    return brake.release(_some(connection_id, chosen), by=by, actor=actor)


def reject(connection_id: UUID, chosen: Sequence[str] | None, *, by: User) -> int:
    """Refuse what was held: the chosen, or all."""
    rows = list(brake.held(connection_id)) if chosen is None else _some(connection_id, chosen)
    return brake.reject(rows, by=by)


def put_out(connection_id: UUID) -> QuerySet[Removal]:
    """Whom the directory has suspended within the window without a question: what `undo` would take back."""
    return brake.done(connection_id).filter(kind=Removal.Kind.SUSPEND)


def settle(connection_id: UUID, mismatch_id: str, *, by: User) -> Mismatch:
    """Mark as looked after. Raises NotFound404, MoveRefused."""
    rules.require(by, Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN)
    return move(selectors.mismatch(connection_id, mismatch_id), "settle", by=by)


def _some(connection_id: UUID, chosen: Sequence[str]) -> list[Removal]:
    """Those of this directory that wait; one that is not there fails all. Raises NotFound404."""
    try:
        rows = list(brake.held(connection_id).filter(pk__in=list(chosen)))
    except (ValueError, ValidationError):
        raise NotFound404() from None
    if len(rows) != len(set(map(str, chosen))):
        raise NotFound404()
    return rows
