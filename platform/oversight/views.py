"""Pages of the audit administrator, and the one on which the security administrator sees how often that one asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import sudo
from accounts.models import User
from audit import reads
from kernel import clock
from kernel.errors import BadInput, NotAllowed, Problem
from oversight import asking, rules, selectors, services
from oversight.copying import places
from oversight.forms import FORMATS, AskForm

_SPANS = ("7", "30", "90")


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.GET.items() if name != "cursor" and value]


@rules.auditor
@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """Search: who did what, who looked at what. Each search is itself written down."""
    by, data = _person(request), request.GET
    form = AskForm(data if data else None, user=by)
    found, following, asked = [], "", asking.Asked()
    if not form.is_bound or form.is_valid():
        try:
            asked = asking.read(form.said()) if form.is_bound else asked
            found = selectors.find(by, asked, before=asking.read_cursor(data.get("cursor", "")))
            services.ask(asked, by=by)
        except Problem as problem:
            form.add_error(None, problem.detail)
    if len(found) > selectors.PAGE:
        found = found[: selectors.PAGE]
        onward = [*_kept(request), ("cursor", asking.cursor_of(found[-1].id))]
        following = f"?{urlencode(onward)}"
    return render(
        request,
        "oversight/lines.html",
        {
            "form": form,
            "lines": selectors.together(found),
            "next_url": following,
            "asked": asked,
            "more": any(getattr(asked, name) for name in ("record", "verb", "through", "term", "unit")),
            "formats": FORMATS,
            "kept": _kept(request),
            "copy": places.standing(),
            "trouble": reads.try_writing(),
        },
        status=400 if form.errors else 200,
    )


@rules.auditor
@sudo.required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The same lines as a file."""
    by = _person(request)
    form = AskForm(request.POST, user=by)
    if not form.is_valid():
        raise BadInput(fields={name: list(said) for name, said in form.errors.items()})
    kind = request.POST.get("format", "xlsx")
    content = services.export(asking.read(form.said()), kind, by=by)
    name = f"audit-{clock.now().astimezone(clock.SHANGHAI):%Y%m%d-%H%M}.{kind}"
    return HttpResponse(
        content,
        content_type=services.MEDIA[kind],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


@rules.auditor
@require_GET
def patterns(request: HttpRequest) -> HttpResponse:
    """Who read much, at night, or matters of other units."""
    by, span = _person(request), request.GET.get("days", "7")
    days = int(span) if span in _SPANS else 7
    found: dict[str, Any] = {
        "much": selectors.reads_much(by, days=days),
        "night": selectors.reads_at_night(by, days=days),
        "elsewhere": selectors.reads_elsewhere(by, days=days),
    }
    services.ask(asking.Asked(), by=by, exported="patterns")
    since = (clock.today() - timedelta(days=days)).isoformat()
    more = {"days": days, "spans": [int(each) for each in _SPANS], "many": selectors.MANY_A_DAY, "since": since}
    return render(request, "oversight/patterns.html", found | more)


@login_required
@never_cache
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """How often the audit administrators asked: counts, for the security administrator."""
    if not rules.may_watch(request.user):
        raise NotAllowed()
    return render(request, "oversight/questions.html", {"rows": selectors.questions()})
