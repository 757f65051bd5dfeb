"""派员: where bureaux ask for people, and whom we send."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from appraisal.desk import selectors, services
from appraisal.desk.models import DeskPosting
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import PER_PAGE, at_desk
from kernel.errors import NotFound404, Problem
from webui.pages import paged, uuid_or_none

LOOKS = {
    DeskPosting.State.ASKED: ("wait", "clock"),
    DeskPosting.State.NAMED: ("good", "tick"),
    DeskPosting.State.DECLINED: ("neutral", "cross"),
    DeskPosting.State.CALLED_OFF: ("neutral", "cross"),
}


def _row(row: DeskPosting, provinces: dict[str, str], counties: dict[str, str]) -> dict[str, Any]:
    tone, shape = LOOKS[DeskPosting.State(row.state)]
    return {
        "row": row,
        "tone": tone,
        "shape": shape,
        "province": provinces.get(row.province_code, row.province_code),
        "county": counties.get(row.county_code, ""),
    }


@at_desk
@require_GET
def postings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All of them, the nearest hour first."""
    page = paged(selectors.postings_of(desk), request, PER_PAGE)
    found = list(page.object_list)
    provinces, counties = selectors.province_names(), selectors.county_names({row.county_code for row in found})
    context = {"page": page, "rows": [_row(each, provinces, counties) for each in found]}
    return render(request, "desk/postings.html", context)


@at_desk
@require_http_methods(["GET", "POST"])
def posting(request: HttpRequest, desk: Desk, posting_id: UUID) -> HttpResponse:
    """One of them: tick who comes, or say why nobody does."""
    row = selectors.access_posting(desk, posting_id)
    status = 200
    if request.method == "POST":
        chosen = [found for each in request.POST.getlist("user_ids") if (found := uuid_or_none(each))]
        text = request.POST.get("text", "")[:500]
        try:
            if request.POST.get("verb") == "decline":
                services.send_nobody(desk=desk, posting_id=row.pk, text=text)
            else:
                services.send_people(desk=desk, posting_id=row.pk, user_ids=chosen, text=text)
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            status = problem.status
        else:
            messages.success(request, _("已答复{unit}。").format(unit=row.unit_name))
            return redirect("desk:posting", posting_id=row.pk)
    named = {each.get("user_id") for each in row.people}
    context = _row(row, selectors.province_names(), selectors.county_names([row.county_code])) | {
        "candidates": [
            {"person": each, "named": str(each.user_id) in named} for each in services.candidates(desk, row)
        ],
        "open": row.state != DeskPosting.State.CALLED_OFF,
        "text": request.POST.get("text", ""),
    }
    return render(request, "desk/posting.html", context, status=status)
