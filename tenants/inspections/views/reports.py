"""One page that a leader reads and prints: of one inspection, or of a day; and the same as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import person_of
from accounts.models import User
from gateway import pacing
from kernel import clock
from kernel.errors import NotFound404
from tenants.inspections import report, selectors
from tenants.inspections.models import Inspection
from tenants.inspections.views.common import frame, reader

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK_BYTES = 64 * 1024


@reader
@never_cache
@require_GET
def one(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What was found, answered, seized, what is open, on one inspection."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    context = frame(person, found) | {"report": report.of([found]), "single": True}
    return render(request, "inspections/report.html", context)


@reader
@require_GET
def one_sheet(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The same as a sheet."""
    found = selectors.access_inspection(person_of(request), inspection_id)
    return _sheet([found], f"{found.number}.xlsx")


def _day_of(text: str) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise NotFound404()
    return day


def _inspections(person: User, day: date) -> list[Inspection]:
    begin = clock.at_start(day)
    rows = selectors.inspections_of(person).filter(started_at__gte=begin, started_at__lt=begin + timedelta(days=1))
    return list(rows.exclude(state=Inspection.State.CANCELLED).order_by("started_at"))


@reader
@never_cache
@require_GET
def day(request: HttpRequest, on: str) -> HttpResponse:
    """All inspections of a day that this person may see, on one page. on: a day, 2026-11-21."""
    person, when = person_of(request), _day_of(on)
    context = {
        "report": report.of(_inspections(person, when), day=when),
        "before": when - timedelta(days=1),
        "after": when + timedelta(days=1) if when < clock.today() else None,
        "back_url": reverse("inspections:list"),
    }
    return render(request, "inspections/report.html", context)


@reader
@require_GET
def day_sheet(request: HttpRequest, on: str) -> HttpResponse:
    """The day as a sheet."""
    when = _day_of(on)
    pacing.require("exports", user=request.user)
    return _sheet(_inspections(person_of(request), when), _("现场检查") + f"-{when:%Y-%m-%d}.xlsx")


def _sheet(inspections: list[Inspection], name: str) -> HttpResponse:
    """Written row by row to a file on disk, then streamed: a day of many lots does not stand in memory."""
    file = report.sheet(report.of(inspections))

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    response = StreamingHttpResponse(chunks(), content_type=SHEET)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response
