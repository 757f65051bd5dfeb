"""Pages at a province's host: 省际经办, one route, one look, disputes, orders from above."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person_of
from federation.broker import forms, routing, selectors
from federation.broker.services import disputes, looks, open_dispute, routes, supervision
from federation.broker.services.common import own
from federation.broker.views.common import (
    REFUSALS,
    dispute_context,
    dispute_rows,
    form_page,
    insider,
    place_code,
    route_rows,
    supervision_rows,
)
from federation.contracts.grants import Content, Level
from kernel.errors import MoveRefused, NotFound404
from webui.pages import posted, turn_back

SHOWN = 100


@insider
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """省际经办: what the office and the superior want of us, and where our letters should go."""
    person = person_of(request)
    return render(
        request,
        "broker/province_home.html",
        {
            "supervisions": supervision_rows(selectors.supervisions(person)[:SHOWN]),
            "looks": selectors.looks(person)[:SHOWN],
            "routes": route_rows(selectors.routes(person)[:SHOWN]),
        },
    )


# Routes ---------------------------------------------------------------------------------------------------------------


@insider
@require_http_methods(["GET", "POST"])
def ask_route(request: HttpRequest) -> HttpResponse:
    """Where should a letter go: proposed at once where it is certain, else asked of the office."""
    person, form = person_of(request), forms.AskRouteForm(posted(request))
    proposals: list[routing.Proposal] | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            code = place_code(said["place"])
            if "ask" in request.POST:
                row = routes.ask(
                    letter_kind=said["letter_kind"], by=person, division_code=code, brand_name=said["brand_name"],
                    product_group=said["product_group"],
                )  # fmt: skip
                messages.success(request, str(_("已请省际协作办公室答复去向。")))
                return redirect("broker:route", row.pk)
            proposals = routing.propose(division_code=code, from_province=own(), kind=said["letter_kind"])
        except REFUSALS as problem:
            form.add_error(None, problem.detail)
    return render(request, "broker/ask_route.html", {"form": form, "proposals": proposals, "back_url": "/brokerage/"})


@insider
@require_http_methods(["GET", "POST"])
def route(request: HttpRequest, route_id: UUID) -> HttpResponse:
    """One question and its answer; a POST takes it back."""
    person = person_of(request)
    row = selectors.access_route(person, route_id)
    if request.method == "POST":
        try:
            routes.withdraw(row, by=person)
        except MoveRefused as problem:
            return turn_back(request, problem, reverse("broker:route", args=[row.pk]))
        messages.success(request, str(_("已撤回。")))
        return redirect("broker:home")
    (shown,) = route_rows([row])
    return render(request, "broker/route.html", {"shown": shown, "proposals": selectors.proposals_of(row)})


# Looks ----------------------------------------------------------------------------------------------------------------


@insider
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, look_id: UUID) -> HttpResponse:
    """The office asks to read one of our letters: granted, as far as chosen, or refused with a reason."""
    person = person_of(request)
    row = selectors.access_look(person, look_id)
    refuses = "refuse" in request.POST
    give = forms.GiveForm(request.POST if request.method == "POST" and not refuses else None)
    decline = forms.DeclineForm(request.POST if refuses else None)
    if request.method == "POST":
        form = decline if refuses else give
        if form.is_valid():
            try:
                if refuses:
                    looks.decline(row, by=person, reason=form.cleaned_data["reason"])
                else:
                    looks.give(row, by=person, levels=cast("dict[Content, Level]", form.cleaned_data))
            except REFUSALS as problem:
                return turn_back(request, problem, reverse("broker:look", args=[row.pk]))
            messages.success(request, str(_("已答复省际协作办公室。")))
            return redirect("broker:look", row.pk)
    context = {"look": row, "letter": selectors.own_letter(row.letter_id), "give": give, "decline": decline}
    return render(request, "broker/look.html", context)


# Disputes -------------------------------------------------------------------------------------------------------------


@insider
@require_GET
def dispute_list(request: HttpRequest) -> HttpResponse:
    """管辖争议 with other provinces."""
    rows = dispute_rows(selectors.disputes(person_of(request))[:SHOWN])
    return render(request, "broker/disputes.html", {"rows": rows, "may_open": True})


@insider
@require_http_methods(["GET", "POST"])
def dispute_open(request: HttpRequest) -> HttpResponse:
    """A dispute over a matter that no letter of the system stands for, or on whose letter the page has a button."""
    person = person_of(request)

    def work(said: dict[str, Any]) -> str:
        row = open_dispute(letter_id=None, kind="matter", by=person, **said)
        return reverse("broker:dispute", args=[row.pk])

    return form_page(
        request,
        forms.OpenDisputeForm(posted(request)),
        title=_("提出管辖争议"),
        lead=_("对方会收到您的理由。双方有七个工作日协商；协商不成，自动报请共同上级指定管辖。"),
        here=reverse("broker:disputes"),
        work=work,
        done=_("已送对方，协商期从今天起算。"),
    )


@insider
@require_GET
def dispute(request: HttpRequest, dispute_id: UUID) -> HttpResponse:
    """One dispute: both sides, what was said, the term, what may be done."""
    person = person_of(request)
    row = selectors.access_dispute(person, dispute_id)
    return render(
        request,
        "broker/dispute.html",
        dispute_context(request, row)
        | {
            "steps": selectors.steps_of(person, row),
            "proposal": disputes.open_proposal(row, row.other_of(own())),
            "back_url": reverse("broker:disputes"),
        },
    )


@insider
@require_http_methods(["GET", "POST"])
def dispute_step(request: HttpRequest, dispute_id: UUID, step: str) -> HttpResponse:
    """One step with one form. What is not open to this person now is refused in the service."""
    person = person_of(request)
    row = selectors.access_dispute(person, dispute_id)
    both = [(side.code, side.title) for side in selectors.sides(row)]
    here = reverse("broker:dispute", args=[row.pk])
    data = posted(request)

    def say(kind: str) -> Any:
        return lambda said: disputes.say(row, kind, by=person, **({"text": ""} | said))

    pages: dict[str, Any] = {
        "statement": (
            forms.StatementForm, _("陈述意见"), _("对方会看到；报请后，共同上级也会看到。"), say("statement"),
        ),
        "proposal": (
            forms.ProposalForm, _("提出方案"), _("写明由哪一方管辖和理由，对方同意即告结束。"), say("proposal"),
        ),
        "decline": (forms.TextForm, _("不同意方案"), _("写明理由，可以另提方案。"), say("decline")),
        "agree": (forms.NothingForm, _("同意方案"), _("同意后双方即按方案办理，争议结束。"), say("agree")),
        "withdraw": (forms.TextForm, _("撤回争议"), _("撤回后由本方继续办理或另行处理。"), say("withdraw")),
        "raise": (
            forms.NothingForm, _("报请指定管辖"), _("协商不成，报请共同上级决定。双方的意见会一并送达。"),
            lambda said: disputes.raise_up(row, by=person),
        ),
        "paper": (
            forms.PaperForm, _("录入指定管辖决定"), _("共同上级以纸质作出的决定，按原件录入。"),
            lambda said: disputes.decided_on_paper(
                row, by=person, designated=said["names"], document_no=said["document_no"], reason=said["reason"]
            ),
        ),
    }  # fmt: skip
    if step not in pages:
        raise NotFound404()
    form, title, lead, work = pages[step]
    more = {"both": both} if issubclass(form, forms.NamesForm) else {}
    return form_page(
        request, form(data, **more), title=title, lead=lead, here=here, work=work, done=_("已办理。"),
        seal=step in ("agree", "raise"), about=row.title,
    )  # fmt: skip


# Orders from above ----------------------------------------------------------------------------------------------------


@insider
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest, listed_id: UUID) -> HttpResponse:
    """挂牌督办: what is wanted, what was reported; a POST reports."""
    person = person_of(request)
    row = selectors.access_supervision(person, listed_id)
    form = forms.ReportForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            supervision.report(row, by=person, **form.cleaned_data)
        except REFUSALS as problem:
            return turn_back(request, problem, reverse("broker:supervision", args=[row.pk]))
        messages.success(request, str(_("已报总局。")))
        return redirect("broker:supervision", row.pk)
    (shown,) = supervision_rows([row])
    return render(
        request,
        "broker/supervision.html",
        {"shown": shown, "reports": row.reports.all(), "form": form, "side": "province"},
    )
