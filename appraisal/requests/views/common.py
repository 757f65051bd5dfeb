"""What the officer's pages share: who may come in, how a refusal is said, a page with one form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import person_of
from accounts.models import Post, User
from appraisal.requests import selectors
from appraisal.requests.models import AppraisalRequest, Site
from divisions import selectors as divisions
from federation.parties import selectors as parties
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.ids import uuid7
from webui.pages import show_page

Role = Post.Role
State = AppraisalRequest.State
View = Callable[..., HttpResponse]


def may_ask(person: User) -> bool:
    """Whether pages show this person the ways to begin something."""
    return person.has_role(Role.OFFICER) and person.unit_id is not None


def own_request(request: HttpRequest, request_id: UUID) -> AppraisalRequest:
    """The request, for an officer who may write to it."""
    person = person_of(request)
    found = selectors.access_request(person, request_id)
    if not selectors.may_write(person, found.unit_id):
        raise NotAllowed()
    return found


def step_page(
    request: HttpRequest,
    request_id: UUID,
    *,
    form: Any,
    title: str,
    lead: str,
    button: str,
    act: Callable[[], object],
    said: str,
    seal: bool = False,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """One small page with one form about one request."""
    back = reverse("requests:detail", args=[request_id])
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
        "seal": seal,
        "back_url": back,
        "new_id": request.POST.get("new_id") or uuid7(),
        **(extra or {}),
    }
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except (BadInput, Conflict) as problem:
            return show_page(request, "requests/step.html", context, problem)
        messages.success(request, said)
        return redirect(back)
    return render(request, "requests/step.html", context)


def county_words(found: Site) -> str:
    """City and county of a visit; the province goes without saying."""
    names = [step.name for step in divisions.path(found.county_code)]
    return "".join(names[1:] or names)


def organisation_choices() -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in parties.enrolled_organisations()]
