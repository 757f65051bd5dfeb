"""The keys by which a connection signs its launches, its last launches, and a link to try."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import sudo
from accounts.access import person_of
from connections import rules
from connections import selectors as connections
from kernel.errors import Problem
from tenants.embedding import keys, selectors, tokens
from tenants.embedding.errors import REFUSALS
from tenants.embedding.models import Launch
from webui.pages import turn_back

SHOWN = 30
OVERLAP_DAYS = 7


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Keys, where they are published, and how the last launches went."""
    person = person_of(request)
    connection = connections.connection_for(person, connection_id)
    client = connections.clients_of(connection).filter(state="on").first()
    context = {
        "connection": connection,
        "keys": list(selectors.keys_of(connection.pk)[:SHOWN]),
        "address": selectors.address_of(connection.pk),
        "launches": [_launch(each, connection.clock_window_s) for each in selectors.launches_of(connection.pk)[:SHOWN]],
        "may_keep": rules.may_keep(person),
        "may_end": rules.may_see(person),
        "issuer": client.oidc_id if client is not None else "",
        "audience": tokens.origin_here(),
        "launch_url": tokens.origin_here() + reverse("embedding:launch"),
        "back_url": f"/connections/{connection.pk}/",
    }
    return render(request, "embedding/keys.html", context)


def _launch(row: Launch, window_s: int) -> dict[str, object]:
    words = str(REFUSALS.get(row.code, row.code)).split("。")[0] if row.code else ""
    off = row.skew_s or 0
    return {
        "row": row,
        "why": words.format_map(_Dots()),
        "off": abs(off) if abs(off) > min(60, window_s) else 0,
        "fast": off > 0,
    }


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


@login_required
@require_POST
@sudo.required
def add(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Register a pasted key, or the address where they are published."""
    person = person_of(request)
    connection = connections.connection_for(person, connection_id)
    page = reverse("embedding:keys", args=[connection.pk])
    try:
        rules.require_keeper(person)
        if "address" in request.POST:
            row = keys.set_address(connection_id=connection.pk, url=request.POST["address"][:500], by=person)
            if row is not None:
                keys.read_address(row)
        else:
            kid = request.POST.get("kid", "")[:120]
            keys.add(connection_id=connection.pk, text=request.POST.get("key", "")[:20_000], kid=kid, by=person)
    except Problem as problem:
        return turn_back(request, problem, page)
    messages.success(request, _("已保存。"))
    return redirect(page)


@login_required
@require_POST
def end(request: HttpRequest, connection_id: UUID, launch_key_id: UUID) -> HttpResponse:
    """End a key: now, or after a week in which the new one takes over."""
    person = person_of(request)
    connection = connections.connection_for(person, connection_id)
    key = selectors.key_of(connection.pk, launch_key_id)
    page = reverse("embedding:keys", args=[connection.pk])
    try:
        if "later" in request.POST:
            rules.require_keeper(person)
            keys.replace_soon(row=key, days=OVERLAP_DAYS, by=person)
        else:
            keys.revoke(row=key, by=person)
    except Problem as problem:
        return turn_back(request, problem, page)
    messages.success(request, _("已保存。"))
    return redirect(page)
