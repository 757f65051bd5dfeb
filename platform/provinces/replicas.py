"""Pages that only read are read from a replica: lists, search, figures. Which ones is declared in REPLICA_PAGES.

Read from the primary all the same: whoever has changed something in the last seconds (a cookie says so), a page that
fetches itself because something happened, and every request that turns out to write: it is asked again there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from provinces.database import replicas

log = logging.getLogger(__name__)
COOKIE = "fresh"
READ_ONLY = "25006"
_SAFE = ("GET", "HEAD")


class ReplicaMiddleware:
    """The last before the view: session and person have been read from the primary by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REPLICA_URLS:
            return self.get_response(request)
        if request.method not in (*_SAFE, "OPTIONS"):
            response = self.get_response(request)
            response.set_cookie(
                COOKIE, "1", max_age=int(2 * settings.REPLICA_STALE_S), httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
            return response
        if not self._may(request):
            return self.get_response(request)
        _ = request.user.is_authenticated  # a new session is not on the replica yet
        with replicas.reading():
            response = self.get_response(request)
        if getattr(request, "from_primary", False):
            response = self.get_response(request)
        return response

    @staticmethod
    def _may(request: HttpRequest) -> bool:
        if COOKIE in request.COOKIES or "X-Live" in request.headers or "Authorization" in request.headers:
            return False
        try:
            found = resolve(request.path_info, getattr(request, "urlconf", None))
        except Resolver404:
            return False
        return found.view_name in settings.REPLICA_PAGES

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A replica that went away, or a page that writes after all: once more, from the primary."""
        if not replicas.THREAD.reading:
            return None
        writes = isinstance(error, InternalError) and getattr(error.__cause__, "pgcode", "") == READ_ONLY
        if not (writes or isinstance(error, OperationalError | InterfaceError)):
            return None
        log.warning("%s is read from the primary: %s", request.path_info, error)
        request.from_primary = True  # type: ignore[attr-defined]
        return HttpResponse(status=503)
