"""The host decides the seat, before anything else of a request runs."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import set_urlconf

from provinces import context
from provinces.hosts import DIRECTORY


class HostMiddleware:
    """Sets `request.host` (a `provinces.hosts.Host`), the seat of the thread and the URL map; unknown hosts get a page.

    Only the Host header counts. The seat is left when the response has been made; a streamed body runs without one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            host = DIRECTORY.find(request.get_host().partition(":")[0].lower())
        except DisallowedHost:
            host = None
        if host is None:
            return render(
                None, "webui/unknown_host.html", {"door": f"{settings.SCHEME}://{settings.DOMAIN}/"}, status=404
            )
        request.host = host
        request.urlconf = settings.URLCONFS[host.seat.kind]
        set_urlconf(request.urlconf)
        with context.seat(host.seat):
            return self.get_response(request)
