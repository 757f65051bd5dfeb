"""The morning's list of the office: what its rail counts, and what the apps below keep for it without counting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from federation.agreements import selectors as agreements
from federation.broker import selectors as broker
from federation.broker.models import Dispute
from webui import nav

Found = tuple[int, datetime | None]


def _aged(rows: QuerySet[Any], column: str) -> Found:
    """How many, and since when the oldest."""
    return rows.count(), rows.order_by().aggregate(at=Min(column))["at"]


def _disputes(request: HttpRequest) -> Found:
    return _aged(broker.disputes(request.user).filter(state__in=Dispute.OPEN), "opened_at")  # type: ignore[arg-type]


def _routes(_request: HttpRequest) -> Found:
    return _aged(broker.open_routes(), "asked_at")


def _ending(_request: HttpRequest) -> Found:
    return len(agreements.ending_soon()), None


LINES: tuple[tuple[str, Any, str, Callable[[HttpRequest], Found]], ...] = (
    ("broker:queue", _("待定去向的函件"), "arrow", _routes),
    ("broker:disputes", _("未了结的管辖争议"), "scales", _disputes),
    ("agreements:list", _("快到期的协议"), "document", _ending),
)


def of(request: HttpRequest) -> list[nav.Waiting]:
    """What waits, each line with how many, since when, and where; nothing of what does not."""
    known = {line.code: line for line in nav.waiting("office", request)}
    for code, label, icon, find in LINES:
        count, oldest = find(request)
        if count:
            line = known.get(code) or nav.Waiting(code, reverse(code), label, icon, count, oldest)
            known[code] = replace(line, label=label, count=count, oldest_at=oldest)
    return list(known.values())
