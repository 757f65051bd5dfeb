"""What directories did to the bureau's people, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import sudo
from accounts.models import Post
from accounts.rules import roles_of
from accounts.views import administrator
from audit.trail import Actor
from connections.models import Connection
from connections.selectors import connection_for, connections_of
from kernel.errors import NotFound404, Problem
from scim import selectors
from scim.models import Directory, Mismatch, Removal
from scim.services import brake, deciding

PER_PAGE = 50


@administrator
@require_GET
def syncs(request: HttpRequest) -> HttpResponse:
    """All directories; of one alone, its own page at once."""
    rows = list(connections_of(request.user, Connection.Kind.DIRECTORY))
    if len(rows) == 1:
        return redirect("scim:sync", rows[0].pk)
    shown = [(row, selectors.directory(row.pk), selectors.waiting_of(row.pk)) for row in rows]
    return render(request, "scim/syncs.html", {"rows": shown})


@administrator
@require_GET
def sync(request: HttpRequest, directory_id: UUID) -> HttpResponse:
    """One directory: last visit, figures, what is held back, what could not be matched."""
    connection = _connection(request, directory_id)
    held = brake.held(connection.pk)
    allowed, done = brake.allowance(connection.pk)
    context: dict[str, Any] = {
        "connection": connection,
        "directory": selectors.directory(connection.pk),
        "failure": _failure(selectors.directory(connection.pk)),
        "known": selectors.people_known(connection.pk),
        "allowed": allowed,
        "done": done,
        "put_out": deciding.put_out(connection.pk).count(),
        "hours": int(brake.WINDOW.total_seconds() // 3600),
        "page": Paginator(held, PER_PAGE).get_page(request.GET.get("page")),
        "mismatches": selectors.mismatches(connection.pk).filter(state=Mismatch.State.OPEN)[:PER_PAGE],
        "decided": selectors.removals(connection.pk)
        .filter(decided_at__isnull=False)
        .exclude(state=Removal.State.LAPSED)
        .order_by("-decided_at")[:10],
        "may_decide": Post.Role.SECURITY_ADMIN in roles_of(request.user),
        "base": request.build_absolute_uri("/scim/v2"),
    }
    return render(request, "scim/sync.html", context)


@administrator
@require_POST
@sudo.required_for("release")
def step(request: HttpRequest, directory_id: UUID, step: str) -> HttpResponse:
    """Release, reject, take back, or mark as settled. Field `removal`, many times, for some; none for all."""
    connection = _connection(request, directory_id)
    steps: dict[str, Callable[[HttpRequest, Connection], str]] = {
        "release": _release,
        "reject": _reject,
        "undo": _undo,
        "settle": _settle,
    }
    if step not in steps:
        raise NotFound404()
    try:
        messages.success(request, steps[step](request, connection))
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("scim:sync", connection.pk)


def _release(request: HttpRequest, connection: Connection) -> str:
    chosen = request.POST.getlist("removal")
    count = deciding.release(connection.pk, chosen or None, by=request.user, actor=_actor(connection))
    return ngettext("已放行 %(n)d 项。", "已放行 %(n)d 项。", count) % {"n": count}


def _reject(request: HttpRequest, connection: Connection) -> str:
    chosen = request.POST.getlist("removal")
    count = deciding.reject(connection.pk, chosen or None, by=request.user)
    return _("已驳回 %(n)d 项，这些人保持原样。") % {"n": count}


def _undo(request: HttpRequest, connection: Connection) -> str:
    count = brake.undo(connection.pk, by=request.user, actor=_actor(connection))
    return _("已恢复 %(n)d 人的账号。") % {"n": count}


def _settle(request: HttpRequest, connection: Connection) -> str:
    deciding.settle(connection.pk, request.POST.get("mismatch", ""), by=request.user)
    return _("已标为处理完。")


def _failure(directory: Directory | None) -> str:
    """The last refusal in the reader's language; it was said in both."""
    said = str(directory.last_failure.get("detail", "")) if directory else ""
    chinese, _slash, english = said.rpartition(" / ")
    return said if not chinese else chinese if (get_language() or "zh").startswith("zh") else english


def _actor(connection: Connection) -> Actor:
    return Actor(connection.pk, connection.name)


def _connection(request: HttpRequest, connection_id: UUID) -> Connection:
    connection: Connection = connection_for(request.user, connection_id)
    if connection.kind != Connection.Kind.DIRECTORY:
        raise NotFound404()
    return connection
