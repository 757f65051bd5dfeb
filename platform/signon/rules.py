"""Who may do what with ways to sign in.

Two people, since who says who somebody is decides whose account is opened: the system administrator sets up and tries,
the security administrator switches on. Either switches off.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.models import Post, User
from accounts.rules import THREE_ADMINISTRATORS, roles_of
from audit.trail import Person
from provinces.context import current
from signon.errors import NotKeeper, NotSwitcher

Role = Post.Role
BREAK_GLASS = THREE_ADMINISTRATORS | {Role.SECURITY_DEPUTY}
"""Who comes in by password or passkey although everybody else signs in by the provider alone."""


def may_see(user: Any) -> bool:
    """Whether the pages are this person's."""
    return isinstance(user, User) and bool(roles_of(user) & {Role.BUREAU_ADMIN, Role.SECURITY_ADMIN})


def sees(request: HttpRequest) -> bool:
    """Whether the entry of the menu is offered."""
    held = current()
    return held is not None and held.kind == "province" and request.user.is_authenticated and may_see(request.user)


def require_keeper(by: Person) -> None:
    """Raise NotKeeper unless `by` sets up. A machine was let in by whoever started it."""
    if isinstance(by, User) and Role.BUREAU_ADMIN not in roles_of(by):
        raise NotKeeper()


def require_switcher(by: Person) -> None:
    """Raise NotSwitcher unless `by` switches on."""
    if isinstance(by, User) and Role.SECURITY_ADMIN not in roles_of(by):
        raise NotSwitcher()


def require_either(by: Person) -> None:
    """Raise NotKeeper unless `by` is one of the two."""
    if isinstance(by, User) and not may_see(by):
        raise NotKeeper()


def breaks_glass(user: User) -> bool:
    """Whether this person may come in while only a provider lets people in."""
    return bool(roles_of(user) & BREAK_GLASS)
