"""The doors of fast appraisals. A platform sees what it asked, a right holder what was asked of it, nobody more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.platforms.models import (
    SEARCHED,
    AskPicture,
    FastAsk,
    FastOpinion,
    FastTask,
    FastTaskPicture,
    HolderTerms,
    PlatformLimit,
    PlatformTerms,
)
from appraisal.platforms.quotas import Offer, limit_of, offer
from evidence.models import Exhibit
from evidence.services import own_prefix
from federation.parties import selectors as parties
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import ActingFor, acting_organisations
from kernel import clock, searching
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required

AskState, TaskState = FastAsk.State, FastTask.State


class NotAPlatform(NotAllowed):
    """Only people of an e-commerce platform ask."""

    code = "not_a_platform"
    sentence = _("快速鉴定由电商平台的人员提交。请用平台的账号登录，或在右上角换到平台。")


def require_platform(acting: ActingFor) -> None:
    """Raise NotAllowed unless the seat is one at a platform."""
    if not acting.organisation.is_platform:
        raise NotAPlatform()
    acting.require(*Membership.OF_PLATFORMS)


# What a platform asked ------------------------------------------------------------------------------------------------


def asks_of(platform: Organisation) -> QuerySet[FastAsk]:
    """What this platform asked, newest first."""
    return FastAsk.objects.filter(platform=platform).select_related("holder", "platform")


def listed_asks(platform: Organisation, *, state: str = "", text: str = "") -> QuerySet[FastAsk]:
    """The list. state: one of them, "open", "late" or "" for all. text: in number, shop, brand or reference."""
    rows = whole(asks_of(platform))
    if state == "open":
        rows = rows.filter(state__in=FastAsk.OPEN)
    elif state == "late":
        rows = rows.filter(state__in=FastAsk.OPEN, due_at__lt=clock.now())
    elif state in AskState.values:
        rows = rows.filter(state=state)
    if text := text.strip():
        rows = searching.matching(rows, text, within=("platform_id", [platform.pk]), said=SEARCHED)
    return rows


def whole(rows: QuerySet[FastAsk]) -> QuerySet[FastAsk]:
    """With answers, recalls and pictures."""
    return rows.prefetch_related(
        "answers", "recalls", Prefetch("pictures", AskPicture.objects.select_related("exhibit"))
    )


def access_ask(platform: Organisation, ask_id: UUID, *, lock: bool = False) -> FastAsk:
    """One ask of the platform. Raises NotFound404."""
    rows = FastAsk.objects.filter(platform=platform).select_for_update() if lock else whole(asks_of(platform))
    found = rows.filter(pk=ask_id).first()
    if found is None:
        raise NotFound404()
    return found


def ask_counts(platform: Organisation) -> dict[str, int]:
    """How many are open, late, answered, recalled, and all."""
    rows = FastAsk.objects.filter(platform=platform)
    return rows.aggregate(
        open=Count("pk", filter=Q(state__in=FastAsk.OPEN)),
        late=Count("pk", filter=Q(state__in=FastAsk.OPEN, due_at__lt=clock.now())),
        answered=Count("pk", filter=Q(state=AskState.ANSWERED)),
        recalled=Count("pk", filter=Q(state=AskState.RECALLED)),
        all=Count("pk"),
    )


def own_pictures(platform: Organisation, ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Exhibit]:
    """Those of these pictures that the platform handed in, by id."""
    rows = Exhibit.objects.filter(pk__in=set(ids), owner=own_prefix(platform.pk), view_only=False).order_by("pk")
    return {row.pk: row for row in (rows.select_for_update() if lock else rows)}


# What stands at a right holder ----------------------------------------------------------------------------------------


def tasks_of(holder: Organisation) -> QuerySet[FastTask]:
    """What platforms ask this right holder, the nearest promise first."""
    return FastTask.objects.filter(organisation=holder).select_related("claimed_by", "platform", "organisation")


def queue(holder: Organisation, *, state: str = "open", platform: str = "") -> QuerySet[FastTask]:
    """The list at the desk. state: "open", "late", "answered" or "all"."""
    rows = tasks_of(holder).prefetch_related("pictures__exhibit")
    if state == "open":
        rows = rows.filter(state__in=FastTask.OPEN)
    elif state == "late":
        rows = rows.filter(state__in=FastTask.OPEN, due_at__lt=clock.now())
    else:
        rows = (rows.filter(state=state) if state in TaskState.values else rows).order_by("-arrived_at")
    return rows.filter(platform=platform) if platform else rows


def with_opinions(rows: QuerySet[FastTask]) -> QuerySet[FastTask]:
    """With what was answered."""
    return rows.prefetch_related(
        Prefetch("opinions", FastOpinion.objects.select_related("given_by", "withdrawal", "superseded_by"))
    )


def task_counts(holder: Organisation) -> dict[str, int]:
    """How many are open, late, answered."""
    return FastTask.objects.filter(organisation=holder).aggregate(
        open=Count("pk", filter=Q(state__in=FastTask.OPEN)),
        late=Count("pk", filter=Q(state__in=FastTask.OPEN, due_at__lt=clock.now())),
        answered=Count("pk", filter=Q(state=TaskState.ANSWERED)),
    )


def access_task(holder: Organisation, task_id: UUID, *, lock: bool = False) -> FastTask:
    """One task of the right holder. Raises NotFound404."""
    rows = FastTask.objects.filter(organisation=holder).select_for_update() if lock else tasks_of(holder)
    found = rows.filter(pk=task_id).first()
    if found is None:
        raise NotFound404()
    return found


def whole_task(holder: Organisation, task_id: UUID) -> FastTask:
    """One task with pictures and answers. Raises NotFound404."""
    rows = tasks_of(holder).prefetch_related(Prefetch("pictures", FastTaskPicture.objects.select_related("exhibit")))
    found = with_opinions(rows).filter(pk=task_id).first()
    if found is None:
        raise NotFound404()
    return found


def next_task(holder: Organisation, person: User) -> FastTask | None:
    """What to open next: mine, then the one whose promise is nearest."""
    rows = tasks_of(holder)
    mine = rows.filter(state=TaskState.CLAIMED, claimed_by=person).first()
    return mine or rows.filter(state=TaskState.WAITING).first()


def standing(task: FastTask) -> FastOpinion | None:
    """The answer that is neither superseded nor taken back."""
    return FastOpinion.objects.filter(task=task, withdrawal=None, superseded_by=None).last()


def access_opinion(holder: Organisation, opinion_id: UUID) -> FastOpinion:
    """One answer of the right holder. Raises NotFound404."""
    found = FastOpinion.objects.filter(pk=opinion_id, task__organisation=holder).select_related("task").first()
    if found is None:
        raise NotFound404()
    return found


def may_see(person: User, exhibit: Exhibit) -> bool:
    """A door: pictures of an ask of one's platform, or of a task of one's right holder."""
    if required().kind != "brands":
        return False
    seats = [each.organisation.pk for each in acting_organisations(person)]
    return (
        FastTaskPicture.objects.filter(exhibit=exhibit, task__organisation__in=seats).exists()
        or AskPicture.objects.filter(exhibit=exhibit, ask__platform__in=seats).exists()
    )


# Terms and limits -----------------------------------------------------------------------------------------------------


def terms_of(holder: Organisation) -> HolderTerms:
    """What a right holder offers platforms; without a row: nothing yet."""
    return HolderTerms.objects.filter(pk=holder.pk).first() or HolderTerms(organisation=holder)


def special_terms(holder: Organisation) -> dict[UUID, PlatformTerms]:
    """What it said of single platforms, by platform."""
    return {row.platform_id: row for row in PlatformTerms.objects.filter(organisation=holder)}


def offers_to(platform: Organisation, holders: Iterable[Organisation]) -> dict[UUID, Offer]:
    """What these right holders offer a platform."""
    wanted = [row.pk for row in holders]
    terms = HolderTerms.objects.in_bulk(wanted)
    special = {
        row.organisation_id: row for row in PlatformTerms.objects.filter(platform=platform, organisation__in=wanted)
    }
    return {pk: offer(terms.get(pk), special.get(pk)) for pk in wanted}


def accepting(platform: Organisation) -> list[tuple[Organisation, Offer]]:
    """Right holders that take asks of this platform, by name."""
    open_to = HolderTerms.objects.filter(accepts=True).values("pk")
    rows = list(parties.holders().filter(pk__in=open_to).prefetch_related("brands"))
    offers = offers_to(platform, rows)
    return [(row, offers[row.pk]) for row in rows if offers[row.pk].accepts]


def platform_or_404(organisation_id: UUID) -> Organisation:
    """One e-commerce platform that has not left. Raises NotFound404."""
    found = parties.platforms().filter(pk=organisation_id).first()
    if found is None:
        raise NotFound404()
    return found


def platform_limits() -> list[tuple[Organisation, PlatformLimit]]:
    """Every platform with the office's numbers."""
    return [(row, limit_of(row.pk)) for row in parties.platforms()]


