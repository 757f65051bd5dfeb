"""Who may do what to people, and what never may happen to the three administrators (三员分立).

The system administrator keeps people, units and everyday roles; the security administrator gives and takes the
administrators' offices; the audit administrator reads the trail. Nobody holds two of them, nobody acts on himself.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from audit.trail import Person
from kernel.errors import Conflict, NotAllowed

Role = Post.Role
THREE_ADMINISTRATORS = frozenset({Role.BUREAU_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
EVERYDAY_ROLES = frozenset({Role.OFFICER, Role.DISPATCHER, Role.LEADER})
DEPUTIES_NEEDED = 2


class AdministratorsApart(Conflict):
    """One person would hold two of the three administrators' offices. Data: name, held, wanted."""

    code = "administrators_apart"
    sentence = _("{name}已是{held}，不能同时任{wanted}：三类管理员必须是不同的人。请另选一人，或先免去原岗位。")


class LastSecurityAdministrator(Conflict):
    """The last security administrator would go with fewer than two deputies named. Data: name, deputies, needed."""

    code = "last_security_administrator"
    sentence = _(
        "{name}是最后一位安全管理员，现有候补 {deputies} 人，需要 {needed} 人。"
        "请先任命另一位安全管理员，或先指定满 {needed} 位安全管理员候补。"
    )


def roles_of(person: Person) -> set[str]:
    """The roles a person holds here now. A machine holds none."""
    if not person.pk:
        return set()
    along = getattr(person, "_prefetched_objects_cache", {}).get("posts")  # read when this request signed in
    rows = Post.objects.filter(user_id=person.pk).values_list("role", flat=True)
    return set(rows) if along is None else {post.role for post in along}


def require(by: Person, *roles: str) -> None:
    """Raise NotAllowed unless `by` holds one of these roles. A machine (an Actor) was let in by whoever started it."""
    if isinstance(by, User) and not roles_of(by) & set(roles):
        raise NotAllowed()


def require_other(by: Person, user: User) -> None:
    """Nobody appoints, suspends or moves himself."""
    if by.pk == user.pk:
        raise NotAllowed(_("不能对自己的账号这样做。请由另一位管理员办理。"), code="not_on_yourself")


def may_appoint(by: Person, role: str) -> None:
    """Everyday roles are the system administrator's to give, administrators' offices the security administrator's."""
    require(by, Role.BUREAU_ADMIN if role in EVERYDAY_ROLES else Role.SECURITY_ADMIN)


def keep_administrators_apart(user: User, role: str) -> None:
    """Raise AdministratorsApart if `role` would be the person's second office. Deputies count with their principal."""
    if role not in THREE_ADMINISTRATORS | {Role.SECURITY_DEPUTY}:
        return
    own = {Role.SECURITY_ADMIN, Role.SECURITY_DEPUTY} if role in {Role.SECURITY_ADMIN, Role.SECURITY_DEPUTY} else {role}
    held = (roles_of(user) & (THREE_ADMINISTRATORS | {Role.SECURITY_DEPUTY})) - own
    if held:
        raise AdministratorsApart(name=user.display_name, held=Role(sorted(held)[0]).label, wanted=Role(role).label)


def keep_security_administrator(users: Iterable[User]) -> None:
    """Raise LastSecurityAdministrator if these people leave no other, and fewer than two deputies stand ready.

    Locks the posts it looks at, so that two withdrawals at once cannot both pass. Call it inside the transaction.
    """
    leaving = {user.pk: user for user in users}
    posts = list(
        Post.objects.select_for_update(of=("self",))
        .filter(role__in=[Role.SECURITY_ADMIN, Role.SECURITY_DEPUTY], user__is_active=True)
        .select_related("user")
    )
    principals = {post.user_id for post in posts if post.role == Role.SECURITY_ADMIN}
    deputies = {post.user_id for post in posts if post.role == Role.SECURITY_DEPUTY} - set(leaving)
    going = principals & set(leaving)
    if going and principals == going and len(deputies) < DEPUTIES_NEEDED:
        last = leaving[going.pop()]
        raise LastSecurityAdministrator(name=last.display_name, deputies=len(deputies), needed=DEPUTIES_NEEDED)


def works_at_desk(request: HttpRequest) -> bool:
    """Whether whoever asks holds a post that is filled at a desk: any but an officer's and a deputy's."""
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and roles_of(user) - {Role.OFFICER, Role.SECURITY_DEPUTY})


def is_admin(request: HttpRequest) -> bool:
    """Whether the pages of units and officers are this person's: system or security administrator."""
    user = request.user
    return bool(user.is_authenticated and roles_of(user) & {Role.BUREAU_ADMIN, Role.SECURITY_ADMIN})
