"""When a directory was here, and how that went."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from kernel import clock
from scim.models import Directory


def seen(connection_id: UUID, *, changes: bool) -> None:
    """One call came. changes: it may write."""
    now = clock.now()
    Directory.objects.get_or_create(connection_id=connection_id)
    row = Directory.objects.filter(pk=connection_id)
    row.update(last_seen_at=now, calls=F("calls") + 1)
    if changes:
        row.update(last_change_at=now)


def failed(connection_id: UUID, *, code: str, detail: str, what: str) -> None:
    """One call was refused. detail: as the directory was told. what: method and address."""
    said = {"code": code, "detail": detail[:400], "what": what[:200]}
    Directory.objects.update_or_create(
        connection_id=connection_id, defaults={"last_failure_at": clock.now(), "last_failure": said}
    )
    Directory.objects.filter(pk=connection_id).update(failures=F("failures") + 1)
