"""Clues beside rooms of joint cases: which one may put there. Nothing of them is sent."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from federation.jointcases import matters
from federation.jointcases.matters import Found
from tenants.clues import selectors
from tenants.clues.models import Clue
from tenants.clues.services.steps import url

OFFERED = 30


def _found(clue: Clue) -> Found:
    return Found(clue.pk, f"{clue.number} {clue.title}", url(clue))


def find(person: User, clue_id: UUID) -> Found | None:
    """The clue, for who may see it."""
    clue = selectors.clues_seen_by(person).filter(pk=clue_id).first()
    return _found(clue) if clue else None


def recent(person: User) -> list[Found]:
    """Clues to choose from, newest first."""
    return [_found(clue) for clue in selectors.clues_seen_by(person).order_by("-pk")[:OFFERED]]


def register_all() -> None:
    """Called when the app is ready."""
    matters.register("clue", _("线索"), find=find, recent=recent)
