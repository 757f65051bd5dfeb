"""What is asked of the ledger: a filter and an order, out of an address and back into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.dateparse import parse_date

from accounts.models import User
from accounts.selectors import below, unit
from divisions.resolving import current
from kernel import clock, searching
from kernel.errors import NotFound404
from tenants.clues.models import Clue, ClueProduct, ClueSource, Verifier

State = Clue.State
GROUPS: dict[str, tuple[str, ...]] = {"open": Clue.OPEN, "desk": Clue.AT_THE_DESK, "all": tuple(State.values)}
"""States that are asked for together. Without any the ledger shows what is open."""
DEFAULT_SORT = "-registered"
LONGEST_QUERY = 1000


class Query(Protocol):
    """A QueryDict, as far as it is read here."""

    def get(self, key: str, default: Any = ..., /) -> Any: ...

    def getlist(self, key: str, /) -> list[Any]: ...


@dataclass(frozen=True)
class Filter:
    """A filter of an app above: its label, what may be chosen, and the ids of the clues behind a choice."""

    label: Any
    choices: Callable[[User], list[tuple[str, str]]]
    clue_ids: Callable[[User, str], Any]


_more: dict[str, Filter] = {}


def register_filter(name: str, offered: Filter) -> None:
    """Let an app above filter the ledger by what it knows (`campaign`). clue_ids answers ids or a subquery of them."""
    _more[name] = offered


def more_filters() -> Mapping[str, Filter]:
    """Filters of apps above, by name."""
    return dict(_more)


_SORTS: dict[str, tuple[Any, ...]] = {
    "registered": ("registered_at", "id"),
    "number": ("id",),
    "due": (F("due_at").asc(nulls_last=True), F("id").asc()),
    "verify_by": (F("verify_by").asc(nulls_last=True), F("id").asc()),
    "state": ("state", "-registered_at", "-id"),
    "source": ("source_kind", "-registered_at", "-id"),
    "priority": ("priority", "registered_at", "id"),
    "subject": ("subject_name", "id"),
    "value": (F("estimated_value").asc(nulls_first=True), F("id").asc()),
    "ended": (F("ended_at").asc(nulls_first=True), F("id").asc()),
    "unit": ("holder_unit_id", "state", "-registered_at"),
    "division": ("division_code", "-registered_at"),
    "title": ("title", "id"),
    "channel": ("channel", "-registered_at"),
    "stage": ("chain_stage", "-registered_at"),
    "result": ("result", "-registered_at"),
    "outcome": ("outcome", "-registered_at"),
}
SORTS = frozenset(_SORTS)


def _turned(step: Any) -> Any:
    if isinstance(step, OrderBy):
        turned = step.copy()
        turned.reverse_ordering()
        return turned
    return step[1:] if step.startswith("-") else f"-{step}"


def ordering(sort: str) -> list[Any]:
    """What to order by, in the way an index lies: `-` before the name turns it round."""
    steps = _SORTS.get(sort.removeprefix("-"), _SORTS["registered"])
    return [_turned(step) for step in steps] if sort.startswith("-") else list(steps)


@dataclass(frozen=True)
class Asked:
    """One filter with its order. Empty values ask for nothing. more: filters of apps above, by name."""

    state: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    unit: str = ""
    division: str = ""
    since: date | None = None
    until: date | None = None
    overdue: bool = False
    due_in: int | None = None
    mine: bool = False
    unplaced: bool = False
    brand: str = ""
    violation: str = ""
    channel: str = ""
    stage: str = ""
    area: str = ""
    result: str = ""
    outcome: str = ""
    q: str = ""
    sort: str = DEFAULT_SORT
    more: tuple[tuple[str, str], ...] = field(default=())

    @property
    def facts(self) -> dict[str, Any]:
        """What is asked, as it stands in an address; the order left out where it is the usual one."""
        found: dict[str, Any] = {}
        for name in ("state", "source", "priority"):
            if values := getattr(self, name):
                found[name] = list(values)
        for name in ("unit", "division", "brand", "violation", "channel", "stage", "area", "result", "outcome", "q"):
            if value := getattr(self, name):
                found[name] = value
        for name in ("since", "until"):
            if day := getattr(self, name):
                found[name] = day.isoformat()
        for name in ("overdue", "mine", "unplaced"):
            if getattr(self, name):
                found[name] = "1"
        if self.due_in is not None:
            found["due_in"] = str(self.due_in)
        found |= dict(self.more)
        if self.sort != DEFAULT_SORT:
            found["sort"] = self.sort
        return found

    @property
    def query(self) -> str:
        """The same as part of an address; one filter has one way to be written."""
        return urlencode(self.facts, doseq=True)

    @property
    def is_narrow(self) -> bool:
        """Whether anything beside the order is asked."""
        return bool(set(self.facts) - {"sort"})

    def sorted_by(self, name: str) -> Asked:
        """The same in the order of a column; asked twice, the other way round."""
        return replace(self, sort=f"-{name}" if self.sort == name else name)


def from_text(query: str) -> Asked:
    """What a kept address asks."""
    return read(QueryDict(query))


def read(query: Query) -> Asked:
    """What an address asks. What means nothing is left out, so that an old or mistyped address still opens."""

    def some(name: str, known: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for each in query.getlist(name) if each in known))

    def one(name: str, known: Any) -> str:
        value = str(query.get(name, "")).strip()
        return value if value in known else ""

    def day(name: str) -> date | None:
        try:
            return parse_date(str(query.get(name, "")).strip())
        except ValueError:
            return None

    due_in, sort = str(query.get("due_in", "")), str(query.get("sort", DEFAULT_SORT))
    division = str(query.get("division", "")).strip()
    return Asked(
        state=some("state", {*State.values, *GROUPS}),
        source=some("source", set(Clue.SourceKind.values)),
        priority=some("priority", set(Clue.Priority.values)),
        unit=_uuid(query.get("unit", "")),
        division=division if division.isascii() and division.isdigit() and len(division) == 6 else "",
        since=day("since"),
        until=day("until"),
        overdue=bool(query.get("overdue", "")),
        due_in=int(due_in) if due_in.isascii() and due_in.isdigit() and len(due_in) <= 3 else None,
        mine=bool(query.get("mine", "")),
        unplaced=bool(query.get("unplaced", "")),
        brand=_text(query.get("brand", ""), 80),
        violation=one("violation", set(Clue.Violation.values)),
        channel=one("channel", set(Clue.Channel.values)),
        stage=one("stage", set(Clue.ChainStage.values)),
        area=one("area", set(Clue.AreaTag.values)),
        result=one("result", set(Clue.Result.values)),
        outcome=one("outcome", set(Clue.Outcome.values)),
        q=_text(query.get("q", ""), searching.LONGEST),
        sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
        more=tuple((name, _text(query.get(name, ""), 60)) for name in _more if query.get(name, "")),
    )


def _text(value: Any, longest: int) -> str:
    return " ".join(str(value).replace("\x00", "").split())[:longest]


def _uuid(value: Any) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return ""


def narrowed(rows: QuerySet[Clue], asked: Asked, person: User) -> QuerySet[Clue]:
    """The rows asked for, in no order."""
    states = asked.state or ("open",)
    wanted = {state for each in states for state in GROUPS.get(each, (each,))}
    if wanted != set(State.values):
        rows = rows.filter(state__in=wanted)
    if asked.source:
        rows = rows.filter(source_kind__in=asked.source)
    if asked.priority:
        rows = rows.filter(priority__in=asked.priority)
    if asked.unit:
        rows = rows.filter(holder_unit_id__in=_units_below(asked.unit))
    if asked.division:
        rows = rows.filter(division_code__in=_divisions_below(asked.division))
    if asked.since:
        rows = rows.filter(registered_at__gte=_midnight(asked.since))
    if asked.until:
        rows = rows.filter(registered_at__lt=_midnight(asked.until + timedelta(days=1)))
    if asked.overdue:
        rows = rows.filter(overdue())
    if asked.due_in is not None:
        rows = rows.filter(due_before(clock.now() + timedelta(days=asked.due_in)))
    if asked.mine:
        rows = rows.filter(in_the_hands_of(person))
    if asked.unplaced:
        rows = rows.filter(division_code="")
    return _by_matter(rows, asked, person)


def _by_matter(rows: QuerySet[Clue], asked: Asked, person: User) -> QuerySet[Clue]:
    if asked.brand:
        rows = rows.filter(pk__in=ClueProduct.objects.filter(brand_name=asked.brand).values("clue_id"))
    if asked.violation:
        rows = rows.filter(violations__contains=[asked.violation])
    if asked.area:
        rows = rows.filter(area_tags__contains=[asked.area])
    for name, column in (
        ("channel", "channel"),
        ("stage", "chain_stage"),
        ("result", "result"),
        ("outcome", "outcome"),
    ):
        if value := getattr(asked, name):
            rows = rows.filter(**{column: value})
    for name, value in asked.more:
        if name in _more:
            rows = rows.filter(pk__in=_more[name].clue_ids(person, value))
    if asked.q:
        rows = searching.matching(rows, asked.q, also=_by_source_number(asked.q))
    return rows


def in_the_hands_of(person: User) -> Q:
    """Held or checked by this person, or sent to their unit and not signed for by anybody yet."""
    return (
        Q(holder=person)
        | Q(pk__in=list(Verifier.objects.filter(officer=person, until=None).values_list("clue_id", flat=True)))
        | Q(state=State.DISPATCHED, holder=None, holder_unit_id=person.unit_id)
    )


def overdue(now: datetime | None = None) -> Q:
    """Open, and the next thing owed or the check itself is late."""
    now = now or clock.now()
    return Q(state__in=Clue.OPEN) & (Q(due_at__lt=now) | Q(verify_by__lt=clock.today()))


def due_before(moment: datetime) -> Q:
    """Open, not late yet, and something is owed before a moment."""
    now, last = clock.now(), clock.local_date(moment)
    return (
        Q(state__in=Clue.OPEN)
        & (Q(due_at__gte=now, due_at__lt=moment) | Q(verify_by__gte=clock.today(), verify_by__lte=last))
        & ~overdue(now)
    )


def _units_below(unit_id: str) -> set[UUID]:
    try:
        return below(unit(unit_id))
    except NotFound404:
        return set()


def _divisions_below(code: str) -> set[str]:
    """A division with all below it, by the parents written in the table and not by the digits."""
    places = current.gazetteer().places.values()
    return {code, *(place.code[:6] for place in places if any(above.code == code for above in place.up))}


def _midnight(day: date) -> datetime:
    return clock.at_start(day)


def _by_source_number(text: str) -> Q | None:
    """Clues whose source gave them this very number."""
    if " " in text or not any(char.isdigit() for char in text):
        return None
    ids = list(ClueSource.objects.filter(ref=text).values_list("clue_id", flat=True)[:50])
    return Q(pk__in=ids) if ids else None
