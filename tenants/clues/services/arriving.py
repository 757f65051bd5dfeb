"""到达: what came in is registered, routed and on the desk in one transaction."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.trail import Person
from tenants.clues import selectors
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, register
from tenants.clues.services.steps import announce, tell_people


@transaction.atomic
def arrived(new: NewClue, *, by: Person) -> Clue:
    """Register a clue, with the proposal whose it is, and tell the desk. Raises as `register` does."""
    return lay_before_the_desk(register(new, by=by), by=by)


def lay_before_the_desk(clue: Clue, *, by: Person) -> Clue:
    """The desk's dispatchers hear of a clue that was just registered. In the caller's transaction."""
    people = [each for each in selectors.dispatchers_of(clue.desk_unit) if each.pk != by.pk]
    urgent = clue.priority == Clue.Priority.URGENT
    title = _("有一条特急线索") if urgent else _("有一条新线索等您分派")
    tell_people(people, clue, "clue_arrived", title, urgent=urgent)
    announce(clue, "register")
    return clue
