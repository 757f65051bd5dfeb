"""The office's pages: matches without names, how much each province compares, series."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of
from federation.matching import kinds, presenters, rooms, selectors
from federation.matching.models import Pair, Series
from federation.matching.services import finding
from federation.matching.services import series as services
from kernel.errors import BadInput, NotAllowed, NotFound404, Problem
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 50


def official(view: View) -> View:
    """Let in people with a post in the office."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not selectors.at_office(request):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


@official
@require_GET
def pairs(request: HttpRequest) -> HttpResponse:
    """Matches by kind, state and age. No province is named before both agreed."""
    state = request.GET.get("state", Pair.State.OPEN)
    kind = request.GET.get("kind", "")
    page = paged(selectors.pairs(state=state, kind=kind), request, PER_PAGE)
    context = {
        "page": page,
        "rows": presenters.pair_rows(page.object_list),
        "state": state,
        "kind": kind,
        "states": [*Pair.State.choices, ("all", _("全部"))],
        "kinds": list(kinds.LABELS.items()),
        "held": sum(use.held for use in selectors.uses()),
    }
    return render(request, "matching/pairs.html", context)


@official
@require_POST
def stop(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """Have the value of a match compared no more."""
    selectors.access_pair(pair_id)
    try:
        count = finding.stop(pair_id=pair_id, why=request.POST.get("why", ""), by=person_of(request))
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("已停止比对这个值，结束比中 {n} 条。").format(n=count))
    return redirect("matching:pairs")


@official
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """How much each province had compared, what waits because it was too much, and what was compared by hand."""
    if request.method == "POST":
        try:
            row = finding.release(
                province=request.POST.get("province", ""), kind=request.POST.get("kind", ""),
                why=request.POST.get("why", ""), by=person_of(request),
            )  # fmt: skip
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("已放行 {n} 个值，稍后比对。").format(n=row.count))
        return redirect("matching:limits")
    uses = [(use, presenters.label(use.kind)) for use in selectors.uses()]
    notes = paged(selectors.probe_notes(), request, PER_PAGE)
    context = {
        "uses": uses,
        "limit": finding.FRESH_A_DAY,
        "page": notes,
        "notes": presenters.noted(notes.object_list),
        "releases": presenters.released(selectors.releases()[:10]),
    }
    return render(request, "matching/limits.html", context)


@official
@require_GET
def series(request: HttpRequest) -> HttpResponse:
    """Series: how many provinces, how many of them agreed."""
    state = request.GET.get("state", "")
    page = paged(selectors.all_series(state), request, PER_PAGE)
    context = {"page": page, "state": state, "states": [("", _("全部")), *Series.State.choices]}
    return render(request, "matching/series.html", context)


@official
@require_http_methods(["GET", "POST"])
def one_series(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """One series: ask the provinces, suggest a joint case, end it."""
    found = selectors.access_series(series_id)
    if request.method == "POST":
        by, verb, why = person_of(request), request.POST.get("verb", ""), request.POST.get("why", "")
        try:
            if verb == "propose":
                _row, count = services.propose(series_id=found.pk, by=by, title=request.POST.get("title", ""), why=why)
                messages.success(request, _("已向 {n} 个省份征询。").format(n=count))
            elif verb == "room":
                services.open_room(series_id=found.pk, by=by)
                messages.success(request, _("已向同意亮明的省份建议联合办案。"))
            elif verb == "close":
                services.close(series_id=found.pk, by=by, why=why)
                messages.success(request, _("已结束。"))
            else:
                raise BadInput(_("请选择要办理的一步。"), code="step_unknown")
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
        return redirect("matching:one_series", series_id)
    context = {
        "series": found,
        "kinds": [presenters.label(kind) for kind in found.value_kinds],
        "weeks": presenters.week_words(" – ".join(dict.fromkeys(filter(None, (found.first_week, found.last_week))))),
        "members": presenters.member_rows(found),
        "raiser": presenters.raiser(found),
        "can_room": rooms.can_open() and found.agreed >= services.NAMED_FROM and found.state == Series.State.PROPOSED,
        "can_propose": found.state in (Series.State.FOUND, Series.State.PROPOSED),
    }
    return render(request, "matching/one_series.html", context)
