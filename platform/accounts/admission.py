"""Who may sign in on which kind of host.

A province's people are those in its schema. Brands and the office share one table of people, so each of the two hosts
admits only those whom a registered check knows. An app registers its check when it starts:

    admission.register("brands", has_active_membership)
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Post, User
from provinces.context import current, required

Check = Callable[[User], bool]
Roles = Callable[[User], list[str]]

_checks: dict[str, list[Check]] = {}
_roles: dict[str, Roles] = {}


def register(kind: str, check: Check, *, roles: Roles | None = None) -> None:
    """Admit on hosts of this kind ("brands", "office") whom `check(user)` says yes to; of several, one is enough.

    roles: what somebody is there beside their posts, in words, for their own page.
    """
    registered = _checks.setdefault(kind, [])
    if check not in registered:
        registered.append(check)
    if roles is not None:
        _roles[kind] = roles


def admitted(user: User) -> bool:
    """Whether this person belongs on the host of the current seat. Asked anew on every request."""
    held = current()
    if held is None:
        return False
    if held.kind == "province":
        return True
    return any(check(user) for check in _checks.get(held.kind, []))


def roles_of(user: User) -> list[str]:
    """What this person is on the host of the current seat beside their posts, in words."""
    said = _roles.get(required().kind)
    return said(user) if said else []


def holds_office_post(user: User) -> bool:
    """The check of the office's host: a post in the office (省际协作办公室), or its audit person's."""
    return Post.objects.filter(user_id=user.pk, role__in=[Post.Role.OFFICE_ADMIN, Post.Role.AUDIT_ADMIN]).exists()
