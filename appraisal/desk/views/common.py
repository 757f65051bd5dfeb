"""What the desk's pages share: whose desk it is, and how a step on a task is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from appraisal.desk.admit import desk_of
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from kernel.errors import NotFound404, Problem

State = DeskTask.State
PER_PAGE = 40
View = Callable[..., HttpResponse]


def at_desk(view: View) -> View:
    """Hand the view the desk of the person who asks, for the organisation they have chosen."""

    @wraps(view)
    def seated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, desk_of(request), *args, **kwargs)

    return never_cache(login_required(seated))


def on_task(act: Callable[[HttpRequest, Desk, UUID], Any]) -> View:
    """A step on a task: done or refused in plain words, then back to the task."""

    @at_desk
    @require_POST
    @wraps(act)
    def view(request: HttpRequest, desk: Desk, task_id: UUID, **kwargs: Any) -> HttpResponse:
        try:
            done = act(request, desk, task_id, **kwargs)
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            done = None
        return done if isinstance(done, HttpResponse) else redirect("desk:task", task_id=task_id)

    return view


def key_of(request: HttpRequest) -> UUID | None:
    """The id that the form chose for what it makes, so that a second arrival makes nothing."""
    try:
        return UUID(request.POST.get("idempotency_key", ""))
    except ValueError:
        return None
