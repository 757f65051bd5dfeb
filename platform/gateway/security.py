"""What a browser is told it may do with our pages: run our own files, nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

EVENTS_PORT = 8001
READER = re.compile(re.escape(settings.STATIC_URL) + r"webui/js/barcode-worker(\.[0-9a-f]{12})?\.js")
"""The worker that reads barcodes, the one place where WebAssembly runs."""
PERMISSIONS = (
    "camera=(self), geolocation=(self), publickey-credentials-get=(self), publickey-credentials-create=(self),"
    " fullscreen=(self), microphone=(), payment=(), usb=(), browsing-topics=()"
)


def events_base(host: str) -> str:
    """Where event streams are served for pages of a host (with or without port). `{host}` in EVENTS_URL is its name."""
    base: str = settings.EVENTS_URL or f"{settings.SCHEME}://{{host}}:{EVENTS_PORT}"
    return base.replace("{host}", host.partition(":")[0]).rstrip("/")


def policy(request: HttpRequest) -> str:
    """The Content-Security-Policy of one answer."""
    connect, forms, scripts, styles = "'self'", "'self'", "'self'", "'self'"
    if READER.fullmatch(request.path):
        scripts += " 'wasm-unsafe-eval'"  # a worker follows the policy that came with its own file; no page gets this
    host = getattr(request, "host", None)
    if host is not None:
        events = urlsplit(events_base(request.get_host()))
        connect += f" {events.scheme}://{events.netloc}"
        if request.path_info.startswith("/accounts/"):
            forms += " https:"  # signing in may go on at the bureau's own identity provider
        forms += "".join(f" {origin}" for origin in getattr(request, "forms_go_to", ()))  # where a view says so
    else:
        styles += f" {settings.SCHEME}://{settings.DOMAIN}"  # nothing is served here: the front door lends its styles
    framers = " ".join(getattr(request, "frame_ancestors", ())) or "'none'"  # origins that a connection allows
    store = urlsplit(settings.S3["endpoint_url"])
    objects = f" {store.scheme}://{store.netloc}" if store.netloc else ""  # photos and clips by a short signed link
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data: blob:{objects};"
        f" media-src 'self' blob:{objects};"
        f" font-src 'self'; connect-src {connect}; manifest-src 'self'; worker-src 'self'; form-action {forms};"
        f" base-uri 'none'; frame-ancestors {framers}"
    )


class SecurityHeadersMiddleware:
    """Stands before all others, so that no answer leaves without. A view's own, stricter header stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", policy(request))
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Referrer-Policy", "same-origin")
        response.setdefault("X-Content-Type-Options", "nosniff")
        return response
