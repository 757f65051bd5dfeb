"""The doors to the trail for who reads it by office. Steps only: codes, numbers, names of colleagues; no contents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncDate

from accounts.models import Post, Unit, User
from accounts.selectors import below
from audit.models import ReadLine, Trail
from audit.reads import term_digest
from connections import rules as connections
from kernel import clock
from oversight import rules, words
from oversight.asking import Asked, first_id
from provinces.context import required

PAGE = 50
MOST_PEOPLE = 2000
APART = timedelta(hours=1)
NIGHT_FROM, NIGHT_UNTIL = 22, 6
MANY_A_DAY = 200
OWN_LABEL = "audit.trail"
"""What the audit administrator's own questions are written under."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One step or one look, as it is shown. times, since: see `together`."""

    id: UUID
    at: datetime
    is_read: bool
    label: str
    record_id: UUID | None
    number: str
    verb: str
    from_state: str
    to_state: str
    by_id: UUID | None
    by_name: str
    through: str
    way: str
    route: str
    what: str
    times: int = 1
    since: datetime | None = None

    @property
    def short_id(self) -> str:
        """The end of the record's id, where it has no number."""
        return str(self.record_id)[-12:] if self.record_id else ""

    @property
    def kind(self) -> str:
        """What sort of record, in words."""
        return words.kind(self.label)

    @property
    def did(self) -> str:
        """What was done, in words."""
        return words.read(self) if self.is_read else words.step(self.label, self.verb)

    @property
    def states(self) -> str:
        """From which state to which, in words; "" where nothing moved."""
        return words.states(self.label, self.from_state, self.to_state)


def find(user: User, asked: Asked, *, before: UUID | None = None, limit: int = PAGE) -> list[Line]:
    """Steps and looks that fit, newest first, below the key `before`; one more than `limit` if there is more."""
    reads = [] if asked.what == "steps" else list(_reads(user, asked, before)[: limit + 1])
    steps = [] if asked.what == "reads" or asked.term else list(_steps(user, asked, before)[: limit + 1])
    rows: list[Any] = sorted([*reads, *steps], key=lambda row: row.pk, reverse=True)[: limit + 1]
    numbers = numbers_of((row.record_label, row.record_id) for row in rows if row.record_id)
    return [_line(row, numbers.get((row.record_label, row.record_id), "")) for row in rows]


def together(lines: Sequence[Line]) -> list[Line]:
    """For reading: looks that follow one another, of one person at one thing in one way, as one line.

    Such a line stands at its youngest look; `times` counts them, `since` is the first.
    """
    shown: list[Line] = []
    for line in lines:
        above = shown[-1] if shown else None
        if above and line.is_read and line.record_id and _sort_of_look(above) == _sort_of_look(line):
            shown[-1] = replace(above, times=above.times + 1, since=line.at)
        else:
            shown.append(line)
    return shown


def _sort_of_look(line: Line) -> tuple[object, ...]:
    return line.is_read, line.by_id, line.through, line.label, line.record_id, line.way, line.what


def _line(row: Any, number: str) -> Line:
    is_read = isinstance(row, ReadLine)
    return Line(
        id=row.pk,
        at=row.at,
        is_read=is_read,
        label=row.record_label,
        record_id=row.record_id,
        number=number,
        verb="" if is_read else row.verb,
        from_state="" if is_read else row.from_state,
        to_state="" if is_read else row.to_state,
        by_id=row.by_id,
        by_name=row.by_name,
        through=row.through if is_read else str(row.data.get("through", "")),
        way=row.way if is_read else "",
        route=row.route if is_read else "",
        what=row.what if is_read else "",
    )


