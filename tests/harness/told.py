"""A case system that is told of things: its connection, its endpoint, the receiver behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from harness import people
from harness.receiver import Receiver

from audit.trail import Actor
from connections import services as joining
from connections.models import Client, Connection
from kernel.ids import uuid7
from webhooks import events, sending, services
from webhooks.models import Delivery, Endpoint

MACHINE = Actor(None, "系统")
HIDDEN: set[UUID] = set()


def connect(bureau: people.Bureau, wanted: tuple[str, ...] = ("events:read",)) -> tuple[Connection, Client, str]:
    """A case system that is switched on, with one client. In the bureau's seat."""
    made = joining.create(by=MACHINE, kind="case_system", name="办案系统")
    client, secret = joining.make_client(
        made, by=MACHINE, name="办案", wanted=wanted, unit=bureau.unit, roles=["officer"]
    )
    joining.switch_on(made, by=MACHINE)
    made.refresh_from_db()
    client.refresh_from_db()
    return made, client, secret


@dataclass
class Told:
    """A connection, its endpoint that is on, the receiver behind it."""

    bureau: people.Bureau
    connection: Connection
    client: Client
    endpoint: Endpoint
    receiver: Receiver

    def happen(self, about: UUID | None = None, kind: str = "thing.moved", **said: Any) -> UUID:
        """One event about an object, a new one if none is named."""
        found = about or uuid7()
        events.emit(kind, about=found, payload={"object_id": str(found), **said})
        return found

    def work(self) -> int:
        """What the worker does: places, then posts. Returns how many were taken."""
        events.place()
        return sum(sending.deliver(each) for each in sending.due_endpoints())

    def rows(self, **wanted: Any) -> list[Delivery]:
        """Deliveries, oldest first."""
        return list(Delivery.objects.filter(endpoint=self.endpoint, **wanted).order_by("position"))


def told_of(bureau: people.Bureau, receiver: Receiver, url: str = "") -> Told:
    """An endpoint of a new connection at a receiver."""
    connection, client, _secret = connect(bureau)
    endpoint, key = services.make(connection, by=MACHINE, url=url or receiver.url)
    receiver.keys.append(key)
    services.switch_on(endpoint, by=MACHINE)
    return Told(bureau, connection, client, endpoint, receiver)
