"""The doors to seizures: officers of the inspection, people of its unit, and leaders above it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads as heads
from accounts.selectors import heads_of as heads_of
from accounts.selectors import issuing_unit as issuing_unit
from appraisal.requests.models import Verdict
from appraisal.requests.selectors import standing
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from tenants.inspections.links import Link
from tenants.inspections.models import (
    Inspection,
    Lot,
    LotPhoto,
    LotQuestion,
    PropertyListRow,
    Seal,
    Seizure,
    SeizureExtension,
    SeizurePause,
)
from tenants.inspections.report import Seized
from tenants.inspections.selectors import inspections_of, is_officer_of

State = Seizure.State
WAITING_FOR_HEAD = (State.PROPOSED, State.URGENT)


def inspection_to_seize(person: User, inspection_id: UUID, *, write: bool = False) -> Inspection:
    """The inspection. write: for one of its officers only. Raises NotFound404, NotAllowed."""
    found = inspections_of(person).filter(pk=inspection_id).first()
    if found is None:
        raise NotFound404()
    if write and not is_officer_of(person, found.pk):
        raise NotAllowed()
    return found


def seizures_of(person: User) -> QuerySet[Seizure]:
    """Seizures this person may see, newest first."""
    return Seizure.objects.filter(inspection_id__in=inspections_of(person).values("pk")).select_related(
        "inspection__entity", "inspection__site", "unit", "proposed_by", "decided_by"
    )


def access_seizure(person: User, seizure_id: UUID, *, lock: str = "") -> Seizure:
    """One seizure. lock: "officer" or "head", who is going to write; its row is held until the end of the transaction.

    Raises NotFound404; NotAllowed for who may see it and not do that.
    """
    rows = seizures_of(person)
    if lock:
        rows = rows.select_related(None).select_for_update(of=("self",))
    found = rows.filter(pk=seizure_id).first()
    if found is None:
        raise NotFound404()
    if lock == "officer" and not is_officer_of(person, found.inspection_id):
        raise NotAllowed()
    if lock == "head" and not heads(person, found.unit_id):
        raise NotAllowed()
    return found


def with_everything(rows: QuerySet[Seizure]) -> QuerySet[Seizure]:
    """All that the page and the papers show, fetched along."""
    return rows.prefetch_related(
        "decisions__decided_by",
        Prefetch("property_list__rows", queryset=PropertyListRow.objects.select_related("lot")),
        Prefetch("seals", queryset=Seal.objects.select_related("applied_by")),
        "handovers__by",
        Prefetch("pauses", queryset=SeizurePause.objects.select_related("by")),
        Prefetch("extensions", queryset=SeizureExtension.objects.select_related("asked_by", "decided_by")),
        "inspection__officers__officer",
        "inspection__persons",
    )


def whole_seizure(person: User, seizure_id: UUID) -> Seizure:
    """One seizure with everything. Raises NotFound404."""
    found = with_everything(seizures_of(person)).filter(pk=seizure_id).first()
    if found is None:
        raise NotFound404()
    return found


def seizures_on(inspection: Inspection) -> QuerySet[Seizure]:
    """Seizures of one inspection that the caller was let in to."""
    return Seizure.objects.filter(inspection=inspection).prefetch_related("extensions", "pauses")


def lots_to_seize(inspection: Inspection) -> list[Lot]:
    """Lots that are counted, with what is not yet on a list (`lot.left`), and their verdicts (`lot.verdict`)."""
    lots = list(inspection.lots.filter(void_reason="", quantity__gt=0))
    taken = seized_quantities([lot.pk for lot in lots])
    verdicts = verdicts_of([lot.pk for lot in lots])
    for lot in lots:
        assert lot.quantity is not None
        lot.left = lot.quantity - taken.get(lot.pk, Decimal(0))  # type: ignore[attr-defined]
        lot.verdict = verdicts.get(lot.pk)  # type: ignore[attr-defined]
    return lots


def seized_quantities(lot_ids: list[UUID], *, besides: UUID | None = None) -> dict[UUID, Decimal]:
    """How much of each lot stands on lists of seizures that are not over."""
    over = (State.REFUSED, State.WITHDRAWN, State.RELEASED)
    rows = PropertyListRow.objects.filter(lot_id__in=lot_ids).exclude(property_list__seizure__state__in=over)
    if besides is not None:
        rows = rows.exclude(property_list__seizure_id=besides)
    return dict(rows.values_list("lot_id").annotate(total=Sum("quantity")))


def verdicts_of(lot_ids: list[UUID]) -> dict[UUID, Verdict]:
    """The verdict that stands for each lot, whenever it arrived."""
    questions = LotQuestion.objects.filter(lot_id__in=lot_ids).prefetch_related(
        Prefetch("item__verdicts", queryset=Verdict.objects.select_related("opinion", "withdrawal"))
    )
    found: dict[UUID, Verdict] = {}
    for question in questions.order_by("asked_at", "pk"):
        verdict = standing(question.item.verdicts.all())
        if verdict is not None:
            found[question.lot_id] = verdict
    return found


@dataclass(frozen=True)
class LateVerdict:
    """A verdict on goods that had been given back when it arrived."""

    row: PropertyListRow
    verdict: Verdict
    arrived_at: datetime


def late_verdicts(seizure: Seizure) -> list[LateVerdict]:
    """Verdicts that arrived after the release, oldest first. Also those marked late because the request was over."""
    if seizure.released_at is None or not hasattr(seizure, "property_list"):
        return []
    rows = {row.lot_id: row for row in seizure.property_list.rows.all()}
    verdicts = Verdict.objects.filter(
        item__lot_question__lot_id__in=rows, opinion__received_at__gt=seizure.released_at
    ).select_related("opinion", "item__lot_question")
    return [
        LateVerdict(rows[each.item.lot_question.lot_id], each, each.opinion.received_at)
        for each in verdicts.order_by("opinion__received_at", "pk")
    ]


def open_seizures() -> QuerySet[Seizure]:
    """Goods that are held now, in this province."""
    return Seizure.objects.filter(state__in=(State.URGENT, State.IN_FORCE, State.MUST_RELEASE)).prefetch_related(
        "extensions__decided_by", "pauses", "inspection__officers"
    )


def inspection_with_everything(person: User, inspection_id: UUID) -> Inspection:
    """One inspection with all that its papers say. Raises NotFound404."""
    found = (
        inspections_of(person)
        .filter(pk=inspection_id)
        .prefetch_related(
            "officers",
            "persons",
            "notices",
            "lots",
            "seizures__decisions",
            Prefetch("lots__photos", queryset=LotPhoto.objects.select_related("exhibit")),
        )
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def media_of(inspection: Inspection) -> list[tuple[str, str, str]]:
    """Photos of an inspection once each: what it shows, when it was taken, its SHA-256."""
    seen: dict[UUID, tuple[str, str, str]] = {}
    for lot in inspection.lots.all():
        for photo in lot.photos.all():
            exhibit = photo.exhibit
            taken = exhibit.captured_at or exhibit.received_at
            what = f"{photo.get_shows_display()} {lot.product_name or lot.claimed_brand}".strip()
            when = taken.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
            seen.setdefault(exhibit.pk, (what, when, exhibit.sha256))
    return list(seen.values())


def access_seal(seizure: Seizure, seal_id: UUID) -> Seal:
    """A seal of a seizure that the caller was let in to. Raises NotFound404."""
    found = seizure.seals.filter(pk=seal_id).first()
    if found is None:
        raise NotFound404()
    return found


def told(inspection: Inspection) -> list[Seized]:
    """For the day's page: each seizure of an inspection in one line."""
    rows = Seizure.objects.filter(inspection=inspection).exclude(state=State.WITHDRAWN)
    return [
        Seized(
            words=f"{each.get_measure_display()} · {each.get_state_display()}",
            lot_ids=frozenset(row.lot_id for row in each.property_list.rows.all())
            if each.carried_out_at and each.released_at is None
            else frozenset(),
            url=reverse("seizures:detail", args=[each.pk], urlconf=settings.URLCONFS["province"]),
        )
        for each in rows.prefetch_related("property_list__rows")
    ]


def link(person: User, inspection: Inspection) -> list[Link]:
    """The line on an inspection's page that leads to seizures and papers."""
    return [
        Link(
            url=reverse("seizures:measures", args=[inspection.pk], urlconf=settings.URLCONFS["province"]),
            label=_("措施与文书"),
            icon="lock",
            detail=_("查封扣押、现场笔录、提请立案"),
        )
    ]
