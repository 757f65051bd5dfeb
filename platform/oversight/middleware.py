"""The office's audit person reads the trail there, and nothing else: pages of the office take whoever may sign in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.models import Post, User
from accounts.rules import roles_of
from gateway.middleware import answer
from kernel.errors import NotAllowed
from provinces.context import current

OPEN = (
    "/audit/", "/me/", "/accounts/", "/notices/", "/live/", "/log/", "/standing/", "/i18n/", "/demo/", "/dev/",
    "/offline/", "/queue/", "/static/", "/sw.js", "/words.js", "/manifest.webmanifest",
)  # fmt: skip
OPEN_API = ("/api/v1/audit/", "/api/v1/me/", "/api/v1/notices/", "/api/v1/schema/")


class AuditorOnly(NotAllowed):
    """An audit person of the office asks for something else than the trail."""

    code = "auditor_only"
    sentence = _("您是审计人员，这里只能查审计记录、看自己的消息和账号。业务页面请由协作管理员办理。")


def is_auditor_only(user: Any) -> bool:
    """Whether this is a person of the office who reads its trail and holds no other post there."""
    seat = current()
    if seat is None or seat.kind != "office" or not isinstance(user, User) or user.is_service:
        return False
    roles = roles_of(user)
    return Post.Role.AUDIT_ADMIN in roles and Post.Role.OFFICE_ADMIN not in roles


def gate(request: Request) -> None:
    """`gateway.views.register_gate`: the same for whoever asks with a key."""
    path = request.path
    if path != "/api/v1/" and not path.startswith(OPEN_API) and is_auditor_only(request.user):
        raise AuditorOnly()


class OfficeAuditorMiddleware:
    """Asked for pages of the office only. Operations are asked when it is known whose key it is (`gate`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path, host = request.path_info, getattr(request, "host", None)
        if host is None or host.seat.kind != "office" or path.startswith(("/api/", *OPEN)):
            return self.get_response(request)
        if request.user.is_authenticated and is_auditor_only(request.user):
            return redirect("oversight:lines") if path == "/" else answer(request, AuditorOnly())
        return self.get_response(request)
