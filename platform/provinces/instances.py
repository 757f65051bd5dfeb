"""Objects and querysets remember the seat they were made in; used in another one, they refuse.

The database login already decides which rows are read and written. What it cannot see is that an object loaded for one
province is saved while the thread works for another: Django would insert it there. So every alias that the router
gives out is a `Stamp`, which Django keeps in `_state.db` of each object, and every queryset carries the seat of its
birth as a router hint. `provinces.router` compares both whenever Django asks it for a database.

Querysets made with no seat (in a class body, at import) carry none and work for whoever evaluates them.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet, deletion

from provinces.database.base import current_seat
from provinces.errors import BorderCrossing
from provinces.seats import Seat

SEAT_HINT = "czj_seat"

_stamping = ContextVar("czj_stamping", default=True)


class Stamp(str):
    """A database alias that remembers the schema it was used for. Equal to the plain alias."""

    __slots__ = ("schema_name",)
    schema_name: str

    def __new__(cls, schema_name: str) -> "Stamp":
        made = super().__new__(cls, "default")
        made.schema_name = schema_name
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> "Stamp":
        return self

    def __reduce__(self) -> tuple[type["Stamp"], tuple[str]]:
        return (Stamp, (self.schema_name,))


@cache
def stamp_of(schema_name: str) -> Stamp:
    """The stamp of one schema."""
    return Stamp(schema_name)


def home_of(instance: Model | None) -> str | None:
    """Schema that an object was loaded from or saved to; None when it is new."""
    held = getattr(instance._state, "db", None) if instance is not None else None
    return held.schema_name if isinstance(held, Stamp) else None


def refuse_foreign(instances: Iterable[Model]) -> None:
    """Raise BorderCrossing when one of these objects comes from another schema than the current one."""
    seat = current_seat()
    for instance in instances:
        home = home_of(instance)
        if seat is not None and home is not None and home != seat.schema_name:
            raise BorderCrossing(f"{type(instance).__name__} of {home} used while working for {seat}")


def refuse_late(hints: Mapping[str, Any], seat: Seat) -> None:
    """Raise BorderCrossing when a queryset made in another seat is evaluated now."""
    born: Seat | None = hints.get(SEAT_HINT)
    if born is not None and born.schema_name != seat.schema_name:
        raise BorderCrossing(f"a queryset made while working for {born} is used while working for {seat}")


def has_table(seat: Seat, model: type[Model]) -> bool:
    """Whether a model's rows live where this seat stands.

    People are in every schema, and models of both sides point at them: to delete an officer, Django would otherwise
    look for his tasks at a brand's desk.
    """
    names = settings.SHARED_APPS if seat.schema_name == "public" else settings.TENANT_APPS
    return model._meta.app_config.name in names


@contextmanager
def unstamped() -> Iterator[None]:
    """Querysets made inside the block belong to nobody: for importing modules with querysets in class bodies."""
    token = _stamping.set(False)
    try:
        yield
    finally:
        _stamping.reset(token)


def install() -> None:
    """Hook into Django's querysets. Called once, when the app is ready."""
    stock_init, stock_bulk_update = QuerySet.__init__, QuerySet.bulk_update

    @wraps(stock_init)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        stock_init(self, *args, **kwargs)
        if SEAT_HINT not in self._hints:
            seat = current_seat()
            if seat is not None and _stamping.get():
                self._hints = {**self._hints, SEAT_HINT: seat}

    @wraps(stock_bulk_update)
    def bulk_update(self: Any, objs: Iterable[Model], *args: Any, **kwargs: Any) -> Any:
        objs = tuple(objs)
        refuse_foreign(objs)
        return stock_bulk_update(self, objs, *args, **kwargs)

    stock_candidates = deletion.get_candidate_relations_to_delete

    @wraps(stock_candidates)
    def candidates(options: Any) -> list[Any]:
        seat = current_seat()
        found = stock_candidates(options)
        return [each for each in found if seat is None or has_table(seat, cast("type[Model]", each.related_model))]

    deletion.get_candidate_relations_to_delete = candidates  # type: ignore[assignment] # same shape
    QuerySet.__init__ = init  # type: ignore[method-assign]
    QuerySet.bulk_update = bulk_update  # type: ignore[method-assign]
    ContentType.objects._cache = CacheBySchema()  # type: ignore[attr-defined]


class CacheBySchema(dict[Any, Any]):
    """Django keeps content types by alias, process-wide; their ids differ from schema to schema."""

    @staticmethod
    def _place(using: Any) -> str:
        return using.schema_name if isinstance(using, Stamp) else str(using)

    def __getitem__(self, using: Any) -> Any:
        return super().__getitem__(self._place(using))

    def __setitem__(self, using: Any, value: Any) -> None:
        super().__setitem__(self._place(using), value)

    def get(self, using: Any, default: Any = None) -> Any:
        return super().get(self._place(using), default)

    def setdefault(self, using: Any, default: Any = None) -> Any:
        return super().setdefault(self._place(using), default)
