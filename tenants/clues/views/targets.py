"""Target cards, and the list of those to which several clues point."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import person_of, reader
from tenants.clues.ledger import targets
from tenants.clues.models import Target
from tenants.clues.presenters import LOOKS as STATE_LOOKS
from tenants.clues.views.ledger import frame_of
from webui.pages import paged

PER_PAGE = 50


@require_safe
@reader
def listing(request: HttpRequest) -> HttpResponse:
    """Targets of two clues or more."""
    person = person_of(request)
    kind, text = request.GET.get("kind", ""), request.GET.get("q", "").strip()[:60]
    rows = targets.targets_seen_by(person, kind=kind, text=text)
    page = paged(rows, request, PER_PAGE)
    context = {**frame_of(person), "page": page, "kind": kind, "q": text, "kinds": Target.Kind.choices}
    return render(request, "clues/ledger/targets.html", context)


@require_safe
@reader
def card(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """One target with everything that points to it."""
    person = person_of(request)
    found = targets.card(person, card_id)
    rows = [
        {"clue": each, "tone": STATE_LOOKS[each.state][0], "shape": STATE_LOOKS[each.state][1]} for each in found.clues
    ]
    return render(request, "clues/ledger/target.html", {**frame_of(person), "card": found, "rows": rows})
