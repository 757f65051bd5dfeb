"""What every page and answer of the sandbox says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from runtime.sandbox.making import RESET_HOUR


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the mark on each page, and whether a session ended with the last reset."""
    host = getattr(request, "host", None)
    if host is None or not host.is_sandbox:
        return {}
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    return {
        "sandbox": {
            "reset_at": host.reset_at,
            "hour": RESET_HOUR,
            "ended": settings.SESSION_COOKIE_NAME in request.COOKIES and not signed_in,
        }
    }


class SandboxMiddleware:
    """`X-Sandbox-Reset` on each answer of the sandbox: a program sees that what it wrote before is gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        host = getattr(request, "host", None)
        if host is not None and host.is_sandbox and host.reset_at is not None:
            response["X-Sandbox-Reset"] = host.reset_at.isoformat(timespec="seconds")
        return response
