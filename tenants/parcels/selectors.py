"""The doors to parcels. Who keeps a connection sees how it runs; who carries files makes, fetches and takes them in.

An administrator does not read cases, and a parcel is full of them: so fetching and taking in are for dispatchers and
leaders, whose work the records are.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import Post
from connections import rules
from connections import selectors as connections
from connections.models import Connection
from kernel.errors import NotAllowed, NotFound404
from tenants.parcels.models import Parcel, ParcelReceipt, PartnerKey, Report, ReportRow


def may_carry(person: Any) -> bool:
    """Whether this person makes, fetches and takes in files: a dispatcher or a leader, never a program."""
    if not person.is_authenticated or person.is_service:
        return False
    return bool(person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER))


def require_carrier(person: Any) -> None:
    """Raises NotAllowed."""
    if not may_carry(person):
        raise NotAllowed()


def access_connection(person: Any, connection_id: UUID | str) -> Connection:
    """A connection for its keepers in any state, for carriers while it is on. Raises NotFound404."""
    if rules.may_see(person):
        return connections.connection_for(person, connection_id)
    found = connections.active(connection_id) if may_carry(person) else None
    if found is None:
        raise NotFound404()
    return found


def connections_to_carry(person: Any) -> list[Connection]:
    """The connections whose files this person carries."""
    return list(connections.living()) if may_carry(person) else []


def parcels_of(person: Any, connection: Connection) -> QuerySet[Parcel]:
    """What went out to a connection that this person was let in to, newest first."""
    return Parcel.objects.filter(connection_id=connection.pk)


def reports_of(person: Any, connection: Connection) -> QuerySet[Report]:
    """What came in from a connection that this person was let in to, newest first."""
    return Report.objects.filter(connection_id=connection.pk)


def keys_of(connection: Connection) -> QuerySet[PartnerKey]:
    """Public keys of the other side, newest first."""
    return PartnerKey.objects.filter(connection_id=connection.pk)


def access_parcel(person: Any, parcel_id: UUID | str) -> tuple[Parcel, Connection]:
    """One parcel that went out. Raises NotFound404."""
    found = _one(Parcel.objects.all(), parcel_id)
    return found, access_connection(person, found.connection_id)


def access_report(person: Any, report_id: UUID | str) -> tuple[Report, Connection]:
    """One report, for carriers only: it quotes what came in. Raises NotFound404."""
    found = _one(Report.objects.all(), report_id)
    connection = access_connection(person, found.connection_id)
    if not may_carry(person):
        raise NotFound404()
    return found, connection


def report_of_client(connection: Connection, report_id: UUID | str) -> Report:
    """One report of the connection that a client calls for. Raises NotFound404."""
    found: Report = _one(Report.objects.filter(connection_id=connection.pk), report_id)
    return found


def parcel_of_client(connection: Connection, parcel_id: UUID | str) -> Parcel:
    """One parcel of the connection that a client calls for. Raises NotFound404."""
    found: Parcel = _one(Parcel.objects.filter(connection_id=connection.pk), parcel_id)
    return found


def _asked(rows: QuerySet[Any], person: Any, calling: Connection | None) -> QuerySet[Any]:
    if calling is not None:
        return rows.filter(connection_id=calling.pk)
    return rows.filter(connection_id__in=[each.pk for each in connections_to_carry(person)])


def parcels_asked(person: Any, calling: Connection | None) -> QuerySet[Parcel]:
    """Of a call: parcels of the program's connection, or of those a carrier carries."""
    return _asked(Parcel.objects.all(), person, calling)


def reports_asked(person: Any, calling: Connection | None) -> QuerySet[Report]:
    """The same of what came in."""
    return _asked(Report.objects.all(), person, calling)


def rows_of(report: Report, *effects: str) -> QuerySet[ReportRow]:
    """The rows of a report, all or those with one of these effects, as they stand in the file."""
    rows = report.lines.all()
    return rows.filter(effect__in=effects) if effects else rows


def receipts_of(parcel: Parcel, *effects: str) -> QuerySet[ParcelReceipt]:
    """What the other side said of a parcel that this person was let in to."""
    rows = parcel.receipts.all()
    return rows.filter(effect__in=effects) if effects else rows


def waiting_reports(connection_id: UUID) -> int:
    """Files that were checked and wait for a person to take them in."""
    return Report.objects.filter(connection_id=connection_id, state=Report.State.CHECKED).count()


def waiting_for(person: Any) -> int:
    """Files that this person may take in."""
    ids = [each.pk for each in connections_to_carry(person)]
    return Report.objects.filter(connection_id__in=ids, state=Report.State.CHECKED).count() if ids else 0


def missing_numbers(connection_id: UUID) -> list[int]:
    """Numbers of the other side's parcels that never came, though later ones did."""
    rows = Report.objects.filter(connection_id=connection_id, sequence__isnull=False)
    rows = rows.exclude(state__in=[Report.State.REFUSED, Report.State.DROPPED])
    came = {number for number in rows.values_list("sequence", flat=True) if number is not None}
    return [number for number in range(1, max(came, default=0)) if number not in came][:50]


def _one(rows: QuerySet[Any], pk: UUID | str) -> Any:
    try:
        found = rows.filter(pk=pk).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found
