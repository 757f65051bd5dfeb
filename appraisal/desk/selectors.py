"""The doors of the desk. A person acts for one organisation at a time; queues of two never mix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Extract

from accounts.models import User
from appraisal.catalogue.models import Product
from appraisal.desk.models import (
    DeskAppointment,
    DeskAssistance,
    DeskConsultation,
    DeskItem,
    DeskLinePhoto,
    DeskPhoto,
    DeskPosting,
    DeskSupplement,
    DeskTask,
    DeskVerdict,
    ReplyTemplate,
    SavedFilter,
)
from divisions import selectors as divisions
from evidence.models import Exhibit
from evidence.services import own_prefix
from federation.parties.models import Membership, Organisation
from kernel import clock, searching
from kernel.aggregates import Percentile
from kernel.errors import NotFound404
from kernel.tallies import Tally
from provinces.hosts import DIRECTORY
from provinces.models import Province

State = DeskTask.State
MUCH = 2000
"""From so many answers on, figures are kept and counted by a worker."""
OPEN_STATES = (State.WAITING, State.CLAIMED, State.SUPPLEMENT, State.PARTLY_ANSWERED)


@dataclass(frozen=True)
class Desk:
    """Who sits here, and for which organisation's goods (the principal, which an agent or association may act for)."""

    person: User
    organisation: Organisation


def tasks_of(desk: Desk) -> QuerySet[DeskTask]:
    """All tasks of the organisation, urgent first, then by age."""
    return DeskTask.objects.filter(organisation=desk.organisation).select_related("claimed_by", "organisation")


def queue(
    desk: Desk, *, state: str = "open", province: str = "", product: str = "", text: str = "", mine: bool = False
) -> QuerySet[DeskTask]:
    """The queue page. state: "open", "waiting", … or "all"."""
    rows = tasks_of(desk).prefetch_related("items__photos__exhibit")
    if state == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif state == "overdue":
        rows = rows.filter(state__in=(State.WAITING, State.CLAIMED), due_at__lt=clock.now())
    elif state in ("answered", "cancelled", "all"):
        rows = (rows if state == "all" else rows.filter(state=state)).order_by("-sent_at")
    else:
        rows = rows.filter(state=state)
    if province:
        rows = rows.filter(province_code=province)
    if product:
        rows = rows.filter(Exists(DeskItem.objects.filter(task=OuterRef("pk"), product_id=product)))
    if mine:
        rows = rows.filter(claimed_by=desk.person)
    return searching.matching(rows, text, within=("organisation_id", [desk.organisation.pk])) if text else rows


def counts(desk: Desk) -> dict[str, int]:
    """How many tasks in each open state, how many overdue, how many are mine."""
    rows = tasks_of(desk)
    by_state = dict(rows.filter(state__in=OPEN_STATES).order_by().values_list("state").annotate(n=Count("pk")))
    return {
        **{state.value: by_state.get(state.value, 0) for state in OPEN_STATES},
        "overdue": rows.filter(state__in=(State.WAITING, State.CLAIMED), due_at__lt=clock.now()).count(),
        "mine": rows.filter(state__in=OPEN_STATES, claimed_by=desk.person).count(),
    }


def access_task(desk: Desk, task_id: UUID, *, lock: bool = False) -> DeskTask:
    """One task. Raises NotFound404 for another organisation's as for none."""
    rows = tasks_of(desk)
    if lock:
        # Without the join: who waited for the lock gets the new row, but the joined person of before.
        rows = rows.select_related(None).select_for_update()
    found = rows.filter(pk=task_id).first()
    if found is None:
        raise NotFound404()
    return found


def tasks_of_scene(desk: Desk, province_code: str, request_ids: Iterable[UUID]) -> list[DeskTask]:
    """Tasks of the organisation for these requests of a province; ids of others' requests find nothing."""
    rows = tasks_of(desk).filter(province_code=province_code, request_id__in=list(request_ids))
    return list(with_everything(rows).order_by("pk"))


def arrived_at_scene(desk: Desk, tasks: Iterable[DeskTask]) -> bool:
    """Whether this person has said for all these tasks that they are on the premises."""
    mine = [any(a.state == "done" and a.who == desk.person.display_name for a in t.appointments.all()) for t in tasks]
    return bool(mine) and all(mine)


def access_item(desk: Desk, item_id: UUID) -> DeskItem:
    """One item. Raises NotFound404."""
    found = DeskItem.objects.select_related("task").filter(pk=item_id, task__organisation=desk.organisation).first()
    if found is None:
        raise NotFound404()
    return found


