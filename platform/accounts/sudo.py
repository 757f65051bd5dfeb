"""Dangerous acts ask once more who is there: a proof counts for ten minutes (`settings.SUDO_AGE_S`).

    @sudo.required                        a page, whatever its method
    @sudo.required_for("switch-on")       a page of steps: only for these values of `step`
    @sudo.required_to_post                a page that is read freely and changes something by POST
    permission_classes = [..., sudo.Proved]   an operation; `sudo.ProvedToWrite` for all but GET
    sudo.require_in_api(request)          an operation of which only this answer is dangerous

Signing in is a proof, so is a password, a second factor, or the bureau's own sign-in asked anew. Who came in through
the bureau's sign-in without being asked anything there has proved nothing yet. A personal key counts for ten minutes
after it was made (making it asks for a proof); a program's key is a program's, agreed on under a proof.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import serialize_request
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from gateway.middleware import wants_json
from gateway.models import ApiToken
from kernel import clock
from kernel.errors import NotAllowed

View = Callable[..., HttpResponse]
KEY = "proved_at"
_SECRETS = ("password", "secret", "key", "token", "certificate", "code")
_LARGEST_STASH = 20_000


class ProveYourself(NotAllowed):
    """Too long since this person proved who they are. Data: within_s, url."""

    code = "prove_yourself"
    title = _("请先确认身份")
    sentence = _("这一步要先确认是您本人。请在网页打开 {url} 用密码、验证器或通行密钥确认，十分钟内再做一次。")


def note_proof(request: HttpRequest) -> None:
    """The person has just proved who they are."""
    request.session[KEY] = time.time()


def forget(request: HttpRequest) -> None:
    """The sign-in that has just been was no proof."""
    request.session.pop(KEY, None)


def on_logged_in(sender: object, *, request: HttpRequest | None, **more: object) -> None:
    """Django's signal: somebody signed in."""
    if request is not None and hasattr(request, "session"):
        note_proof(request)


def proved_at(request: HttpRequest) -> float:
    """When this session's person last proved who they are; 0 for never."""
    session = getattr(request, "session", None)
    if session is None or not request.user.is_authenticated:
        return 0.0
    again = [each["at"] for each in get_authentication_records(request, request.user) if each.get("reauthenticated")]
    return float(max(session.get(KEY) or 0, *again, 0))


def is_proved(request: HttpRequest) -> bool:
    """Whether a proof still counts."""
    return time.time() - proved_at(request) < settings.SUDO_AGE_S


def require(request: HttpRequest) -> None:
    """Go on, or lead the person to the page where they prove themselves, and back.

    Raises ProveYourself (a program), ImmediateHttpResponse (a page).
    """
    if is_proved(request):
        return
    if wants_json(request):
        raise ProveYourself(within_s=settings.SUDO_AGE_S, url=request.build_absolute_uri(reverse("accounts:prove")))
    raise ImmediateHttpResponse(_led_away(request))


def _led_away(request: HttpRequest) -> HttpResponse:
    back = onward = request.get_full_path()
    if request.method not in SAFE_METHODS:
        back = onward = _page_before(request)
        if _may_wait(request):
            request.session[STATE_SESSION_KEY] = {"request": serialize_request(request)}
            onward = request.path
    way = f"{reverse('accounts:prove')}?{urlencode({'next': onward, 'back': back})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = way
        return response
    return HttpResponseRedirect(way)


def _may_wait(request: HttpRequest) -> bool:
    """Whether what was sent may lie in the session until the proof: no files, nothing secret, not long."""
    if request.FILES or request.headers.get("HX-Request"):
        return False
    names = [name.lower() for name in request.POST if name != "csrfmiddlewaretoken"]
    return not any(word in name for name in names for word in _SECRETS) and (
        len(request.POST.urlencode()) <= _LARGEST_STASH
    )


def _page_before(request: HttpRequest) -> str:
    """The page that the form stood on: the person sends it again from there."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc == request.get_host() and came.path.startswith("/"):
        return came.path + (f"?{came.query}" if came.query else "")
    return "/"


# Pages ----------------------------------------------------------------------------------------------------------------


def required(view: View) -> View:
    """A page for people who have just proved themselves. Stands inside the check of who may at all."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(request)
        return view(request, *args, **kwargs)

    inner.asks_for_proof = True  # type: ignore[attr-defined] # tests list them
    return inner


def required_to_post(view: View) -> View:
    """The same where something is changed; reading is free."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in SAFE_METHODS:
            require(request)
        return view(request, *args, **kwargs)

    inner.asks_for_proof = True  # type: ignore[attr-defined]
    return inner


def required_for(*steps: str, argument: str = "step") -> Callable[[View], View]:
    """The same for some steps of a page of steps."""

    def decorator(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if kwargs.get(argument) in steps:
                require(request)
            return view(request, *args, **kwargs)

        inner.asks_for_proof = True  # type: ignore[attr-defined]
        return inner

    return decorator


# API ------------------------------------------------------------------------------------------------------------------


def require_in_api(request: Request) -> None:
    """The same as `require` within an operation of which one answer is dangerous and another is not."""
    held = request.auth
    if isinstance(held, ApiToken):
        if (clock.now() - held.created_at).total_seconds() >= settings.SUDO_AGE_S:
            raise ProveYourself(within_s=settings.SUDO_AGE_S, url=request.build_absolute_uri(reverse("accounts:prove")))
    elif held is None:
        require(request._request)


class Proved(BasePermission):
    """An operation for people who have just proved themselves."""

    def has_permission(self, request: Request, view: Any) -> bool:
        require_in_api(request)
        return True


class ProvedToWrite(Proved):
    """The same where something is changed; reading is free."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or super().has_permission(request, view)
