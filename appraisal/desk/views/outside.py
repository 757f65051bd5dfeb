"""Consultations and 执法协助."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from appraisal.desk import selectors, services
from appraisal.desk.models import DeskAssistance
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import PER_PAGE, at_desk, key_of
from appraisal.desk.words import ASSISTANCE_LOOKS
from kernel.errors import NotFound404, Problem
from kernel.ids import uuid7
from webui.pages import paged


@at_desk
@require_GET
def consultations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Questions of officers outside any request."""
    page = paged(selectors.consultations_of(desk), request, PER_PAGE)
    return render(request, "desk/consultations.html", {"page": page, "provinces": selectors.province_names()})


@at_desk
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, desk: Desk, consultation_id: UUID) -> HttpResponse:
    """One consultation, and a line said in it."""
    row = selectors.access_consultation(desk, consultation_id)
    if request.method == "POST":
        try:
            services.say_in_consultation(
                desk=desk,
                consultation_id=row.pk,
                text=request.POST.get("text", "")[:2000],
                line_id=key_of(request),
            )
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
        return redirect("desk:consultation", consultation_id=row.pk)
    context = {
        "row": row,
        "province": selectors.province_names().get(row.province_code, row.province_code),
        "messages_in_chat": [
            {
                "id": line.pk,
                "at": line.at,
                "by": line.who,
                "mine": line.side == "brand" and line.who == desk.person.display_name,
                "text": line.text,
            }
            for line in row.lines.all()
        ],
        "phrases": [template.text for template in selectors.templates(desk, "chat")],
        "key": uuid7(),
    }
    return render(request, "desk/consultation.html" + ("#talk" if request.headers.get("X-Live") else ""), context)


def _assistance_row(row: DeskAssistance, provinces: dict[str, str], counties: dict[str, str]) -> dict[str, Any]:
    tone, shape = ASSISTANCE_LOOKS[row.state]
    return {
        "row": row,
        "tone": tone,
        "shape": shape,
        "province": provinces.get(row.province_code, row.province_code),
        "county": counties.get(row.county_code, ""),
        "open": row.state in DeskAssistance.MOVES["finish"][0],
    }


@at_desk
@require_GET
def assistance(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What bureaux ask of the enterprise by a day, the open ones first."""
    page = paged(selectors.assistance_of(desk), request, PER_PAGE)
    tasks = list(page.object_list)
    provinces, counties = selectors.province_names(), selectors.county_names({row.county_code for row in tasks})
    rows = [_assistance_row(row, provinces, counties) for row in tasks]
    template = "desk/assistance.html" + ("#rows" if request.headers.get("X-Live") else "")
    return render(request, template, {"page": page, "rows": sorted(rows, key=lambda each: not each["open"])})


@at_desk
@require_http_methods(["GET", "POST"])
def assistance_task(request: HttpRequest, desk: Desk, assistance_id: UUID) -> HttpResponse:
    """One task: take it on, decline it with the reason, or report it done."""
    row = selectors.access_assistance(desk, assistance_id)
    if request.method == "POST":
        verb, text = request.POST.get("verb", ""), request.POST.get("text", "").strip()[:4000]
        if verb not in DeskAssistance.MOVES:
            raise NotFound404()
        try:
            services.answer_assistance(desk=desk, assistance_id=row.pk, verb=verb, text=text)
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            context = _assistance_row(row, selectors.province_names(), selectors.county_names([row.county_code]))
            return render(
                request,
                "desk/assistance_task.html",
                context | {"text": text, "page_kind": "error"},
                status=problem.status,
            )
        messages.success(request, _("已答复{unit}。").format(unit=row.unit_name))
        return redirect("desk:assistance_task", assistance_id=row.pk)
    context = _assistance_row(row, selectors.province_names(), selectors.county_names([row.county_code]))
    return render(request, "desk/assistance_task.html", context)
