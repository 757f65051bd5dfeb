"""Every object loaded carries the province it came from; using it in another one is refused."""

from typing import Any, cast

from django.db.models import Model
from django_tenants.routers import TenantSyncRouter

from provinces.database.base import current_seat
from provinces.errors import BorderCrossing
from provinces.instances import home_of, refuse_foreign, refuse_late, stamp_of


class BorderRouter(TenantSyncRouter):  # type: ignore[misc] # untyped package
    """Stamps what is read and written; compares the stamp of `hints["instance"]` with the current seat."""

    def _stamp(self, hints: dict[str, Any]) -> str | None:
        seat = current_seat()
        if seat is None:
            return None
        refuse_late(hints, seat)
        if hints.get("instance") is not None:
            refuse_foreign([hints["instance"]])
        return stamp_of(seat.schema_name)

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        return self._stamp(hints)

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        return self._stamp(hints)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        """Shared apps in `public`, province apps elsewhere; makemigrations and check hold no seat and read nothing."""
        if current_seat() is None:
            return False
        return cast("bool | None", super().allow_migrate(db, app_label, model_name, **hints))

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool | None:
        one, other = home_of(first), home_of(second)
        if one is not None and other is not None and one != other:
            raise BorderCrossing(f"{type(first).__name__} of {one} tied to {type(second).__name__} of {other}")
        return None
