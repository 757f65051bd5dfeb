"""What the officer's pages share: who may come in, how a refusal is said, a page with one form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.access import holding
from accounts.models import Post, User
from appraisal.requests import selectors
from appraisal.requests.models import AppraisalRequest, Site
from divisions import selectors as divisions
from evidence import services as evidence
from evidence import uploads
from evidence.errors import EmptyFile
from evidence.models import Exhibit, Quarantined
from federation.parties import selectors as parties
from kernel.errors import BadInput, Conflict, NotAllowed, Problem, Unavailable
from kernel.ids import uuid7
from notify import live
from provinces.context import required

Role = Post.Role
State = AppraisalRequest.State
View = Callable[..., HttpResponse]
PER_PAGE = 20
reader = holding(Role.OFFICER, Role.DISPATCHER, Role.LEADER)
officer = holding(Role.OFFICER)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def speaks_json(view: View) -> View:
    """A refusal goes to a script as problem details, and to a page without scripts as a sentence on the page before."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            if not wants_json(request):
                raise
            return JsonResponse(problem.as_problem(), status=problem.status, content_type="application/problem+json")

    return inner


def turn_back(request: HttpRequest, problem: Problem, to: str) -> HttpResponse:
    """Say why not on the page the person comes back to."""
    messages.error(request, problem.detail)
    return redirect(to)


def show_page(
    request: HttpRequest, template: str, context: dict[str, Any], problem: Problem | None = None
) -> HttpResponse:
    """A page; with a problem its sentence above the form, and what was typed is kept by the browser too."""
    if problem is not None:
        messages.error(request, problem.detail)
        return render(request, template, {**context, "page_kind": "error"}, status=problem.status)
    return render(request, template, context)


def live_cursor() -> str:
    """Where the event stream stands, asked before rows are read: what changes meanwhile is not missed by the page."""
    try:
        return live.cursor_of(required().name)
    except Unavailable:
        return ""


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


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


def received_photo(request: HttpRequest) -> Exhibit | Quarantined:
    """The photo by the upload contract; from a page without scripts its digest is made on arrival, and it says so."""
    if request.POST.get("sha256") or wants_json(request):
        return uploads.handle_upload(request)
    file = request.FILES.get("file")
    if file is None:
        raise EmptyFile()
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return evidence.receive(
        file,
        declared_sha256=digest.hexdigest(),
        captured_at=None,
        source="album",
        by=person_of(request),
        device_note="digest made on arrival",
    )


def county_words(found: Site) -> str:
    """City and county of a visit; the province goes without saying."""
    names = [step.name for step in divisions.path(found.county_code)]
    return "".join(names[1:] or names)


def organisation_choices() -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in parties.enrolled_organisations()]
