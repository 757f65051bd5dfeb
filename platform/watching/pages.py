"""Status pages: a province's for its administrators, the office's over all, the bare domain's for everybody."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.rules import THREE_ADMINISTRATORS, Role, roles_of
from gateway.middleware import answer_to
from kernel import clock
from kernel.errors import NotAllowed
from provinces.context import required
from provinces.hosts import DIRECTORY
from watching import clockwatch, health, selectors, services
from watching.health import State

#: Groups of the province's page, in the order in which one looks.
GROUPS: tuple[tuple[object, tuple[str, ...]], ...] = (
    (
        gettext_lazy("办案相关"),
        ("overdue", "letters", "desk", "recognition", "recognition_here", "storage", "messages", "webhooks", "peers"),
    ),
    (gettext_lazy("保存与留痕"), ("backup", "sealed_log", "heads", "holidays", "certificates")),
    (gettext_lazy("运行环境"), ("database", "valkey", "store", "disk", "capacity", "queues", "workers", "clock")),
)


def register() -> None:
    """Offer the page to those it is for."""
    from webui.nav import NavItem, register

    label = gettext_lazy("运行状况")
    for area, order in (("bureau", 97), ("office", 97)):
        register(NavItem(area=area, url_name="watching:status", label=label, icon="clock", order=order, allowed=sees))


def sees(request: HttpRequest) -> bool:
    """Whether the status page is this person's: one of the three administrators, or the office's."""
    return bool(request.user.is_authenticated) and may_see(request.user)


def may_see(user: Any) -> bool:
    """In a province any of the three administrators; at the office its own."""
    wanted = {Role.OFFICE_ADMIN} if required().kind == "office" else THREE_ADMINISTRATORS
    return bool(roles_of(user) & wanted)


def require(user: Any) -> None:
    """Raise NotAllowed for whoever the page is not for."""
    if not may_see(user):
        raise NotAllowed(_("运行状况由管理员查看。如有异常，请告诉本单位管理员。"), code="not_administrator")


@login_required
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """How this province stands: looked at now, not remembered."""
    require(request.user)
    found = health.look(services.kind_of_host())
    by_name = {each["name"]: each for each in services.shown(found)}
    groups = [(title, [by_name.pop(name) for name in names if name in by_name]) for title, names in GROUPS]
    if by_name:
        groups.append((_("其他"), list(by_name.values())))
    return render(
        request,
        "watching/status.html",
        {
            "groups": [group for group in groups if group[1]],
            "state": str(health.worst(found)),
            "to_do": [each for each in services.shown(found) if each["state"] != State.GOOD],
            "reading": selectors.own_reading(),
            "version": settings.VERSION,
            "now": clock.now(),
            "jumps": clockwatch.recent(),
        },
    )


@login_required
@never_cache
@require_safe
def everywhere(request: HttpRequest) -> HttpResponse:
    """How all stand, by the figures that each wrote of itself."""
    require(request.user)
    return render(
        request,
        "watching/everywhere.html",
        {
            "rows": all_rows(),
            "own": services.shown(health.look("office")),
            "state": str(health.worst(health.look("office", only=services.FELT))),
            "now": clock.now(),
            "version": settings.VERSION,
        },
    )


def all_rows() -> list[dict[str, Any]]:
    """In the office's seat: one line a seat, the worst first. Figures alone: no province's contents."""
    titles = {host.seat.name: host.title for host in DIRECTORY.provinces()}
    titles |= {"brands": _("品牌企业"), "office": _("省际协作办公室")}
    now = clock.now()
    rows = []
    for each in selectors.all_readings():
        silent = now - each.taken_at > services.SILENT
        state = State.BAD if silent else State(each.state)
        rows.append(
            {
                "seat": each.seat,
                "title": titles.get(each.seat, each.seat),
                "state": str(state),
                "state_name": health.NAMES[state],
                "silent": silent,
                "since": each.since,
                "taken_at": each.taken_at,
                "version": each.version,
                "troubles": [
                    health.CHECKS[name].title
                    for name, said in each.states.items()
                    if said != State.GOOD and name in health.CHECKS
                ],
                "letters_stuck": each.figures.get("czj_letters_stuck"),
                "letters_waiting": each.figures.get("czj_letters_waiting"),
                "overdue": each.figures.get("czj_overdue"),
                "stored_megabytes": _divided(each.figures.get("czj_stored_bytes"), 1_000_000),
                "backup_hours": _divided(each.figures.get("czj_backup_age_seconds"), 3600),
                "certificate_days": _divided(each.figures.get("czj_certificate_days_left"), 1),
                "figures": each.figures,
            }
        )
    return sorted(rows, key=lambda row: (health.WORST_FIRST.index(State(row["state"])), row["seat"]))


def _divided(value: float | None, by: float) -> int | None:
    return None if value is None or value < 0 else round(value / by)


@never_cache
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """For everybody: works, or works badly since when. Answers without the database too, and names no province."""
    state, since = public_standing()
    return render(
        request,
        "watching/public.html",
        {"state": state, "since": since, "now": clock.now(), "page_kind": "public"},
        status=200,
    )


def public_standing() -> tuple[str, datetime | None]:
    """good, worse, or bad when the database itself does not answer; and since when, where that is known."""
    try:
        found = selectors.standing()
    except (DatabaseError, InterfaceError):
        return str(State.BAD), None
    if found is None:
        return str(State.GOOD), None
    if clock.now() - found.looked_at > services.SILENT:
        return str(State.WORSE), found.looked_at
    return found.state, found.since


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: a database that went away before a view was chosen is told as one that goes away in a view.

    Else the page that needs nothing, with the number under which the log tells what happened.
    """
    told = answer_to(request, sys.exc_info()[1])
    if told is not None:
        return told
    said = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(render_to_string("500.html", said), status=500)
