"""An endpoint with one event on its way, in each province, at each house and at the office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from audit.trail import Actor
from connections.models import Connection
from kernel.ids import uuid7
from provinces import context
from provinces.seats import Seat
from webhooks import events, services
from webhooks.models import Delivery


def fill(seat: Seat, connection_id: UUID) -> dict[str, Any]:
    """What addresses are filled with: endpoint_id, event_id. Nobody listens at the address."""
    with context.seat(seat):
        connection = Connection.objects.get(pk=connection_id)
        endpoint, _key = services.make(connection, by=Actor(None, "系统"), url="http://127.0.0.1:4/")
        event = events.emit(
            "clue.ended", about=uuid7(), payload={"number": "1"}, organisation_id=connection.organisation_id
        )
        assert event is not None
        events.place()
        event.refresh_from_db()
        Delivery.objects.create(endpoint=endpoint, event=event, about=event.about, position=event.position)
    return {"endpoint_id": endpoint.pk, "event_id": event.pk}
