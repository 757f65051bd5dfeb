"""Writing the trail and reading it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db import models, router

from audit import hooks
from audit.models import Trail


class Person(Protocol):
    """Whoever acts: a user, or an Actor."""

    @property
    def pk(self) -> Any: ...

    @property
    def display_name(self) -> str: ...


@dataclass(frozen=True)
class Actor:
    """One who acts without an account here: a machine (`Actor(None, "系统")`), or a person of another party."""

    id: UUID | None
    name: str

    @property
    def pk(self) -> UUID | None:
        return self.id

    @property
    def display_name(self) -> str:
        return self.name


_through: ContextVar[str] = ContextVar("trail_through", default="")


@contextmanager
def through(name: str) -> Iterator[None]:
    """Inside the block every line says by way of which other system the person acts (`data["through"]`)."""
    token = _through.set(name)
    try:
        yield
    finally:
        _through.reset(token)


def now_through() -> str:
    """By way of which other system the person acts at this moment; "" for none."""
    return _through.get()


def _noted(data: Mapping[str, object] | None) -> dict[str, object]:
    name = _through.get()
    return {**(data or {}), **({"through": name} if name else {})}


def record(
    row: models.Model,
    verb: str,
    *,
    by: Person,
    why: str = "",
    from_state: str = "",
    to_state: str = "",
    data: Mapping[str, object] | None = None,
) -> Trail:
    """Write that `by` did `verb` to `row`, in the caller's transaction and beside the row.

    For a change of state use `audit.move.move`, which calls this. `data` is JSON; keep personal data and
    case contents out of it. Raises ValueError for a row without a UUID key.
    """
    if not isinstance(row.pk, UUID):
        raise ValueError(f"{row._meta.label} has no UUID key to keep a trail of")
    line = Trail.objects.using(router.db_for_write(type(row), instance=row)).create(
        record_label=row._meta.label_lower,
        record_id=row.pk,
        verb=verb,
        from_state=from_state,
        to_state=to_state,
        by_id=by.pk,
        by_name=by.display_name,
        why=why,
        data=_noted(data),
    )
    hooks.tell([row], verb, from_state=from_state, to_state=to_state)
    return line


def record_each(
    rows: Sequence[models.Model],
    verb: str,
    *,
    by: Person,
    why: str = "",
    from_state: str = "",
    to_state: str = "",
    data: Mapping[UUID, Mapping[str, object]] | None = None,
) -> None:
    """The same for many rows of one model, in one statement. They have UUID keys. data: by key, where there is some."""
    using = router.db_for_write(type(rows[0]), instance=rows[0])
    Trail.objects.using(using).bulk_create(
        Trail(
            record_label=row._meta.label_lower,
            record_id=row.pk,
            verb=verb,
            from_state=from_state,
            to_state=to_state,
            by_id=by.pk,
            by_name=by.display_name,
            why=why,
            data=_noted((data or {}).get(row.pk)),
        )
        for row in rows
    )
    hooks.tell(rows, verb, from_state=from_state, to_state=to_state)


def of(row: models.Model) -> models.QuerySet[Trail]:
    """What was done to `row`, oldest first."""
    return Trail.objects.using(router.db_for_read(type(row), instance=row)).filter(
        record_label=row._meta.label_lower, record_id=row.pk
    )
