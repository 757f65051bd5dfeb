"""保管链: who captured, received, viewed, exported and handed over an exhibit. Written here and nowhere else.

Each event is an insert-only row and a leaf of the log, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from audit import log
from audit.trail import Person
from evidence.models import CustodyEvent, Exhibit
from evidence.naming import named
from kernel import clock
from kernel.canonical import instant

Act = CustodyEvent.Act
VIEWED_AGAIN_AFTER = timedelta(minutes=30)
"""Looking at the same exhibit again within this time is the same looking: one event a person and exhibit."""


def record(
    exhibit: Exhibit,
    act: str,
    *,
    by: Person,
    purpose: str = "",
    to: str = "",
    data: Mapping[str, Any] | None = None,
) -> CustodyEvent:
    """Write that `by` did `act` to an exhibit, in the caller's transaction.

    to: to whom it went, in words. data: JSON without floats, moments as text (`kernel.canonical.instant`), so that the
    leaf can be made again from the row. Raises ValueError for an act that there is none of.
    """
    if act not in Act.values:
        raise ValueError(f"{act!r} is no act of custody")
    with transaction.atomic(savepoint=False):
        event = CustodyEvent.objects.create(
            exhibit=exhibit,
            act=act,
            by_id=by.pk,
            by_name=by.display_name,
            purpose=purpose[:500],
            to=to[:200],
            data=dict(data or {}),
        )
        log.append("custody", event.pk, leaf_of_event(event))
    return event


def sealed(exhibit: Exhibit, *, by: Person) -> None:
    """A new exhibit is there: its digests go into the log, and who captured and who received it into its custody.

    Call it in the transaction that adds the row, once. Raises StoreBusy if the clock of retention took the same file
    in that moment; who sends it again has it stored anew.
    """
    with transaction.atomic(savepoint=False):
        if exhibit.original_key:
            named(exhibit.original_key)
        log.append("exhibit.sealed", exhibit.pk, leaf_of_exhibit(exhibit))
        if exhibit.view_only or exhibit.source == Exhibit.Source.LETTER:
            record(exhibit, Act.RECEIVED, by=by, data={"letter": str(exhibit.letter_id or "")})
            return
        device = {"at_by_device": instant(exhibit.captured_at)} if exhibit.captured_at else {}
        record(exhibit, Act.CAPTURED, by=by, data=device | {"source": exhibit.source})
        record(exhibit, Act.RECEIVED, by=by, data={"sha256": exhibit.sha256, "size_bytes": exhibit.size_bytes})


def viewed(exhibit: Exhibit, *, by: Person) -> CustodyEvent | None:
    """The large picture, or the record, was opened. None when the same person looked at it within half an hour."""
    since = clock.now() - VIEWED_AGAIN_AFTER
    if CustodyEvent.objects.filter(exhibit=exhibit, act=Act.VIEWED, by_id=by.pk, at__gt=since).exists():
        return None
    return record(exhibit, Act.VIEWED, by=by)


def of(exhibit: Exhibit) -> QuerySet[CustodyEvent]:
    """What was done with an exhibit, oldest first."""
    return CustodyEvent.objects.filter(exhibit=exhibit)


def leaf_of_exhibit(exhibit: Exhibit) -> dict[str, Any]:
    """What the log seals of an exhibit: its digests, and the facts of its capture as they were on arrival."""
    return {
        "exhibit": exhibit.pk,
        "kind": exhibit.kind,
        "source": exhibit.source,
        "view_only": exhibit.view_only,
        "sha256": exhibit.sha256,
        "sm3": exhibit.sm3,
        "size_bytes": exhibit.size_bytes,
        "media_type": exhibit.media_type,
        "view_sha256": exhibit.view_sha256 if exhibit.view_only else "",
        "captured_at": exhibit.captured_at,
        "received_at": exhibit.received_at,
        "device_clock_offset_s": exhibit.device_clock_offset_s,
        "latitude": _degrees(exhibit.latitude),
        "longitude": _degrees(exhibit.longitude),
        "accuracy_m": exhibit.accuracy_m,
        "coordinates": exhibit.coordinates,
        "live": exhibit.live,
        "by": exhibit.by_id,
        "by_name": exhibit.by_name,
        "redacted_from": exhibit.redacted_from_id,
    }


def leaf_of_event(event: CustodyEvent) -> dict[str, Any]:
    """What the log seals of a custody event: all of it."""
    return {
        "event": event.pk,
        "exhibit": event.exhibit_id,
        "act": event.act,
        "at": event.at,
        "by": event.by_id,
        "by_name": event.by_name,
        "purpose": event.purpose,
        "to": event.to,
        "data": event.data,
    }


def _degrees(value: Decimal | None) -> str | None:
    """As the column keeps it, so that the leaf can be made again from the row."""
    return None if value is None else f"{value:.6f}"
