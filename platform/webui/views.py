"""The PWA shell: service worker, manifest, offline page; none of them needs a person or a database."""

import hashlib
import json
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from webui import kept

#: What an officer's page needs without a signal.
SHELL = (
    "webui/tokens.css",
    "webui/base.css",
    "webui/capture.css",
    "webui/icons.svg",
    "webui/img/mark.svg",
    "webui/js/theme.js",
    "webui/js/page.js",
    "webui/js/i18n.js",
    "webui/js/http.js",
    "webui/js/when.js",
    "webui/js/forms.js",
    "webui/js/live.js",
    "webui/js/swap.js",
    "webui/js/keys.js",
    "webui/js/search.js",
    "webui/js/place.js",
    "webui/js/camera.js",
    "webui/js/capture.js",
    "webui/js/quality.js",
    "webui/js/shots.js",
    "webui/js/upload.js",
    "webui/js/outbox.js",
    "webui/js/shooting.js",
    "webui/js/examine.js",
    "webui/js/letters.js",
    "webui/js/sending.js",
    "webui/js/counts.js",
    "webui/js/barcode.js",
    "webui/js/barcode-worker.js",
    "webui/js/scan.js",
    "webui/js/catalogue.js",
    "webui/js/drafts.js",
    "webui/js/queue.js",
)


def _source(path: str) -> bytes:
    """Return the bytes of a static file. Raises FileNotFoundError when the file list above is wrong."""
    found = finders.find(path)
    if found is None:
        raise FileNotFoundError(path)
    return Path(found).read_bytes()


def shell_version() -> str:
    """Return a short digest of all shell files: it changes when any of them does."""
    digest = hashlib.sha256()
    for path in (*SHELL, *kept.files(), "webui/sw.js"):
        digest.update(_source(path))
    return digest.hexdigest()[:12]


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the worker from the root, since its scope is where it lies."""
    head = "".join(
        f"const {name} = {json.dumps(value)};\n"
        for name, value in {
            "VERSION": shell_version(),
            "SHELL": [static(path) for path in (*SHELL, *kept.files())],
            "KEPT": kept.pages(request),
            "INSTEAD": kept.instead(request),
            "OFFLINE": reverse("webui:offline", urlconf=getattr(request, "urlconf", None)),
        }.items()
    )
    if "send" in request.GET:
        # Asked for by browsers whose workers may be modules: this one sends the queue without a page.
        standing = kept.address("accounts:standing", request)
        imports = f'import "{static("vendor/tus/tus.min.js")}";\n'
        imports += f'import {{ resume }} from "{static("webui/js/upload.js")}";\n'
        head = f"{imports}self.sendOutbox = resume;\nself.STANDING = {json.dumps(standing)};\n{head}"
    return HttpResponse(head.encode() + _source("webui/sw.js"), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Describe the installed application."""
    return JsonResponse(
        {
            "name": _("查真假"),
            "short_name": _("查真假"),
            "lang": "zh-CN" if (get_language() or "zh").startswith("zh") else "en",
            "id": "/",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#faf9f6",
            "theme_color": "#163f80",
            "icons": [
                {"src": static("webui/img/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
                {"src": static("webui/img/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
                {"src": static("webui/img/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
                # Its drawing keeps within the middle four fifths, so a round or a square mask cuts nothing off.
                {
                    "src": static("webui/img/icon-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what the service worker keeps for a page it has never seen."""
    return render(request, "webui/offline.html", {"page_kind": "error"})


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits on this phone to be sent. The page names nobody: its rows are on the phone."""
    return kept.render(request, "webui/queue.html", {"back_url": "/"})
