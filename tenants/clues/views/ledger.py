"""The ledger: its table, the views people keep of it, the columns they like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person_of, reader
from accounts.models import User
from kernel.errors import NotFound404, Problem
from tenants.clues import selectors, selectors_intake
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import columns as register
from tenants.clues.ledger import rows as doors
from tenants.clues.ledger.asked import Asked
from tenants.clues.models import Clue, LedgerTaste
from tenants.clues.services import ledger_views

PRESETS: tuple[tuple[str, Any, Asked], ...] = (
    ("open", gettext_lazy("在办"), Asked()),
    ("desk", gettext_lazy("待处理"), Asked(state=("desk",))),
    ("dispatched", gettext_lazy("待签收"), Asked(state=("dispatched",))),
    ("verifying", gettext_lazy("核查中"), Asked(state=("verifying",))),
    ("overdue", gettext_lazy("已超期"), Asked(overdue=True, sort="due")),
    ("soon", gettext_lazy("三天内到期"), Asked(due_in=3, sort="due")),
    ("mine", gettext_lazy("我的"), Asked(mine=True)),
    ("unplaced", gettext_lazy("未定位"), Asked(unplaced=True)),
    ("ended", gettext_lazy("已办结"), Asked(state=("ended",), sort="-ended")),
    ("all", gettext_lazy("全部"), Asked(state=("all",))),
)
COUNTED = ("open", "desk", "dispatched", "verifying", "overdue", "soon", "mine", "unplaced")


def frame_of(person: User) -> dict[str, Any]:
    """The dense page for who works at a desk, the phone's page for officers."""
    at_desk = doors.keeps_desk(person)
    return {"frame": "webui/desk.html" if at_desk else "webui/phone.html", "is_phone": not at_desk, "at_desk": at_desk}


@require_GET
@reader
def ledger(request: HttpRequest) -> HttpResponse:
    """The clues this person may see, as the address filters, orders and pages them."""
    person = person_of(request)
    taste = doors.taste_of(person)
    if not request.GET and taste.opens_with is not None:
        return redirect(_view_url(taste.opens_with))
    if not request.GET and not doors.keeps_desk(person):
        return redirect(f"{reverse('clue_ledger:list')}?mine=1")
    asked = asking.read(request.GET)
    kept = _kept(person, request.GET.get("view", ""))
    columns = register.chosen((kept.columns if kept else None) or taste.columns)
    number = request.GET.get("page", "1")
    page = doors.page(person, asked, int(number) if number.isascii() and number.isdigit() else 1, columns)
    beside = register.Beside(page.clues)
    context = {
        **frame_of(person),
        "page": page,
        "rows": [_row(clue, columns, beside) for clue in page.clues],
        "asked": asked,
        "query": asked.query,
        "page_query": [(name, value if isinstance(value, list) else [value]) for name, value in asked.facts.items()],
        "columns": [_head(each, asked) for each in columns],
        "other_columns": [each for each in register.COLUMNS.values() if each not in columns],
        "taste": taste,
        "densities": LedgerTaste.Density.choices,
        "presets": _presets(asked),
        "views": doors.views_of(person),
        "view": kept,
        "result": _result(person, request.GET.get("done", "")),
        **_choices(request, person),
    }
    return render(request, "clues/ledger/list.html", context)


def _row(clue: Clue, columns: list[register.Column], beside: register.Beside) -> dict[str, Any]:
    return {
        "clue": clue,
        "url": reverse("clues:detail", args=[clue.pk]),
        "cells": [register.cell(each, clue, beside) for each in columns],
        "has_proposal": clue.proposed_unit is not None and clue.state in Clue.AT_THE_DESK,
    }


def _head(column: register.Column, asked: Asked) -> dict[str, Any]:
    """A column with its address to order by. Text goes up first, times and amounts down."""
    current = asked.sort.removeprefix("-") == column.sort and bool(column.sort)
    if not column.sort:
        return {"column": column}
    first = f"-{column.sort}" if column.sort in ("registered", "value", "ended", "priority") else column.sort
    turned = asked.sorted_by(column.sort) if current else replace(asked, sort=first)
    if current and asked.sort.startswith("-"):
        turned = replace(asked, sort=column.sort)
    return {
        "column": column,
        "url": f"?{turned.query}" if turned.query else reverse("clue_ledger:list"),
        "order": ("descending" if asked.sort.startswith("-") else "ascending") if current else "",
    }


