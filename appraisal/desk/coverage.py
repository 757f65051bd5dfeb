"""How fast each organisation answers: a figure of the coverage list."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from appraisal.desk.models import DeskTask
from federation.parties import hooks

DAYS = 30


@hooks.figures
def answer_times(now: datetime) -> dict[str, dict[UUID, int]]:
    """Median seconds from the officer's sending to the answer, and how many were answered, over the last 30 days."""
    seconds: dict[UUID, list[float]] = {}
    rows = DeskTask.objects.filter(answered_at__gt=now - timedelta(days=DAYS), answered_at__lte=now).order_by()
    for organisation_id, sent_at, answered_at in rows.values_list("organisation_id", "sent_at", "answered_at"):
        seconds.setdefault(organisation_id, []).append((answered_at - sent_at).total_seconds())
    return {
        "median_answer_s": {key: max(0, round(median(spans))) for key, spans in seconds.items()},
        "answered_30d": {key: len(spans) for key, spans in seconds.items()},
    }
