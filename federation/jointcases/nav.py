"""What stands in the bars: rooms of joint cases, for whoever may know of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post
from federation.jointcases import selectors
from federation.parties.acting import acting_for, choices
from webui.nav import NavItem, register

_ANY = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


def _at_bureau(request: HttpRequest) -> bool:
    person: Any = request.user
    if not person.is_authenticated:
        return False
    return person.has_role(*_ANY) or selectors.is_guest_somewhere(person)


def _waiting_at_bureau(request: HttpRequest) -> int:
    person: Any = request.user
    return selectors.waiting_count(selectors.viewer_at_province(person)) if person.is_authenticated else 0


def _waiting_at_brand(request: HttpRequest) -> int:
    if not request.user.is_authenticated or not choices(request):
        return 0
    return selectors.waiting_count(selectors.viewer_at_brands(acting_for(request)))


def register_all() -> None:
    """Called when the app is ready."""
    look: dict[str, Any] = {"url_name": "jointcases:rooms", "label": _("联合办案"), "icon": "people"}
    for area in ("bureau", "phone-more"):
        register(NavItem(area=area, order=27, allowed=_at_bureau, count=_waiting_at_bureau, **look))
    register(NavItem(area="desk", order=57, count=_waiting_at_brand, **look))
    register(NavItem(area="office", order=47, **look))