def access_verdict(desk: Desk, verdict_id: UUID) -> DeskVerdict:
    """One verdict given by the organisation. Raises NotFound404."""
    found = (
        DeskVerdict.objects.select_related("opinion__task", "item")
        .filter(pk=verdict_id, opinion__task__organisation=desk.organisation)
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def access_appointment(desk: Desk, appointment_id: UUID) -> DeskAppointment:
    """One appointment. Raises NotFound404."""
    found = DeskAppointment.objects.filter(pk=appointment_id, task__organisation=desk.organisation).first()
    if found is None:
        raise NotFound404()
    return found


def consultations_of(desk: Desk) -> QuerySet[DeskConsultation]:
    """Consultations asked of the organisation, latest first."""
    return DeskConsultation.objects.filter(organisation=desk.organisation)


def access_consultation(desk: Desk, consultation_id: UUID) -> DeskConsultation:
    """One consultation by its row id. Raises NotFound404."""
    found = consultations_of(desk).filter(pk=consultation_id).first()
    if found is None:
        raise NotFound404()
    return found


def assistance_of(desk: Desk) -> QuerySet[DeskAssistance]:
    """执法协助 tasks asked of the organisation, soonest due first."""
    return DeskAssistance.objects.filter(organisation=desk.organisation)


def access_assistance(desk: Desk, assistance_id: UUID) -> DeskAssistance:
    """One 执法协助 task by its row id. Raises NotFound404."""
    found = assistance_of(desk).filter(pk=assistance_id).first()
    if found is None:
        raise NotFound404()
    return found


def templates(desk: Desk, use: str) -> QuerySet[ReplyTemplate]:
    """Canned words of the organisation. use: retake, chat, reasons."""
    return ReplyTemplate.objects.filter(organisation=desk.organisation, use=use)


def all_templates(desk: Desk) -> QuerySet[ReplyTemplate]:
    """Canned words of the organisation for every use."""
    return ReplyTemplate.objects.filter(organisation=desk.organisation)


def saved_filters(desk: Desk) -> QuerySet[SavedFilter]:
    """The views of the queue that this person keeps for this organisation."""
    return SavedFilter.objects.filter(person=desk.person, organisation=desk.organisation)


def queue_provinces(desk: Desk) -> list[str]:
    """Codes of the provinces that have asked this organisation, for the filter.

    Each province is asked about by itself: one step down an index; a DISTINCT would read every task there ever was.
    """
    asked = DeskTask.objects.filter(organisation=desk.organisation, province_code=OuterRef("schema_name"))
    here = set(Province.objects.filter(Exists(asked)).values_list("schema_name", flat=True))
    elsewhere = {one.party.partition(":")[2] for one in DIRECTORY.remotes() if one.party.startswith("province:")} - here
    there = {code for code in elsewhere if tasks_of(desk).filter(province_code=code).exists()}
    return sorted(here | there)


def queue_products(desk: Desk) -> list[tuple[UUID, str]]:
    """Products that were asked about, for the filter: id and name as it was said last."""
    asked = DeskItem.objects.filter(product_id=OuterRef("pk"), task__organisation=desk.organisation)
    rows = Product.objects.filter(organisation=desk.organisation).order_by()
    said = rows.annotate(said=Subquery(asked.order_by("-pk").values("product_name")[:1])).filter(said__isnull=False)
    return sorted(said.values_list("pk", "said"), key=lambda each: each[1])


def province_names() -> dict[str, str]:
    """What the provinces are called, by code."""
    return dict(Province.objects.values_list("schema_name", "name"))


def county_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of counties with what lies above them up to the city, by code."""
    return {code: "".join(path[1:] or path) for code, path in _paths(codes).items()}


def _paths(codes: Iterable[str]) -> dict[str, list[str]]:
    return {code: name.split("/") for code, name in divisions.path_names(codes, "/").items()}


def may_see_exhibit(desk: Desk, exhibit_id: UUID) -> bool:
    """Whether a photo came with a task of this organisation."""
    return (
        DeskPhoto.objects.filter(exhibit_id=exhibit_id, item__task__organisation=desk.organisation).exists()
        or DeskTask.objects.filter(organisation=desk.organisation, lines__photos__exhibit_id=exhibit_id).exists()
    )


def photos_by_digest(task: DeskTask, original_sha256: str) -> list[Exhibit]:
    """Views of one original that came with a task, under shots or in the talk."""
    shots = DeskPhoto.objects.filter(item__task=task).values("exhibit_id")
    lines = DeskLinePhoto.objects.filter(line__task=task).values("exhibit_id")
    rows = Exhibit.objects.filter(sha256=original_sha256, view_only=True)
    return list(rows.filter(Q(pk__in=shots) | Q(pk__in=lines)))


def own_exhibit(desk: Desk, exhibit_id: UUID) -> Exhibit:
    """A photo that this person handed in for this organisation. Raises NotFound404."""
    found = Exhibit.objects.filter(
        pk=exhibit_id, by_id=desk.person.pk, original_key__startswith=f"{own_prefix(desk.organisation.pk)}/"
    ).first()
    if found is None:
        raise NotFound404()
    return found


def with_everything(rows: QuerySet[DeskTask]) -> QuerySet[DeskTask]:
    """Items, photos, verdicts and lines fetched along, for the workbench."""
    return rows.prefetch_related(
        Prefetch("items__photos", queryset=DeskPhoto.objects.select_related("exhibit")),
        "items__supplements",
        Prefetch(
            "items__verdicts",
            queryset=DeskVerdict.objects.select_related("opinion__given_by", "withdrawal", "superseded_by"),
        ),
        "lines__photos__exhibit",
        "appointments",
        "scene_signatures",
    )


def next_task(desk: Desk, *, after: DeskTask | None = None) -> DeskTask | None:
    """What to open next: mine that wait for me, then the oldest waiting one."""
    rows = tasks_of(desk).exclude(pk=after.pk if after else None)
    mine = rows.filter(claimed_by=desk.person, state__in=(State.CLAIMED, State.PARTLY_ANSWERED)).first()
    return mine or rows.filter(state=State.WAITING).first()


def standing_verdict(item: DeskItem) -> DeskVerdict | None:
    """The verdict of an item that is neither superseded nor withdrawn."""
    return (
        DeskVerdict.objects.filter(item=item, withdrawal__isnull=True, superseded_by__isnull=True)
        .select_related("opinion__given_by")
        .last()
    )


class Group(NamedTuple):
    """Answer times of one province or product, in minutes. share: of the longest median, for a bar (0 to 100)."""

    name: str
    answered: int
    median_minutes: float
    p90_minutes: float
    share: int


@dataclass(frozen=True)
class Figures:
    """Answer times (minutes, wall clock from the officer's sending), and how the answers divide."""

    answered: int
    median_minutes: float | None
    p90_minutes: float | None
    retake_rate: float | None
    verdicts: dict[str, int]
    by_province: list[Group]
    by_product: list[Group]
    counted_at: datetime | None = None


_MINUTES = ExpressionWrapper(Extract(F("answered_at") - F("sent_at"), "epoch") / 60.0, output_field=FloatField())
_TIMES = {"n": Count("pk"), "middle": Percentile(_MINUTES, at=0.5), "late": Percentile(_MINUTES, at=0.9)}


def figures(desk: Desk, *, days: int = 30, now: datetime | None = None) -> Figures:
    """Figures of the organisation over the last `days`; of many tasks those counted last (`counted_at`)."""
    return FIGURES.shown(desk.organisation.pk, days, now=now)


def _figures(organisation_id: UUID, days: int, *, now: datetime) -> Figures:
    span = {"organisation_id": organisation_id, "answered_at__gte": now - timedelta(days=days), "answered_at__lte": now}
    tasks = DeskTask.objects.filter(**span).order_by()
    whole = tasks.aggregate(**_TIMES)
    verdicts = DeskVerdict.objects.filter(
        **{f"opinion__task__{name}": value for name, value in span.items()}, withdrawal__isnull=True
    ).order_by()
    retaken = tasks.filter(Exists(DeskSupplement.objects.filter(item__task=OuterRef("pk")))).count()
    return Figures(
        answered=whole["n"],
        median_minutes=whole["middle"],
        p90_minutes=whole["late"],
        retake_rate=retaken / whole["n"] if whole["n"] else None,
        verdicts=dict(verdicts.values_list("value").annotate(n=Count("pk"))),
        by_province=_table(tasks.values("province_code").annotate(**_TIMES).values_list("province_code", *_TIMES)),
        by_product=_table(
            tasks.filter(items__isnull=False)
            .values("items__product_name")
            .annotate(**_TIMES)
            .values_list("items__product_name", *_TIMES)
        ),
    )


FIGURES = Tally("desk:figures", _figures, much=lambda found: found.answered >= MUCH)


def _table(groups: Iterable[tuple[str, int, float, float]]) -> list[Group]:
    found = list(groups)
    longest = max((middle for _name, _count, middle, _late in found), default=0) or 1
    rows = [Group(name, count, middle, late, round(100 * middle / longest)) for name, count, middle, late in found]
    return sorted(rows, key=lambda row: (-row.answered, row.name))


# People for actions ---------------------------------------------------------------------------------------------------


def postings_of(desk: Desk) -> QuerySet[DeskPosting]:
    """Where bureaux ask this organisation for people, the nearest hour first."""
    return DeskPosting.objects.filter(organisation=desk.organisation).order_by("meet_at", "pk")


def access_posting(desk: Desk, posting_id: UUID, *, lock: bool = False) -> DeskPosting:
    """One of them. Raises NotFound404."""
    rows = postings_of(desk)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=posting_id).first()
    if found is None:
        raise NotFound404()
    return found


def posting_people(organisation_id: UUID) -> list[UUID]:
    """Who decides whom to send: administrators and rights staff of the organisation."""
    rows = Membership.objects.filter(
        organisation_id=organisation_id,
        is_active=True,
        role__in=(Membership.Role.BRAND_ADMIN, Membership.Role.RIGHTS_STAFF),
    )
    return list(rows.values_list("user_id", flat=True).distinct())
