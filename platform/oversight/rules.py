"""Who reads the trail: in a province its audit administrator and nobody else; at the office its audit person; at the
brands host the administrator of a house, and only what that house's people did."""

from __future__ import annotations

from collections.abc import Collection
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Post, User
from accounts.rules import roles_of
from connections import rules as connections
from kernel.errors import NotAllowed
from provinces.context import required
from provinces.seats import PUBLIC

Role = Post.Role


class NotAuditor(NotAllowed):
    """The trail is the audit administrator's alone to read."""

    code = "not_auditor"
    sentence = _("审计记录只有审计管理员能查。需要了解时，请向本单位审计管理员提出。")


def may_audit(user: Any) -> bool:
    """Whether this person reads the trail here."""
    if not isinstance(user, User) or user.is_service or not user.is_active:
        return False
    if required().kind == "brands":
        return connections.may_keep(user)
    return Role.AUDIT_ADMIN in roles_of(user)


def may_watch(user: Any) -> bool:
    """Whether this person sees how often the audit administrator asked: the security administrator of a province."""
    if not isinstance(user, User) or user.is_service or not user.is_active or required().kind != "province":
        return False
    return Role.SECURITY_ADMIN in roles_of(user)


def houses(user: User) -> Collection[UUID] | None:
    """The houses whose people's steps this person may read; None where it is the whole seat."""
    return connections.organisations(user) if required().kind == "brands" else None


def seats_read() -> tuple[str, ...]:
    """Whose looks are read here: this seat's, and at the office those of the bare domain, where nobody signs in."""
    here = required()
    return (here.name, PUBLIC.name) if here.kind == "office" else (here.name,)


def auditors() -> Collection[UUID]:
    """Who is told when the trail itself is in trouble."""
    if required().kind == "brands":
        return set()
    posts = Post.held.filter(role=Role.AUDIT_ADMIN)
    return set(posts.values_list("user_id", flat=True))


def operators() -> Collection[UUID]:
    """The system administrators here, who call the operator."""
    role = {"province": Role.BUREAU_ADMIN, "office": Role.OFFICE_ADMIN}.get(required().kind)
    if role is None:
        return set(connections.people_of(required().kind))
    return set(Post.held.filter(role=role).values_list("user_id", flat=True))


def auditor(view: Any) -> Any:
    """Let in who reads the trail here; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_audit(request.user):
            raise NotAuditor()
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return inner


class Auditor(BasePermission):
    """The same for an operation."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not may_audit(request.user):
            raise NotAuditor()
        return True


def sees(request: HttpRequest) -> bool:
    """Whether the entry of the menu is offered."""
    return bool(request.user.is_authenticated and may_audit(request.user))


def sees_counts(request: HttpRequest) -> bool:
    """Whether the security administrator's entry is offered."""
    return bool(request.user.is_authenticated and may_watch(request.user))