# Figures --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """Of asks over some days. in_time: first answers not later than promised; late: the others, and open ones overdue.

    median_minutes: from asking to the first answer, by the wall clock.
    """

    name: str
    asked: int
    answered: int
    in_time: int
    late: int
    median_minutes: float | None

    @property
    def in_time_per_cent(self) -> int | None:
        counted = self.in_time + self.late
        return round(100 * self.in_time / counted) if counted else None


_STILL_OPEN = {*FastAsk.OPEN, *FastTask.OPEN}
Row = tuple[datetime, datetime, datetime | None, str]
"""asked_at, due_at, answered_at, state"""


def reckon(name: str, rows: Iterable[Row], now: datetime) -> Figures:
    """The figures of these asks."""
    asked = answered = in_time = late = 0
    minutes = []
    for asked_at, due_at, answered_at, state in rows:
        asked += 1
        if answered_at is not None:
            answered += 1
            in_time += answered_at <= due_at
            late += answered_at > due_at
            minutes.append((answered_at - asked_at).total_seconds() / 60)
        elif state in _STILL_OPEN and due_at < now:
            late += 1
    return Figures(name, asked, answered, in_time, late, median(minutes) if minutes else None)


def _grouped(
    rows: Iterable[tuple[UUID, datetime, datetime, datetime | None, str]], names: dict[UUID, str], days: int
) -> list[Figures]:
    now = clock.now()
    groups: dict[UUID, list[Row]] = {}
    for key, asked_at, due_at, answered_at, state in rows:
        groups.setdefault(key, []).append((asked_at, due_at, answered_at, state))
    found = [reckon(names.get(key, ""), each, now) for key, each in groups.items()]
    return sorted(found, key=lambda each: (-each.asked, each.name))


_COUNTED = ("asked_at", "due_at", "answered_at", "state")


def figures_of_platform(platform: Organisation, *, days: int = 30) -> list[Figures]:
    """What a platform asked in the last days, by right holder. Also in the office's seat: no listing is read."""
    rows = FastAsk.objects.filter(platform=platform, asked_at__gte=clock.now() - timedelta(days=days)).order_by()
    names = dict(parties.organisations().values_list("pk", "name"))
    return _grouped(rows.values_list("holder_id", *_COUNTED), names, days)


