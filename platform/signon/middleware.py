"""A session that cannot be asked about from server to server is asked about through the browser, unseen."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kernel import clock
from signon.marks import MARK

OUTSIDE = ("/accounts/", "/sign-on/", "/identity/", "/i18n/")


class StillThereMiddleware:
    """After the sessions and the person. Costs a look into the session that was read anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookie = request.session.session_key is not None if hasattr(request, "session") else False
        mark = request.session.get(MARK) if cookie else None
        if mark and mark.get("ask_at"):
            now = clock.now().timestamp()
            if now >= mark["ask_at"]:
                if now >= mark["ask_at"] + mark.get("grace_s", 0) and not _walks(request):
                    logout(request)
                elif now >= mark.get("again_at", 0) and _walks(request):
                    return redirect(f"{reverse('signon:again')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def _walks(request: HttpRequest) -> bool:
    """Whether a person goes to a page, in a window of its own: only then can the provider be asked by the way."""
    return (
        request.method == "GET"
        and "text/html" in request.headers.get("Accept", "")
        and not request.headers.get("HX-Request")
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        and not request.path.startswith(OUTSIDE)
    )
