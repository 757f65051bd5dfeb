"""Pages of what was used: this month so far, the statements, the price table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sudo
from accounts.models import User
from billing_free.prices import selectors as price_doors
from billing_free.prices.services import set_price
from billing_free.usage import forms, presenters, rules, selectors, services, sheets
from billing_free.usage.meters import METERS, of_host
from federation.contracts.addresses import Address
from federation.parties import acting
from kernel import clock
from kernel.errors import NotFound404, Problem
from provinces.context import required
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 60


def reader(view: View) -> View:
    """Let in who reads figures here; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rules.require_reader(cast("User", request.user))
        return view(request, *args, **kwargs)

    return inner


def party_of(request: HttpRequest) -> Address | None:
    """Whose figures the page shows: of several houses the one that is acted for. None: the office, all of them."""
    whose = rules.require_reader(cast("User", request.user))
    if whose is None:
        return None
    if required().kind == "brands" and len(whose) > 1:
        wanted = Address.organisation(acting.acting_for(request, platforms=True).organisation.pk)
        return wanted if wanted in whose else whose[0]
    return whose[0]


def month_of(text: str) -> date:
    """A month written 2026-09; nothing is this one. Raises NotFound404."""
    if not text:
        return clock.today().replace(day=1)
    year, _dash, month = text.partition("-")
    try:
        return date(int(year), int(month), 1)
    except ValueError as error:
        raise NotFound404() from error


@reader
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What was used this month so far, and the statements; for the office the statements of all."""
    person, party = cast("User", request.user), party_of(request)
    rows = selectors.statements_for(person)
    if party is None:
        return _office(request, rows)
    page = paged(rows.filter(party=str(party)), request, PER_PAGE)
    this = clock.today().replace(day=1)
    now = services.lines_of(party, this)
    return render(
        request,
        "usage/home.html",
        {
            "party": presenters.names([party])[str(party)],
            "month": presenters.month_words(this),
            "lines": presenters.lines(now),
            "home": presenters.yuan(sum(line["home_fen"] for line in now)),
            "until": selectors.counted_until(party),
            "page": page,
            "rows": presenters.rows(list(page.object_list)),
        },
    )


def _office(request: HttpRequest, rows: Any) -> HttpResponse:
    months = list(rows.order_by("-month").values_list("month", flat=True).distinct())
    wanted = month_of(request.GET.get("month", "")) if request.GET.get("month") else (months[0] if months else None)
    found = list(rows.filter(month=wanted).order_by("party")) if wanted else []
    return render(
        request,
        "usage/office.html",
        {
            "months": [(f"{each:%Y-%m}", presenters.month_words(each)) for each in months],
            "month": f"{wanted:%Y-%m}" if wanted else "",
            "rows": presenters.rows(found),
            "home": presenters.yuan(sum(each.home_fen for each in found)),
            "sums": [
                (METERS[code].title, presenters.amount(METERS[code], total), METERS[code].unit)
                for code, total in services.totals(found).items()
                if code in METERS and total
            ],
        },
    )


@reader
@sudo.required_to_post
@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One; a POST has its month counted anew."""
    person = cast("User", request.user)
    row = selectors.statement_for(person, statement_id)
    form = forms.AmendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.amend(row, by=person, **form.cleaned_data)
        except NotFound404:
            raise
        except Problem as problem:
            form.add_error("why", problem.detail)
        else:
            messages.success(request, _("已出新的一版，原来的一版保留。"))
            return redirect("usage:statement", made.pk)
    versions = presenters.rows(list(selectors.versions_of(person, row)))
    return render(
        request,
        "usage/statement.html",
        {
            "row": presenters.rows([row])[0],
            "lines": presenters.lines(row.lines),
            "versions": versions,
            "is_newest": versions[0].statement.pk == row.pk,
            "form": form if rules.may_keep(person, row) else None,
        },
        status=400 if form.errors else 200,
    )


@reader
@require_GET
def sheet(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One as a file."""
    row = selectors.statement_for(cast("User", request.user), statement_id)
    return sheets.of_statements([row], f"usage-{row.month:%Y-%m}-{row.version}", request.GET.get("form", ""))


@reader
@require_GET
def month_sheet(request: HttpRequest) -> HttpResponse:
    """All of a month that this person reads, as a file."""
    month = month_of(request.GET.get("month", ""))
    rows = list(selectors.statements_for(cast("User", request.user)).filter(month=month).order_by("party"))
    return sheets.of_statements(rows, f"usage-{month:%Y-%m}", request.GET.get("form", ""))


@reader
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Count the last days now."""
    services.count_now(by=cast("User", request.user))
    messages.success(request, _("已重新统计最近几天的用量。"))
    return redirect("usage:home")


@reader
@sudo.required_to_post
@require_http_methods(["GET", "POST"])
def prices(request: HttpRequest) -> HttpResponse:
    """The price table; the office writes it."""
    is_office = required().kind == "office"
    form = forms.PriceForm(request.POST or None) if is_office else None
    if request.method == "POST":
        if form is None:
            raise NotFound404()
        if form.is_valid():
            try:
                set_price(by=cast("User", request.user), **form.price())
            except Problem as problem:
                form.add_error("month", problem.detail)
            else:
                messages.success(request, _("已登记，到起用月份生效；以前的结算单不变。"))
                return redirect("usage:prices")
    today = clock.today().replace(day=1)
    in_force = price_doors.in_force(today)
    everything = sorted(METERS.values(), key=lambda each: (each.order, each.code))
    shown = everything if is_office else of_host(required().kind)
    context = {
        "rows": [(each, _price(each, in_force.get(each.code)), in_force.get(each.code)) for each in shown],
        "form": form,
        "history": [
            (METERS[row.meter], presenters.yuan(row.fen), row)
            for row in price_doors.history()[:50]
            if row.meter in METERS
        ],
    }
    return render(request, "usage/prices.html", context, status=400 if form is not None and form.errors else 200)


def _price(meter: Any, row: Any) -> str:
    fen = row.fen if row else meter.fen
    return _("未定价") if fen is None else presenters.yuan(fen)
