"""The doors to connections. Everything here is of the current seat only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import User
from audit.models import Trail
from connections import rules
from connections.models import Client, Connection, ForeignUse, Secret
from gateway.models import OldCall
from kernel.errors import NotFound404
from provinces.context import required
from provinces.kept import Kept


def connections_of(user: Any, kind: str | None = None) -> QuerySet[Connection]:
    """The connections that this person keeps or switches, newest first; none for anybody else."""
    if not rules.may_see(user):
        return Connection.objects.none()
    found = Connection.objects.filter(seat=required().name)
    houses = rules.organisations(user)
    if houses is not None:
        found = found.filter(organisation_id__in=list(houses))
    return found.filter(kind=kind) if kind else found


def connection_for(user: Any, connection_id: UUID | str) -> Connection:
    """One of them. Raises NotFound404."""
    return _one(connections_of(user).select_related("created_by"), connection_id)


def active(connection_id: UUID | str) -> Connection | None:
    """A connection of this seat that is switched on; None otherwise. For whoever is about to use it."""
    try:
        pk = UUID(str(connection_id))
    except ValueError:
        return None
    return _ACTIVE.first(pk, required().name)


_ACTIVE = Kept(lambda pk, seat: Connection.objects.filter(pk=pk, seat=seat, state=Connection.State.ON))


def named(connection_id: UUID | str) -> Connection | None:
    """A connection of this seat in any state, for its name and settings; None when there is none."""
    return Connection.objects.filter(pk=connection_id, seat=required().name).first()


def living(kind: str | None = None) -> QuerySet[Connection]:
    """All connections of this seat that are switched on, for background work."""
    found = Connection.objects.filter(seat=required().name, state=Connection.State.ON)
    return found.filter(kind=kind) if kind else found


def clients_of(connection: Connection) -> QuerySet[Client]:
    """A connection's clients with their service accounts, oldest first."""
    return (
        connection.clients.select_related("oidc", "user__unit", "created_by", "connection")
        .prefetch_related("secrets", "user__posts__unit")
        .order_by("id")
    )


def client_for(user: Any, connection_id: UUID | str, client_id: UUID | str) -> Client:
    """One client of a connection that this person keeps. Raises NotFound404."""
    return _one(clients_of(connection_for(user, connection_id)), client_id)


def secret_id(client: Client, said: str) -> UUID:
    """The id of one of a client's living secrets. Raises NotFound404."""
    found: Secret = _one(client.secrets.filter(ended_at=None), said)
    return found.pk


def foreign_uses(user: Any) -> QuerySet[ForeignUse]:
    """Keys of other hosts tried here, and ours tried elsewhere, newest first; for who sees connections of the seat."""
    if not rules.may_see(user) or rules.organisations(user) is not None:
        return ForeignUse.objects.none()
    return ForeignUse.objects.filter(seat=required().name)


def trail_of(connection: Connection) -> QuerySet[Trail]:
    """What was done to a connection and its clients, newest first."""
    ids = [connection.pk, *connection.clients.values_list("pk", flat=True)]
    labels = [Connection._meta.label_lower, Client._meta.label_lower]
    return Trail.objects.filter(record_id__in=ids, record_label__in=labels).order_by("-at", "-id")


def client_named(client_id: str) -> Client | None:
    """The client that calls itself this, of this seat; None when there is none."""
    return (
        Client.objects.select_related("oidc", "connection", "user")
        .filter(oidc_id=client_id, connection__seat=required().name)
        .first()
    )


def partner_named(client_id: str) -> Connection | None:
    """The connection of this seat whose client calls itself this, while both are switched on; None otherwise."""
    return _PARTNER.first(client_id, required().name)


_PARTNER = Kept(
    lambda client_id, seat: Connection.objects.filter(
        clients__oidc_id=client_id, clients__state=Client.State.ON, seat=seat, state=Connection.State.ON
    )
)


def _one(rows: QuerySet[Any], pk: UUID | str) -> Any:
    try:
        found = rows.filter(pk=pk).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found


def is_living_account(user: User) -> bool:
    """Whether this is a program's account whose client works on this seat now."""
    return (
        user.is_service
        and Client.objects.filter(
            user_id=user.pk,
            state=Client.State.ON,
            connection__state=Connection.State.ON,
            connection__seat=required().name,
        ).exists()
    )


# Operations on their way out ------------------------------------------------------------------------------------------


def old_calls(user: User) -> QuerySet[OldCall]:
    """Who still calls what will end, the latest first: at the brands host of the person's own houses alone."""
    if not rules.may_see(user):
        return OldCall.objects.none()
    rows = OldCall.objects.filter(seat=required().name).select_related("user")
    if required().kind == "brands":
        own = Client.objects.filter(connection__in=connections_of(user)).values("user_id")
        rows = rows.filter(user_id__in=own)
    return rows
