"""The doors to matches: a province's, the office's, an organisation's.

At a province, who receives for it (`transfers`) sees all; others see what their own records hold. The first rung may be
agreed to by whoever sees the match, the others by dispatchers and leaders.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest

from accounts import rules
from accounts.models import Post
from federation.letters.words import party_names
from federation.matching import sources
from federation.matching.exchange.models import Digest
from federation.matching.models import (
    BrandQuestion,
    Holding,
    Match,
    MatchStep,
    Pair,
    Probe,
    ProbeNote,
    RaisedSeries,
    Series,
    SeriesAsk,
    SeriesMember,
    Stop,
    Tally,
    TallyRelease,
)
from federation.matching.services.common import PROBE
from federation.parties.selectors import ActingFor
from federation.transfers.selectors import receives_for_province
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required

READERS = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
DECIDERS = (Post.Role.DISPATCHER, Post.Role.LEADER)
Record = tuple[str, UUID]


# A province ----------------------------------------------------------------------------------------------------------


def may_read(request: HttpRequest) -> bool:
    """Whether matches are this person's business."""
    person = request.user
    return bool(person.is_authenticated and required().kind == "province" and person.has_role(*READERS))


def may_decide(person: Any) -> bool:
    """Whether the person may let goods, unit and contents be told, compare by hand, and answer the office."""
    return bool(person.has_role(*DECIDERS))


def matches_of(person: Any) -> QuerySet[Match]:
    """Matches on records that this person sees, newest first. Raises NotFound404 for who has none to see."""
    if not (person.is_authenticated and person.has_role(*READERS)):
        raise NotFound404()
    rows = Match.objects.all()
    if receives_for_province(person):
        return rows
    seen = Q(pk__in=[])
    for each in sources.all_sources():
        ids = each.open_to(person)
        held = Holding.objects.filter(source=each.name, record_id__in=ids).values("value")
        seen |= Q(value__in=held) | Q(source=each.name, record_id__in=ids)
    own = Holding.objects.filter(source=PROBE, record_id__in=Probe.objects.filter(by_id=person.pk).values("pk"))
    return rows.filter(seen | Q(value__in=own.values("value")))


def access_match(person: Any, match_id: UUID) -> Match:
    """One of them. Raises NotFound404."""
    match = matches_of(person).select_related("value").filter(pk=match_id).first()
    if match is None:
        raise NotFound404()
    return match


def access_step(person: Any, match_id: UUID, rung: int) -> tuple[Match, MatchStep]:
    """A rung of a match that this person may decide. Raises NotFound404, NotAllowed."""
    match = access_match(person, match_id)
    step = match.steps.filter(rung=rung).first()
    if step is None:
        raise NotFound404()
    if rung > MatchStep.Rung.NUMBER and not may_decide(person):
        raise NotAllowed()
    step.match = match
    return match, step


def records_of(match: Match) -> list[Record]:
    """Our records that the match concerns."""
    found = [(match.source, match.record_id)] if match.source and match.record_id else []
    if match.value_id:
        rows = Holding.objects.filter(value=match.value_id).exclude(source=PROBE).order_by("made_at", "id")
        found += list(rows.values_list("source", "record_id"))
    return found


def matches_on(source: str, record_id: UUID) -> QuerySet[Match]:
    """Running matches that concern a record; who asks has let the person in to the record."""
    held = Holding.objects.filter(source=source, record_id=record_id).values("value")
    rows = Match.objects.filter(Q(value__in=held) | Q(source=source, record_id=record_id))
    return rows.exclude(state=Match.State.CLOSED).prefetch_related("steps")


def waiting(request: HttpRequest) -> int:
    """Matches where the other side asked and we have not said anything; series that ask for an answer."""
    person = request.user
    if not may_read(request):
        return 0
    asked = matches_of(person).filter(state=Match.State.OPEN, steps__other="said", steps__state=MatchStep.State.OPEN)
    series = SeriesAsk.objects.filter(state=SeriesAsk.State.ASKED).count() if receives_for_province(person) else 0
    return asked.distinct().count() + series


def probes(person: Any) -> QuerySet[Probe]:
    """What was compared by hand, newest first: all for who receives for the province, else one's own."""
    return Probe.objects.all() if receives_for_province(person) else Probe.objects.filter(by_id=person.pk)


def stops(person: Any) -> QuerySet[Stop]:
    """Values that are not compared. Raises NotAllowed for who may not decide."""
    if not may_decide(person):
        raise NotAllowed()
    return Stop.objects.all()


def access_stop(person: Any, stop_id: UUID) -> Stop:
    """One of them. Raises NotAllowed, NotFound404."""
    row = stops(person).filter(pk=stop_id).first()
    if row is None:
        raise NotFound404()
    return row


def series_asks(person: Any) -> QuerySet[SeriesAsk]:
    """What the office asks about series, for who receives for the province. Raises NotFound404."""
    if not (person.is_authenticated and receives_for_province(person)):
        raise NotFound404()
    return SeriesAsk.objects.all()


def access_series_ask(person: Any, series_id: UUID) -> SeriesAsk:
    """One of them. Raises NotFound404."""
    row = series_asks(person).filter(pk=series_id).first()
    if row is None:
        raise NotFound404()
    return row


