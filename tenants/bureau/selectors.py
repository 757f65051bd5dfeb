"""What a bureau's leader and administrators see at one glance. Every figure is counted from rows of this province."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Post, Unit, User
from accounts.selectors import visible_unit_ids
from appraisal.requests import selectors as requests
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Verdict
from evidence.models import Exhibit
from kernel import clock

State = AppraisalRequest.State
WEEKS = 4
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


def overdue(person: User, *, now: datetime | None = None) -> list[AppraisalRequest]:
    """Open requests whose promised time has passed and that wait for the brand, longest first."""
    now = now or clock.now()
    return list(
        requests.requests_of(person)
        .filter(state__in=OVERDUE_STATES, due_at__lt=now)
        .prefetch_related("items")
        .order_by("due_at")
    )


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


def shares(person: User, *, weeks: int = WEEKS, now: datetime | None = None) -> tuple[list[Share], list[Share]]:
    """By brand and by unit over the last weeks, most asked first."""
    now = now or clock.now()
    first = clock.start_of_day(now) - timedelta(days=7 * weeks - 1)
    rows = list(
        requests.requests_of(person)
        .filter(sent_at__gte=first)
        .exclude(state=State.UNSERVED)
        .values_list("pk", "brand_name", "unit__name", "answered_at", "wall_minutes")
    )
    fake = set(
        Verdict.objects.filter(
            opinion__request_id__in=[row[0] for row in rows],
            value="counterfeit",
            opinion__late=False,
            withdrawal__isnull=True,
        ).values_list("opinion__request_id", flat=True)
    )
    return _shares(rows, fake, lambda row: row[1]), _shares(rows, fake, lambda row: row[2])


def _shares(rows: Iterable[Any], fake: set[Any], name_of: Callable[[Any], str]) -> list[Share]:
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(name_of(row), []).append(row)
    found = []
    for name, members in groups.items():
        minutes = [row[4] for row in members if row[3] is not None and row[4] is not None]
        found.append(
            Share(
                name=name,
                asked=len(members),
                answered=sum(row[3] is not None for row in members),
                counterfeit=sum(row[0] in fake for row in members),
                median_minutes=median(minutes) if minutes else None,
            )
        )
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
    held = list(Post.objects.filter(user__is_active=True).values_list("role", "user_id").distinct())
    return Staffing(
        units=Unit.objects.filter(is_active=True).count(),
        people=User.objects.filter(is_active=True).count(),
        suspended=User.objects.filter(is_active=False).count(),
        roles=[
            (str(role.label), sum(name == role for name, _user in held)) for role in Post.Role if role not in _ELSEWHERE
        ],
    )
