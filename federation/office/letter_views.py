"""Pages: 滞留件 at every host, and for the office what is on its way and the ledgers. Envelopes only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import rules
from accounts.models import User
from federation.contracts.addresses import Address
from federation.letters import ledger, selectors, services, words
from federation.office import letter_forms as forms
from federation.office import letter_rows as pages
from federation.parties import selectors as parties
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 50
MENDERS = {rules.Role.BUREAU_ADMIN, rules.Role.DISPATCHER}


def may_mend(request: HttpRequest) -> bool:
    """Whether stuck letters are this person's business: 线索管理员 or 系统管理员, 企业管理员, or the office."""
    user = request.user
    if not user.is_authenticated:
        return False
    seat = required()
    if seat.kind == "province":
        return bool(rules.roles_of(user) & MENDERS)
    if seat.kind == "brands":
        return bool(own_parties(request))
    return seat.kind == "office" and rules.Role.OFFICE_ADMIN in rules.roles_of(user)


def _person(request: HttpRequest) -> User:
    """Who is signed in; the views behind `mender` have made sure that somebody is."""
    return cast("User", request.user)


def own_parties(request: HttpRequest) -> list[Address] | None:
    """Whose letters the person may mend; None where the seat itself says it."""
    if required().kind != "brands":
        return None
    return [
        Address.organisation(acting.organisation.pk)
        for acting in parties.acting_organisations(_person(request))
        if acting.via is None and "brand_admin" in acting.roles
    ]


def mender(view: View) -> View:
    """Let in whom `may_mend` names; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_mend(request):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


@mender
@require_GET
def stuck(request: HttpRequest) -> HttpResponse:
    """滞留件 of this party; at the office of all."""
    page = paged(selectors.stuck(own_parties(request)), request, PER_PAGE)
    return render(request, "letters/stuck.html", {"page": page, "rows": pages.rows(page)})


@mender
@require_http_methods(["GET", "POST"])
def stuck_letter(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """One stuck letter: why, and the form that sends it back."""
    delivery = selectors.access_stuck(delivery_id, own_parties(request))
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.send_back(delivery, by=_person(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("已退回发件方，并附上理由。"))
        return redirect("letters:stuck")
    (row,) = pages.rows([delivery])
    return render(request, "letters/stuck_letter.html", {"row": row, "form": form})


@mender
@require_POST
def retry(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Put a stuck letter back on its way."""
    services.retry(selectors.access_stuck(delivery_id, own_parties(request)), by=_person(request))
    messages.success(request, _("已重新投递，一分钟内可见结果。"))
    return redirect("letters:stuck")


@mender
@require_GET
def in_flight(request: HttpRequest) -> HttpResponse:
    """For the office: what is on its way, by route and one by one."""
    routes = selectors.routes()
    form = forms.FlightFilter(request.GET, routes=routes)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = paged(selectors.in_flight(**chosen), request, PER_PAGE)
    names = words.party_names(party for route in routes for party in (route.sender, route.addressee))
    return render(
        request,
        "letters/in_flight.html",
        {
            "form": form,
            "routes": [(names[route.sender], names[route.addressee], route) for route in routes],
            "page": page,
            "rows": pages.rows(page),
        },
    )


@mender
@require_http_methods(["GET", "POST"])
def ledgers(request: HttpRequest) -> HttpResponse:
    """For the office: every sender's ledger; a POST reckons one again."""
    chains = selectors.chains()
    found = None
    if request.method == "POST":
        if request.POST.get("party") not in {chain.party for chain in chains}:
            raise NotFound404()
        found = ledger.verify(Address.parse(request.POST["party"]))
    names = words.party_names(chain.party for chain in chains)
    return render(
        request,
        "letters/ledgers.html",
        {
            "chains": [(names[chain.party], chain) for chain in chains],
            "found": found,
            "found_name": names[found.party] if found else "",
        },
    )
