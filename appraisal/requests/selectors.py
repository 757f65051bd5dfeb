"""The doors through which rows of the main job are read, on the province's side.

An officer sees the requests of their own unit (the unit keeps a request when its officer moves); leaders, dispatchers
and administrators of the bureau see those of the units below theirs. Not yours and not there give the same 404.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Lower, StrIndex, TruncDay
from django.http import HttpRequest

from accounts.models import Post, Unit, User
from accounts.selectors import may_write, visible_unit_ids
from appraisal.requests import hooks, kept
from appraisal.requests.models import (
    Appointment,
    AppraisalRequest,
    AssistanceTask,
    Consultation,
    ItemPhoto,
    Line,
    RequestItem,
    Site,
    Supplement,
    Verdict,
)
from divisions import selectors as divisions
from evidence.models import Exhibit
from kernel import clock, searching
from kernel.aggregates import Percentile
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required
from provinces.kept import PagesOf

State = AppraisalRequest.State
OPEN_STATES = (State.SENT, State.WORKING, State.SUPPLEMENT, State.PARTLY_ANSWERED, State.NO_ANSWER)


def requests_of(person: User) -> QuerySet[AppraisalRequest]:
    """All requests this person may see, newest first."""
    return AppraisalRequest.objects.filter(unit_id__in=visible_unit_ids(person)).select_related(
        "site", "officer", "unit"
    )


def newest_requests(person: User) -> PagesOf[AppraisalRequest]:
    """The same by pages, without their sites and long texts: for a list that asks nothing more."""
    return kept.NEWEST.of(visible_unit_ids(person))


def access_request(person: User, request_id: UUID, *, lock: bool = False) -> AppraisalRequest:
    """One request by id. lock: hold its row until the end of the transaction, to write to it.

    Raises NotFound404; NotAllowed when it is to be written to by somebody who may only read it.
    """
    if lock:
        # Without the joins: they would be those of before the wait, and a request that changed hands would be gone.
        rows = requests_of(person).select_related(None).select_for_update()
        found = rows.filter(pk=request_id).first()
    else:
        found = kept.REQUEST.first(request_id, visible_unit_ids(person))
    if found is None:
        raise NotFound404()
    if lock and not may_write(person, found.unit_id):
        raise NotAllowed()
    return found


def access_item(person: User, item_id: UUID, *, lock: bool = False) -> RequestItem:
    """One item with its request. Raises NotFound404."""
    item = kept.ITEM.first(item_id, visible_unit_ids(person))
    if item is None:
        raise NotFound404()
    if lock:
        item.request = access_request(person, item.request_id, lock=True)
    return item


def item_sent_before(person: User, item_id: UUID) -> RequestItem | None:
    """The item of an id that a phone chose, with its request and its parts; None while there is none.

    Raises NotFound404 for one that this person may not see.
    """
    item = kept.ANY_ITEM.first(item_id)
    if item is not None and item.request.unit_id not in visible_unit_ids(person):
        raise NotFound404()
    return item


def with_parts(item: RequestItem) -> RequestItem:
    """The same item with photos, absences, supplements and verdicts fetched along, if it did not bring them."""
    brought = getattr(item, "_prefetched_objects_cache", {})
    for name, rows in kept.PARTS.items():
        if name not in brought:
            rows.hang([item], name)
    return item


def items_there(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these ids are items already, anybody's."""
    return set(RequestItem.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def access_site(person: User, site_id: UUID) -> Site:
    """One site with its requests. Raises NotFound404."""
    found = kept.SITE.first(site_id, visible_unit_ids(person))
    if found is None:
        raise NotFound404()
    return found


def with_requests(site: Site, *, just_opened: bool = False) -> Site:
    """The same site with its requests fetched along. just_opened: it has none, nobody else knows its id."""
    kept.REQUESTS_OF_SITES.hang([site], "requests", among=[] if just_opened else None)
    return site


def sites_of(person: User) -> QuerySet[Site]:
    """Visits of the person's units, newest first, each with how many requests it has (`count`)."""
    return Site.objects.filter(unit_id__in=visible_unit_ids(person)).annotate(count=Count("requests"))


def find_site(person: User, site_id: UUID | None) -> Site | None:
    """One site if it is there and may be seen: for a visit that is only remembered."""
    return Site.objects.filter(pk=site_id, unit_id__in=visible_unit_ids(person)).first() if site_id else None


def whole_request(person: User, request_id: UUID, *, lines: bool = True) -> AppraisalRequest:
    """One request with all that its page shows. lines: with its timeline. Raises NotFound404."""
    found = (kept.WITH_LINES if lines else kept.WITH_ITEMS).first(request_id, visible_unit_ids(person))
    if found is None:
        raise NotFound404()
    return found


def lines_of(request: AppraisalRequest) -> list[Line]:
    """The timeline of a request, oldest first, with photos."""
    return kept.LINES.rows([request.pk])


def item_with_photos(person: User, item_id: UUID) -> RequestItem:
    """One item with photos, absences, supplements and verdicts fetched along. Raises NotFound404."""
    item = kept.WITH_PARTS.first(item_id, visible_unit_ids(person))
    if item is None:
        raise NotFound404()
    return item


def access_photo(person: User, photo_id: UUID) -> ItemPhoto:
    """One photo of a request this person may see. Raises NotFound404."""
    found = (
        ItemPhoto.objects.select_related("exhibit", "item__request")
        .filter(pk=photo_id, item__request__unit_id__in=visible_unit_ids(person))
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def access_appointment(person: User, appointment_id: UUID) -> Appointment:
    """One appointment of a request this person may see. Raises NotFound404."""
    found = (
        Appointment.objects.select_related("request")
        .filter(pk=appointment_id, request__unit_id__in=visible_unit_ids(person))
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def exhibit(exhibit_id: UUID) -> Exhibit:
    """An exhibit of this province by id, for who has shown a right to it. Raises NotFound404."""
    found = Exhibit.objects.filter(pk=exhibit_id, view_only=False).first()
    if found is None:
        raise NotFound404()
    return found


def colleagues(request: AppraisalRequest) -> QuerySet[User]:
    """Active officers of the request's unit other than the one who has it."""
    return (
        User.people.filter(unit_id=request.unit_id, is_active=True, posts__role=Post.Role.OFFICER)
        .exclude(pk=request.officer_id)
        .distinct()
    )


def colleague(request: AppraisalRequest, officer_id: UUID) -> User:
    """One of `colleagues`. Raises NotFound404."""
    found = colleagues(request).filter(pk=officer_id).first()
    if found is None:
        raise NotFound404()
    return found


def access_supplement(person: User, supplement_id: UUID) -> Supplement:
    """One supplement asked for. Raises NotFound404."""
    found = (
        Supplement.objects.select_related("item__request")
        .filter(pk=supplement_id, item__request__unit_id__in=visible_unit_ids(person))
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


def access_consultation(person: User, consultation_id: UUID) -> Consultation:
    """One consultation of the person's units. Raises NotFound404."""
    found = Consultation.objects.filter(pk=consultation_id, unit_id__in=visible_unit_ids(person)).first()
    if found is None:
        raise NotFound404()
    return found


def consultations_of(person: User) -> QuerySet[Consultation]:
    """Consultations of the person's units, latest first."""
    return Consultation.objects.filter(unit_id__in=visible_unit_ids(person)).select_related("unit", "officer")


def access_assistance(person: User, task_id: UUID) -> AssistanceTask:
    """One 执法协助 task of the person's units. Raises NotFound404."""
    found = assistance_of(person).filter(pk=task_id).first()
    if found is None:
        raise NotFound404()
    return found


def assistance_of(person: User) -> QuerySet[AssistanceTask]:
    """执法协助 tasks of the person's units, newest first."""
    return AssistanceTask.objects.filter(unit_id__in=visible_unit_ids(person)).select_related("unit", "officer")


def may_see_exhibit(person: User, exhibit_id: UUID) -> bool:
    """Whether a photo hangs on a request this person may see, or was taken by them."""
    units = visible_unit_ids(person)
    return (
        ItemPhoto.objects.filter(exhibit_id=exhibit_id, item__request__unit_id__in=units).exists()
        or AppraisalRequest.objects.filter(lines__photos__exhibit_id=exhibit_id, unit_id__in=units).exists()
    )


def place_of_visit(item: RequestItem) -> tuple[float, float] | None:
    """Latitude and longitude of the first photo of the item's visit that says where it was taken."""
    placed = ItemPhoto.objects.filter(
        item__request__site_id=item.request.site_id, exhibit__latitude__isnull=False, exhibit__longitude__isnull=False
    ).exclude(exhibit__latitude=0, exhibit__longitude=0)
    first = placed.order_by("pk").values_list("exhibit__latitude", "exhibit__longitude").first()
    return (float(first[0]), float(first[1])) if first else None


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """The door `evidence` asks. On the brands host there are no requests, so it is shut."""
    return required().kind == "province" and may_see_exhibit(person, exhibit.pk)


def asks(request: HttpRequest) -> bool:
    """Whether the person is an officer, who begins a check."""
    return request.user.is_authenticated and request.user.has_role(Post.Role.OFFICER)


def asks_or_reads(request: HttpRequest) -> bool:
    """Whether the officer's pages are this person's."""
    person = request.user
    return person.is_authenticated and person.has_role(Post.Role.OFFICER, Post.Role.LEADER, Post.Role.DISPATCHER)


def standing_verdict(item: RequestItem) -> Verdict | None:
    """The verdict that counts now: the latest that is neither superseded nor withdrawn nor late."""
    return standing(Verdict.objects.filter(item=item).select_related("opinion", "withdrawal"))


def standing(verdicts: Iterable[Verdict]) -> Verdict | None:
    """The same, of verdicts in the order they were given, each with its opinion and withdrawal."""
    timely = [verdict for verdict in verdicts if not verdict.opinion.late]
    replaced = {verdict.supersedes for verdict in timely if verdict.supersedes}
    stand = [each for each in timely if each.pk not in replaced and not hasattr(each, "withdrawal")]
    return stand[-1] if stand else None


@dataclass(frozen=True)
class MissingShot:
    """A required shot with no photo and no reason for its absence."""

    code: str
    name: str
    in_quick_set: bool


def missing_shots(item: RequestItem) -> list[MissingShot]:
    """Required shots of the item's shot list that are neither photographed nor marked absent, in list order."""
    gone = {Exhibit.State.REFUSED, Exhibit.State.WITHDRAWN}
    have = {photo.shot_code for photo in item.photos.all() if photo.exhibit.state not in gone}
    have |= {absent.shot_code for absent in item.absent_shots.all()}
    return [
        MissingShot(shot["code"], shot["name"], bool(shot.get("in_quick_set")))
        for shot in item.shot_list
        if shot["required"] and shot["code"] not in have
    ]


def with_verdicts(rows: QuerySet[AppraisalRequest]) -> QuerySet[AppraisalRequest]:
    """Items and verdicts fetched along, for a list."""
    return rows.prefetch_related(
        Prefetch("items__verdicts", queryset=Verdict.objects.select_related("opinion", "withdrawal"))
    )


def open_of(person: User) -> QuerySet[AppraisalRequest]:
    """One's own drafts and open requests: what waits for the officer first, then the newest."""
    rows = requests_of(person).filter(officer=person, state__in=(State.DRAFT, *OPEN_STATES))
    return rows.order_by(Case(When(state=State.SUPPLEMENT, then=0), default=1), "-pk")


def open_of_others(person: User) -> QuerySet[AppraisalRequest]:
    """Open requests of colleagues, newest first."""
    return requests_of(person).filter(state__in=OPEN_STATES).exclude(officer=person)


def answered_today(person: User, *, now: datetime | None = None) -> QuerySet[AppraisalRequest]:
    """One's own requests answered today by Shanghai's calendar, latest first."""
    start = clock.start_of_day(now or clock.now())
    mine = requests_of(person).filter(officer=person, state=State.ANSWERED, answered_at__gte=start)
    return mine.order_by("-answered_at")


def with_everything(rows: QuerySet[AppraisalRequest]) -> QuerySet[AppraisalRequest]:
    """Items, photos, lines and verdicts fetched along, for a page of one request or site."""
    return rows.prefetch_related(
        Prefetch("items__photos", queryset=ItemPhoto.objects.select_related("exhibit")),
        "items__absent_shots",
        "items__supplements",
        Prefetch("items__verdicts", queryset=Verdict.objects.select_related("opinion", "withdrawal")),
        "lines__photos__exhibit",
        "appointments",
    )


@dataclass(frozen=True)
class DayFigures:
    """Figures of one day, computed from rows. median_minutes: wall clock, None when nothing was answered."""

    asked: int
    answered: int
    counterfeit: int
    overdue: int
    open: int
    median_minutes: float | None
    median_office_minutes: float | None


def day_figures(person: User, *, now: datetime | None = None) -> DayFigures:
    """Today's figures (by Shanghai's calendar) of the units this person may see."""
    now = now or clock.now()
    start = clock.start_of_day(now)
    rows = AppraisalRequest.objects.filter(unit_id__in=visible_unit_ids(person))
    today = rows.filter(sent_at__gte=start, sent_at__lte=now)
    answered = list(
        rows.filter(answered_at__gte=start, answered_at__lte=now).values_list("wall_minutes", "office_minutes", "pk")
    )
    walls = [wall for wall, _, _ in answered if wall is not None]
    offices = [office for _, office, _ in answered if office is not None]
    return DayFigures(
        asked=today.count(),
        answered=len(answered),
        counterfeit=Verdict.objects.filter(
            opinion__request_id__in=[pk for _, _, pk in answered],
            value="counterfeit",
            withdrawal__isnull=True,
            opinion__late=False,
        )
        .values("item_id")
        .distinct()
        .count(),
        overdue=rows.filter(state__in=(State.SENT, State.NO_ANSWER, State.WORKING), due_at__lt=now).count(),
        open=rows.filter(state__in=OPEN_STATES).count(),
        median_minutes=median(walls) if walls else None,
        median_office_minutes=median(offices) if offices else None,
    )


@dataclass(frozen=True)
class WeekRow:
    """One day of the last weeks: requests asked, answered, and the median minutes to an answer."""

    day: datetime
    asked: int
    answered: int
    median_minutes: float | None


def days(units: Collection[UUID], *, count: int, now: datetime) -> list[WeekRow]:
    """The last `count` days of these units with their figures, oldest first."""
    first = clock.start_of_day(now) - timedelta(days=count - 1)
    answered = Q(answered_at__isnull=False, wall_minutes__isnull=False)
    rows = AppraisalRequest.objects.filter(unit_id__in=units, sent_at__gte=first).order_by()
    counted = rows.annotate(day=TruncDay("sent_at")).values_list("day")
    by_day = {
        clock.start_of_day(day): figures
        for day, *figures in counted.annotate(
            asked=Count("pk"), answered=Count("pk", filter=answered), middle=Percentile("wall_minutes", filter=answered)
        )
    }
    every = [first + timedelta(days=number) for number in range(count)]
    return [WeekRow(day, *by_day.get(day, (0, 0, None))) for day in every]


def unserved_brands(person: User) -> list[dict[str, object]]:
    """Brands asked for that are not enrolled, with how often."""
    return list(
        AppraisalRequest.objects.filter(unit_id__in=visible_unit_ids(person), state=State.UNSERVED)
        .values("brand_name")
        .annotate(times=Count("pk"))
        .order_by("-times", "brand_name")
    )


def search_requests(person: User, *, text: str = "", state: str = "", mine: bool = False) -> QuerySet[AppraisalRequest]:
    """The list page: by words in number, brand, product, place or case number; by state; only one's own.

    state: "open" for all open ones.
    """
    rows = requests_of(person)
    if mine:
        rows = rows.filter(officer=person)
    if state == "open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif state:
        rows = rows.filter(state=state)
    if text:
        numbered = list(hooks.numbered(text))
        also = Q(pk__in=numbered) | Q(site_id__in=numbered) if numbered else None
        rows = searching.matching(rows, text, also=also, within=("unit_id", visible_unit_ids(person)))
    return rows


def holding_parts(
    person: User, rows: QuerySet[AppraisalRequest], *, brand: str = "", number: str = ""
) -> QuerySet[AppraisalRequest]:
    """Of these that this person may see, the requests whose brand's name and number hold these parts."""
    for column, part in (("brand_name", brand), ("number", number)):
        if part:
            at = {f"{column}_at": StrIndex(Lower(column), Value(part.lower()))}
            within = ("unit_id", visible_unit_ids(person))
            rows = searching.matching(rows, part, within=within).alias(**at).filter(**{f"{column}_at__gt": 0})
    return rows


def county_choices(person: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """Counties of the person's own province, grouped by city, as choices of a form.

    What has no counties (东莞), or lies directly below the province (直辖县级), stands in a group of its own.
    """
    top = divisions.province_of(home_unit(person).division_code)
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    direct: list[tuple[str, str]] = []
    counties = divisions.counties_by_parent(top.code)
    for city in divisions.children(top.code):
        if city.code in counties:
            groups.append((city.name, [(county.code, county.name) for county in counties[city.code]]))
        else:
            direct.append((city.code, city.name))
    return [*groups, (top.name, direct)] if direct else groups


def home_county(person: User) -> str:
    """Code of the county of the person's unit; "" for a unit of a whole city or province."""
    county = divisions.county_of(home_unit(person).division_code)
    return county.code if county else ""


def home_unit(person: User) -> Unit:
    """The unit in whose name this person asks. Raises NotFound404 for a person without one."""
    if person.unit is None:
        raise NotFound404()
    return person.unit
