"""总局's one page, and what its lines lead to: a dispute to decide, a matter on the list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person_of
from federation.broker import forms, selectors
from federation.broker.services import disputes, supervision
from federation.broker.views.common import dispute_context, dispute_rows, form_page, insider, supervision_rows
from webui.pages import posted

SHOWN = 100


@insider
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Disputes to decide, what was designated, what is on the list."""
    person = person_of(request)
    return render(
        request,
        "broker/superior.html",
        {
            "to_decide": dispute_rows(selectors.to_decide()[:SHOWN]),
            "decided": dispute_rows(selectors.designated()[:SHOWN]),
            "supervisions": supervision_rows(selectors.supervisions(person)[:SHOWN]),
            "leads": selectors.leads(person),
        },
    )


@insider
@require_http_methods(["GET", "POST"])
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """Both sides beside each other."""
    person = person_of(request)
    row = selectors.access_dispute(person, dispute_id)
    may_decide = selectors.leads(person) and row.state == row.State.ESCALATED
    context = dispute_context(request, row) | {"may_decide": may_decide, "back_url": reverse("broker:superior")}
    return render(request, "broker/dispute.html", context)


@insider
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """指定管辖."""
    person = person_of(request)
    row = selectors.access_dispute(person, dispute_id)

    def work(said: dict[str, Any]) -> None:
        disputes.decide(row, by=person, designated=said["names"], reason=said["reason"], conditions=said["conditions"])

    return form_page(
        request,
        forms.DecideForm(posted(request), both=[(side.code, side.title) for side in selectors.sides(row)]),
        title=_("指定管辖"),
        lead=_("决定编文号后同时送达双方，作出后不能更改。"),
        here=reverse("broker:dispute", args=[row.pk]),
        work=work,
        done=_("决定已送达双方。"),
        seal=True,
        about=row.title,
    )


@insider
@require_http_methods(["GET", "POST"])
def list_matter(request: HttpRequest) -> HttpResponse:
    """挂牌督办."""
    person = person_of(request)
    return form_page(
        request,
        forms.ListForm(posted(request)),
        title=_("挂牌督办"),
        lead=_("编文号后送承办省份，到摘牌前一直列在这里。"),
        here=reverse("broker:superior"),
        work=lambda said: reverse("broker:supervision", args=[supervision.list_matter(by=person, **said).pk]),
        done=_("已挂牌并送达。"),
        seal=True,
    )


@insider
@require_GET
def listed(request: HttpRequest, listed_id: UUID) -> HttpResponse:
    """One matter on the list, with what the province has reported."""
    person = person_of(request)
    row = selectors.access_supervision(person, listed_id)
    (shown,) = supervision_rows([row])
    may_turn = selectors.leads(person) and row.state in row.OPEN
    context = {"shown": shown, "reports": row.reports.all(), "may_turn": may_turn, "side": "superior"}
    return render(request, "broker/supervision.html", context)


@insider
@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, listed_id: UUID) -> HttpResponse:
    """摘牌."""
    person = person_of(request)
    row = selectors.access_supervision(person, listed_id)
    return form_page(
        request,
        forms.LiftForm(posted(request)),
        title=_("摘牌"),
        lead=_("认可办理结果，从督办名单摘下。"),
        here=reverse("broker:supervision", args=[row.pk]),
        work=lambda said: supervision.lift(row, by=person, **said),
        done=_("已摘牌。"),
        about=row.title,
    )


@insider
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, listed_id: UUID) -> HttpResponse:
    """退回继续办理."""
    person = person_of(request)
    row = selectors.access_supervision(person, listed_id)
    return form_page(
        request,
        forms.SendBackForm(posted(request)),
        title=_("退回继续办理"),
        lead=_("写明还要办理什么，承办省份会再次报告。"),
        here=reverse("broker:supervision", args=[row.pk]),
        work=lambda said: supervision.send_back(row, by=person, **said),
        done=_("已退回。"),
        about=row.title,
    )
