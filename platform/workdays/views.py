"""The page of the table: everybody reads it, the office loads a year after having seen what it changes."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import sudo
from accounts.models import User
from kernel import clock
from kernel.clock import DayKind
from kernel.errors import Problem
from workdays import reading, rules, selectors, services
from workdays.forms import YearForm


@login_required
@never_cache
@sudo.required_for("load")
@require_http_methods(["GET", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    """Years and their days. At the office the form: `step=look` shows the changes, `step=load` makes them."""
    person = cast("User", request.user)
    years = [(each, _spans(each)) for each in selectors.years()]
    wanted = next((each for each in years if str(each[0].year) == request.GET.get("year")), None)
    form = (
        YearForm(request.POST or None, initial=_as_it_is(*wanted) if wanted else {}) if rules.may_load(person) else None
    )
    changes: list[dict[str, Any]] | None = None
    if request.method == "POST":
        rules.require_loader(person)
        assert form is not None
        if form.is_valid():
            said = form.cleaned_data
            try:
                days = reading.read_lines(said["lines"])
                if request.POST.get("step") == "load":
                    row = services.load(by=person, year=said["year"], days=days, basis=said["basis"])
                    messages.success(
                        request,
                        _("{year} 年的节假日表已录入。各省在办事项的期限会自动重算，并列出改动。").format(
                            year=row.year
                        ),
                    )
                    return redirect("workdays:table")
                changes = [_shown(each) for each in services.preview(said["year"], days)]
            except Problem as problem:
                form.add_error("lines", problem.detail)
    context = {
        "years": years,
        "ends": max(clock.national_calendar().years),
        "form": form,
        "changes": changes,
    }
    return render(request, "workdays/table.html", context, status=400 if form is not None and form.errors else 200)


def _as_it_is(year: selectors.Year, spans: list[dict[str, Any]]) -> dict[str, Any]:
    """A year as one would enter it, to correct a day of it."""
    lines = [
        " ".join(
            part
            for part in (
                each["from"].isoformat() + (f"至{each['to'].isoformat()}" if each["to"] != each["from"] else ""),
                reading.SAID[each["kind"]],
                each["name"],
            )
            if part
        )
        for each in spans
    ]
    return {"year": year.year, "lines": "\n".join(lines), "basis": year.row.basis if year.row else ""}


def _shown(change: selectors.Change) -> dict[str, Any]:
    return {
        "day": change.day,
        "before": _word(change.day, change.before),
        "after": _word(change.day, change.after),
    }


def _word(day: Any, kind: DayKind | None) -> str:
    if kind is DayKind.HOLIDAY:
        return _("放假")
    if kind is DayKind.MAKEUP_WORKDAY:
        return _("调休上班")
    return _("上班") if day.weekday() < 5 else _("休息")


def _spans(year: selectors.Year) -> list[dict[str, Any]]:
    """Days side by side of one kind and name, as one line each."""
    found: list[dict[str, Any]] = []
    for each in year.days:
        last = found[-1] if found else None
        if last and (last["kind"], last["name"]) == (each.kind, each.name) and (each.day - last["to"]).days == 1:
            last["to"] = each.day
        else:
            found.append(
                {
                    "from": each.day,
                    "to": each.day,
                    "kind": each.kind,
                    "name": each.name,
                    "word": _word(each.day, each.kind),
                }
            )
    return found
