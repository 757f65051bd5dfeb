"""The host decides the seat, before anything else of a request runs."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import get_resolver, set_urlconf

from provinces import context
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
        host = self._find(request)
        if host is None:
            door = f"{settings.SCHEME}://{settings.DOMAIN}/"
            return HttpResponse(render_to_string("webui/unknown_host.html", {"door": door}), status=404)
        request.host = host  # type: ignore[attr-defined] # read by views and templates
        request.urlconf = settings.URLCONFS[host.pages]
        set_urlconf(request.urlconf)
        with context.seat(host.seat):
            return self.get_response(request)

    @staticmethod
    def _find(request: HttpRequest) -> Host | None:
        try:
            name = request.get_host().partition(":")[0].lower()
        except DisallowedHost:
            return None
        host = DIRECTORY.find(name)
        return host if host is not None and host.state == "active" else None
