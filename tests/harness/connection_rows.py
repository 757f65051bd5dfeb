"""A connection with a program in each province, at each house and at the office, for whoever tries their addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from connections import services
from connections.models import Connection
from provinces import context
from provinces.seats import Seat


def fill(seat: Seat, *, by: User, organisation_id: UUID | None = None) -> dict[str, Any]:
    """What addresses are filled with: connection_id, client_id, secret_id."""
    with context.seat(seat):
        row = services.create(
            by=by, kind=Connection.Kind.CASE_SYSTEM, name="办案系统", organisation_id=organisation_id, contact="某"
        )
        in_province = seat.kind == "province"
        client, _secret = services.make_client(
            row,
            by=by,
            name="正式环境",
            wanted=["me:read"],
            unit=by.unit if in_province else None,
            roles=["officer"] if in_province else (),
        )
        return {"connection_id": row.pk, "client_id": client.pk, "secret_id": client.secrets.get().pk}
