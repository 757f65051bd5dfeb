"""Pages of referrals: the list with due dates, one referral, its steps, messages that did not go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import officer, person_of, reader
from accounts.models import User
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem, Words
from notify.live import live_cursor
from papers import presenters as papers
from tenants.cases import selectors as cases
from tenants.linkage import forms, presenters, selectors, terms
from tenants.linkage.models import Referral
from tenants.linkage.papers import REFERRAL
from tenants.linkage.services import referring, sending
from webui.pages import PER_PAGE, paged, posted, show_page, turn_back, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)


@reader
@never_cache
@require_GET
def referrals(request: HttpRequest) -> HttpResponse:
    """Referrals of the cases this person sees, with what is owed; messages that did not go above."""
    person, cursor = person_of(request), live_cursor()
    page, own = paged(selectors.referrals_of(person), request, PER_PAGE), terms.of_platforms()
    rows = [presenters.line(each, own) for each in page]
    stuck = selectors.messages_of(person).filter(state__in=["held", "refused"]) | selectors.messages_of(person).filter(
        escalated_at__isnull=False, state__in=["waiting", "held", "sending"]
    )
    context = {
        "page": page,
        "rows": rows,
        "stuck": presenters.messages(stuck.order_by("pk")[:PER_PAGE]),
        "live_cursor": cursor,
        "live_topics": "linkage",
    }
    return render(request, "linkage/list.html", context)


@reader
@never_cache
@require_GET
def referral(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """One referral: its terms, what happened, what went to the platform, its papers, the steps open."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_referral(person, referral_id)
    tone, shape = presenters.LOOKS[Referral.State(found.state)]
    handles, own = cases.handles(person, found.case), terms.of_platforms()
    context = {
        "referral": found,
        "case": found.case,
        "tone": tone,
        "shape": shape,
        "clocks": terms.clocks_of(found, own),
        "owed": terms.next_clock(found, own),
        "offers": presenters.offers(found, person),
        "steps": found.steps.order_by("-at", "-pk"),
        "told": presenters.messages(found.messages.select_related("withdraws").order_by("-pk")),
        "outcomes": [
            (words, found.outcome[name]) for name, words in referring.OUTCOMES.items() if name in found.outcome
        ],
        "papers": papers.offers(REFERRAL, found.pk),
        "matter_id": found.pk,
        "may_make": handles,
        "handles": handles or cases.heads(person, found.case.unit_id),
        "live_cursor": cursor,
        "live_topics": f"referral:{found.pk}",
        "back_url": reverse("linkage:list"),
    }
    return render(request, "linkage/referral.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Draft the referral of a case."""
    person = person_of(request)
    case = cases.access_case(person, case_id)
    if not cases.handles(person, case):
        raise NotAllowed()
    platforms = selectors.platforms()
    valued = cases.valuation_of(case)
    initial = {
        "facts": case.proposal.summary,
        "annexes": [],
        "goods_yuan": getattr(valued, "confirmed_yuan", None),
        "connection_id": str(platforms[0].pk) if platforms else "",
    }
    form = forms.PrepareForm(posted(request), platforms=platforms, initial=initial)
    context = _context(
        form, _("移送公安机关"), _("按负责人的移送决定起草，附件齐了再送。"), reverse("cases:detail", args=[case_id])
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["connection_id"] = uuid_or_none(said["connection_id"])
        try:
            made = referring.prepare(by=person, case_id=case_id, **said)
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect("linkage:referral", made.pk)
    return show_page(request, "papers/step.html", context)


def _context(
    form: django_forms.Form, title: Words, lead: Words, back_url: str, *, seal: bool = False
) -> dict[str, Any]:
    return {"form": form, "title": title, "lead": lead, "button": title, "seal": seal, "back_url": back_url}


Work = Callable[[User, UUID, dict[str, Any]], Any]


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a referral, on a small page of its own."""

    title: Words
    lead: Words
    form: type[django_forms.Form]
    work: Work
    seal: bool = False


def _arrived(by: User, pk: UUID, said: dict[str, Any]) -> Any:
    return referring.arrived(referral_id=selectors.access_referral(by, pk, lock="handler").pk, by=by, **said)


def _outcome(by: User, pk: UUID, said: dict[str, Any]) -> Any:
    at = said.pop("at")
    found = selectors.access_referral(by, pk, lock="handler")
    return referring.arrived(referral_id=found.pk, by=by, kind="outcome", at=at, data=said)


STEPS = {
    "send": Step(_("移送"), _("编文号、留时间，经平台或书面送公安机关。批准后 24 小时内办。"), forms.NothingForm,
                 lambda by, pk, said: referring.send(by=by, referral_id=pk), seal=True),
    "amend": Step(_("修改"), _("移送前，或退回补充后，可以修改。"), forms.AmendForm,
                  lambda by, pk, said: referring.amend(by=by, referral_id=pk, **said)),
    "arrived": Step(_("登记收到的文书"), _("公安或检察机关书面送来的，照着登记。经平台来的自动登记。"), forms.StepForm,
                    _arrived),
    "outcome": Step(_("登记刑事结果"), _("刑拘、逮捕、起诉、判决的人数，用于统计。"), forms.OutcomeForm, _outcome),
    "reconsider": Step(_("提请复议"), _("自接到不予立案通知书 3 日内，提请作出决定的公安机关复议。"), forms.ReasonForm,
                       lambda by, pk, said: referring.reconsider(by=by, referral_id=pk, **said)),
    "supervise": Step(_("建议立案监督"), _("建议人民检察院依法进行立案监督。"), forms.ReasonForm,
                      lambda by, pk, said: referring.supervise(by=by, referral_id=pk, **said)),
    "hand_over": Step(_("登记物品移交"), _("自接到立案通知书 3 日内移交涉案物品；由本局继续保管的写明。"),
                      forms.WordsForm,
                      lambda by, pk, said: referring.hand_over(by=by, referral_id=pk, **said)),
    "end": Step(_("了结"), _("不再有后续的，写明情况。"), forms.WordsForm,
                lambda by, pk, said: referring.end(by=by, referral_id=pk, **said)),
    "withdraw": Step(_("撤回"), _("已送出的，会在 3 个工作日内把撤回送达对方；送不出时报人处理。"), forms.ReasonForm,
                     lambda by, pk, said: referring.withdraw(by=by, referral_id=pk, **said), seal=True),
}  # fmt: skip


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, referral_id: UUID, step: str) -> HttpResponse:
    """One step of a referral."""
    person = person_of(request)
    found = selectors.access_referral(person, referral_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    mine = cases.heads(person, found.case.unit_id) if step == "withdraw" else cases.handles(person, found.case)
    if not mine:
        raise NotAllowed()
    initial: dict[str, Any] = {}
    if step == "amend":
        initial = {
            "police_org": found.police_org,
            "facts": found.facts,
            "annexes": [each["kind"] for each in found.annexes],
        }
    form = chosen.form(posted(request), initial=initial)
    here = reverse("linkage:referral", args=[referral_id])
    context = _context(form, chosen.title, chosen.lead, here, seal=chosen.seal)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.work(person, referral_id, dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect(here)
    return show_page(request, "papers/step.html", context)


@reader
@require_POST
def again(request: HttpRequest, linkage_message_id: UUID) -> HttpResponse:
    """Try a message now."""
    person = person_of(request)
    found = selectors.access_message(person, linkage_message_id)
    here = _of(found)
    try:
        sending.try_again(by=person, message=found)
    except Conflict as problem:
        return turn_back(request, problem, here)
    return redirect(here)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, linkage_message_id: UUID) -> HttpResponse:
    """A person brought it there by another way."""
    person = person_of(request)
    found = selectors.access_message(person, linkage_message_id)
    form = forms.WordsForm(posted(request))
    here = _of(found)
    context = _context(form, _("已另行送达"), _("写明何时、怎样、交给谁，例如机要送达并取得签收。"), here)
    if request.method == "POST" and form.is_valid():
        try:
            sending.settle(by=person, message=found, **form.cleaned_data)
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect(here)
    return show_page(request, "papers/step.html", context)


def _of(message: Any) -> str:
    if message.referral_id:
        return reverse("linkage:referral", args=[message.referral_id])
    return reverse("cases:detail", args=[message.case_id])


@officer
@require_POST
def tell_penalty(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Tell a platform of a penalty."""
    person = person_of(request)
    cases.access_case(person, case_id)
    here = reverse("cases:detail", args=[case_id])
    try:
        connection_id = uuid_or_none(request.POST.get("connection_id", ""))
        if connection_id is None:
            raise BadInput(_("请选择平台。"), code="platform_wrong")
        referring.report_penalty(by=person, case_id=case_id, connection_id=connection_id)
    except Problem as problem:
        if isinstance(problem, NotAllowed | NotFound404):
            raise
        return turn_back(request, problem, here)
    return redirect(here)
