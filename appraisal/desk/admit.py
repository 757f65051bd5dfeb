"""Who sits at the desk, for whom; and what a person of the brands host may see and hear because of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from accounts.models import User
from appraisal.desk import selectors
from appraisal.desk.selectors import Desk
from evidence.models import Exhibit
from federation.parties.acting import acting_for, choices
from federation.parties.models import Membership
from federation.parties.selectors import acting_organisations
from provinces.context import required


def desk_of(request: HttpRequest) -> Desk:
    """The desk of the signed-in person, for the organisation they have chosen. Raises NotAllowed without any."""
    return Desk(person=request.user, organisation=acting_for(request).organisation)  # type: ignore[arg-type]


def may_claim(request: HttpRequest) -> bool:
    """Whether the person is an appraiser where they act from; others may look and talk."""
    return acting_for(request).has(Membership.Role.APPRAISER)


def waiting(request: HttpRequest) -> int:
    """How many tasks wait at the chosen organisation, for the navigation."""
    return selectors.counts(desk_of(request))["waiting"] if choices(request) else 0


def may_see(person: User, exhibit: Exhibit) -> bool:
    """A door: photos that came with a task of an organisation one acts for, or that colleagues put into its chat."""
    if required().kind != "brands":
        return False
    return any(
        selectors.may_see_exhibit(Desk(person, acting.organisation), exhibit.pk)
        for acting in acting_organisations(person)
    )


def parties_heard(person: User) -> set[str]:
    """Whose events reach this person: every organisation they act for."""
    ids: set[UUID] = {acting.organisation.pk for acting in acting_organisations(person)}
    return {f"org-{pk}" for pk in ids}