def _common(rows: QuerySet[Any], user: User, asked: Asked, before: UUID | None) -> QuerySet[Any]:
    # A walk along the primary key: an id is as old as its line, give or take a clock that was set meanwhile.
    rows = rows.filter(pk__gte=first_id(asked.begins - APART), at__gte=asked.begins)
    if asked.ends:
        rows = rows.filter(pk__lt=first_id(asked.ends + APART), at__lt=asked.ends)
    if before:
        rows = rows.filter(pk__lt=before)
    if asked.kind:
        rows = rows.filter(record_label=asked.kind)
    if asked.record:
        rows = rows.filter(record_id=asked.record)
    if asked.number:
        rows = rows.filter(record_id__in=records_numbered(asked.number))
    if asked.person:
        people = list(people_called(asked.person)[:MOST_PEOPLE])
        rows = rows.filter(Q(by_id__in=people) | Q(by_name__icontains=asked.person))
    if asked.unit:
        rows = rows.filter(by_id__in=list(people_of_unit(asked.unit)[: MOST_PEOPLE * 10]))
    return rows.order_by("-pk")


def _reads(user: User, asked: Asked, before: UUID | None) -> QuerySet[ReadLine]:
    seats = rules.seats_read()
    rows = _common(ReadLine.objects.filter(seat__in=seats), user, asked, before)
    houses = rules.houses(user)
    if houses is not None:
        rows = rows.filter(Q(house_id__in=list(houses)) | Q(house_id=None, by_id__in=_members_only(houses)))
    if asked.verb:
        rows = rows.filter(way=asked.verb)
    if asked.through:
        rows = rows.filter(through__icontains=asked.through)
    if asked.term:
        digests = [Q(terms__contains=[term_digest(asked.term, seat=seat)]) for seat in seats]
        rows = rows.filter(reduce(or_, digests))
    return rows


def _steps(user: User, asked: Asked, before: UUID | None) -> QuerySet[Trail]:
    rows = _common(Trail.objects.all(), user, asked, before)
    houses = rules.houses(user)
    if houses is not None:
        rows = rows.filter(by_id__in=_members_only(houses))
    elif required().kind == "office":
        rows = rows.filter(by_id__in=list(Post.objects.values_list("user_id", flat=True)))
    if asked.verb:
        rows = rows.filter(verb=asked.verb)
    if asked.through:
        rows = rows.filter(data__through__icontains=asked.through)
    return rows


def _members_only(houses: Collection[UUID]) -> list[UUID]:
    """People who belong to these houses and to no other: what somebody of two houses did is shown by its look only."""
    return list(connections.people_only_of(houses))


# Records --------------------------------------------------------------------------------------------------------------


def numbers_of(keys: Iterable[tuple[str, UUID]]) -> dict[tuple[str, UUID], str]:
    """The numbers by which records are known, where their kind has one: one query a kind."""
    by_label: dict[str, set[UUID]] = defaultdict(set)
    for label, key in keys:
        if label in settings.AUDIT_READING.numbers:
            by_label[label].add(key)
    found: dict[tuple[str, UUID], str] = {}
    for label, ids in by_label.items():
        model, field = apps.get_model(label), settings.AUDIT_READING.numbers[label]
        if not _is_here(model):
            continue
        for key, number in model._default_manager.filter(pk__in=ids).values_list("pk", field):
            found[label, key] = number or ""
    return found


def records_numbered(number: str) -> list[UUID]:
    """Ids of records of any kind known by this number."""
    found: list[UUID] = []
    for label, field in settings.AUDIT_READING.numbers.items():
        model = apps.get_model(label)
        if _is_here(model):
            found += model._default_manager.filter(**{field: number}).values_list("pk", flat=True)[:100]
    return found


def _is_here(model: type[Model]) -> bool:
    """Whether the tables of an app stand where this seat works and are its to read."""
    app = model._meta.app_config.name
    return app in settings.TENANT_APPS if required().kind == "province" else app in settings.SHARED_APPS


def people_called(text: str) -> QuerySet[User, UUID]:
    """Ids of people by part of their name, title or account."""
    wanted = Q(name__icontains=text) | Q(title__icontains=text) | Q(username__iexact=text)
    return User.objects.filter(wanted).values_list("pk", flat=True)


def people_of_unit(unit_id: UUID) -> QuerySet[User, UUID]:
    """Ids of people of a unit and of all below it."""
    top = Unit.objects.filter(pk=unit_id).first()
    return User.objects.filter(unit_id__in=below(top) if top else []).values_list("pk", flat=True)