# The office ----------------------------------------------------------------------------------------------------------


def at_office(request: HttpRequest) -> bool:
    """Whether this person has a post in the office."""
    user = request.user
    return bool(
        user.is_authenticated and required().kind == "office" and rules.Role.OFFICE_ADMIN in rules.roles_of(user)
    )


def pairs(*, state: str = "", kind: str = "") -> QuerySet[Pair]:
    """All matches, newest first. Whoever shows them names no province before both agreed to the third rung."""
    rows = Pair.objects.prefetch_related("steps", "brand_asks")
    if state in Pair.State.values:
        rows = rows.filter(state=state)
    return rows.filter(kind=kind) if kind else rows


def access_pair(pair_id: UUID) -> Pair:
    """One of them. Raises NotFound404."""
    pair = pairs().filter(pk=pair_id).first()
    if pair is None:
        raise NotFound404()
    return pair


def named(pair: Pair) -> dict[str, str]:
    """Titles of the two provinces once both agreed to be named to each other; before that, none."""
    told = [step for step in pair.steps.all() if step.rung == 3 and step.state == "told"]
    return party_names([f"province:{code}" for code in pair.sides()]) if len(told) == 2 else {}


def all_series(state: str = "") -> QuerySet[Series]:
    """Series, newest first, with how many provinces and how many of them agreed."""
    rows = Series.objects.annotate(
        provinces=Count("members", distinct=True),
        agreed=Count("members", filter=Q(members__state=SeriesMember.State.AGREED), distinct=True),
        matches=Count("pairs", distinct=True),
    )
    return (rows.filter(state=state) if state in Series.State.values else rows).order_by("-id")


def access_series(series_id: UUID) -> Series:
    """One of them. Raises NotFound404."""
    row = all_series().filter(pk=series_id).first()
    if row is None:
        raise NotFound404()
    return row


def held(_request: HttpRequest) -> int:
    """How many digests wait because they were over a day's limit, as far as a badge counts."""
    return len(Digest.objects.filter(state=Digest.State.HELD).values_list("pk", flat=True)[:100])


def unproposed(_request: HttpRequest) -> int:
    """Series about which no province was asked yet."""
    return Series.objects.filter(state=Series.State.FOUND).count()


def unproposed_since(_request: HttpRequest) -> datetime | None:
    """Since when the oldest of them waits."""
    return Series.objects.filter(state=Series.State.FOUND).order_by("id").values_list("found_at", flat=True).first()


@dataclass(frozen=True)
class Use:
    """How much one province compared of one kind. held: how many wait now because they were over the limit.

    Not how many were found: that would tell who holds the same as whom.
    """

    province: str
    title: str
    kind: str
    looked: int
    held_ever: int
    held: int


def uses(days: int = 30) -> list[Use]:
    """Of the last days, those that wait first. By name: what a province compares is the office's to watch."""
    rows = (
        Tally.objects.filter(day__gt=clock.today() - timedelta(days=days))
        .order_by()
        .values("province", "kind")
        .annotate(n=Sum("looked"), over=Sum("held"))
    )
    held = {
        (row["province"], row["kind"]): row["n"]
        for row in Digest.objects.filter(state=Digest.State.HELD)
        .order_by()
        .values("province", "kind")
        .annotate(n=Count("pk"))
    }
    titles = party_names([f"province:{row['province']}" for row in rows])
    found = [
        Use(
            row["province"], titles[f"province:{row['province']}"], row["kind"], row["n"], row["over"],
            held.get((row["province"], row["kind"]), 0),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda use: (-use.held, -use.held_ever, use.province, use.kind))


def probe_notes() -> QuerySet[ProbeNote]:
    """Comparisons by hand of all provinces, newest first."""
    return ProbeNote.objects.all()


def releases() -> QuerySet[TallyRelease]:
    """What was let through over the limit, newest first."""
    return TallyRelease.objects.all()


# An organisation -----------------------------------------------------------------------------------------------------


def questions_of(organisation_id: UUID) -> QuerySet[BrandQuestion]:
    """What an organisation is asked, newest first."""
    return BrandQuestion.objects.filter(organisation_id=organisation_id)


def access_question(organisation_id: UUID, question_id: UUID) -> BrandQuestion:
    """One of them. Raises NotFound404."""
    row = questions_of(organisation_id).filter(pk=question_id).first()
    if row is None:
        raise NotFound404()
    return row


def raised_by(organisation_id: UUID) -> QuerySet[RaisedSeries]:
    """Series that an organisation raised, newest first."""
    return RaisedSeries.objects.filter(organisation_id=organisation_id)


def access_raised(organisation_id: UUID, series_id: UUID) -> RaisedSeries:
    """One of them. Raises NotFound404."""
    row = raised_by(organisation_id).filter(pk=series_id).first()
    if row is None:
        raise NotFound404()
    return row


def may_speak(acting: ActingFor) -> bool:
    """Whether a member answers for the organisation here: its administrators and rights staff."""
    return bool({"brand_admin", "rights_staff"} & set(acting.roles))
