"""What the pages share: who is let in, one small page with one form, the directory, one dispute."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from divisions.resolving import resolve
from federation.broker import directory, selectors
from federation.broker.forms import LETTER_KINDS, DirectoryFilter
from federation.broker.models import Dispute, ListedSupervision, Look, Route
from federation.broker.services.common import title_of
from federation.letters.words import kind_name
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from webui.pages import paged, show_page

View = Callable[..., HttpResponse]
REFUSALS = (BadInput, Conflict, NotAllowed)
PER_PAGE = 50
LOOKS: dict[str, tuple[str, str]] = {
    Dispute.State.NEGOTIATING: ("accent", "half"),
    Dispute.State.AGREED: ("good", "tick"),
    Dispute.State.ESCALATED: ("wait", "arrow"),
    Dispute.State.DECIDED: ("good", "seal"),
    Dispute.State.WITHDRAWN: ("neutral", "ring"),
    Route.State.ASKED: ("wait", "clock"),
    Route.State.CLAIMED: ("accent", "half"),
    Route.State.ANSWERED: ("good", "tick"),
    Look.State.GRANTED: ("good", "tick"),
    Look.State.REFUSED: ("neutral", "cross"),
    ListedSupervision.State.LISTED: ("wait", "diamond"),
    ListedSupervision.State.REPORTED: ("accent", "half"),
    ListedSupervision.State.LIFTED: ("good", "tick"),
}
"""State to tone and shape."""


def insider(view: View) -> View:
    """Let in whose business it is: dispatchers and heads of a bureau, the office's people; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not selectors.may_look(request):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


def form_page(
    request: HttpRequest,
    form: django_forms.Form,
    *,
    title: Words,
    lead: Words,
    here: str,
    work: Callable[[dict[str, Any]], Any],
    done: Words,
    seal: bool = False,
    about: str = "",
) -> HttpResponse:
    """One form: shown, refused with what was typed, or done and back to `here` (or where `work` says, as a path)."""
    context = {"form": form, "title": title, "lead": lead, "seal": seal, "back_url": here, "about": about}
    if request.method == "POST" and form.is_valid():
        try:
            went = work(dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "broker/step.html", context, problem)
        messages.success(request, str(done))
        return redirect(went if isinstance(went, str) else here)
    return show_page(request, "broker/step.html", context)


def place_code(text: str) -> str:
    """The code of a place as people write it. Raises BadInput `place_unclear` with what it may be."""
    said = text.strip()
    if not said or (said.isdigit() and len(said) in (6, 9)):
        return said[:6]
    found = resolve(said)
    if not found.code:
        raise BadInput(
            _("没有认出地点“{place}”：{why}请写到县，例如“南宁市青秀区”，或填六位代码。"),
            code="place_unclear",
            place=said,
            why=found.sentence,
        )
    return found.code[:6]


@insider
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """单位名录: found by province, name, pinyin or code."""
    form = DirectoryFilter(request.GET or None)
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = directory.units(said.get("province", ""), query=said.get("q", "")) if said else directory.units()
    if said.get("enrolled"):
        found = [each for each in found if each.enrolled]
    page = paged(found, request, PER_PAGE)
    return render(request, "broker/directory.html", {"form": form, "page": page, "rows": list(page)})


def dispute_context(request: HttpRequest, dispute: Dispute) -> dict[str, Any]:
    """What a dispute's page shows, whoever looks."""
    sides = selectors.sides(dispute)
    titles = {side.code: side.title for side in sides}
    tone, shape = LOOKS[dispute.state]
    return {
        "dispute": dispute,
        "sides": sides,
        "tone": tone,
        "shape": shape,
        "agreed_title": titles.get(dispute.agreed_on, ""),
        "designated_title": titles.get(dispute.designated, ""),
        "words": [
            (titles.get(word.province, ""), titles.get(word.names, ""), word) for side in sides for word in side.words
        ],
        "is_running": dispute.state == Dispute.State.NEGOTIATING,
    }


def dispute_rows(disputes: Any) -> list[dict[str, Any]]:
    """Disputes as a list shows them."""
    return [
        {
            "row": each,
            "first": title_of(each.first),
            "second": title_of(each.second),
            "result": title_of(each.designated or each.agreed_on) if each.designated or each.agreed_on else "",
            "tone": LOOKS[each.state][0],
            "shape": LOOKS[each.state][1],
        }
        for each in disputes
    ]


def supervision_rows(rows: Any) -> list[dict[str, Any]]:
    """Orders from above as a list shows them."""
    return [
        {
            "row": each,
            "province": title_of(each.province),
            "late": selectors.is_late(each),
            "tone": LOOKS[each.state][0],
            "shape": LOOKS[each.state][1],
        }
        for each in rows
    ]


def route_rows(rows: Any) -> list[dict[str, Any]]:
    """Questions for a route as a list shows them."""
    kinds = dict(LETTER_KINDS)
    found = []
    for each in rows:
        unit = directory.find(each.unit_ref) if each.unit_ref else None
        place = directory.bureau_of(each.division_code) if each.division_code else None
        found.append(
            {
                "row": each,
                "province": title_of(each.province),
                "kind": kinds.get(each.letter_kind) or kind_name(each.letter_kind),
                "unit": unit.name if unit else each.unit_ref,
                "place": place.place if place else each.division_code,
                "tone": LOOKS.get(each.state, ("neutral", "ring"))[0],
                "shape": LOOKS.get(each.state, ("neutral", "ring"))[1],
            }
        )
    return found
