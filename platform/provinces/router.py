"""Every object loaded carries the province it came from; using it in another one is refused."""

from typing import Any, cast

from django.db import connection
from django.db.models import Model
from django_tenants.routers import TenantSyncRouter

from provinces.errors import BorderCrossing


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


class BorderRouter(TenantSyncRouter):  # type: ignore[misc]
    """Stamps what is read and written, compares the stamp of `hints["instance"]` with the current seat."""

    def _stamp(self, hints: dict[str, Any]) -> str | None:
        seat = connection.seat
        if seat is None:
            return None
        instance: Model | None = hints.get("instance")
        held = getattr(instance._state, "db", None) if instance is not None else None
        if isinstance(held, Stamp) and held.schema_name != seat.schema_name:
            raise BorderCrossing(f"{type(instance).__name__} of {held.schema_name} used while working for {seat}")
        return Stamp(seat.schema_name)

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return self._stamp(hints)

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return self._stamp(hints)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        """Shared apps in `public`, province apps elsewhere; makemigrations and check hold no seat and read nothing."""
        if connection.seat is None:
            return False
        return cast("bool | None", super().allow_migrate(db, app_label, model_name, **hints))

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool | None:
        one, other = first._state.db, second._state.db
        if isinstance(one, Stamp) and isinstance(other, Stamp) and one.schema_name != other.schema_name:
            raise BorderCrossing(f"{type(first).__name__} of {one.schema_name} tied to one of {other.schema_name}")
        return None
