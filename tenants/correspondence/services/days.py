"""Days of this province's own, kept by its administrator. Dates that were told before stay as they were told."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from kernel import clock
from kernel.errors import BadInput, NotFound404
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.models import RegionalDay


@transaction.atomic
def put(*, by: User, day: date, name: str, kind: str = RegionalDay.Kind.HOLIDAY, source: str = "") -> RegionalDay:
    """Add a day, or correct what is said of it. Raises NotAllowed, BadInput."""
    rows = selectors.access_calendar(by)
    if kind not in RegionalDay.Kind.values:
        raise BadInput(_("请选择放假或上班。"), code="day_kind_wrong")
    if not name.strip():
        raise BadInput(_("请写明名称，例如“三月三”。"), code="day_name_missing")
    row, _new = rows.update_or_create(
        day=day,
        defaults={
            "kind": kind,
            "name": name.strip()[:40],
            "source": source.strip()[:200],
            "by_name": by.display_name,
            "at": clock.now(),
        },
    )
    trail.record(row, "put", by=by, data={"day": day.isoformat(), "kind": kind})
    return row


@transaction.atomic
def remove(*, by: User, day_id: UUID) -> None:
    """Take a day out. Raises NotAllowed, NotFound404."""
    row = selectors.access_calendar(by).filter(pk=day_id).first()
    if row is None:
        raise NotFound404()
    trail.record(row, "remove", by=by, data={"day": row.day.isoformat()})
    row.delete()
