"""Around every request: its id, one line in the log, its figures, its span; and the two addresses for machines.

Stands before the host is known, so that /healthz and /readyz answer at every name and address, without a database,
without sign-in, and say nothing but whether.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import ResolverMatch
from django.utils.functional import SimpleLazyObject

from kernel.errors import ReadOnly
from watching import logs, metrics, readiness, tracing

log = logging.getLogger("watching.access")
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
UPLOADS = ("evidence:", "uploads")
"""Beginnings of the names of routes whose bodies are photos and files."""
NO_ROUTE = "none"


class WatchMiddleware:
    """Gives each request its id, and tells of it when it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in readiness.ADDRESSES:
            return _machine(request)
        number = request_id(request)
        request.request_id = number  # type: ignore[attr-defined] # read by error pages and answers
        logs.forget()
        logs.bind(request_id=number)
        began = time.perf_counter()
        given = request.headers.get("traceparent", "") if from_proxy(request) else ""
        try:
            with tracing.span("request", parent=given, kind="server", request_id=number):
                response = self.get_response(request)
                self._tell(request, response, time.perf_counter() - began)
            response.setdefault("X-Request-Id", number)
            return response
        finally:
            logs.forget()

    @staticmethod
    def _tell(request: HttpRequest, response: HttpResponse, took_s: float) -> None:
        host = getattr(request, "host", None)
        province = host.seat.name if host is not None else metrics.NOBODY
        found = request.resolver_match
        route = route_name(found)
        status = f"{response.status_code // 100}xx"
        metrics.REQUESTS.labels(province, app_of(found), status).inc()
        metrics.REQUEST_SECONDS.labels(province).observe(took_s)
        metrics.ROUTE_REQUESTS.labels(route, status).inc()
        metrics.ROUTE_SECONDS.labels(route).observe(took_s)
        if request.method in ("POST", "PUT", "PATCH") and route.startswith(UPLOADS) and response.status_code < 400:
            metrics.UPLOAD_BYTES.labels(province).inc(_length(request))
        if getattr(response, "problem_code", "") == ReadOnly.code:
            metrics.REFUSED_READ_ONLY.labels(province).inc()
        facts = {
            "host": host.seat.kind if host is not None else "",
            "province": province,
            "user": user_id(request),
            "route": route,
            "method": request.method,
            "status": response.status_code,
            "ms": round(took_s * 1000, 1),
            "code": getattr(response, "problem_code", ""),
            "trace": tracing.trace_id(),
        }
        facts = {name: each for name, each in facts.items() if each not in (None, "")}
        if settings.LOG_REQUESTS or response.status_code >= 500:
            level = logging.ERROR - 1 if response.status_code >= 500 else logging.INFO
            log.log(logging.WARNING if level > logging.INFO else level, "request", extra={"facts": facts})
        tracing.note(
            **{name: facts[name] for name in ("host", "province", "route", "method", "status") if name in facts}
        )


def route_name(found: ResolverMatch | None) -> str:
    """The name of an address, or where its view stands: never the address, which may name somebody."""
    return (found.view_name or found.func.__module__) if found is not None else NO_ROUTE


def app_of(found: object) -> str:
    """The app whose view answered: `appraisal.desk`, `notify`."""
    module = getattr(getattr(found, "func", None), "__module__", "") or NO_ROUTE
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] in {"appraisal", "federation", "tenants", "billing_free"} else parts[0]


def user_id(request: HttpRequest) -> str:
    """Who asked, as far as this request looked: asking now would be one query more."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    return str(user.pk) if user is not None and getattr(user, "is_authenticated", False) else ""


def from_proxy(request: HttpRequest) -> bool:
    """Whether whoever connected is one of our own proxies (TRUSTED_PROXIES)."""
    if not settings.TRUSTED_PROXIES:
        return False
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.TRUSTED_PROXIES if network.version == address.version)


def request_id(request: HttpRequest) -> str:
    """The id that a trusted proxy gave, else a new one: nobody outside chooses what stands in our logs."""
    given = request.headers.get("X-Request-Id", "")
    return given if _GIVEN_ID.fullmatch(given) and from_proxy(request) else uuid.uuid4().hex


def _length(request: HttpRequest) -> int:
    try:
        return max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def _machine(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if request.path_info == readiness.HEALTH:
        answer, status = "ok", 200
    else:
        answer, status = readiness.answer()
    return JsonResponse({"status": answer}, status=status, headers={"Cache-Control": "no-store"})
