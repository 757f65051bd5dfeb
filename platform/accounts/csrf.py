"""CSRF tokens that belong to one host.

Django compares a token with a cookie and both come from the browser: a neighbouring host can plant a cookie for the
whole domain. A second cookie carries a keyed digest of the secret and the seat, so a pair made on one host is refused
on every other.

A page in a frame of another system gets no such cookies. There the secret lies in the session (`csrf_in_session` on the
request), which belongs to its host by itself.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_SESSION_KEY, CsrfViewMiddleware, InvalidTokenFormat
from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied

from provinces.context import required

SEAL_COOKIE = "csrfseal"


class SeatCsrfMiddleware(CsrfViewMiddleware):
    """Django's check, plus the seal of the seat."""

    def _get_secret(self, request: HttpRequest) -> str | None:
        if getattr(request, "csrf_in_session", False):
            kept: str | None = request.session.get(CSRF_SESSION_KEY)
            return kept
        secret: str | None = super()._get_secret(request)
        if secret is not None and not constant_time_compare(request.COOKIES.get(SEAL_COOKIE, ""), _seal(secret)):
            raise InvalidTokenFormat("was made for another host")
        return secret

    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponse) -> None:
        if getattr(request, "csrf_in_session", False):
            keep_in_session(request)
            return
        super()._set_csrf_cookie(request, response)
        response.set_cookie(
            SEAL_COOKIE,
            _seal(request.META["CSRF_COOKIE"]),
            max_age=settings.CSRF_COOKIE_AGE,
            path=settings.CSRF_COOKIE_PATH,
            secure=settings.CSRF_COOKIE_SECURE,
            httponly=True,
            samesite=settings.CSRF_COOKIE_SAMESITE,
        )


def keep_in_session(request: HttpRequest) -> None:
    """Where the secret lies in the session: put it there now, before the session is written."""
    if request.session.get(CSRF_SESSION_KEY) != request.META["CSRF_COOKIE"]:
        request.session[CSRF_SESSION_KEY] = request.META["CSRF_COOKIE"]


class _ApiCheck(SeatCsrfMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:  # type: ignore[override]
        return reason


class SeatSessionAuthentication(SessionAuthentication):
    """Session sign-in for the API with the same host-bound check as the pages."""

    def enforce_csrf(self, request: HttpRequest) -> None:
        check = _ApiCheck(lambda _request: HttpResponse())
        check.process_request(request)
        reason = check.process_view(request, None, (), {})
        if reason:
            raise PermissionDenied(f"CSRF Failed: {reason}")


def _seal(secret: str) -> str:
    return salted_hmac("accounts.csrf", f"{required().name}:{secret}", algorithm="sha256").hexdigest()
