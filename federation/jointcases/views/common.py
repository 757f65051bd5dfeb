"""Whose copy a page shows, and how a refusal is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.access import person_of
from accounts.admission import holds_office_post
from accounts.models import Post
from federation.jointcases import selectors
from federation.jointcases.selectors import Viewer
from federation.parties.acting import acting_for
from kernel.errors import NotAllowed
from notify.live import live_cursor
from provinces.context import required

View = Callable[..., HttpResponseBase]
_ANY = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


def viewer_of(request: HttpRequest) -> Viewer:
    """Who asks, for which party. Raises NotAllowed for who has no business with rooms."""
    person, seat = person_of(request), required()
    if seat.kind == "brands":
        return selectors.viewer_at_brands(acting_for(request))
    if seat.kind == "office":
        if not holds_office_post(person):
            raise NotAllowed()
        return selectors.viewer_at_office(person)
    if not person.has_role(*_ANY) and not selectors.is_guest_somewhere(person):
        raise NotAllowed()
    return selectors.viewer_at_province(person)


def viewing(view: View) -> View:
    """Hand the view the person and the party whose copy they read."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, viewer_of(request), *args, **kwargs)

    return never_cache(login_required(inner))


def shell_of(viewer: Viewer) -> str:
    """The phone's frame for officers and guests, the desk's for everybody else."""
    wide = viewer.kind != "province" or viewer.person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER)
    return "webui/desk.html" if wide else "webui/phone.html"


def cursor_of(viewer: Viewer) -> str:
    """Where the event stream stands; at the brands' host pages find it themselves."""
    return "" if viewer.kind == "organisation" else live_cursor()
