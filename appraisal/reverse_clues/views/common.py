"""What the pages of reverse clues share: whose seat it is, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from federation.parties.acting import acting_for
from kernel.errors import NotFound404, Problem

View = Callable[..., HttpResponseBase]
PER_PAGE = 30


def seated(view: View) -> View:
    """Hand the view the seat of the person who asks, for the organisation they have chosen."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, acting_for(request), *args, **kwargs)

    return never_cache(login_required(inner))


def done(request: HttpRequest, call: Callable[[], object], words: str) -> bool:
    """Do it and say so, or say why not. NotFound404 passes."""
    try:
        call()
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return False
    if words:
        messages.success(request, words)
    return True