def _presets(asked: Asked) -> list[dict[str, Any]]:
    plain = asked.query
    return [
        {
            "key": key,
            "label": str(label),
            "url": f"?{each.query or 'state=open'}",
            "current": plain == each.query,
            "counted": key in COUNTED,
        }
        for key, label, each in PRESETS
    ]


def _choices(request: HttpRequest, person: User) -> dict[str, Any]:
    """What the fields of the filter offer."""
    host = getattr(request, "host", None)
    return {
        "groups": [("open", _("在办")), ("desk", _("待处理")), ("all", _("全部"))],
        "states": Clue.State.choices,
        "sources": Clue.SourceKind.choices,
        "priorities": Clue.Priority.choices,
        "units": doors.units_to_choose(person),
        "places": doors.divisions_to_choose(getattr(host, "division_code", "")),
        "violations": Clue.Violation.choices,
        "channels": Clue.Channel.choices,
        "stages": Clue.ChainStage.choices,
        "areas": Clue.AreaTag.choices,
        "results": Clue.Result.choices,
        "outcomes": Clue.Outcome.choices,
        "more_filters": [
            {"name": name, "label": each.label, "choices": each.choices(person), "value": request.GET.get(name, "")}
            for name, each in asking.more_filters().items()
        ],
        "target_units": selectors.open_units() if doors.keeps_desk(person) else [],
        "panel": doors.panel_to_choose(person) if doors.keeps_desk(person) else [],
        "new_url": reverse("clue_intake:new") if selectors_intake.may_register(person) else "",
    }


def _kept(person: User, view_id: str) -> Any:
    try:
        return doors.view(person, UUID(view_id)) if view_id else None
    except (ValueError, NotFound404):
        return None


def _result(person: User, run_id: str) -> Any:
    """The batch that was just done, with what was refused."""
    try:
        run = doors.batch(person, UUID(run_id)) if run_id else None
    except (ValueError, NotFound404):
        return None
    return doors.outcome_of(run) if run is not None else None


@require_GET
@reader
def counts(request: HttpRequest) -> JsonResponse:
    """How many clues stand behind each chip; more than 99 are not counted."""
    person = person_of(request)
    found = {key: doors.rows_for(person, each) for key, _label, each in PRESETS if key in COUNTED}
    for view in doors.views_of(person)[:12]:
        found[str(view.pk)] = doors.rows_for(person, asking.from_text(view.query))
    counted = {key: doors.number_of(rows) for key, rows in found.items()}
    return JsonResponse({key: "99+" if number > 99 else str(number) for key, number in counted.items()})


def _view_url(view: Any) -> str:
    return f"{reverse('clue_ledger:list')}?{view.query}{'&' if view.query else ''}view={view.pk}"


@require_POST
@reader
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filter, order and columns under a name."""
    query = request.POST.get("query", "")
    try:
        view = ledger_views.keep_view(
            by=person_of(request),
            name=request.POST.get("name", ""),
            query=query,
            shared=bool(request.POST.get("shared")),
            names=request.POST.getlist("column"),
            opens_with=bool(request.POST.get("opens_with")),
        )
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect(f"{reverse('clue_ledger:list')}?{query}")
    return redirect(_view_url(view))


@require_POST
@reader
def drop_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Forget one of one's own views."""
    ledger_views.drop_view(by=person_of(request), view_id=view_id)
    return redirect(f"{reverse('clue_ledger:list')}?state=open")


@require_POST
@reader
def open_with(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Let the ledger open with a view; once more, with what is open."""
    person = person_of(request)
    now = doors.taste_of(person).opens_with_id
    view = doors.view(person, view_id)
    ledger_views.open_with(by=person, view_id=None if now == view.pk else view.pk)
    return redirect(_view_url(view))


@require_POST
@reader
def like(request: HttpRequest) -> HttpResponse:
    """Keep which columns this person wants, in which order, and how dense."""
    names = [] if "usual" in request.POST else request.POST.getlist("column")
    ledger_views.like(by=person_of(request), names=names, density=request.POST.get("density", ""))
    return redirect(f"{reverse('clue_ledger:list')}?{request.POST.get('query', '') or 'state=open'}")
