"""The end: what is missing is named, what is complete is closed; and opening again, with the reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import person_of
from accounts.models import User
from tenants.inspections import presenters, selectors, services
from tenants.inspections.models import Inspection
from tenants.inspections.views.common import frame, reader, step

#: Where what is missing can be filled in, by code of `services.missing`.
PAGES = {
    "second_officer": "inspections:inspection",
    "certificate_shown": "inspections:inspection",
    "entity": "inspections:entity",
    "persons": "inspections:persons",
    "notice": "inspections:notices",
    "supplier": "inspections:prices",
    "price_basis": "inspections:prices",
}


@reader
@never_cache
@require_GET
def close(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What is missing, each with the way to it; then the button."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    context = frame(person, found) | {
        "gaps": [{"words": gap.words, "url": _way(found, gap)} for gap in services.missing(found)],
        "overview": presenters.overview(person, found),
        "late": services.late_operations(found),
        "may_reopen": found.state in Inspection.MOVES["reopen"][0],
        "may_cancel": found.state in Inspection.MOVES["cancel"][0],
    }
    context["may_end"] = context["takes_part"] and found.state in Inspection.MOVES["close"][0]
    return render(request, "inspections/close.html", context)


def _way(found: Inspection, gap: services.Missing) -> str:
    name = PAGES.get(gap.code)
    if name is None and gap.lot_id is not None:
        return reverse("inspections:lot", args=[gap.lot_id])
    address = reverse(name or "inspections:inspection", args=[found.pk])
    return f"{address}#lot-{gap.lot_id}" if gap.lot_id else address


@step("inspections:close")
def end(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """Close it."""
    services.close(by=person, inspection_id=inspection_id)
    messages.success(request, _("检查已结束，可以签笔录了。"))


@step("inspections:close")
def reopen(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """Go on, for a reason."""
    services.reopen(by=person, inspection_id=inspection_id, why=request.POST.get("why", "")[:200])
    messages.success(request, _("已重新打开。手机上后到的清点现在计入。"))


@step("inspections:close")
def cancel(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """It should not have been opened."""
    services.cancel(by=person, inspection_id=inspection_id, why=request.POST.get("why", "")[:200])
    messages.success(request, _("已作废，记录保留。"))
