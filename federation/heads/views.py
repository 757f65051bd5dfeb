"""封存日志: today's head, who has countersigned it, when it was time-stamped, what waits; and "verify now"."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from audit import verify
from audit.models import LogCheck
from federation.heads import selectors
from federation.letters.words import party_names
from kernel.errors import NotAllowed

View = Callable[..., HttpResponse]
HEADS_SHOWN = 14
HELD_SHOWN = 40


def reader(view: View) -> View:
    """Let in whom `selectors.may_read` names; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not selectors.may_read(request):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


@reader
@require_http_methods(["GET", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """How the log stands; a POST verifies it now."""
    standing = selectors.standing()
    if request.method == "POST":
        check = verify.ask(standing.log, by=cast("User", request.user))
        return redirect("heads:check", check.pk)
    heads = list(selectors.own_heads()[:HEADS_SHOWN])
    held = list(selectors.held()[:HELD_SHOWN])
    names = party_names([row.witness for head in heads for row in head.witnesses.all()] + [row.party for row in held])
    return render(
        request,
        "heads/log.html",
        {
            "standing": standing,
            "heads": [(head, [(names[row.witness], row) for row in head.witnesses.all()]) for head in heads],
            "held": [(names[row.party], row, _reason(row.reason)) for row in held],
            "unstamped": selectors.unstamped(),
            "checks": [(check, _report(check)) for check in selectors.last_checks()[:5]],
        },
    )


@reader
@require_GET
def check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """One verification: its bar while it runs, then what it found. Part: progress."""
    found = selectors.access_check(check_id)
    context = {"check": found, "report": _report(found), "is_going": found.state in GOING}
    if request.GET.get("part") == "progress":
        return render(request, "heads/check.html#progress", context)
    return render(request, "heads/check.html", context)


GOING = (LogCheck.State.QUEUED, LogCheck.State.RUNNING)


def _report(found: LogCheck) -> verify.Report | None:
    return verify.Report.from_json(found.report) if found.report else None


def _reason(code: str) -> str:
    return str(verify.REASONS.get(code, code))
