"""Talks with brands outside any request."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import officer, person_of, reader
from appraisal.requests import forms, selectors, services
from appraisal.requests.views.common import may_ask, organisation_choices
from kernel.errors import BadInput, Conflict, NotAllowed, Problem
from kernel.ids import uuid7
from notify.live import live_cursor
from webui.pages import PER_PAGE, paged, posted, show_page, uuid_or_none


@reader
@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """Talks with brands outside any request."""
    person = person_of(request)
    page = paged(selectors.consultations_of(person), request, PER_PAGE)
    return render(request, "requests/consultations.html", {"page": page, "may_ask": may_ask(person)})


@officer
@require_http_methods(["GET", "POST"])
def new_consultation(request: HttpRequest) -> HttpResponse:
    """Begin a talk with a brand."""
    person = person_of(request)
    form = forms.ConsultationForm(
        posted(request),
        organisations=organisation_choices(),
        initial={"organisation_id": request.GET.get("organisation", "")},
    )
    context = {
        "form": form,
        "title": _("新的咨询"),
        "lead": _("问品牌企业或协会一个问题，不附鉴定申请。要鉴定实物，请用“查真假”。"),
        "button": _("发送"),
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("requests:consultations"),
    }
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.consult(
                by=person,
                organisation_id=UUID(said["organisation_id"]),
                subject=said["subject"],
                text=said["text"],
                consultation_id=uuid_or_none(request.POST.get("new_id", "")),
            )
        except (BadInput, Conflict) as problem:
            return show_page(request, "requests/step.html", context, problem)
        return redirect("requests:consultation", made.pk)
    return render(request, "requests/step.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """One talk; POST says one more line."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_consultation(person, consultation_id)
    may_write = selectors.may_write(person, found.unit_id)
    problem: Problem | None = None
    text = request.POST.get("text", "")
    if request.method == "POST":
        if not may_write:
            raise NotAllowed()
        try:
            services.say_in_consultation(
                by=person, consultation_id=found.pk, text=text, line_id=uuid_or_none(request.POST.get("line_id", ""))
            )
            return redirect("requests:consultation", found.pk)
        except (BadInput, Conflict) as refused:
            problem = refused
    context = {
        "consultation": found,
        "messages_in_chat": [
            {
                "id": line.pk,
                "at": line.at,
                "mine": line.side == "bureau" and line.who == person.display_name,
                "by": line.who if line.side == "bureau" else f"{found.organisation_name} {line.who}".strip(),
                "text": line.text,
            }
            for line in found.lines.all()
        ],
        "may_write": may_write,
        "line_id": uuid7(),
        "live_cursor": cursor,
        "typed": text if problem else "",
        "back_url": reverse("requests:consultations"),
    }
    if request.headers.get("X-Live"):
        return render(request, "requests/consultation.html#lines", context)
    return show_page(request, "requests/consultation.html", context, problem)
