"""Pages of the events of a connection, for an administrator who is no programmer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sudo
from accounts.models import User
from connections import rules
from connections.models import Connection
from kernel import clock
from kernel.errors import NotAllowed, Problem
from webhooks import events, forms, selectors, services, signing, words
from webhooks.models import Endpoint
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 50
SHOW = ("", "waiting", "failing", "dead", "odd", "done")


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
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def endpoints(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """All of a connection, and the form for one more."""
    connection = selectors.connection_for(request.user, connection_id)
    form = forms.EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.make(connection, by=_person(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error("url", problem.detail)
        else:
            return _one(request, connection, selectors.endpoint_for(request.user, made.pk), secret=secret)
    return render(
        request,
        "webhooks/list.html",
        {
            "connection": connection,
            "rows": list(selectors.endpoints_of(request.user, connection.pk)),
            "form": form,
            "may_keep": rules.may_keep(request.user),
            "listens": bool(events.accounts_of(connection.pk)),
        },
        status=400 if form.errors else 200,
    )


@keeper
@require_http_methods(["GET", "POST"])
def endpoint(request: HttpRequest, connection_id: UUID, endpoint_id: UUID) -> HttpResponse:
    """One: state, keys, what became of each event; a POST changes where to and what of."""
    connection = selectors.connection_for(request.user, connection_id)
    row = selectors.endpoint_for(request.user, endpoint_id, connection.pk)
    if request.method == "GET":
        return _one(request, connection, row)
    form = forms.EndpointForm(request.POST, initial={"kinds": row.kinds})
    if form.is_valid():
        try:
            services.change(row, by=_person(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error("url", problem.detail)
        else:
            messages.success(request, _("已保存。改了网址的，等安全管理员启用。"))
            return redirect("webhooks:one", connection.pk, row.pk)
    return _one(request, connection, selectors.endpoint_for(request.user, row.pk), form=form, status=400)


def _one(
    request: HttpRequest,
    connection: Connection,
    row: Endpoint,
    *,
    secret: str = "",
    form: forms.EndpointForm | None = None,
    again: forms.ReplayForm | None = None,
    tried: Any = None,
    status: int = 200,
) -> HttpResponse:
    show = request.GET.get("show", "")
    page = paged(selectors.deliveries_of(row, show), request, PER_PAGE)
    now = clock.now()
    return render(
        request,
        "webhooks/one.html",
        {
            "connection": connection,
            "row": row,
            "secret": secret,
            "fingerprint": signing.fingerprint(secret) if secret else "",
            "keys": list(row.keys.all()),
            "names": _names(row),
            "tried": tried,
            "tried_why": words.why(tried.code, tried.status) if tried is not None and not tried.ok else "",
            "form": form or forms.EndpointForm(initial={"url": row.url, "kinds": row.kinds}),
            "replay": again or forms.ReplayForm(initial={"since": now - timedelta(hours=6), "until": now}),
            "page": page,
            "deliveries": [(each, _kind(each.event.kind), words.why(each.code, each.status)) for each in page],
            "show": show if show in SHOW else "",
            "may_keep": rules.may_keep(request.user),
            "may_switch": rules.may_switch(request.user),
            "trail": [(line, words.STEPS.get(line.verb, line.verb)) for line in selectors.history(row)[:20]],
        },
        status=status,
    )


def _names(row: Endpoint) -> list[str]:
    return [str(events.GROUPS.get(each[:-2], each)) if each.endswith(".*") else _kind(each) for each in row.kinds]


def _kind(name: str) -> str:
    kind = events.KINDS.get(name)
    if kind is None:
        return _("测试") if name == services.TEST else name
    return f"{events.GROUPS.get(kind.group, kind.group)} · {kind.words}"


@keeper
@require_POST
@sudo.required_for("rotate")
def step(request: HttpRequest, connection_id: UUID, endpoint_id: UUID, step: str) -> HttpResponse:
    """One of: on, off, rotate, end-old, test, replay."""
    connection = selectors.connection_for(request.user, connection_id)
    row = selectors.endpoint_for(request.user, endpoint_id, connection.pk)
    by = _person(request)
    try:
        if step == "rotate":
            secret = services.rotate(row, by=by)
            return _one(request, connection, selectors.endpoint_for(request.user, row.pk), secret=secret)
        if step == "test":
            tried = services.test(row, by=by)
            return _one(request, connection, selectors.endpoint_for(request.user, row.pk), tried=tried)
        if step == "replay":
            return _replay(request, connection, row)
        _simple(request, row, step, by)
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("webhooks:one", connection.pk, row.pk)


def _simple(request: HttpRequest, row: Endpoint, step: str, by: User) -> None:
    if step == "on":
        services.switch_on(row, by=by, seen=request.POST.get("seen", ""))
        messages.success(request, _("已启用，从现在起的事件会发给对方。"))
    elif step == "off":
        services.switch_off(row, by=by, why=request.POST.get("why", "")[:200])
        messages.success(request, _("已停用。停用期间的事件可以按时间重发。"))
    elif step == "end-old":
        services.end_old_keys(row, by=by)
        messages.success(request, _("旧密钥已停用，只用最新的一把签名。"))
    else:
        raise Http404


def _replay(request: HttpRequest, connection: Connection, row: Endpoint) -> HttpResponse:
    form = forms.ReplayForm(request.POST)
    if form.is_valid():
        try:
            count = services.replay(row, by=_person(request), **form.cleaned_data)
        except Problem as problem:
            form.add_error("since", problem.detail)
        else:
            messages.success(request, _("正在重发 {count} 个事件，编号与原来相同。").format(count=count))
            return redirect("webhooks:one", connection.pk, row.pk)
    return _one(request, connection, row, again=form, status=400)


@keeper
@require_POST
def again(request: HttpRequest, connection_id: UUID, endpoint_id: UUID, event_id: UUID) -> HttpResponse:
    """Send one event again."""
    connection = selectors.connection_for(request.user, connection_id)
    row = selectors.endpoint_for(request.user, endpoint_id, connection.pk)
    services.replay_one(row, event_id, by=_person(request))
    messages.success(request, _("正在重发。"))
    return redirect("webhooks:one", connection.pk, row.pk)
