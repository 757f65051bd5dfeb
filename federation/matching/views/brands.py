"""Pages of an organisation: whether its brand may be named, and series of its own finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of
from federation.matching import presenters, selectors, sources
from federation.matching.services import asked
from federation.parties.acting import acting_for
from federation.parties.selectors import ActingFor
from kernel.errors import NotAllowed, NotFound404, Problem

View = Callable[..., HttpResponse]
SHOWN = 100


def seated(view: View) -> View:
    """Let in members of an organisation, with the seat they chose."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, acting_for(request), *args, **kwargs)

    return inner


@seated
@require_GET
def questions(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """What the office asks, and the series that were raised."""
    owner = acting.organisation.pk
    rows = [(row, presenters.label(row.kind)) for row in selectors.questions_of(owner)[:SHOWN]]
    context = {"questions": rows, "raised": selectors.raised_by(owner)[:SHOWN], "may": selectors.may_speak(acting)}
    return render(request, "matching/questions.html", context)


@seated
@require_POST
def answer(request: HttpRequest, acting: ActingFor, question_id: UUID) -> HttpResponse:
    """Let the brand be named between two provinces, or not."""
    owner = acting.organisation.pk
    selectors.access_question(owner, question_id)
    if not selectors.may_speak(acting):
        raise NotAllowed()
    try:
        asked.answer(
            organisation_id=owner, question_id=question_id, agreed=request.POST.get("verb") == "agree",
            by=person_of(request),
        )  # fmt: skip
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("已答复省际协作办公室。"))
    return redirect("matching:questions")


@seated
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Choose one's own finds, by product and run, and say why they are one series."""
    if not selectors.may_speak(acting):
        raise NotAllowed()
    owner = acting.organisation.pk
    chosen = [each for each in map(_uuid, request.POST.getlist("request")) if each]
    status = 200
    if request.method == "POST":
        try:
            row = asked.raise_series(
                organisation_id=owner, title=request.POST.get("title", ""), why=request.POST.get("why", ""),
                request_ids=chosen, by=person_of(request),
            )  # fmt: skip
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            status = problem.status
        else:
            messages.success(request, _("已提交省际协作办公室。各省是否参加由其自行决定。"))
            return redirect("matching:raised", row.pk)
    groups: dict[str, list[sources.Raisable]] = defaultdict(list)
    for find in sources.finds_of(owner):
        groups[find.product_name].append(find)
    context = {
        "groups": sorted(groups.items()),
        "numbers": _numbers(groups.values()),
        "chosen": chosen,
        "said": request.POST,
    }
    return render(request, "matching/raise.html", context, status=status)


def _numbers(groups: Any) -> dict[str, int]:
    """A number for each province and run, in the order in which they come: names stay with their bureau."""
    found: dict[str, int] = {}
    for group in groups:
        for find in group:
            found.setdefault(find.province_code, len([key for key in found if "-" not in key]) + 1)
            if find.run:
                found.setdefault(find.run, len([key for key in found if "-" in key]) + 1)
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@seated
@require_GET
def raised(request: HttpRequest, acting: ActingFor, series_id: UUID) -> HttpResponse:
    """A series that was raised, and how it stands."""
    row = selectors.access_raised(acting.organisation.pk, series_id)
    return render(request, "matching/raised.html", {"row": row})
