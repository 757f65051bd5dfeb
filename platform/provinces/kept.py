"""Queries whose SQL is worked out once: what a door asks at every call.

Django builds a query anew each time, which for a wide row costs several times what PostgreSQL needs to answer. A door's
question never changes its shape, only its values:

    _ITEM = Kept(
        lambda pk, units: RequestItem.objects.filter(pk=pk, request__unit_id__in=units).select_related("request"),
        along={"photos": Kept(lambda items: ItemPhoto.objects.filter(item_id__in=items))},
    )
    _ITEM.first(item_id, visible_unit_ids(person))

What comes back is what the query would have found by itself: rows of the seat that asks, stamped with it, with their
relations. Values are ids, texts, and collections of ids; an empty collection finds nothing. A number, such as how many
rows are wanted, stands in the SQL itself and makes a shape of its own.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Exists, Model, OuterRef, QuerySet

from provinces.instances import unstamped

Row = TypeVar("Row", bound=Model)
_MANY = (set, frozenset, list, tuple)


@dataclass(frozen=True)
class _Place:
    """Where a value stands among the parameters: of which argument, which of its members; in a LIKE, between what."""

    argument: int
    member: int | None = None
    before: str = ""
    after: str = ""

    @property
    def is_pattern(self) -> bool:
        return bool(self.before or self.after)


@dataclass(frozen=True)
class _WorkedOut:
    """One shape of a query: its compiler, ready but for the connection, its SQL, and values or places of values.

    converters: what Django does to which columns of an answer, the same for every connection of PostgreSQL.
    """

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    converters: Any


class _Ready:
    """Stands where a queryset keeps its query, and knows its SQL already."""

    def __init__(self, worked_out: _WorkedOut, parameters: tuple[Any, ...]) -> None:
        self._worked_out, self._parameters = worked_out, parameters

    def get_compiler(self, using: str) -> Any:
        compiler = copy.copy(self._worked_out.compiler)
        compiler.connection, compiler.using = connections[using], using
        compiler.as_sql = lambda: (self._worked_out.sql, self._parameters)
        compiler.get_converters = lambda expressions: self._worked_out.converters
        return compiler


class Kept(Generic[Row]):
    """build: makes the query of its values. along: for a relation to many, the query of its rows by a list of ids."""

    def __init__(self, build: Callable[..., QuerySet[Row]], *, along: Mapping[str, Kept[Any]] | None = None) -> None:
        self._build, self._along = build, dict(along or {})
        self._shapes: dict[tuple[Any, ...], _WorkedOut] = {}

    def first(self, *values: Any) -> Row | None:
        """The first row that is found, or None."""
        found = self.rows(*values)
        return found[0] if found else None

    def rows(self, *values: Any) -> list[Row]:
        """All rows that are found."""
        given = [_padded(each) if isinstance(each, _MANY) else each for each in values]
        if any(isinstance(each, list) and not each for each in given):
            return []
        shape = tuple(len(each) if isinstance(each, list) else _number(each) for each in given)
        worked_out = self._shapes.get(shape)
        if worked_out is None:
            worked_out = self._shapes[shape] = self._work_out(given)
        query = _Ready(worked_out, tuple(_filled(each, given) for each in worked_out.parameters))
        found: list[Row] = list(type(worked_out.rows)(worked_out.rows.model, query=cast("Any", query)))
        if found:
            for name, kept in self._along.items():
                kept.hang(found, name, among=[row for row in found if row.__dict__.pop(_has(name))])
        return found

    def hang(self, rows: Sequence[Model], name: str, *, among: Collection[Model] | None = None) -> None:
        """Fetch what belongs to these rows by the relation `name`, as `prefetch_related` would.

        among: those of them that have any, where that is known; if none has, nothing is asked.
        """
        field = cast("Any", rows[0]._meta.get_field(name)).field
        by_id: dict[Any, list[Any]] = {row.pk: [] for row in rows}
        owners = {row.pk: row for row in (rows if among is None else among)}
        for each in self.rows(list(owners)):
            key = getattr(each, field.attname)
            by_id[key].append(each)
            field.set_cached_value(each, owners[key])
        for row in rows:
            fetched = getattr(row, name).all()
            fetched._result_cache, fetched._prefetch_done = by_id[row.pk], True
            row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = fetched

    def _work_out(self, given: Sequence[Any]) -> _WorkedOut:
        standing: dict[Any, _Place] = {}
        names: list[Any] = []
        for at, each in enumerate(given):
            if _number(each) is not None:
                names.append(each)
                continue
            members = [_stand_in(one) for one in each] if isinstance(each, list) else [_stand_in(each)]
            standing |= {one: _Place(at, nth if isinstance(each, list) else None) for nth, one in enumerate(members)}
            names.append(members if isinstance(each, list) else members[0])
        with unstamped():
            rows = self._build(*names)
            if rows._prefetch_related_lookups:  # type: ignore[attr-defined] # no other way to ask
                raise TypeError("rows that come along are named by `along`")
            if self._along:
                rows = rows.annotate(**{_has(name): _exists(rows.model, name) for name in self._along})
            compiler = rows.query.get_compiler(using="default")
            sql, parameters = compiler.as_sql()
        places = tuple(_place(each, standing) for each in parameters)
        if {each.argument for each in _flat(places)} != {at for at, one in enumerate(given) if _number(one) is None}:
            raise TypeError("a value of a kept query stands nowhere in it")
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        return _WorkedOut(rows, compiler, sql, places, converters)


class Pages(Generic[Row]):
    """A list that is read by pages. Its first page, which is asked for at nearly every call, is a kept query."""

    def __init__(self, build: Callable[..., QuerySet[Row]], *, order: Sequence[str]) -> None:
        self.build, self.order = build, tuple(order)
        self._first: Kept[Row] = Kept(lambda most, *values: build(*values).order_by(*order)[:most])

    def of(self, *values: Any) -> PagesOf[Row]:
        """The list of these values."""
        return PagesOf(self, values)

    def first(self, most: int, *values: Any) -> list[Row]:
        """So many rows from the beginning."""
        return self._first.rows(most, *values)


class PagesOf(Generic[Row]):
    """What REST framework's pagination asks of a queryset. Whatever is not the first page is one."""

    def __init__(self, pages: Pages[Row], values: tuple[Any, ...], *, ordered: bool = False) -> None:
        self._pages, self._values, self._ordered = pages, values, ordered

    @property
    def model(self) -> type[Row]:
        return self._query().model

    def order_by(self, *order: str) -> PagesOf[Row] | QuerySet[Row]:
        if order != self._pages.order:
            return self._query().order_by(*order)
        return PagesOf(self._pages, self._values, ordered=True)

    def filter(self, *args: Any, **kwargs: Any) -> QuerySet[Row]:
        return self._query().filter(*args, **kwargs)

    def __getitem__(self, cut: slice) -> Iterable[Row]:
        if cut.start or cut.stop is None or not self._ordered:
            return self._query()[cut]
        return self._pages.first(cut.stop, *self._values)

    def _query(self) -> QuerySet[Row]:
        rows = self._pages.build(*self._values)
        return rows.order_by(*self._pages.order) if self._ordered else rows


