"""Pages: official letters and their terms, 催办, the map, the figures. Envelopes only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from federation.contracts.addresses import Address
from federation.letters import words
from federation.office import flight_forms as forms
from federation.office import flight_rows as pages
from federation.office import services, sheets, tiles
from federation.office.letter_views import PER_PAGE, _person, mender, own_parties
from federation.office.selectors import flight, flows, pace, ratings, reminders
from kernel.errors import NotFound404, Problem
from provinces.context import required
from provinces.hosts import DIRECTORY
from webui.pages import paged


@mender
@require_GET
def official(request: HttpRequest) -> HttpResponse:
    """For the office: every official letter by kind, state and term; as a file with ?form=."""
    form = forms.OfficialFilter(request.GET)
    wanted = form.wanted()
    found = flight.found(wanted)
    if request.GET.get("form") in ("xlsx", "csv"):
        header, lines = sheets.official_rows(pages.rows(found[: sheets.MOST_ROWS]))
        return sheets.answer(request.GET["form"], "letters", _("函件进度"), header, lines)
    page = paged(found, request, PER_PAGE)
    route = [wanted.sender, wanted.addressee]
    names = words.party_names(party for party in route if is_party(party))
    return render(
        request,
        "letters/official.html",
        {
            "form": form,
            "page": page,
            "rows": pages.rows(page),
            "overdue": flight.overdue_count(),
            "route": [names.get(party, "") for party in route] if any(route) else [],
        },
    )


@mender
@require_POST
def remind(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """催办, by one tap; then back to the list as it was filtered."""
    try:
        services.remind(delivery_id=delivery_id, by=_person(request))
    except Problem as problem:
        if isinstance(problem, NotFound404):
            raise
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("已催办。收件方的线索管理员会收到通知。"))
    back = request.POST.get("back", "")
    return redirect(f"/letters/official/?{back}" if back else "/letters/official/")


@mender
@require_GET
def flow_map(request: HttpRequest) -> HttpResponse:
    """For the office: the tile map; ?at= looks at one province."""
    form = forms.FlowFilter(request.GET)
    since, kind = form.wanted()
    found = flows.between_provinces(since, kind=kind)
    at = request.GET.get("at", "")
    drawn = tiles.draw(found, at)
    names = {host.seat.name: host.title for host in DIRECTORY.provinces()}
    chosen = drawn.chosen
    shown = [flow for flow in found if chosen is None or chosen.code in (flow.sender, flow.addressee)]
    kept = urlencode({name: value for name in ("days", "kind") if (value := request.GET.get(name))})
    return render(
        request,
        "letters/map.html",
        {
            "form": form,
            "map": drawn,
            "chosen": chosen,
            "routes": [(names.get(flow.sender, flow.sender), names.get(flow.addressee, flow.addressee), flow)
                       for flow in shown],
            "kept": f"{kept}&" if kept else "",
            "total": sum(flow.letters for flow in found),
            "late": sum(flow.overdue for flow in found),
        },
    )  # fmt: skip


@mender
@require_GET
def pace_page(request: HttpRequest) -> HttpResponse:
    """办理时效: the office sees every pair of provinces, a province those it is one side of."""
    seat = required()
    if seat.kind == "brands":
        raise NotFound404()
    form = forms.PaceFilter(request.GET)
    period, by, kind = form.wanted()
    own = str(Address.province(seat.name)) if seat.kind == "province" else ""
    found = named(pace.figures(period, by=by, kind=kind, party=own), by)
    if request.GET.get("form") in ("xlsx", "csv"):
        header, lines = sheets.figure_rows(found)
        return sheets.answer(request.GET["form"], "pace", _("办理时效"), header, lines)
    context: dict[str, Any] = {
        "form": form, "period": period, "by": by, "is_own": bool(own), "fewest": pace.FEWEST,
        "acceptance_days": pace.ACCEPTANCE_DAYS, "ranked": [row for row in found if row[2].is_ranked],
        "few": [row for row in found if not row[2].is_ranked], "by_name": forms.BYS[by],
    }  # fmt: skip
    if own:
        waiting = ratings.to_rate()
        context |= {"to_rate": pages.rows(waiting[:10]), "to_rate_count": waiting.count()}
    return render(request, "letters/pace.html", context)


def is_party(text: str) -> bool:
    """Whether an address of the page names a party at all."""
    try:
        Address.parse(text)
    except ValueError:
        return False
    return True


def named(found: list[pace.Figure], by: str) -> list[tuple[str, str, pace.Figure]]:
    """Figures with names instead of parties and kinds."""
    if by == "kind":
        return [(words.kind_name(row.one), "", row) for row in found]
    if by == "month":
        return [(row.one, "", row) for row in found]
    names = words.party_names(party for row in found for party in (row.one, row.other) if party)
    return [(names.get(row.one, ""), names.get(row.other, ""), row) for row in found]


@mender
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """At a province: say how useful an answer was."""
    found = ratings.access_answered(delivery_id)
    form = forms.RatingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rate(delivery_id=found.pk, by=_person(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, _("已评价。答复方会看到评价和说明，办公室只看到分数。"))
            return redirect("letters:pace")
    (row,) = pages.rows([found])
    context = {"row": row, "form": form, "is_rated": found.is_rated}  # type: ignore[attr-defined]
    return render(request, "letters/rate.html", context, status=400 if form.errors else 200)


@mender
@require_GET
def chased(request: HttpRequest) -> HttpResponse:
    """催办: what the office reminds this party of."""
    found = reminders.received(own_parties(request))
    shown = [
        (row, each.chased, pages.where(request, each.delivery))
        for row, each in zip(pages.rows(each.delivery for each in found), found, strict=True)
    ]
    return render(request, "letters/reminders.html", {"rows": shown})
