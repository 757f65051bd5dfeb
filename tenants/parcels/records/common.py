"""What the kinds share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from audit.models import Trail


def last_moved(label: str, ids: Iterable[UUID], since: datetime, until: datetime) -> dict[UUID, datetime]:
    """Which of these rows something was done to in a time, and when last; by their trail. label: "clues.clue"."""
    found = Trail.objects.filter(record_label=label, record_id__in=list(ids), at__gte=since, at__lt=until)
    return dict(found.values_list("record_id").annotate(last=Max("at")).order_by())