def _has(name: str) -> str:
    """The column that says whether a row has any by this relation: most have none by most, and those need no query."""
    return f"_has_{name}"


def _exists(model: type[Model], name: str) -> Exists:
    relation = cast("Any", model._meta.get_field(name))
    return Exists(relation.related_model.objects.filter(**{relation.field.attname: OuterRef("pk")}))


def _padded(many: Collection[Any]) -> list[Any]:
    """The same values, as many as the next power of two: few lengths, so few shapes, and `IN` minds no repetition."""
    values = list(many)
    wanted = 1 << (len(values) - 1).bit_length() if values else 0
    return values + values[-1:] * (wanted - len(values))


def _number(value: Any) -> int | None:
    return value if type(value) is int else None


def _flat(parameters: Iterable[Any]) -> Iterator[_Place]:
    for each in parameters:
        if isinstance(each, list):
            yield from _flat(each)
        elif isinstance(each, _Place):
            yield each


def _stand_in(value: Any) -> Any:
    if isinstance(value, UUID):
        return uuid4()
    if type(value) is str:
        return uuid4().hex
    raise TypeError(f"a kept query takes ids and texts, no {type(value).__name__}")


def _place(parameter: Any, standing: Mapping[Any, _Place]) -> Any:
    """A parameter as it is, or the place of the value that it stands for."""
    if isinstance(parameter, UUID):
        return standing.get(parameter, parameter)
    if isinstance(parameter, list):
        return [_place(each, standing) for each in parameter]
    if isinstance(parameter, str):
        for name, place in standing.items():
            if isinstance(name, str) and name in parameter:
                before, _name, after = parameter.partition(name)
                return _Place(place.argument, place.member, before, after)
    return parameter


def _filled(parameter: Any, given: Sequence[Any]) -> Any:
    if isinstance(parameter, list):
        return [_filled(each, given) for each in parameter]
    if not isinstance(parameter, _Place):
        return parameter
    value = given[parameter.argument]
    if parameter.member is not None:
        value = value[parameter.member]
    if not parameter.is_pattern:
        return value
    escaped = value.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"{parameter.before}{escaped}{parameter.after}"
