"""For whom a person acts on the brands host: chosen once, kept in the session, checked on every request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from federation.parties.selectors import ActingFor, acting_organisations
from kernel.errors import NotAllowed, NotFound404

SESSION_KEY = "acting_for"


def choices(request: HttpRequest) -> list[ActingFor]:
    """All seats of the signed-in person, asked of the database once a request."""
    held: list[ActingFor] | None = getattr(request, "_acting_choices", None)
    if held is None:
        held = acting_organisations(request.user) if request.user.is_authenticated else []
        request._acting_choices = held  # type: ignore[attr-defined]
    return held


def acting_for(request: HttpRequest) -> ActingFor:
    """The seat chosen, or the first. Raises NotAllowed (`no_membership`) for a person who has none any more."""
    found = choices(request)
    if not found:
        raise NotAllowed(_("您现在不属于任何在用的单位。请联系贵单位的企业管理员。"), code="no_membership")
    wanted = request.session.get(SESSION_KEY)
    return next((each for each in found if each.key == wanted), found[0])


def choose(request: HttpRequest, key: str) -> ActingFor:
    """Take another of one's seats. Raises NotFound404 for one that is not theirs."""
    found = next((each for each in choices(request) if each.key == key), None)
    if found is None:
        raise NotFound404()
    request.session[SESSION_KEY] = found.key
    return found


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the brands host: `acting` and `acting_choices`, and the organisation in the top bar."""
    host = getattr(request, "host", None)
    if not host or host.seat.kind != "brands" or not getattr(request, "user", None) or not choices(request):
        return {}
    acting = acting_for(request)
    return {"acting": acting, "acting_choices": choices(request), "bureau_title": str(acting.organisation)}
