"""外省比中: matches and their ladder, comparing by hand, values that are not compared, series."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import holding, person_of
from evidence.presenters import frame_of
from federation.matching import kinds, presenters, selectors
from federation.matching.models import Match, MatchStep
from federation.matching.services import invited, ladder, values
from kernel import clock
from kernel.errors import BadInput, NotFound404, Problem
from webui.pages import paged

PER_PAGE = 30
reader = holding(*selectors.READERS)
decider = holding(*selectors.DECIDERS)


@reader
@require_GET
def matches(request: HttpRequest) -> HttpResponse:
    """What other provinces hold something on."""
    state = request.GET.get("state", "open")
    rows = selectors.matches_of(person_of(request)).select_related("value").prefetch_related("steps")
    if state == "closed":
        rows = rows.filter(state=Match.State.CLOSED)
    elif state != "all":
        state, rows = "open", rows.exclude(state=Match.State.CLOSED)
    page = paged(rows, request, PER_PAGE)
    person = person_of(request)
    context = {
        **frame_of(request),
        "page": page,
        "rows": presenters.rows(page.object_list),
        "state": state,
        "states": [("open", _("进行中")), ("closed", _("已结束")), ("all", _("全部"))],
        "laid": values.laid_now(),
        "decides": selectors.may_decide(person),
        "asks": list(selectors.series_asks(person)[:5]) if selectors.receives_for_province(person) else [],
    }
    return render(request, "matching/matches.html", context)


@reader
@require_GET
def match(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """One match with its ladder."""
    person = person_of(request)
    found = selectors.access_match(person, match_id)
    (row,) = presenters.rows([found])
    until = clock.today() + ladder.GRANT_LASTS
    context = {
        **frame_of(request),
        "row": row,
        "rungs": presenters.rungs(found, person),
        "person": person,
        "until": until,
        "rest_words": row.words if found.state != Match.State.OPEN else "",
    }
    return render(request, "matching/match.html", context)


@reader
@require_POST
def step(request: HttpRequest, match_id: UUID) -> HttpResponse:
    """Agree to a rung, not agree, or take it back."""
    person = person_of(request)
    selectors.access_match(person, match_id)
    try:
        rung, verb = int(request.POST.get("rung", "")), request.POST.get("verb", "")
    except ValueError:
        raise NotFound404() from None
    try:
        if verb == "say":
            row = ladder.say(
                match_id=match_id, rung=rung, by=person, name=request.POST.get("name", ""),
                phone=request.POST.get("phone", ""), grant_until=_day(request.POST.get("until", "")),
            )  # fmt: skip
        elif verb == "decline":
            row = ladder.decline(match_id=match_id, rung=rung, by=person)
        elif verb == "withdraw":
            row = ladder.withdraw(match_id=match_id, rung=rung, by=person)
        else:
            raise BadInput(_("请选择同意、不同意或收回。"), code="step_unknown")
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _SAID[row.state])
    return redirect("matching:match", match_id)


_SAID = {
    MatchStep.State.SAID: gettext_lazy("已表示同意。对方也同意后，双方同时收到。"),
    MatchStep.State.DECLINED: gettext_lazy("已表示不同意。以后可以改。"),
    MatchStep.State.WITHDRAWN: gettext_lazy("已收回。"),
    MatchStep.State.TOLD: gettext_lazy("双方已互告。"),
}


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except ValueError:
        return None


@decider
@require_http_methods(["GET", "POST"])
def probes(request: HttpRequest) -> HttpResponse:
    """Compare by hand, with a reason; what was compared so."""
    person = person_of(request)
    status = 200
    if request.method == "POST":
        try:
            values.probe(
                by=person, kind=request.POST.get("kind", ""), text=request.POST.get("text", ""),
                reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Problem as problem:
            messages.error(request, problem.detail)
            status = problem.status
        else:
            messages.success(request, _("已开始比对。外省有记录时会通知您；没有通知，就是没有。"))
            return redirect("matching:probes")
    page = paged(selectors.probes(person), request, PER_PAGE)
    context = {
        **frame_of(request),
        "page": page,
        "kinds": [(code, text) for code, text in kinds.KIND_CHOICES if code not in kinds.SCOPED],
        "said": request.POST,
        "each": values.PROBES_A_DAY,
        "labels": kinds.LABELS,
    }
    return render(request, "matching/probes.html", context, status=status)


@decider
@require_http_methods(["GET", "POST"])
def stops(request: HttpRequest) -> HttpResponse:
    """Values that are not compared; add one."""
    person = person_of(request)
    status = 200
    if request.method == "POST":
        try:
            values.stop(
                by=person, kind=request.POST.get("kind", ""), text=request.POST.get("text", ""),
                why=request.POST.get("why", ""),
            )  # fmt: skip
        except Problem as problem:
            messages.error(request, problem.detail)
            status = problem.status
        else:
            messages.success(request, _("已停用，相关的比中已结束。"))
            return redirect("matching:stops")
    page = paged(selectors.stops(person), request, PER_PAGE)
    context = {**frame_of(request), "page": page, "kinds": kinds.KIND_CHOICES, "said": request.POST}
    return render(request, "matching/stops.html", context, status=status)


@decider
@require_POST
def unstop(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """Compare a value again."""
    person = person_of(request)
    values.unstop(selectors.access_stop(person, stop_id), by=person)
    messages.success(request, _("已恢复比对。"))
    return redirect("matching:stops")


@reader
@require_GET
def series(request: HttpRequest) -> HttpResponse:
    """Series about which the office asks."""
    page = paged(selectors.series_asks(person_of(request)), request, PER_PAGE)
    return render(request, "matching/asks.html", {**frame_of(request), "page": page})


@reader
@require_http_methods(["GET", "POST"])
def one_series(request: HttpRequest, series_id: UUID) -> HttpResponse:
    """One series: what it is about, what of ours belongs to it, whether we let ourselves be named."""
    person = person_of(request)
    ask = selectors.access_series_ask(person, series_id)
    if request.method == "POST":
        verb = request.POST.get("verb", "")
        try:
            if verb == "agree":
                invited.agree(
                    series_id=ask.pk, by=person, name=request.POST.get("name", ""), phone=request.POST.get("phone", "")
                )
            elif verb == "decline":
                invited.decline(series_id=ask.pk, by=person, reason=request.POST.get("reason", ""))
            elif verb == "withdraw":
                invited.withdraw(series_id=ask.pk, by=person)
            else:
                raise BadInput(_("请选择同意或不同意。"), code="step_unknown")
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("已答复省际协作办公室。"))
        return redirect("matching:one_series", series_id)
    own = selectors.matches_of(person).filter(pk__in=ask.match_ids)
    context = {
        **frame_of(request),
        "ask": ask,
        "kinds": [presenters.label(kind) for kind in ask.value_kinds],
        "weeks": presenters.week_words(" – ".join(dict.fromkeys(filter(None, (ask.first_week, ask.last_week))))),
        "rows": presenters.rows(own.prefetch_related("steps")),
        "requests": presenters.requests_named(ask.request_ids),
        "members": presenters.series_members(ask),
        "person": person,
    }
    return render(request, "matching/ask.html", context)
