"""What needs no session of ours: the way to a provider, a refusal, and what providers say from their side."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess, ProviderException
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from signon import ending, marks, rechecks, selectors
from signon.adapters import turned_away
from signon.errors import REASONS, ProviderSilent
from signon.marks import MARK
from signon.models import IdentityProvider
from signon.oidc import published, tokens
from signon.oidc.tokens import BadToken

log = logging.getLogger(__name__)
OIDC = IdentityProvider.Kind.OIDC


def safe_next(request: HttpRequest) -> str:
    """Where somebody was going, if that is a page of this very host."""
    wanted = request.GET.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "/"


def send(request: HttpRequest, row: IdentityProvider, process: str, **named: Any) -> HttpResponse:
    """To the provider."""
    provider = get_adapter().get_provider(request, row.slug)
    answer: HttpResponse = provider.redirect(request, process, **named)
    return answer


@login_not_required
@require_GET
@never_cache
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """One tap: the button on the sign-in page, an entry in the bureau's own portal or in the app."""
    row = selectors.provider_by_slug(slug)
    if row is None:
        raise Http404
    if not row.is_on:
        return turned_away(request, "off", row)
    if request.GET.get("prove") and request.user.is_authenticated:
        onward = safe_next(request)
        data, asked = {"prove": True, "next": onward}, {"prompt": "login", "max_age": "0"}
        return _sent(
            request, row, AuthProcess.LOGIN, next_url=onward, data=data, auth_params=asked if row.kind == OIDC else {}
        )
    if request.user.is_authenticated and (request.session.get(MARK) or {}).get("slug") == slug:
        return redirect(safe_next(request))
    return _sent(request, row, AuthProcess.LOGIN, next_url=safe_next(request))


@login_required
@require_GET
@never_cache
def again(request: HttpRequest) -> HttpResponse:
    """Ask the provider, unseen, whether the person is still there. When it is down, nobody is thrown out by that."""
    mark, onward = request.session.get(MARK) or {}, safe_next(request)
    row = selectors.provider_by_slug(str(mark.get("slug", "")))
    if row is None or row.kind != OIDC:
        return redirect(onward)
    if not row.is_on:
        logout(request)
        return turned_away(request, "off", row)
    try:
        published.configuration(row, fresh=True)
    except ProviderSilent:
        rechecks.note_silence(row)
        if _over(mark):
            logout(request)
            return turned_away(request, "broken", row)
        marks.postpone(request)
        return redirect(onward)
    data = {"again": True, "next": onward}
    return _sent(request, row, AuthProcess.LOGIN, next_url=onward, data=data, auth_params={"prompt": "none"})


def _over(mark: dict[str, Any]) -> bool:
    return clock.now().timestamp() >= float(mark.get("ask_at") or 0) + float(mark.get("grace_s") or 0)


def _sent(request: HttpRequest, row: IdentityProvider, process: str, **named: Any) -> HttpResponse:
    try:
        return send(request, row, process, **named)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except ProviderException as error:
        log.warning("%s cannot be gone to: %s", row.slug, error)
        return turned_away(request, "broken", row)


@login_not_required
@require_GET
@never_cache
def refused(request: HttpRequest) -> HttpResponse:
    """Why somebody was not let in, what to do, and whom to ask."""
    said = request.session.get("signon_refused") or {}
    code = said.get("code")
    if code not in REASONS:
        return redirect("account_login")
    title, text = (str(words).format(provider=said.get("provider", "")) for words in REASONS[code])
    context = {
        "code": code,
        "title": title,
        "text": text,
        "keepers": selectors.keepers() if code not in ("only", "left") else [],
    }
    return render(request, "signon/refused.html", context, status=200)


@csrf_exempt
@login_not_required
@require_POST
@never_cache
def back_channel(request: HttpRequest, slug: str) -> HttpResponse:
    """A provider's server says that somebody signed out there: the sessions that rest on that end now."""
    row = selectors.provider_by_slug(slug)
    if row is None or row.kind != OIDC or not row.is_on:
        raise Http404
    try:
        said = tokens.read_logout(row, request.POST.get("logout_token", ""))
    except BadToken as error:
        log.warning("a logout token for %s was refused: %s", slug, error.data.get("why"))
        return JsonResponse({"error": "invalid_request", "error_description": str(error.data.get("why"))}, status=400)
    except ProviderSilent as error:
        return JsonResponse({"error": "temporarily_unavailable", "error_description": error.code}, status=503)
    ended = ending.end_by(row, sub=said.sub, sid=said.sid, why="back_channel")
    log.info("%s ended %d sessions", slug, ended)
    return HttpResponse(status=200)


@login_not_required
@require_GET
@never_cache
def front_channel(request: HttpRequest, slug: str) -> HttpResponse:
    """The same through the browser, for providers that know no other way: needs the issuer and its session's name."""
    row = selectors.provider_by_slug(slug)
    if row is None or row.kind != OIDC or not row.is_on or not row.front_channel:
        raise Http404
    issuer, sid = request.GET.get("iss", ""), request.GET.get("sid", "")
    if issuer.rstrip("/") == row.issuer.rstrip("/") and len(sid) >= 8:
        ending.end_by(row, sid=sid, why="front_channel")
    answer = HttpResponse(b"", content_type="text/plain")
    answer.headers["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors {_origin(row.issuer)}"
    answer.xframe_options_exempt = True  # the provider loads it in a frame that nobody sees
    return answer


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
