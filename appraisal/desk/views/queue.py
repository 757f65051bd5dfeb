"""The queue and the views of it that people keep."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appraisal.desk import presence, selectors, services, workbench
from appraisal.desk.admit import may_claim
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import PER_PAGE, State, at_desk
from federation.parties.acting import home_of
from kernel.errors import Problem
from webui import slots
from webui.pages import paged


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The brands host opens on the queue; for people of an e-commerce platform on their own page."""
    return redirect(home_of(request, "desk:queue"))


def _filter(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "").strip() for name in ("state", "province", "product", "q", "mine")}
    if asked["state"] not in {*State.values, "all", "overdue"}:
        asked["state"] = ""
    try:
        asked["product"] = str(UUID(asked["product"])) if asked["product"] else ""
    except ValueError:
        asked["product"] = ""
    return {name: value for name, value in asked.items() if value}


@at_desk
@require_GET
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All open tasks of all provinces; the address says how they are filtered."""
    asked = _filter(request)
    rows = selectors.queue(
        desk,
        state=asked.get("state", "open"),
        province=asked.get("province", ""),
        product=asked.get("product", ""),
        text=asked.get("q", ""),
        mine="mine" in asked,
    )
    page = paged(rows, request, PER_PAGE, found="q" in asked)
    provinces = selectors.province_names()
    tasks = list(page.object_list)
    context = {
        "page": page,
        "rows": workbench.queue_rows(
            tasks,
            watching=presence.watching(desk),
            provinces=provinces,
            counties=selectors.county_names({task.county_code for task in tasks}),
            notes=list(slots.ask("desk:rows", request, desk=desk, tasks=tasks)),
        ),
        "asked": asked,
        "query": urlencode(asked),
        "may_claim": may_claim(request),
        "views": _views(desk, asked),
        "tabs": list(slots.ask("desk:tabs", request, desk=desk)),
    }
    if request.headers.get("X-Live"):
        return render(request, "desk/queue.html#rows", context)
    context |= {
        "provinces": [(code, provinces.get(code, code)) for code in selectors.queue_provinces(desk)],
        "products": [(str(pk), name) for pk, name in selectors.queue_products(desk)],
        "saved": selectors.saved_filters(desk),
    }
    return render(request, "desk/queue.html", context)


def _views(desk: Desk, asked: dict[str, str]) -> list[dict[str, Any]]:
    """The views offered above the list, with counts where a count says something."""
    count = selectors.counts(desk)
    offered: list[tuple[dict[str, str], str, int | None]] = [
        ({}, _("未答复"), sum(count[state.value] for state in selectors.OPEN_STATES)),
        ({"state": "waiting"}, _("待接单"), count["waiting"]),
        ({"mine": "1"}, _("我接的"), count["mine"]),
        ({"state": "supplement"}, _("等补拍"), count["supplement"]),
        ({"state": "overdue"}, _("已超时"), count["overdue"]),
        ({"state": "answered"}, _("已答复"), None),
        ({"state": "all"}, _("全部"), None),
    ]
    chosen = {name: value for name, value in asked.items() if name in ("state", "mine")}
    kept = {name: value for name, value in asked.items() if name not in ("state", "mine")}
    return [
        {
            "query": urlencode(query | kept),
            "label": label,
            "count": number,
            "current": query == chosen,
            "late": query.get("state") == "overdue" and bool(number),
        }
        for query, label, number in offered
    ]


@at_desk
@require_GET
def open_next(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits for this person, then the oldest that waits for anybody."""
    found = selectors.next_task(desk)
    return redirect("desk:task", task_id=found.pk) if found else redirect("desk:queue")


@at_desk
@require_POST
def keep_filter(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the present view under a name."""
    query = request.POST.get("query", "")
    try:
        services.keep_filter(desk=desk, name=request.POST.get("name", ""), query=query)
    except Problem as problem:
        messages.error(request, problem.detail)
    return _to_queue(query)


@at_desk
@require_POST
def drop_filter(request: HttpRequest, desk: Desk, filter_id: UUID) -> HttpResponse:
    """Forget a view."""
    services.drop_filter(desk=desk, filter_id=filter_id)
    return _to_queue("")


def _to_queue(query: str) -> HttpResponse:
    response = redirect("desk:queue")
    if query:
        response["Location"] += f"?{query}"
    return response
