"""特急: calls, one call, one tap to answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from kernel.errors import NotAllowed
from notify.live import live_cursor
from tenants.campaigns import forms, presenters, selectors
from tenants.campaigns.services import urgent as services
from tenants.campaigns.views.common import form_page, shell_of, try_it
from tenants.clues import selectors as clues
from webui.pages import PER_PAGE, paged, posted


@reader
@never_cache
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """All calls this person may see, newest first."""
    person, cursor = person_of(request), live_cursor()
    page = paged(selectors.calls_of(person), request, PER_PAGE)
    rows = [{"call": each, "look": presenters.CALL_LOOKS[services.State(each.state)]} for each in page]
    context = {"shell": shell_of(person), "page": page, "rows": rows, "live_cursor": cursor, "live_topics": "urgent"}
    return render(request, "campaigns/calls.html", context)


@reader
@never_cache
@require_GET
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """One call: what it is about, who was rung when, and the one button."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_call(person, call_id)
    card = presenters.call_card(person, found)
    context = card | {
        "shell": shell_of(person),
        "card": card,
        "clue": found.clue,
        "may_see_clue": clues.clues_seen_by(person).filter(pk=found.clue_id).exists(),
        "live_cursor": cursor,
        "live_topics": f"urgent:{found.pk}",
        "back_url": reverse("campaigns:calls"),
    }
    return render(request, "campaigns/call.html", context)


@reader
@require_POST
def answer(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """I have it."""
    person = person_of(request)
    here = reverse("campaigns:call", args=[call_id])
    return try_it(
        request, here, lambda: services.acknowledge(by=person, call_id=call_id) and None, _("已确认，不再叫其他人。")
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """It was not urgent."""
    person = person_of(request)
    found = selectors.access_call(person, call_id)
    if not selectors.may_withdraw(person, found):
        raise NotAllowed()
    return form_page(
        request,
        forms.ReasonForm(posted(request)),
        title=_("撤销特急"),
        lead=_("线索照常办理，只是不再按特急叫人。被叫醒的人会看到原因。"),
        here=reverse("campaigns:call", args=[call_id]),
        work=lambda said: services.withdraw(by=person, call_id=call_id, **said) and None,
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def make_urgent(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """An open clue becomes urgent: somebody is woken now."""
    person = person_of(request)
    clue = clues.clue(person, clue_id)
    if not selectors.may_make_urgent(person, clue):
        raise NotAllowed()
    return form_page(
        request,
        forms.UrgentForm(posted(request)),
        title=_("列为特急"),
        lead=_("立即叫醒值班人员；法定期限不变。"),
        here=reverse("campaigns:calls"),
        work=lambda said: services.page(services.make_urgent(by=person, clue_id=clue_id, **said)),
        seal=True,
    )
