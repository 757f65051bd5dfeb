"""What the pages of an inspection share: who may come in, the frame of a page, a refusal in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import holding, person_of
from accounts.models import Post, User
from kernel.errors import BadInput, NotFound404, Problem
from notify.live import live_cursor
from tenants.inspections import selectors
from tenants.inspections.models import Inspection
from tenants.inspections.presenters import state_chip
from tenants.inspections.services.steps import OPEN, topic

MOST_BYTES = 1_000_000
Role = Post.Role
State = Inspection.State
View = Callable[..., HttpResponse]
SERVER_PAGE = UUID("00000000-0000-7000-8000-000000000001")
"""What the log names instead of a phone for what was typed on a page of the server."""
reader = holding(Role.OFFICER, Role.DISPATCHER, Role.LEADER)
officer = holding(Role.OFFICER)


def address(inspection: Inspection | UUID) -> str:
    """The page of one inspection."""
    return reverse("inspections:inspection", args=[getattr(inspection, "pk", inspection)])


def frame(person: User, inspection: Inspection, *, live: bool = True) -> dict[str, Any]:
    """What every page of one inspection is told: the inspection, its state, whether this person may write to it now."""
    context: dict[str, Any] = {
        "inspection": inspection,
        "state": state_chip(inspection),
        "takes_part": selectors.is_officer_of(person, inspection.pk),
        "back_url": address(inspection),
    }
    context["may_write"] = context["takes_part"] and inspection.state in OPEN
    if live:
        context |= {"live_cursor": live_cursor(), "live_topics": topic(inspection.pk)}
    return context


def step(back: str) -> Callable[[Callable[..., object]], View]:
    """A POST that does one thing on an inspection: done, or refused in plain words; then the page of URL name `back`.

    The view gets (request, person, inspection_id, ...) and may return an answer of its own.
    """

    def decorate(act: Callable[..., object]) -> View:
        @officer
        @never_cache
        @require_POST
        @wraps(act)
        def view(request: HttpRequest, inspection_id: UUID, **kwargs: Any) -> HttpResponse:
            try:
                done = act(request, person_of(request), inspection_id, **kwargs)
            except NotFound404:
                raise
            except Problem as problem:
                messages.error(request, problem.detail)
                done = None
            return done if isinstance(done, HttpResponse) else redirect(back, inspection_id)

        return view

    return decorate


def said_by_phone(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that a phone sent. Raises BadInput `count_unreadable`."""
    try:
        body = json.loads(request.body) if len(request.body) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise unreadable()
    return body


def unreadable() -> BadInput:
    """What was sent is no JSON of ours."""
    return BadInput(_("清点记录没有读懂，仍留在手机上。请刷新页面后再发送。"), code="count_unreadable")
