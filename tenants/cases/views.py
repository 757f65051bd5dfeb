"""Pages of proposals and cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import officer, person_of, reader
from accounts.models import User
from accounts.selectors import may_write
from appraisal.requests import selectors as requests
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Words
from kernel.ids import uuid7
from notify.live import live_cursor
from papers import presenters as papers
from tenants.cases import forms, opinions, selectors, services, terms
from tenants.cases.causes import RIGHT_TYPES, cause_on
from tenants.cases.models import Case, CaseProposal
from tenants.cases.papers import PROPOSAL
from tenants.inspections.value import shown
from webui.pages import PER_PAGE, paged, posted, show_page, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)
PROPOSAL_LOOKS = {
    CaseProposal.State.PROPOSED: ("accent", "half"),
    CaseProposal.State.FILED: ("good", "tick"),
    CaseProposal.State.REFUSED: ("neutral", "cross"),
    CaseProposal.State.WITHDRAWN: ("neutral", "cross"),
}


@reader
@never_cache
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Proposals that wait for the head, and the cases with their clocks."""
    person, cursor = person_of(request), live_cursor()
    waiting = list(selectors.proposals_of(person).filter(state=CaseProposal.State.PROPOSED))
    rows = selectors.cases_of(person).prefetch_related("pauses", "extensions")
    page = paged(rows, request, PER_PAGE)
    shown_rows = [{"case": each, "term": terms.term_of(each)} for each in page]
    context = {"waiting": waiting, "page": page, "rows": shown_rows, "live_cursor": cursor, "live_topics": "cases"}
    return render(request, "cases/list.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def propose_from_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """提请立案 from an inspection."""
    selectors.source_inspection(person_of(request), inspection_id)
    return _propose(request, inspection_id=inspection_id)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def propose_from_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """提请立案 from the verdict on one request."""
    found = requests.access_request(person_of(request), request_id)
    if not may_write(person_of(request), found.unit_id):
        raise NotAllowed()
    return _propose(request, request_id=request_id)


def _propose(request: HttpRequest, **source: Any) -> HttpResponse:
    person = person_of(request)
    form = forms.ProposeForm(posted(request), colleagues=list(selectors.colleagues(person)))
    context = {
        "form": form,
        "title": _("提请立案"),
        "lead": _("由执法人员提出，局领导批准后立案编号。"),
        "button": _("提请立案"),
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("cases:list"),
    }
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["handler_ids"] = [UUID(each) for each in said["handler_ids"]]
        try:
            made = services.propose(
                by=person, proposal_id=uuid_or_none(request.POST.get("new_id", "")), **source, **said
            )
        except REFUSALS as problem:
            return show_page(request, "requests/step.html", context, problem)
        return redirect("cases:proposal", made.pk)
    return show_page(request, "requests/step.html", context)


@reader
@never_cache
@require_GET
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal and its answer."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_proposal(person, proposal_id)
    tone, shape = PROPOSAL_LOOKS[CaseProposal.State(found.state)]
    waits = found.state == CaseProposal.State.PROPOSED
    context = {
        "proposal": found,
        "cause": cause_on(found.cause_code, found.cause_day),
        "case": getattr(found, "case", None),
        "tone": tone,
        "shape": shape,
        "may_decide": waits and selectors.heads(person, found.unit_id) and person.pk != found.proposed_by_id,
        "may_withdraw": waits and person.pk == found.proposed_by_id,
        "offers": papers.offers(PROPOSAL, found.pk),
        "matter_id": found.pk,
        "may_make": may_write(person, found.unit_id),
        "live_cursor": cursor,
        "live_topics": f"proposal:{found.pk}",
        "back_url": reverse("cases:list"),
    }
    return render(request, "cases/proposal.html", context)


def _form_page(
    request: HttpRequest,
    form: django_forms.Form,
    *,
    title: Words,
    lead: Words,
    here: str,
    work: Callable[[dict[str, Any]], Any],
    seal: bool = False,
) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "button": title, "seal": seal, "back_url": here}
    if request.method == "POST" and form.is_valid():
        try:
            work(dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect(here)
    return show_page(request, "papers/step.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """The head files the case or does not."""
    person = person_of(request)
    found = selectors.access_proposal(person, proposal_id)
    if not selectors.heads(person, found.unit_id):
        raise NotAllowed()
    return _form_page(
        request,
        forms.DecideForm(posted(request)),
        title=_("审批立案"),
        lead=_("同意后给出立案号，办案期限从今天起算。"),
        here=reverse("cases:proposal", args=[proposal_id]),
        work=lambda said: services.decide(
            by=person, proposal_id=proposal_id, approve=said["approve"] == "yes", reason=said["reason"]
        ),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Take a proposal back."""
    person = person_of(request)
    selectors.access_proposal(person, proposal_id)
    return _form_page(
        request,
        forms.ReasonForm(posted(request)),
        title=_("撤回提请"),
        lead=_("还没有审批的可以撤回。"),
        here=reverse("cases:proposal", args=[proposal_id]),
        work=lambda said: services.withdraw(by=person, proposal_id=proposal_id, **said),
    )


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everything about one case, and the steps open to this person."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.whole_case(person, case_id)
    check = services.check_of(found)
    referral = found.referrals.order_by("-at", "-pk").first()
    context = {
        "case": found,
        "term": terms.term_of(found),
        "right_words": RIGHT_TYPES.get(found.right_type, ""),
        "check": check,
        "met": [(each, shown(each.amount), shown(each.rule.yuan)) for each in check.met] if check else [],
        "nearest": check.nearest if check else None,
        "nearest_missing": shown(check.nearest.missing) if check and check.nearest else "",
        "referral": referral,
        "referral_needed": bool(check and check.duty and referral is None and found.state == Case.State.FILED),
        "steps": [step for step in STEPS.values() if step.open_to(found, person)],
        "request_ids": opinions.requests_of(found),
        "live_cursor": cursor,
        "live_topics": f"case:{found.pk}",
        "back_url": reverse("cases:list"),
    }
    return render(request, "cases/case.html", context)


Work = Callable[[User, UUID, dict[str, Any]], Any]


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a case, on a small page of its own."""

    code: str
    title: Words
    lead: Words
    form: type[django_forms.Form]
    work: Work
    head: bool = False
    closed: bool = False
    seal: bool = False
    only_if: Callable[[Case], bool] = field(default=lambda case: True)

    def open_to(self, case: Case, person: User) -> bool:
        """Whether this person may take the step now, as far as a button has to know."""
        if (case.state == Case.State.CLOSED) != self.closed or not self.only_if(case):
            return False
        return selectors.heads(person, case.unit_id) if self.head else selectors.handles(person, case)


def _paused(case: Case) -> bool:
    return any(each.end is None for each in case.pauses.all())


_ALL_STEPS = (
    Step("number", _("办案系统编号"), _("完整案卷在本局办案系统时，写下那里的编号。"), forms.NumberForm,
         lambda by, pk, said: services.describe(by=by, case_id=pk, **said)),
    Step("party", _("添加当事人"), _("没有统一社会信用代码的摊贩、自然人也可以；对外公开时隐去姓名。"), forms.PartyForm,
         lambda by, pk, said: services.add_party(by=by, case_id=pk, **said)),
    Step("gather", _("收入新证据"), _("立案后收到的辨认结论和查封扣押收入证据。"), forms.NothingForm,
         lambda by, pk, said: services.gather_again(by=by, case_id=pk)),
    Step("referral", _("移送决定"), _("达到移送标准的，没有移送决定不能结案。"), forms.ReferralForm,
         lambda by, pk, said: services.decide_referral(by=by, case_id=pk, **said), head=True),
    Step("unit", _("牵头与配合"), _("一个单位牵头，其他单位配合，包括市场监管所。"), forms.UnitForm,
         lambda by, pk, said: services.set_unit(by=by, case_id=pk, unit_id=UUID(said["unit_id"]), role=said["role"]),
         head=True),
    Step("pause", _("暂停期限"), _("检测鉴定、听证、公告和中止调查的时间不计入。等权利人辨认不暂停。"), forms.PauseForm,
         lambda by, pk, said: services.pause(by=by, case_id=pk, **said), head=True,
         only_if=lambda case: not _paused(case)),
    Step("resume", _("恢复期限"), _("从现在起继续计算。"), forms.NothingForm,
         lambda by, pk, said: services.resume(by=by, case_id=pk), head=True, only_if=_paused),
    Step("extend", _("延长期限"), _("负责人可延长一次，最多 30 天；再延长要经集体讨论。"), forms.ExtendForm,
         lambda by, pk, said: services.extend(by=by, case_id=pk, **said), head=True),
    Step("close", _("结案"), _("写明结果。"), forms.CloseForm,
         lambda by, pk, said: services.close(by=by, case_id=pk, **said), head=True, seal=True),
    Step("reopen", _("重新办理"), _("写明理由。"), forms.ReasonForm,
         lambda by, pk, said: services.reopen(by=by, case_id=pk, **said), head=True, closed=True),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL_STEPS}


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, case_id: UUID, step: str) -> HttpResponse:
    """One step of a case."""
    person = person_of(request)
    found = selectors.access_case(person, case_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    if not (selectors.heads(person, found.unit_id) if chosen.head else selectors.handles(person, found)):
        raise NotAllowed()
    more: dict[str, Any] = {}
    if chosen.form is forms.UnitForm:
        more["units"] = list(selectors.open_units())
    if chosen.form is forms.NumberForm:
        more["initial"] = {"outside_number": found.outside_number}
    return _form_page(
        request,
        chosen.form(posted(request), **more),
        title=chosen.title,
        lead=chosen.lead,
        here=reverse("cases:detail", args=[case_id]),
        work=lambda said: chosen.work(person, case_id, said),
        seal=chosen.seal,
    )
