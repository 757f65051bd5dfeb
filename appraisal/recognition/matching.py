"""What the library tells the office: finds of two provinces are of one run; and what a brand may raise as a series."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from appraisal.recognition.models import Find, RunLink
from audit.trail import Actor
from federation.matching.services.asked import report_run
from federation.matching.sources import Raisable, register_finds
from kernel import clock

MOST_FINDS = 500


def run_decided(link: RunLink) -> None:
    """A person took two finds for one run, refused that, or opened the question again."""
    sides = [
        (find.province_code, find.request_id)
        for find in (link.first, link.second)
        if find.province_code and find.request_id
    ]
    report_run(
        link_id=link.pk,
        organisation_id=link.organisation_id,
        sides=sides,
        stands=link.state == RunLink.State.ACCEPTED,
        by=link.decided_by or Actor(None, "系统"),
    )


def finds(organisation_id: UUID) -> Iterator[Raisable]:
    """Finds of an organisation that came from requests, newest first, with the name of a run each belongs to."""
    rows = list(
        Find.objects.filter(organisation=organisation_id, request_id__isnull=False)
        .exclude(province_code="")
        .order_by("-found_on", "-id")[:MOST_FINDS]
    )
    runs = _runs(organisation_id)
    seen: set[UUID] = set()
    for row in rows:
        if row.request_id is None or row.request_id in seen:
            continue
        seen.add(row.request_id)
        yield Raisable(
            request_id=row.request_id,
            province_code=row.province_code,
            request_no=row.request_no,
            product_name=row.product_name,
            found_on=row.found_on or clock.today(),
            run=str(runs.get(row.pk, "")),
        )


def _runs(organisation_id: UUID) -> dict[UUID, UUID]:
    """For each find of an accepted run, the first find of that run."""
    parent: dict[UUID, UUID] = {}

    def root(pk: UUID) -> UUID:
        parent.setdefault(pk, pk)
        while parent[pk] != pk:
            pk = parent[pk]
        return pk

    links = RunLink.objects.filter(organisation=organisation_id, state=RunLink.State.ACCEPTED)
    for first, second in links.order_by("id").values_list("first_id", "second_id"):
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return {pk: root(pk) for pk in parent}


def register_all() -> None:
    """Once, when the app is ready."""
    from appraisal.recognition import hooks

    hooks.on_run_decided(run_decided)
    register_finds(finds)
