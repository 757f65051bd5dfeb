"""The leader's page, and the administrators' first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import holding
from accounts.models import Post, User
from appraisal.requests import selectors as requests
from kernel import clock
from provinces.provisioning import province_version
from tenants.bureau import presenters, selectors

Role = Post.Role


@never_cache
@require_GET
@holding(Role.LEADER)
def leader(request: HttpRequest) -> HttpResponse:
    """What a leader wants to know: what arrived, today's figures, what is overdue and at whom, the last four weeks."""
    person = request.user
    assert isinstance(person, User)
    now = clock.now()
    newest, marked = selectors.newest(person), selectors.newest_marked(person)
    if newest is not None and newest.item.photos.all() and newest.marks:
        marked = None
    weeks, late = selectors.four_weeks(person, now=now), selectors.overdue(person, now=now)
    return render(
        request,
        "bureau/leader.html",
        {
            "figures": requests.day_figures(person, now=now),
            "now": now,
            "newest": presenters.verdict_card(newest) if newest else None,
            "marked": presenters.verdict_card(marked) if marked else None,
            "overdue": [presenters.overdue_row(row) for row in late[:12]],
            "overdue_count": late.count(),
            "chart": presenters.chart(weeks.days),
            "counted_at": weeks.counted_at,
            "by_brand": weeks.by_brand,
            "by_unit": weeks.by_unit[:15],
            "unserved": requests.unserved_brands(person),
        },
    )


@never_cache
@require_GET
@holding(Role.BUREAU_ADMIN, Role.SECURITY_ADMIN, Role.SECURITY_DEPUTY, Role.AUDIT_ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """The administrators' first page: units, people, import, and who holds which role."""
    host = request.host  # type: ignore[attr-defined]
    return render(
        request,
        "bureau/home.html",
        {"staffing": selectors.staffing(), "bureau": host.title, "version": province_version()},
    )
