"""The organisation's figures and canned sentences."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.desk import selectors, services
from appraisal.desk.forms import TemplateForm
from appraisal.desk.models import ReplyTemplate
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import at_desk
from appraisal.desk.words import VERDICTS

SPANS = (7, 30, 90)


@at_desk
@require_GET
def figures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How fast answers are, and what they say."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else 30
    found = selectors.figures(desk, days=days)
    provinces = selectors.province_names()
    total = sum(found.verdicts.values())
    context = {
        "figures": found,
        "days": days,
        "spans": SPANS,
        "by_province": [row._replace(name=provinces.get(row.name, row.name)) for row in found.by_province],
        "retake_percent": None if found.retake_rate is None else round(100 * found.retake_rate),
        "shares": [
            {
                "value": each.value,
                "label": each.label,
                "count": count,
                "share": round(100 * count / total),
            }
            for each in VERDICTS
            if (count := found.verdicts.get(each.value, 0))
        ],
    }
    return render(request, "desk/figures.html", context)


@at_desk
@require_http_methods(["GET", "POST"])
def templates(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Canned sentences of the organisation."""
    form = TemplateForm(request.POST or None, initial={"use": "retake"})
    if request.method == "POST" and form.is_valid():
        services.keep_template(desk=desk, **form.cleaned_data)
        return redirect("desk:templates")
    rows = list(selectors.all_templates(desk))
    groups = [(label, [row for row in rows if row.use == use]) for use, label in ReplyTemplate.Use.choices]
    return render(
        request,
        "desk/templates.html",
        {"form": form, "groups": groups, "page_kind": "error" if form.errors else "page"},
        status=400 if form.errors else 200,
    )


@at_desk
@require_POST
def drop_template(request: HttpRequest, desk: Desk, template_id: UUID) -> HttpResponse:
    """Forget a canned sentence."""
    services.drop_template(desk=desk, template_id=template_id)
    return redirect("desk:templates")
