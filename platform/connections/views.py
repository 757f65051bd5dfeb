"""Pages of connections, for an administrator who is no programmer."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sudo
from accounts.models import User
from connections import figures, forms, panels, rules, scopes, selectors, services, traffic, words
from connections.models import Client, Connection
from kernel.errors import NotAllowed, Problem
from provinces.context import required
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 50


def keeper(view: View) -> View:
    """Let in who keeps or switches connections here; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not rules.may_see(request.user):
            raise NotAllowed(_("对接由系统管理员和安全管理员办理。请联系本单位管理员。"), code="not_keeper")
        return view(request, *args, **kwargs)

    return inner


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


@keeper
@require_GET
def connections(request: HttpRequest) -> HttpResponse:
    """All of them, and keys of other hosts that were tried."""
    traffic.write()
    rows = list(selectors.connections_of(request.user))
    return render(
        request,
        "connections/list.html",
        {
            "rows": [(row, words.trouble(row)) for row in rows],
            "foreign": selectors.foreign_uses(request.user)[:10],
            "old": selectors.old_calls(_person(request))[:30],
            "may_keep": rules.may_keep(request.user),
        },
    )


@keeper
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make one; it works only after it was switched on."""
    if not rules.may_keep(request.user):
        raise NotAllowed(_("对接由系统管理员设置。请联系本单位系统管理员。"), code="not_keeper")
    form = forms.ConnectionForm(request.POST or None, houses=rules.houses(_person(request)))
    if request.method == "POST" and form.is_valid():
        row = _done(form, lambda: services.create(by=_person(request), **form.cleaned_data))
        if row is not None:
            messages.success(request, _("已建立。接着建接入账号，再请安全管理员启用。"))
            return redirect("connections:one", row.pk)
    return render(request, "connections/form.html", {"form": form}, status=400 if form.errors else 200)


@keeper
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Change what it is called, whom to ring, who may frame us, how much it may call."""
    row = selectors.connection_for(request.user, connection_id)
    if not rules.may_keep(request.user):
        raise NotAllowed(_("对接由系统管理员设置。请联系本单位系统管理员。"), code="not_keeper")
    initial = {
        "name": row.name,
        "contact": row.contact,
        "allowed_origins": "\n".join(row.asked.get("allowed_origins", row.allowed_origins)),
        "clock_window_s": row.asked.get("clock_window_s", row.clock_window_s),
        "per_minute": row.per_minute,
    }
    form = forms.ConnectionForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        saved = _done(form, lambda: services.edit(row, by=_person(request), **form.cleaned_data))
        if saved is not None:
            messages.success(request, _("已保存。放宽的部分等安全管理员同意后生效。") if saved.asked else _("已保存。"))
            return redirect("connections:one", row.pk)
    return render(request, "connections/form.html", {"form": form, "row": row}, status=400 if form.errors else 200)


@keeper
@require_GET
def one(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """One connection: state, programs and their keys, limits, what hangs on it, what was done."""
    return _one(request, selectors.connection_for(request.user, connection_id))


def _one(request: HttpRequest, row: Connection, *, shown: tuple[Client, str] | None = None) -> HttpResponse:
    traffic.write()
    row.refresh_from_db()
    urlconf = services.urlconf_here()
    clients = [(each, scopes.granted(each.scopes, urlconf)) for each in selectors.clients_of(row)]
    return render(
        request,
        "connections/one.html",
        {
            "row": row,
            "clients": clients,
            "waiting_clients": [each for each, _words in clients if each.state == Client.State.DRAFT],
            "shown": shown,
            "token_url": request.build_absolute_uri(scopes.TOKEN_URL),
            "panels": panels.of(row, required().kind),
            "asked": words.asked(row),
            "limit": services.limit_of(row),
            "trouble": words.trouble(row),
            "may_keep": rules.may_keep(request.user),
            "may_switch": rules.may_switch(request.user),
            "by_two": required().kind == "province",
            "trail": [(line, words.did(line)) for line in selectors.trail_of(row)[:30]],
        },
    )


@keeper
@require_POST
@sudo.required_for("on", "agree")
def turn(request: HttpRequest, connection_id: UUID, step: str) -> HttpResponse:
    """One of: on, off, agree, decline."""
    row = selectors.connection_for(request.user, connection_id)
    by, why, seen = _person(request), request.POST.get("why", ""), request.POST.get("seen", "")
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "on": (lambda: services.switch_on(row, by=by, seen=seen), _("已启用。")),
        "off": (lambda: services.switch_off(row, by=by, why=why), _("已停用，正在使用的令牌已全部失效。")),
        "agree": (lambda: services.agree(row, by=by, seen=seen), _("已同意，立即生效。")),
        "decline": (lambda: services.decline(row, by=by, why=why), _("已退回，没有生效。")),
    }
    return _step(request, row, steps.get(step))


