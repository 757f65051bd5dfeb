"""For whom a person acts on the brands host: chosen once, kept in the session, checked on every request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from federation.parties.selectors import ActingFor, acting_organisations
from kernel.errors import NotAllowed, NotFound404

SESSION_KEY = "acting_for"
PLATFORM_AREA = "platform"
"""What stands in the rail of people of an e-commerce platform: other entries than those of right holders."""


def choices(request: HttpRequest) -> list[ActingFor]:
    """All seats of the signed-in person, asked of the database once a request."""
    held: list[ActingFor] | None = getattr(request, "_acting_choices", None)
    if held is None:
        held = acting_organisations(request.user) if request.user.is_authenticated else []
        request._acting_choices = held  # type: ignore[attr-defined]
    return held


def acting_for(request: HttpRequest, *, platforms: bool = False) -> ActingFor:
    """The seat chosen, or the first. Raises NotAllowed (`no_membership`) for a person who has none any more.

    platforms: whether the page is one for e-commerce platforms too. All others are shut to them
    (`not_for_platforms`), so that a page that does not think of them shows them nothing.
    """
    found = choices(request)
    if not found:
        raise NotAllowed(_("您现在不属于任何在用的单位。请联系贵单位的企业管理员。"), code="no_membership")
    wanted = request.session.get(SESSION_KEY)
    chosen = next((each for each in found if each.key == wanted), found[0])
    return admitted(chosen, platforms=platforms, request=request)


def admitted(seat: ActingFor, *, platforms: bool, request: HttpRequest) -> ActingFor:
    """The seat, where it may be taken; what is read in it is this house's reading. Raises NotAllowed
    (`not_for_platforms`)."""
    request.house_id = seat.organisation.pk  # type: ignore[attr-defined] # read by audit.middleware
    if seat.organisation.is_platform and not platforms:
        raise NotAllowed(
            _("电商平台的账号只用于快速鉴定，看不到这一页。请从“快速鉴定”进入。"), code="not_for_platforms"
        )
    return seat


def is_at_platform(request: HttpRequest) -> bool:
    """Whether the person acts for an e-commerce platform now."""
    return bool(choices(request)) and acting_for(request, platforms=True).organisation.is_platform


def choose(request: HttpRequest, key: str) -> ActingFor:
    """Take another of one's seats. Raises NotFound404 for one that is not theirs."""
    found = next((each for each in choices(request) if each.key == key), None)
    if found is None:
        raise NotFound404()
    request.session[SESSION_KEY] = found.key
    return found


_platform_home: list[str] = []


def open_platforms_on(url_name: str) -> None:
    """Name the page on which the brands host opens for people of e-commerce platforms."""
    _platform_home[:] = [url_name]


def home_of(request: HttpRequest, otherwise: str) -> str:
    """The URL name of the page on which the host opens for this person."""
    return _platform_home[0] if _platform_home and is_at_platform(request) else otherwise


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the brands host: `acting` and `acting_choices`, and the organisation in the top bar."""
    host = getattr(request, "host", None)
    if not host or host.seat.kind != "brands" or not getattr(request, "user", None) or not choices(request):
        return {}
    acting = acting_for(request, platforms=True)
    said = {"acting": acting, "acting_choices": choices(request), "bureau_title": str(acting.organisation)}
    return said | {"nav_area": PLATFORM_AREA} if acting.organisation.is_platform else said
