"""Who sees the photos of clues on the brands host."""

from __future__ import annotations

from accounts.models import User
from appraisal.reverse_clues import selectors
from evidence.models import Exhibit
from federation.parties.selectors import acting_organisations
from provinces.context import required


def may_see(person: User, exhibit: Exhibit) -> bool:
    """A door: photos of a clue, for rights staff who act for the organisation that reported it."""
    if required().kind != "brands":
        return False
    return selectors.shows_exhibit(acting_organisations(person), exhibit.pk)
