"""The officer's home and the list of requests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from accounts.access import person_of, reader
from appraisal.requests import presenters, selectors
from appraisal.requests.views.common import Role, State, may_ask
from notify.live import live_cursor
from webui.pages import PER_PAGE, paged

HOME_ROWS = 12


@cache_control(private=True, no_cache=True)  # asked for each time, and kept by the phone for where there is no signal
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The officer's home; leaders and administrators are led to theirs."""
    if request.user.is_authenticated and not request.user.has_role(Role.OFFICER):
        for role, names in (
            (Role.LEADER, ("bureau:leader",)),
            (Role.DISPATCHER, ("clue_ledger:today",)),
            (Role.BUREAU_ADMIN, ("bureau:home", "accounts:officers")),
            (Role.SECURITY_ADMIN, ("bureau:home", "accounts:officers")),
            (Role.SECURITY_DEPUTY, ("bureau:home",)),
            (Role.AUDIT_ADMIN, ("bureau:home",)),
        ):
            if request.user.has_role(role) and (address := _first_address(request, names)):
                return redirect(address)
        if not request.user.has_role(Role.DISPATCHER, Role.LEADER):
            return redirect("accounts:me")
    return _home(request)


def _first_address(request: HttpRequest, names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return reverse(name, urlconf=getattr(request, "urlconf", None))
        except NoReverseMatch:
            continue
    return ""


@reader
def _home(request: HttpRequest) -> HttpResponse:
    person, cursor = person_of(request), live_cursor()
    mine = selectors.with_verdicts(selectors.open_of(person))
    answered = selectors.with_verdicts(selectors.answered_today(person))
    others = selectors.with_verdicts(selectors.open_of_others(person))
    lists = (mine[: HOME_ROWS + 1], answered[:HOME_ROWS], others[:HOME_ROWS])
    own, told, theirs = presenters.rows_each(lists, person)
    context = {
        "figures": selectors.day_figures(person),
        "mine": own,
        "answered": told,
        "others": theirs,
        "limit": HOME_ROWS,
        "live_cursor": cursor,
        "live_topics": " ".join(f"unit:{pk}" for pk in sorted(selectors.visible_unit_ids(person))[:40]),
        "may_ask": may_ask(person),
    }
    return render(request, "requests/home.html", context)


@reader
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All requests this person may see, with search and state."""
    person = person_of(request)
    text, state = request.GET.get("q", "").strip()[:80], request.GET.get("state", "")
    if state not in {"", "open", *State.values}:
        state = ""
    mine = request.GET.get("mine") == "1"
    found = selectors.with_verdicts(selectors.search_requests(person, text=text, state=state, mine=mine))
    page = paged(found, request, PER_PAGE, found=bool(text))
    context = {
        "page": page,
        "rows": presenters.rows(page, person),
        "q": text,
        "state": state,
        "mine": mine,
        "states": [("", _("全部")), ("open", _("未办结")), *State.choices],
        "filtered": bool(text or state or mine),
        "back_url": reverse("requests:home"),
    }
    return render(request, "requests/list.html", context)
