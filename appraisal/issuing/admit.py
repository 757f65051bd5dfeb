"""Who sees photos of sealed samples, and how much waits, for the navigation."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from appraisal.issuing import selectors
from evidence.models import Exhibit
from federation.parties.acting import acting_for, choices
from federation.parties.selectors import acting_organisations
from provinces.context import required


def may_see(person: User, exhibit: Exhibit) -> bool:
    """A door: photos of sealed samples, for people who act for the organisation that got them."""
    if required().kind != "brands":
        return False
    return any(selectors.may_see_exhibit(each.organisation, exhibit.pk) for each in acting_organisations(person))


def waiting(request: HttpRequest) -> int:
    """How much waits at the chosen organisation: notices, objections, recognition, letters not yet formal."""
    if not choices(request):
        return 0
    counts = selectors.counts(acting_for(request))
    return counts["letters"] + counts["notices"] + counts["objections"] + counts["reuse"]
