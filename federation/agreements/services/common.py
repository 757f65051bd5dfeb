"""What the others share: who speaks for whom, and to whom it is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from audit.trail import Actor
from federation.agreements.models import Agreement, Answer, Departure, Revision
from federation.agreements.models.agreement import Visibility
from federation.contracts.addresses import Address
from federation.letters.addressees import standing
from provinces.context import required

MACHINE = Actor(None, "系统")


def own() -> str:
    """Code of this province; "office" at the office, which is a party to nothing."""
    return required().name


def gone(agreement_id: UUID) -> dict[str, datetime]:
    """When each party left last."""
    found: dict[str, datetime] = {}
    for row in Departure.objects.filter(agreement_id=agreement_id).order_by("at"):
        found[row.party] = row.at
    return found


def concerned(agreement: Agreement) -> list[str]:
    """Codes of everybody who is to hear: members, and the parties of what is being asked; not who left."""
    left = gone(agreement.pk)
    codes = set(agreement.members)
    for revision in agreement.revisions.filter(state=Revision.State.PROPOSED):
        said = set(Answer.objects.filter(revision_id=revision.pk).values_list("party", flat=True))
        codes |= {
            code for code in revision.parties if code in said or code not in left or left[code] < revision.proposed_at
        }
    return sorted(codes)


def addresses(agreement: Agreement, codes: Iterable[str], *, reachable: bool = True) -> list[Address]:
    """Where to write: these provinces but this one, and the office where it may know.

    reachable: leave out who cannot be written to now, so that one suspended member does not hold up the others.
    """
    named = [Address.province(code) for code in sorted(set(codes) - {own()})]
    if agreement.visibility != Visibility.MEMBERS and own() != "office":
        named.append(Address.office())
    return [each for each in named if not reachable or standing(each) == "active"]
