"""What a bureau's leader and administrators see at one glance. Every figure is counted from rows of this province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Post, Unit, User
from accounts.selectors import visible_unit_ids
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Verdict
from evidence.models import Exhibit
from kernel import clock
from kernel.aggregates import Percentile
from kernel.tallies import Tally

State = AppraisalRequest.State
WEEKS = 4
MUCH = 2000
"""From so many requests on, figures of weeks are kept and counted by a worker."""
OVERDUE_STATES = (State.SENT, State.NO_ANSWER, State.WORKING)
_LOOKED_THROUGH = 40
_ELSEWHERE = (Post.Role.OFFICE_ADMIN,)


@dataclass(frozen=True)
class Share:
    """Requests of one brand or unit over some weeks. median_minutes: of the answered ones, wall clock."""

    name: str
    asked: int
    answered: int
    counterfeit: int
    median_minutes: float | None


def overdue(person: User, *, now: datetime | None = None) -> QuerySet[AppraisalRequest]:
    """Open requests whose promised time has passed and that wait for the brand, longest first."""
    now = now or clock.now()
    late = requests.requests_of(person).filter(state__in=OVERDUE_STATES, due_at__lt=now)
    return late.prefetch_related("items").order_by("due_at")


def standing_verdicts(person: User, *, value: str = "") -> QuerySet[Verdict]:
    """Verdicts of requests this person may see that were not withdrawn and did not come late, newest first."""
    rows = Verdict.objects.filter(
        opinion__request__unit_id__in=visible_unit_ids(person),
        opinion__late=False,
        withdrawal__isnull=True,
    )
    if value:
        rows = rows.filter(value=value)
    return (
        rows.select_related("opinion__request__unit", "opinion__request__officer", "item")
        .prefetch_related(
            Prefetch(
                "item__photos",
                queryset=ItemPhoto.objects.filter(exhibit__state=Exhibit.State.READY).select_related("exhibit"),
            )
        )
        .order_by("-opinion__given_at", "-pk")
    )


def newest(person: User) -> Verdict | None:
    """The verdict that arrived last."""
    return standing_verdicts(person).first()


def newest_marked(person: User) -> Verdict | None:
    """The last verdict with boxes drawn on a photo, of the last ones."""
    for verdict in standing_verdicts(person, value="counterfeit")[:_LOOKED_THROUGH]:
        if verdict.marks and verdict.item.photos.all():
            return verdict
    return None


@dataclass(frozen=True)
class FourWeeks:
    """What was asked in the last weeks: by day, by brand, by unit. counted_at: when, if that was not just now."""

    days: list[requests.WeekRow]
    by_brand: list[Share]
    by_unit: list[Share]
    counted_at: datetime | None = None


def four_weeks(person: User, *, now: datetime | None = None) -> FourWeeks:
    """The last weeks. Where that is much, as counted last, for all who see the same units."""
    return COUNTED.shown(*sorted(visible_unit_ids(person)), now=now)


def _four_weeks(*units: UUID, now: datetime) -> FourWeeks:
    first = clock.start_of_day(now) - timedelta(days=7 * WEEKS - 1)
    rows = AppraisalRequest.objects.filter(unit_id__in=units, sent_at__gte=first)
    rows = rows.exclude(state=State.UNSERVED).order_by()
    asked = "opinion__request__"
    fakes = (
        Verdict.objects.filter(
            # All that answer what was sent since were given since; there is an index of it.
            **{"opinion__given_at__gte": first, f"{asked}sent_at__gte": first, f"{asked}unit_id__in": units},
            value="counterfeit",
            opinion__late=False,
            withdrawal__isnull=True,
        )
        .exclude(**{f"{asked}state": State.UNSERVED})
        .order_by()
        .values_list(f"{asked}brand_name", f"{asked}unit__name")
        .annotate(n=Count("opinion__request_id", distinct=True))
    )
    # A request has one brand and one unit, so those of both add up.
    brands: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for brand, unit, count in fakes:
        brands[brand] += count
        names[unit] += count
    days = requests.days(units, count=7 * WEEKS, now=now)
    return FourWeeks(days, _shares(rows, brands, "brand_name"), _shares(rows, names, "unit__name"))


COUNTED = Tally("bureau:weeks", _four_weeks, much=lambda found: sum(day.asked for day in found.days) >= MUCH)


def _shares(rows: QuerySet[AppraisalRequest], counterfeit: Mapping[str, int], name: str) -> list[Share]:
    answered = Q(answered_at__isnull=False)
    groups = rows.values_list(name).annotate(
        asked=Count("pk"), answered=Count("pk", filter=answered), middle=Percentile("wall_minutes", filter=answered)
    )
    found = [Share(each, asked, told, counterfeit.get(each, 0), middle) for each, asked, told, middle in groups]
    return sorted(found, key=lambda share: (-share.asked, share.name))


def photo_with_marks(verdict: Verdict) -> ItemPhoto | None:
    """The photo of the item with most boxes on it; without any box its first photo."""
    photos = list(verdict.item.photos.all())
    boxes = [mark.get("photo_id") for mark in verdict.marks]
    return max(photos, key=lambda photo: boxes.count(str(photo.pk)), default=None)


def genuine_sample(item: RequestItem, shot_code: str) -> str:
    """Address of the brand's own picture of that shot, "" when its shot list has none."""
    return next((shot.get("sample_url", "") for shot in item.shot_list if shot["code"] == shot_code), "")


@dataclass(frozen=True)
class Staffing:
    """How many people and units the bureau has, and how many hold each role. suspended: people who cannot sign in."""

    units: int
    people: int
    suspended: int
    roles: list[tuple[str, int]]


def staffing() -> Staffing:
    """Figures for the administrators' page."""
    held = list(Post.held.all().values_list("role", "user_id").distinct())
    return Staffing(
        units=Unit.objects.filter(is_active=True).count(),
        people=User.people.filter(is_active=True).count(),
        suspended=User.people.filter(is_active=False).count(),
        roles=[
            (str(role.label), sum(name == role for name, _user in held)) for role in Post.Role if role not in _ELSEWHERE
        ],
    )
