"""The doors to proposals and cases: people of a unit that takes part, and leaders above."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Post, Unit, User
from accounts.selectors import visible_unit_ids
from appraisal.requests import selectors as requests
from appraisal.requests.models import Verdict
from kernel.errors import NotAllowed, NotFound404
from tenants.cases.models import Case, CaseProposal
from tenants.inspections import selectors as inspections
from tenants.inspections.models import Inspection
from tenants.inspections.seizure_selectors import heads as heads
from tenants.inspections.value import INFRINGING, Valuation, valuation


def proposals_of(person: User) -> QuerySet[CaseProposal]:
    """Proposals this person may see, newest first."""
    return CaseProposal.objects.filter(unit_id__in=visible_unit_ids(person)).select_related(
        "unit", "proposed_by", "decided_by", "inspection", "request"
    )


def access_proposal(person: User, proposal_id: UUID, *, lock: bool = False) -> CaseProposal:
    """One proposal. Raises NotFound404."""
    rows = proposals_of(person)
    if lock:
        rows = rows.select_related(None).select_for_update(of=("self",))
    found = rows.filter(pk=proposal_id).first()
    if found is None:
        raise NotFound404()
    return found


def proposal_of_transfer(transfer_id: UUID) -> CaseProposal | None:
    """The proposal that takes up a case that was handed over, for who was let in to it: waiting or filed."""
    states = (CaseProposal.State.PROPOSED, CaseProposal.State.FILED)
    return CaseProposal.objects.filter(transfer_id=transfer_id, state__in=states).select_related("case").first()


def case_by_id(case_id: UUID) -> Case | None:
    """One case for code that has looked at who asks."""
    return Case.objects.filter(pk=case_id).select_related("unit", "proposal").first()


def cases_of(person: User) -> QuerySet[Case]:
    """Cases of the person's units, leading or assisting, newest first."""
    units = visible_unit_ids(person)
    return (
        Case.objects.filter(Q(unit_id__in=units) | Q(units__unit_id__in=units))
        .distinct()
        .select_related("unit", "filed_by", "closed_by", "proposal__inspection", "proposal__request")
    )


def access_case(person: User, case_id: UUID, *, lock: str = "") -> Case:
    """One case. lock: "handler" (an officer of a unit that takes part) or "head", who is going to write.

    Raises NotFound404, NotAllowed.
    """
    found = cases_of(person).filter(pk=case_id).first()
    if found is None:
        raise NotFound404()
    if not lock:
        return found
    if lock == "handler" and not handles(person, found):
        raise NotAllowed()
    if lock == "head" and not heads(person, found.unit_id):
        raise NotAllowed()
    return Case.objects.select_for_update().get(pk=found.pk)


def whole_case(person: User, case_id: UUID) -> Case:
    """One case with all that its page shows. Raises NotFound404."""
    found = (
        cases_of(person)
        .filter(pk=case_id)
        .prefetch_related(
            "parties", "units__unit", "handlers__user", "evidence", "pauses__approved_by", "extensions", "referrals"
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def handles(person: User, case: Case) -> bool:
    """Whether this person works on a case: an officer of a unit that takes part, or named as handler."""
    if not person.has_role(Post.Role.OFFICER):
        return False
    return (
        case.unit_id == person.unit_id
        or case.units.filter(unit_id=person.unit_id).exists()
        or case.handlers.filter(user_id=person.pk).exists()
    )


def source_inspection(person: User, inspection_id: UUID) -> Inspection:
    """The inspection a case is proposed from, by one of its officers. Raises NotFound404, NotAllowed."""
    found = inspections.inspections_of(person).filter(pk=inspection_id).first()
    if found is None:
        raise NotFound404()
    if not inspections.is_officer_of(person, found.pk):
        raise NotAllowed()
    return found


def infringing_verdicts(*, inspection: Inspection | None, request_id: UUID | None) -> list[Verdict]:
    """Standing verdicts that say the goods are not right, of an inspection or of one request."""
    rows = Verdict.objects.select_related("opinion__request", "item", "withdrawal")
    if inspection is not None:
        rows = rows.filter(item__lot_question__lot__inspection=inspection)
    else:
        rows = rows.filter(item__request_id=request_id)
    by_item: dict[UUID, list[Verdict]] = {}
    for verdict in rows.order_by("opinion__given_at", "pk"):
        by_item.setdefault(verdict.item_id, []).append(verdict)
    standing = [requests.standing(each) for each in by_item.values()]
    return [each for each in standing if each is not None and each.value in INFRINGING]


def valuation_of(case: Case) -> Valuation | None:
    """What the goods of the case's inspection are worth, held against the thresholds; None without an inspection."""
    inspection = case.proposal.inspection
    if inspection is None:
        return None
    return valuation(inspection, inspections.lots_of(inspection))


def colleagues(person: User) -> QuerySet[User]:
    """Active officers of the person's unit and others that may be named as handlers."""
    return (
        User.people.filter(is_active=True, posts__role=Post.Role.OFFICER, unit_id=person.unit_id)
        .exclude(pk=person.pk)
        .distinct()
    )


def unit_or_404(unit_id: UUID) -> Unit:
    """A unit of this bureau in use. Raises NotFound404."""
    found = Unit.objects.filter(pk=unit_id, is_active=True).first()
    if found is None:
        raise NotFound404()
    return found


def open_units() -> QuerySet[Unit]:
    """Units in use."""
    return Unit.objects.filter(is_active=True)


def officers_by_id(ids: list[Any]) -> list[User]:
    """Active officers with these ids, in no order."""
    return list(User.people.filter(pk__in=ids, is_active=True, posts__role=Post.Role.OFFICER).distinct())
