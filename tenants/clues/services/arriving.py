"""到达: what came by letter is registered, routed and on the desk in one transaction."""

from __future__ import annotations

from django.db import transaction

from audit.trail import Person
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, register


@transaction.atomic
def arrived(new: NewClue, *, by: Person) -> Clue:
    """Register a clue that came from outside, propose its unit, and tell the desk. Raises as `register` does."""
    return register(new, by=by)