def kinds_seen(user: User) -> list[tuple[str, str]]:
    """Kinds of records to choose from, by name."""
    labels = {label for each in settings.AUDIT_READING.records.values() for label in each.values()}
    here = [label for label in labels if _is_here(apps.get_model(label))]
    return sorted(((label, words.kind(label)) for label in here), key=lambda pair: pair[1])


# Odd patterns ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Somebody who read much, late, or elsewhere. day: empty for the whole span."""

    by_id: UUID | None
    by_name: str
    count: int
    day: Any = None


def _lately(user: User, days: int) -> QuerySet[ReadLine]:
    begins = clock.now() - timedelta(days=days)
    rows = ReadLine.objects.filter(seat=required().name, pk__gte=first_id(begins), at__gte=begins, by_id__isnull=False)
    houses = rules.houses(user)
    return rows if houses is None else rows.filter(house_id__in=list(houses))


def reads_much(user: User, *, days: int = 7, more_than: int = MANY_A_DAY) -> list[Odd]:
    """People who looked at more than so many records on one day."""
    found = (
        _lately(user, days)
        .annotate(day=TruncDate("at", tzinfo=clock.SHANGHAI))
        .values("by_id", "by_name", "day")
        .annotate(count=Count("record_id", distinct=True))
        .filter(count__gt=more_than)
        .order_by("-day", "-count")
    )
    return [Odd(**row) for row in found[:100]]


def reads_at_night(user: User, *, days: int = 7) -> list[Odd]:
    """People who looked at records between 22 and 6 o'clock."""
    found = (
        _lately(user, days)
        .annotate(hour=ExtractHour("at", tzinfo=clock.SHANGHAI))
        .filter(Q(hour__gte=NIGHT_FROM) | Q(hour__lt=NIGHT_UNTIL))
        .values("by_id", "by_name")
        .annotate(count=Count("pk"))
        .order_by("-count")
    )
    return [Odd(**row) for row in found[:100]]


def reads_elsewhere(user: User, *, days: int = 7, most: int = 20_000) -> list[Odd]:
    """People who looked at matters of units that are neither theirs nor below theirs."""
    if required().kind != "province":
        return []
    labels = [label for label in settings.AUDIT_READING.units if _is_here(apps.get_model(label))]
    rows = list(
        _lately(user, days)
        .filter(record_label__in=labels, unit_id__isnull=False)
        .values_list("by_id", "by_name", "unit_id", "record_label", "record_id")
        .distinct()[:most]
    )
    units: dict[Any, UUID | None] = {}
    for label in {row[3] for row in rows}:
        field = settings.AUDIT_READING.units[label]
        ids = {row[4] for row in rows if row[3] == label}
        for key, unit_id in apps.get_model(label)._default_manager.filter(pk__in=ids).values_list("pk", field):
            units[label, key] = unit_id
    under: dict[Any, set[UUID]] = {
        unit.pk: below(unit) for unit in Unit.objects.filter(pk__in={row[2] for row in rows})
    }
    counts: Counter[Any] = Counter()
    for by_id, by_name, own, label, record_id in rows:
        of = units.get((label, record_id))
        if of is not None and of not in under.get(own, {own}):
            counts[by_id, by_name] += 1
    return [Odd(by_id=key, by_name=name, count=count) for (key, name), count in counts.most_common(100)]


def questions(*, days: int = 30) -> Sequence[Any]:
    """How often the audit administrators asked and exported, by day: for the security administrator."""
    begins = clock.now() - timedelta(days=days)
    return list(
        ReadLine.objects.filter(seat=required().name, pk__gte=first_id(begins), record_label=OWN_LABEL)
        .annotate(day=TruncDate("at", tzinfo=clock.SHANGHAI))
        .values("day", "by_name")
        .annotate(asked=Count("pk"), exported=Count("pk", filter=Q(way=ReadLine.Way.FILE)))
        .order_by("-day", "by_name")
    )


def has_field(label: str, name: str) -> bool:
    """Whether a model has a field; the declared tables are held to it by a test."""
    try:
        apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return False
    return True
