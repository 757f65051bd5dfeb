"""Pages of seizures: draft from lots, one page for everything, one small page for each step."""

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
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Words
from kernel.ids import uuid7
from notify.live import live_cursor
from papers import presenters as papers
from tenants.inspections import seizure_forms as forms
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_services as services
from tenants.inspections import seizure_term as term
from tenants.inspections.models import Seizure
from tenants.inspections.seizure_papers import INSPECTION, SEIZURE
from tenants.inspections.selectors import is_officer_of
from webui.pages import posted, show_page, uuid_or_none

State = Seizure.State
REFUSALS = (BadInput, Conflict, NotAllowed)
LOOKS = {
    State.DRAFT: ("neutral", "ring"),
    State.PROPOSED: ("accent", "half"),
    State.REFUSED: ("neutral", "cross"),
    State.APPROVED: ("accent", "tick"),
    State.URGENT: ("wait", "clock"),
    State.IN_FORCE: ("accent", "lock"),
    State.MUST_RELEASE: ("seal", "warning"),
    State.RELEASED: ("good", "tick"),
    State.WITHDRAWN: ("neutral", "cross"),
}


@reader
@never_cache
@require_GET
def seizures(request: HttpRequest) -> HttpResponse:
    """What waits for the head, what is held with its clock, and what is over."""
    person, cursor = person_of(request), live_cursor()
    rows = selectors.seizures_of(person).prefetch_related("extensions__decided_by", "pauses")[:200]
    shown = [row_of(each) for each in rows]
    held = [each for each in shown if each["seizure"].state in term.HELD]
    held.sort(key=lambda each: each["standing"].due_at)
    return render(
        request,
        "inspections/seizures.html",
        {
            "waiting": [each for each in shown if each["seizure"].state == State.PROPOSED],
            "held": held,
            "others": [each for each in shown if each["seizure"].state not in (*term.HELD, State.PROPOSED)],
            "live_cursor": cursor,
            "live_topics": "seizures",
        },
    )


def row_of(seizure: Seizure) -> dict[str, Any]:
    """One seizure as a line of a list."""
    tone, shape = LOOKS[State(seizure.state)]
    return {
        "seizure": seizure,
        "tone": tone,
        "shape": shape,
        "standing": term.standing_of(seizure),
        "report": term.report_of(seizure),
    }