@keeper
@require_http_methods(["GET", "POST"])
@sudo.required
def new_client(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Make a program's access. Id and secret are shown on the next page, this once."""
    row = selectors.connection_for(request.user, connection_id)
    if not rules.may_keep(request.user):
        raise NotAllowed(_("对接由系统管理员设置。请联系本单位系统管理员。"), code="not_keeper")
    urlconf = services.urlconf_here()
    form = forms.ClientForm(request.POST or None, urlconf=urlconf, in_province=required().kind == "province")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = _done(
            form,
            lambda: services.make_client(
                row,
                by=_person(request),
                name=said["name"],
                wanted=scopes.ticked(said["scopes"], urlconf),
                unit=said.get("unit"),
                roles=said.get("roles", ()),
            ),
        )
        if made is not None:
            return _one(request, row, shown=made)
    return render(
        request, "connections/client_form.html", {"form": form, "row": row}, status=400 if form.errors else 200
    )


@keeper
@require_POST
@sudo.required_for("on", "add-secret")
def client_step(request: HttpRequest, connection_id: UUID, client_id: UUID, step: str) -> HttpResponse:
    """One of: on, revoke, narrow, add-secret, end-secret."""
    client = selectors.client_for(request.user, connection_id, client_id)
    by = _person(request)
    if step == "add-secret":
        try:
            secret = services.add_secret(client, by=by)
        except Problem as problem:
            messages.error(request, problem.detail)
            return redirect("connections:one", connection_id)
        return _one(request, client.connection, shown=(client, secret))
    secret_id = request.POST.get("secret", "")
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "on": (lambda: services.switch_client_on(client, by=by), _("已启用。")),
        "revoke": (
            lambda: services.revoke(client, by=by, why=request.POST.get("why", "")),
            _("已吊销，下一次调用即被拒绝。"),
        ),
        "narrow": (
            lambda: services.narrow(
                client,
                by=by,
                wanted=scopes.kept(client.scopes, request.POST.getlist("keep"), services.urlconf_here()),
            ),
            _("已减少，下一次调用起生效。"),
        ),
        "end-secret": (
            lambda: services.end_secret(client, selectors.secret_id(client, secret_id), by=by),
            _("这把密钥已停用。"),
        ),
    }
    return _step(request, client.connection, steps.get(step))


@keeper
@require_GET
def log(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Traffic: calls and failures by hour and day, last success and failure, what waits, the last failures masked."""
    row = selectors.connection_for(request.user, connection_id)
    traffic.write()
    row.refresh_from_db()
    failed = {"failed": True, "ok": False}.get(request.GET.get("only", ""))
    direction = request.GET.get("direction", "")
    direction = direction if direction in ("in", "out") else ""
    found = figures.calls_of(row, direction=direction, failed=failed, code=request.GET.get("code", "")[:60])
    page = paged(found, request, PER_PAGE)
    hours, days = figures.by_hour(row), figures.by_day(row)
    return render(
        request,
        "connections/traffic.html",
        {
            "row": row,
            "hours": hours,
            "days": days,
            "day": figures.totals(hours),
            "month": figures.totals(days),
            "waiting": traffic.waiting(row.pk),
            "reasons": figures.reasons(row),
            "page": page,
            "calls": [(call, words.reason(call.code), _pretty(call.payload)) for call in page],
            "only": request.GET.get("only", ""),
            "direction": direction,
            "code": request.GET.get("code", ""),
        },
    )


def _pretty(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, indent=2) if payload else ""


def _step(request: HttpRequest, row: Connection, found: tuple[Callable[[], object], str] | None) -> HttpResponse:
    if found is None:
        raise Http404
    do, said = found
    try:
        do()
    except Problem as problem:
        if problem.status == 404:
            raise
        messages.error(request, problem.detail)
    else:
        messages.success(request, said)
    return redirect("connections:one", row.pk)


def _done(form: Any, do: Callable[[], Any]) -> Any:
    """What `do` gives; None after putting what it refused onto the form."""
    try:
        return do()
    except Problem as problem:
        if problem.status == 404:
            raise
        form.add_error(None, problem.detail)
        return None


__all__ = ["client_step", "connections", "edit", "log", "new", "new_client", "one", "turn"]
