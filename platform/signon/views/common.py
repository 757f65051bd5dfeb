"""What the administrators' pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from accounts.rules import Role, roles_of
from kernel.errors import NotAllowed, Problem
from signon import rules

View = Callable[..., HttpResponse]


def administrator(view: View) -> View:
    """Let in system and security administrators; anyone else is told so."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_see(request.user):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


def powers(request: HttpRequest) -> dict[str, bool]:
    """keeps: sets up; switches: switches on."""
    assert isinstance(request.user, User)
    held = roles_of(request.user)
    return {"keeps": Role.BUREAU_ADMIN in held, "switches": Role.SECURITY_ADMIN in held}


def tried(request: HttpRequest, do: Callable[[], Any], said: str) -> Any:
    """Run `do`; say what came of it above the next page. None when it was refused."""
    try:
        done = do()
    except Problem as problem:
        messages.error(request, problem.detail)
        return None
    if said:
        messages.success(request, said)
    return done if done is not None else True


def saved(form: Any, do: Callable[[], Any]) -> Any:
    """Run `do`; a refusal becomes the form's error."""
    try:
        return do()
    except Problem as problem:
        form.add_error(None, problem.detail)
        return None
