"""合理使用: what a tenant has and what is left of it; the office writes the limits."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import sudo
from accounts.models import User
from billing_free.quotas import forms, selectors, services
from billing_free.quotas.kinds import KINDS
from billing_free.usage import presenters
from billing_free.usage.views import party_of, reader
from kernel.errors import NotFound404, Problem, Words

ALL: dict[str, Words] = {"province:*": gettext_lazy("所有省份"), "organisation:*": gettext_lazy("所有入驻单位")}


@reader
@sudo.required_to_post
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """What is left, or at the office all limits and the form for another."""
    person, party = cast("User", request.user), party_of(request)
    if party is not None:
        if request.method == "POST":
            raise NotFound404()
        standings = [
            (each, amount(each.kind.code, each.most), None if each.left is None else amount(each.kind.code, each.left))
            for each in selectors.standing_of(person, party)
        ]
        return render(request, "quotas/standing.html", {"rows": standings})
    form = forms.LimitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_limit(by=person, **form.limit())
        except Problem as problem:
            form.add_error("amount", problem.detail)
        else:
            messages.success(request, _("已登记，十几秒内生效。"))
            return redirect("quotas:limits")
    history = list(selectors.history()[:100])
    names = presenters.names([row.tenant for row in history if row.tenant not in ALL])
    context: dict[str, Any] = {
        "form": form,
        "kinds": [
            (kind, amount(kind.code, kind.province), amount(kind.code, kind.organisation)) for kind in KINDS.values()
        ],
        "history": [
            (
                {**ALL, **names}[row.tenant],
                KINDS[row.what],
                None if row.amount is None else amount(row.what, row.amount),
                row,
            )
            for row in history
            if row.what in KINDS
        ],
    }
    return render(request, "quotas/office.html", context, status=400 if form.errors else 200)


def amount(what: str, number: int) -> str:
    """An amount as people read it, with its unit."""
    kind = KINDS[what]
    return f"{number // kind.shown_in:,} {kind.unit}"
