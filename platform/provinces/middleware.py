"""The host decides the seat, before anything else of a request runs."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import get_resolver, set_urlconf
from django.utils.translation import override

from provinces import context
from provinces.errors import NotServed
from provinces.hosts import DIRECTORY, Host
from provinces.instances import unstamped


class HostMiddleware:
    """Sets `request.host` (a `provinces.hosts.Host`), the seat of the thread and the URL map; unknown hosts get a page.

    Only the Host header counts. The seat is left when the response has been made; a streamed body runs without one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # Views are imported now and for nobody: a form's queryset must not belong to the first province that asks.
        with unstamped():
            for urlconf in settings.URLCONFS.values():
                _ = get_resolver(urlconf).url_patterns

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = self._name(request)
        host = DIRECTORY.find(name) if name else None
        if host is None or host.state != "active":
            return self._not_served(request, name, host)
        request.host = host  # type: ignore[attr-defined] # read by views and templates
        request.urlconf = settings.URLCONFS[host.pages]
        set_urlconf(request.urlconf)
        with context.seat(host.seat):
            return self.get_response(request)

    @staticmethod
    def _name(request: HttpRequest) -> str:
        try:
            return request.get_host().partition(":")[0].lower()
        except DisallowedHost:
            return ""

    @staticmethod
    def _not_served(request: HttpRequest, name: str, host: Host | None) -> HttpResponse:
        """A plain page of no host's address: nothing is read for it, and nobody is let in to look at more."""
        door = f"{settings.SCHEME}://{settings.DOMAIN}/"
        closed = DIRECTORY.closed(name) if name and host is None else None
        if host is None and closed is None:
            return HttpResponse(render_to_string("webui/unknown_host.html", {"door": door}), status=404)
        state, title = (host.state, host.title) if host is not None else ("closed", closed.title if closed else "")
        problem = NotServed.of(state, title)
        response: HttpResponse
        # The language of the request is asked for further in; what a thread still holds is its last visitor's.
        with override(settings.LANGUAGE_CODE):
            if request.path.startswith("/api/"):
                told = problem.as_problem()
                response = JsonResponse(told, status=problem.status, content_type="application/problem+json")
            else:
                shown = {"door": door, "problem": problem, "name": title}
                response = HttpResponse(render_to_string("webui/not_served.html", shown), status=problem.status)
        if problem.status == 503:
            response["Retry-After"] = "60" if state == "upgrading" else "3600"
        response["Cache-Control"] = "no-store"
        return response
