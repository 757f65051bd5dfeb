"""The sandbox's own page: who one may be, which keys open it, what its robot answers. Exists at its host alone."""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.sandbox import PEOPLE, invented
from connections import sandbox as connections
from connections.models import Connection
from kernel.errors import NotFound404

BACKEND = "accounts.backends.PeopleBackend"


def in_sandbox(view: Any) -> Any:
    """Such an address exists in the sandbox only."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        host = getattr(request, "host", None)
        if host is None or not host.is_sandbox:
            raise NotFound404()
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return inner


@in_sandbox
@never_cache
@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """All that an integrator needs to begin."""
    goods = import_module("appraisal.catalogue.sandbox")
    clients = [
        {
            "name": sample.name,
            "kind": Connection.Kind(sample.kind).label,
            "client_id": connections.client_id(sample.code),
            "secret": connections.secret(sample.code),
        }
        for sample in connections.SAMPLES
    ]
    context = {
        "people": [
            {"code": username, "name": name, "title": title, "roles": [role.label for role in roles]}
            for username, name, title, _unit, roles in PEOPLE
        ],
        "clients": clients,
        "goods": [
            (f"{goods.BRAND} {name}", goods.barcode(verdict), verdict) for verdict, name, _digits in goods.PRODUCTS
        ],
        "origins": connections.ORIGINS,
        "base": f"{settings.SCHEME}://{request.get_host()}",
    }
    return render(request, "sandbox/guide.html", context)


@in_sandbox
@require_POST
def enter(request: HttpRequest, code: str) -> HttpResponse:
    """Sign in as one of the invented people, without a password: nobody of them is real, and nothing they do is."""
    person = invented(code)
    if person is None:
        raise NotFound404()
    if request.user.is_authenticated:
        logout(request)
    login(request, person, backend=BACKEND)
    return redirect("/")
