"""What a browser may load for our pages: our own files, and the events of our own host."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{objects}; "
    "media-src 'self' blob:; connect-src 'self' {events}; worker-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self' https:; frame-ancestors 'none'"
)
"""Forms may lead to other hosts by https: signing in at a bureau's own identity provider is a form that redirects."""


class ContentPolicyMiddleware:
    """Add a Content-Security-Policy to every HTML answer that has none of its own.

    Scripts and styles come from files only, so text of a person that slipped into a page unescaped stays text. Photos
    may come from the object store by a signed link; live events from EVENTS_URL.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        store = urlsplit(settings.S3["endpoint_url"])
        self.objects = f" {store.scheme}://{store.netloc}" if store.netloc else ""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault(
                "Content-Security-Policy", POLICY.format(objects=self.objects, events=self._events(request))
            )
        return response

    def _events(self, request: HttpRequest) -> str:
        # The host was checked before; a refused one gets a plain page without events.
        name = request.META.get("HTTP_HOST", "").partition(":")[0]
        named = settings.EVENTS_URL.replace("{host}", name) or f"{settings.SCHEME}://{name}:8001"
        parts = urlsplit(named)
        safe = parts.netloc.replace(":", "").replace("-", "").replace(".", "").isalnum()
        return f"{parts.scheme}://{parts.netloc}" if safe else ""
