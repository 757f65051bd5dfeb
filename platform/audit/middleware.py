"""Reads of sensitive records are written before the answer leaves, whatever the view did (`audit.reads`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from audit import reads, trail
from audit.models import ReadLine
from gateway.middleware import answer

_PIECES_COUNT_ONCE_S = 60
_NOTHING_SHOWN = frozenset({204, 205})


@lru_cache(maxsize=4096)
def shown_at(pages: str, route: str) -> tuple[reads.Shown, ...]:
    """What an address of a kind of host shows, as declared."""
    return tuple(reads.Shown(*each) for each in settings.AUDIT_READING.shown(pages, route))


class ReadsMiddleware:
    """Innermost, so that the seat stands and errors are answers already. A streamed body has not begun."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = reads.collecting()
        try:
            response = self.get_response(request)
            if not 200 <= response.status_code < 300 or response.status_code in _NOTHING_SHOWN:
                return response
            if request.method in ("HEAD", "OPTIONS", "DELETE"):
                return response
            try:
                self._note(request)
                reads.flush(**_circumstances(request, response))
            except reads.TrailUnwritable as problem:
                response.close()
                return answer(request, problem)
            return response
        finally:
            reads.end(token)

    @staticmethod
    def _note(request: HttpRequest) -> None:
        found, host = request.resolver_match, getattr(request, "host", None)
        if found is None or host is None or found.kwargs.get("what") == "thumb":
            return
        shown = shown_at(host.pages, found.route)
        if not shown or not (request.user.is_authenticated or any(each.argument for each in shown)):
            return
        if request.headers.get("HX-Request") and not _first_of_these(request, found.kwargs):
            return
        reads.request_notes(request, shown, found.kwargs)


def _first_of_these(request: HttpRequest, kwargs: dict[str, object]) -> bool:
    """A page that fetches its own pieces every few seconds is one look a minute. A cache that is away: each counts."""
    named = "/".join(str(value) for value in kwargs.values())
    try:
        return bool(cache.add(f"reads:{request.user.pk}:{named}"[:240], 1, _PIECES_COUNT_ONCE_S))
    except Exception:  # whatever a cache that is down raises
        return True


def _circumstances(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    connection = getattr(request, "connection", None)
    if "Content-Disposition" in response or response.streaming:
        way = ReadLine.Way.FILE
    elif request.path_info.startswith("/api/"):
        way = ReadLine.Way.API
    else:
        way = ReadLine.Way.PAGE
    match = request.resolver_match
    return {
        "way": way,
        "route": match.route if match else "",
        "house_id": getattr(request, "house_id", None),
        "client_id": request.user.pk if connection is not None else None,
        "through": getattr(connection, "name", "") or trail.now_through(),
    }