def figures_of_all(*, days: int = 30) -> dict[UUID, Figures]:
    """The same of every platform, for the office, by platform."""
    since, now = clock.now() - timedelta(days=days), clock.now()
    groups: dict[UUID, list[Row]] = {}
    for key, *row in FastAsk.objects.filter(asked_at__gte=since).order_by().values_list("platform_id", *_COUNTED):
        groups.setdefault(key, []).append((row[0], row[1], row[2], row[3]))
    return {key: reckon("", each, now) for key, each in groups.items()}


def figures_of_holder(holder: Organisation, *, days: int = 30) -> list[Figures]:
    """What platforms asked a right holder, by platform."""
    rows = FastTask.objects.filter(organisation=holder, asked_at__gte=clock.now() - timedelta(days=days)).order_by()
    names = dict(parties.organisations().values_list("pk", "name"))
    return _grouped(rows.values_list("platform_id", *_COUNTED), names, days)


def verdict_counts(holder: Organisation, *, days: int = 30) -> dict[str, int]:
    """How the answers that stand divide."""
    rows = FastOpinion.objects.filter(
        task__organisation=holder, given_at__gte=clock.now() - timedelta(days=days), withdrawal=None, superseded_by=None
    )
    return dict(rows.order_by().values_list("value").annotate(n=Count("pk")))
