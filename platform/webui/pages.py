"""What pages share: what a form is bound to, how a refusal is said to a person and to a script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from kernel.errors import Problem

View = Callable[..., HttpResponse]
PER_PAGE = 20


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


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
