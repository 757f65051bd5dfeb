"""What a case tells the app of opinion letters, and what may keep it from being closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appraisal.opinions import hooks
from appraisal.opinions import selectors as opinions
from appraisal.opinions.hooks import Ground, Matter
from appraisal.requests.models import AppraisalRequest
from kernel.errors import Conflict
from tenants.cases.models import Case, CaseProposal


class ObjectionOpen(Conflict):
    """The party objects to an opinion that the case rests on, and nobody has decided on that. Data: numbers."""

    code = "objection_open"
    sentence = _("当事人对辨认意见（{numbers}）的异议还没有处理完，不能结案。请先转权利人答复并作出处理。")


def requests_of(case: Case) -> list[UUID]:
    """Requests that a case rests on: of its inspection, or the one it was proposed from."""
    proposal = case.proposal
    found = set()
    if proposal.inspection is not None:
        found |= set(
            AppraisalRequest.objects.filter(site_id=proposal.inspection.site_id).order_by().values_list("pk", flat=True)
        )
    if proposal.request_id is not None:
        found.add(proposal.request_id)
    return sorted(found)


def no_objection_open(case: Case) -> None:
    """Raises ObjectionOpen while an objection waits to be decided."""
    waiting = opinions.blocking(requests_of(case))
    if waiting:
        numbers = list(dict.fromkeys(each.letter.opinion_no or each.letter.organisation_name for each in waiting))
        raise ObjectionOpen(numbers=numbers, grey_market=any(each.grey_market for each in waiting))


def ground(request: AppraisalRequest) -> Ground | None:
    """The case or the proposal of a request: its number, its party, and when the head decided on filing."""
    row = (
        CaseProposal.objects.filter(Q(request=request) | Q(inspection__site_id=request.site_id))
        .exclude(state=CaseProposal.State.WITHDRAWN)
        .select_related("case")
        .order_by("-pk")
        .first()
    )
    if row is None:
        return None
    case = getattr(row, "case", None)
    return Ground(
        matter_no=case.number if case is not None else "", party_name=row.party_name, verified_at=row.decided_at
    )


def matters(request_ids: Collection[UUID]) -> Iterable[Matter]:
    """Cases that rest on these requests."""
    rows = Case.objects.filter(
        Q(proposal__request_id__in=request_ids) | Q(proposal__inspection__site__requests__in=request_ids)
    )
    for case in rows.distinct().prefetch_related("handlers").order_by("pk"):
        yield Matter(
            kind="case",
            id=case.pk,
            label=f"{case.number} {case.get_state_display()}",
            url=reverse("cases:detail", args=[case.pk], urlconf=settings.URLCONFS["province"]),
            people=(*(each.user_id for each in case.handlers.all()), case.filed_by_id),
        )


def register_all() -> None:
    """Called once at start-up."""
    hooks.grounds(ground)
    hooks.matters(matters)