@reader
@never_cache
@require_GET
def measures(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Seizures and papers of one inspection, and the way to a case."""
    person, cursor = person_of(request), live_cursor()
    inspection = selectors.inspection_to_seize(person, inspection_id)
    acts = is_officer_of(person, inspection.pk)
    rows = (
        selectors.seizures_of(person).filter(inspection=inspection).prefetch_related("extensions__decided_by", "pauses")
    )
    context = {
        "inspection": inspection,
        "rows": [row_of(each) for each in rows],
        "may_write": acts,
        "offers": papers.offers(INSPECTION, inspection.pk),
        "matter_id": inspection.pk,
        "may_make": acts and person.unit_id == inspection.unit_id,
        "back_url": reverse("inspections:inspection", args=[inspection.pk]),
        "live_cursor": cursor,
        "live_topics": f"inspection:{inspection.pk}",
    }
    return render(request, "inspections/measures.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Choose lots, say why. The id comes with the form, so twice is once."""
    person = person_of(request)
    inspection = selectors.inspection_to_seize(person, inspection_id, write=True)
    lots = selectors.lots_to_seize(inspection)
    for lot in lots:
        lot.left_words = services.plain(lot.left)
    form = forms.DraftForm(posted(request), initial={"legal_basis": services.LEGAL_BASIS})
    rows = [
        (lot, forms.LotForm(posted(request), prefix=str(lot.pk), initial={"take": _infringing(lot)})) for lot in lots
    ]
    context = {
        "inspection": inspection,
        "form": form,
        "rows": rows,
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("seizures:measures", args=[inspection_id]),
    }
    if request.method == "POST" and form.is_valid() and all(each.is_valid() for _lot, each in rows):
        try:
            taken = [_taken(lot.pk, each.cleaned_data) for lot, each in rows if each.cleaned_data["take"]]
            made = services.draft_seizure(
                by=person,
                inspection_id=inspection_id,
                taken=taken,
                seizure_id=uuid_or_none(request.POST.get("new_id", "")),
                **form.cleaned_data,
            )
        except REFUSALS as problem:
            return show_page(request, "inspections/seizure_new.html", context, problem)
        return redirect("seizures:detail", made.pk)
    return render(request, "inspections/seizure_new.html", context)


def _infringing(lot: Any) -> bool:
    return lot.verdict is not None and lot.verdict.value in ("counterfeit", "refilled_or_reassembled")


def _taken(lot_id: UUID, said: dict[str, Any]) -> services.Taken:
    return services.Taken(
        lot_id=lot_id,
        quantity=services.read_quantity(said["quantity"]),
        difference_reason=said["difference_reason"],
        hazard_class=said["hazard_class"] or "general",
    )


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, seizure_id: UUID) -> HttpResponse:
    """Everything about one seizure, and the steps that are open to this person."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.whole_seizure(person, seizure_id)
    rows = list(found.property_list.rows.all())
    for row in rows:
        row.shown_quantity = f"{services.plain(row.quantity)} {row.unit}"
    values = [row.value_yuan for row in rows if row.value_yuan is not None]
    acts = is_officer_of(person, found.inspection_id)
    context = {
        **row_of(found),
        "rows": rows,
        "totals": [(unit, services.plain(total)) for unit, total in services.total_by_unit(rows)],
        "value": sum(values) if values else None,
        "unknown_values": len(rows) - len(values),
        "late_verdicts": selectors.late_verdicts(found),
        "steps": [step for step in STEPS.values() if step.shown and step.open_to(found, person, acts)],
        "acts": acts,
        "offers": papers.offers(SEIZURE, found.pk),
        "matter_id": found.pk,
        "may_make": acts and person.unit_id == found.unit_id,
        "now": clock.now(),
        "live_cursor": cursor,
        "live_topics": f"seizure:{found.pk}",
        "back_url": reverse("seizures:list"),
    }
    return render(request, "inspections/seizure.html", context)


# Steps ----------------------------------------------------------------------------------------------------------------

Work = Callable[[User, Seizure, dict[str, Any]], Any]


@dataclass(frozen=True)
class Step:
    """One thing that can be done, on a small page of its own. states: in which it is open. head: whose it is."""

    code: str
    title: Words
    lead: Words
    form: type[django_forms.Form]
    work: Work
    states: frozenset[str]
    head: bool = False
    seal: bool = False
    shown: bool = True
    only_if: Callable[[Seizure], bool] = field(default=lambda seizure: True)
    officer_too: Callable[[Seizure], bool] = field(default=lambda seizure: False)

    def open_to(self, seizure: Seizure, person: User, acts: bool) -> bool:
        """Whether this person may take the step now, as far as a button has to know."""
        if seizure.state not in self.states or not self.only_if(seizure):
            return False
        if self.head:
            own = selectors.heads(person, seizure.unit_id) and (
                self.code == "release" or person.pk != seizure.proposed_by_id
            )
            return own or (acts and self.officer_too(seizure))
        return acts


def _over(seizure: Seizure) -> bool:
    standing = term.standing_of(seizure)
    return seizure.state == State.MUST_RELEASE or bool(standing and standing.unlawful)


def _asked(seizure: Seizure) -> bool:
    return any(each.state == "asked" for each in seizure.extensions.all())


def _pausing(seizure: Seizure) -> bool:
    return any(each.end is None for each in seizure.pauses.all())


def _hand_over(by: User, seizure: Seizure, said: dict[str, Any]) -> Any:
    counted = {UUID(name[6:]): said.pop(name) for name in list(said) if name.startswith("count_")}
    return services.hand_over(by=by, seizure_id=seizure.pk, counted=counted, **said)


_HELD = frozenset(term.HELD)
_ALL_STEPS = (
    Step("propose", _("报请批准"), _("交局领导审批。批准后才能实施；情况紧急的，走“当场实施”。"), forms.NothingForm,
         lambda by, row, said: services.propose(by=by, seizure_id=row.pk), frozenset({State.DRAFT})),
    Step("carry-out-at-once", _("紧急：当场实施"), _("先实施，24 小时内向负责人补报并补办批准。现在开始计时。"),
         forms.UrgentForm,
         lambda by, row, said: services.carry_out_at_once(by=by, seizure_id=row.pk, **said), frozenset({State.DRAFT}),
         seal=True),
    Step("decide", _("审批"), _("批准后编发决定书和清单的文号；不批准要写明理由。"), forms.DecideForm,
         lambda by, row, said: services.decide(
             by=by, seizure_id=row.pk, approve=said["approve"] == "yes", reason=said["reason"]),
         frozenset({State.PROPOSED, State.URGENT}), head=True,
         only_if=lambda row: not row.urgent or row.reported_at is not None),
    Step("carry-out", _("实施"), _("现在查封扣押，期限从今天起算。"), forms.NothingForm,
         lambda by, row, said: services.carry_out(by=by, seizure_id=row.pk), frozenset({State.APPROVED}), seal=True),
    Step("report", _("补报"), _("向负责人报告当场实施的情况。超过 24 小时也要补报，迟报会显示出来。"), forms.ReportForm,
         lambda by, row, said: services.report(by=by, seizure_id=row.pk, **said), frozenset({State.URGENT}),
         only_if=lambda row: row.reported_at is None),
    Step("seal", _("登记封条"), _("每张封条一个号码，写明贴在哪里。"), forms.SealForm,
         lambda by, row, said: services.apply_seal(by=by, seizure_id=row.pk, **said), _HELD),
    Step("hand-over", _("移交保管"), _("逐行清点后移交。数量与清单不同的，写明原因。"), forms.HandoverForm,
         _hand_over, _HELD),
    Step("pause", _("技术鉴定"), _("检测、检验、检疫、技术鉴定的时间不计入期限，要书面告知当事人。权利人辨认不算。"),
         forms.PauseForm, lambda by, row, said: services.pause(by=by, seizure_id=row.pk, **said), _HELD,
         only_if=lambda row: not _pausing(row)),
    Step("resume", _("鉴定结束"), _("从现在起继续计算期限。"), forms.NothingForm,
         lambda by, row, said: services.resume(by=by, seizure_id=row.pk), _HELD, only_if=_pausing),
    Step("extend", _("申请延期"), _("情况复杂的可以延长一次，最多 30 天，由负责人书面批准。"), forms.ExtensionForm,
         lambda by, row, said: services.ask_extension(by=by, seizure_id=row.pk, **said), frozenset({State.IN_FORCE}),
         only_if=lambda row: not any(each.state != "refused" for each in row.extensions.all()) and not _over(row)),
    Step("decide-extension", _("审批延期"), _("批准后编发延期决定书的文号。"), forms.DecideForm,
         lambda by, row, said: services.decide_extension(
             by=by, seizure_id=row.pk, approve=said["approve"] == "yes", reason=said["reason"]),
         frozenset({State.IN_FORCE}), head=True, only_if=_asked),
    Step("release", _("解除"), _("退还财物，编发解除决定书的文号。"), forms.ReleaseForm,
         lambda by, row, said: services.release(by=by, seizure_id=row.pk, **said),
         frozenset({State.IN_FORCE, State.MUST_RELEASE}), head=True, seal=True, officer_too=_over),
    Step("withdraw", _("撤回"), _("还没有实施的可以撤回。"), forms.ReasonForm,
         lambda by, row, said: services.withdraw(by=by, seizure_id=row.pk, **said),
         frozenset({State.DRAFT, State.PROPOSED, State.APPROVED})),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL_STEPS}


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, seizure_id: UUID, step: str) -> HttpResponse:
    """One step. A step that is not open to this person is refused by the service, with the sentence shown here."""
    person = person_of(request)
    found = selectors.access_seizure(person, seizure_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    more = {"rows": list(found.property_list.rows.all())} if chosen.form is forms.HandoverForm else {}
    return _show_step(request, found, chosen, chosen.form(posted(request), **more))


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def end_seal(request: HttpRequest, seizure_id: UUID, seal_id: UUID) -> HttpResponse:
    """A seal was taken off, or found broken."""
    person = person_of(request)
    found = selectors.access_seizure(person, seizure_id)
    selectors.access_seal(found, seal_id)
    chosen = Step(
        "end-seal", _("启封或破损"), _("写明启封的原因，或发现破损的情况。"), forms.SealEndForm,
        lambda by, row, said: services.end_seal(
            by=by, seizure_id=row.pk, seal_id=seal_id, broken=said["what"] == "broken", reason=said["reason"]),
        _HELD,
    )  # fmt: skip
    return _show_step(request, found, chosen, forms.SealEndForm(posted(request)))


def _show_step(request: HttpRequest, found: Seizure, chosen: Step, form: django_forms.Form) -> HttpResponse:
    here = reverse("seizures:detail", args=[found.pk])
    context = {
        "form": form,
        "title": chosen.title,
        "lead": chosen.lead,
        "button": chosen.title,
        "seal": chosen.seal,
        "back_url": here,
    }
    person = person_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            chosen.work(person, found, dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect(here)
    return show_page(request, "papers/step.html", context)
