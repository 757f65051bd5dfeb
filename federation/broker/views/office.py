"""Pages at the office's host: the brokerage queue, official letters by their envelopes, disputes by theirs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person_of
from federation.broker import forms, selectors
from federation.broker.services import looks, routes
from federation.broker.views.common import PER_PAGE, REFUSALS, dispute_context, dispute_rows, insider, route_rows
from webui.pages import posted, turn_back

SHOWN = 100


@insider
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """待经办: provinces that ask who should get a letter, the oldest first; and what was answered."""
    person = person_of(request)
    waiting = route_rows(selectors.queue(person)[:SHOWN])
    for each in waiting:
        each["first"] = next(iter(selectors.proposals_of(each["row"])), None)
    answered = route_rows(selectors.routes(person).filter(state="answered")[:PER_PAGE])
    return render(request, "broker/queue.html", {"waiting": waiting, "answered": answered})


@insider
@require_http_methods(["GET", "POST"])
def route(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """One question: proposals with their reasons; claim, put back, answer."""
    person = person_of(request)
    row = selectors.access_route(person, route_id)
    proposals = selectors.proposals_of(row)
    here = reverse("broker:route", args=[row.pk])
    choices: list[tuple[str, Any]] = [(each.unit.ref, each.unit.name) for each in proposals]
    answers = request.method == "POST" and "answer" in request.POST
    initial = {"unit_ref": choices[0][0]} if choices else {}
    form = forms.AnswerRouteForm(request.POST if answers else None, choices=choices, initial=initial)
    if request.method == "POST" and not (answers and not form.is_valid()):
        try:
            if answers:
                routes.answer(
                    row, by=person, unit_ref=form.cleaned_data["unit_ref"], reason=form.cleaned_data["reason"]
                )
            elif "release" in request.POST:
                routes.release(row, by=person)
            else:
                routes.claim(row, by=person)
        except REFUSALS as problem:
            return turn_back(request, problem, here)
        messages.success(request, str(_("已答复询问方。") if answers else _("已记下。")))
        return redirect("broker:queue" if answers else here)
    (shown,) = route_rows([row])
    is_open = row.state in row.OPEN
    context = {"shown": shown, "proposals": proposals, "form": form if is_open else None, "at_office": True}
    return render(request, "broker/route.html", context)


@insider
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter's envelope and receipts; a POST asks its sender for leave to read it."""
    person = person_of(request)
    found = selectors.access_letter(person, letter_id)
    form = forms.AskLookForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            looks.ask(letter_id=found.pk, by=person, **form.cleaned_data)
        except REFUSALS as problem:
            return turn_back(request, problem, reverse("broker:letter", args=[found.pk]))
        messages.success(request, str(_("已向发函方申请，答复后会通知您。")))
        return redirect("broker:letter", found.pk)
    return render(request, "broker/letter.html", {"envelope": selectors.envelope(found), "form": form})


@insider
@require_GET
def contents(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """The contents, under a grant of the sender; without one refused, and written down."""
    person = person_of(request)
    found = selectors.access_letter(person, letter_id)
    shown = selectors.envelope(found)
    if not shown.is_open or shown.grant_id is None:
        looks.refuse_to_open(found, by=person)
    return redirect("grants:grant", shown.grant_id)


@insider
@require_GET
def dispute_list(request: HttpRequest) -> HttpResponse:
    """管辖争议 between provinces: who with whom, since when, how far."""
    rows = dispute_rows(selectors.disputes(person_of(request))[:SHOWN])
    return render(request, "broker/disputes.html", {"rows": rows, "at_office": True})


@insider
@require_GET
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """The course of one dispute. What it is about stays with the two and their superior."""
    row = selectors.access_dispute(person_of(request), dispute_id)
    context = dispute_context(request, row) | {"at_office": True, "back_url": reverse("broker:disputes")}
    return render(request, "broker/dispute.html", context)
