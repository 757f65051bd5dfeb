"""The page of one clue, and every step on it as a small page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from accounts.models import Post, User
from accounts.selectors import below, heads
from gateway import pacing
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem, Words
from notify.live import live_cursor
from tenants.clues import forms_work as forms
from tenants.clues import presenters, routing, selectors, supervised
from tenants.clues.letters import Thing
from tenants.clues.models import Clue, ClueAsk
from tenants.clues.services import (
    asking,
    assessing,
    clocks,
    dispatching,
    disputes,
    placing,
    supervising,
    working,
)
from webui.pages import paged, posted, show_page, turn_back

REFUSALS = (BadInput, Conflict, NotAllowed)
State = Clue.State


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """A dossier: what was said beside what was read, whose it is and why, what to do now, what happened."""
    person, cursor = person_of(request), live_cursor()
    clue = selectors.whole_clue(person, clue_id)
    return render(request, "clues/file/detail.html", _dossier(clue, person) | {"live_cursor": cursor})


def _dossier(clue: Clue, person: User) -> dict[str, Any]:
    why, proposal = clue.division_why or {}, clue.proposal or {}
    at_desk = clue.state in (State.REGISTERED, State.SCREENED, State.RETURNED)
    keeps = selectors.keeps_desk(person, clue)
    assessment = next((each for each in clue.assessments.all() if each.concluded_at is None), None)
    mine = next((each for each in assessment.members.all() if each.user_id == person.pk), None) if assessment else None
    steps = [step for step in STEPS.values() if step.open_to(clue, person)]
    return {
        "clue": clue,
        "base": base_of(person),
        "state": presenters.state_chip(clue),
        "term": presenters.term_of(clue),
        "check": presenters.check_words(clue, clocks.read(clue)),
        "priority": presenters.PRIORITY_LOOKS[Clue.Priority(clue.priority)],
        "place_sentence": presenters.said(why),
        "place_why": why,
        "percent": round((clue.division_confidence or 0) * 100),
        "candidates": why.get("candidates", []) if clue.division_level == "ambiguous" else [],
        "proposal": proposal,
        "proposal_sentence": presenters.said(proposal),
        "proposal_percent": round(proposal.get("confidence", 0) * 100),
        "runner_up": proposal.get("runner_up") or {},
        "runner_up_sentence": presenters.said(proposal.get("runner_up")),
        "may_accept": keeps and at_desk and clue.proposed_unit is not None,
        "may_place": "place" in {step.code for step in steps},
        "keeps_desk": keeps,
        "may_sign": clue.state == State.DISPATCHED and selectors.works_for(person, clue.holder_unit_id),
        "may_inspect": clue.state == State.VERIFYING
        and person.has_role(Post.Role.OFFICER)
        and (selectors.works_for(person, clue.holder_unit_id) or _checks(clue, person)),
        "verifiers": [each for each in clue.verifiers.all() if each.until is None],
        "assessment": assessment,
        "my_opinion": mine,
        "cases": selectors.cases_named(person, clue) if clue.state == State.ENDED else [],
        "asks": [each for each in clue.asks.all() if each.state == ClueAsk.State.ASKED],
        "may_decide": heads(person, clue.holder_unit_id),
        "dispute": next((each for each in clue.disputes.all() if each.settled_at is None), None),
        "orders": supervised.lines(person, [each for each in clue.supervisions.all() if each.state != "lifted"]),
        "steps": steps,
        "events": presenters.timeline(clue),
        "live_topics": f"clue:{clue.pk}",
        "back_url": "/",
    }


def _checks(clue: Clue, person: User) -> bool:
    return any(each.officer_id == person.pk and each.until is None for each in clue.verifiers.all())


@reader
@never_cache
@require_POST
def accept(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """One key: dispatch as proposed."""
    person = person_of(request)
    selectors.clue(person, clue_id)
    return _do(request, clue_id, lambda: dispatching.dispatch(by=person, clue_id=clue_id), _("已按建议分派。"))


@reader
@never_cache
@require_POST
def sign_for(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """One tap: the unit has it."""
    person = person_of(request)
    selectors.clue(person, clue_id)
    return _do(request, clue_id, lambda: working.sign_for(by=person, clue_id=clue_id), _("已签收。"))


@reader
@never_cache
@require_POST
def inspect(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """One tap: an inspection with what is known filled in."""
    person = person_of(request)
    selectors.clue(person, clue_id)
    try:
        begun = working.begin_inspection(by=person, clue_id=clue_id)
    except Problem as problem:
        return turn_back(request, problem, reverse("clues:detail", args=[clue_id]))
    return redirect("inspections:inspection", begun.pk)


def _do(request: HttpRequest, clue_id: UUID, work: Callable[[], Any], words: Words) -> HttpResponse:
    here = reverse("clues:detail", args=[clue_id])
    try:
        work()
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    messages.success(request, str(words))
    return redirect(here)


# Steps ----------------------------------------------------------------------------------------------------------------

Said = dict[str, Any]
More = Callable[[Clue, User, HttpRequest], Said]


def _nothing_more(clue: Clue, person: User, request: HttpRequest) -> Said:
    return {}


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a clue. states: where it is offered.

    who: "desk", "unit", "any" of them, "head", "house" (who leads the unit) or "superior".
    """

    code: str
    title: Words
    lead: Words
    form: type[django_forms.Form]
    work: Callable[[User, UUID, Said], Any]
    who: str
    states: tuple[str, ...]
    more: More = _nothing_more
    seal: bool = False
    only_if: Callable[[Clue], bool] = field(default=lambda clue: True)

    def open_to(self, clue: Clue, person: User) -> bool:
        """Whether a button for it stands on the page."""
        return clue.state in self.states and self.only_if(clue) and self.may(clue, person)

    def may(self, clue: Clue, person: User) -> bool:
        """Whether this person takes such steps with this clue at all."""
        desk = selectors.keeps_desk(person, clue)
        unit = selectors.works_for(person, clue.holder_unit_id)
        return {
            "desk": desk,
            "unit": unit,
            "any": desk or unit,
            "head": heads(person, clue.holder_unit_id) or heads(person, clue.desk_unit_id),
            "house": heads(person, clue.holder_unit_id) or (unit and person.has_role(Post.Role.DISPATCHER)),
            "superior": desk or heads(person, clue.holder_unit_id),
        }[self.who]


def _units(clue: Clue, person: User, request: HttpRequest) -> Said:
    units = [(str(each.pk), each.name) for each in selectors.open_units()]
    chosen = request.POST.get("unit_id") or request.GET.get("unit") or str(clue.proposed_unit_id or "")
    officers = _officers(chosen)
    initial = {"unit_id": chosen, "officer_id": str(clue.proposed_officer_id or "")}
    return {"units": units, "officers": officers, "initial": initial}


def _inside(clue: Clue, person: User, request: HttpRequest) -> Said:
    inside = below(clue.holder_unit)
    units = [(str(each.pk), each.name) for each in selectors.open_units() if each.pk in inside]
    people = [(str(one.pk), _called(one)) for one in selectors.officers_inside(clue.holder_unit)]
    return {"units": units, "officers": people, "initial": {"unit_id": str(clue.holder_unit_id)}}


def _officers(unit_id: str) -> list[tuple[str, str]]:
    try:
        unit = selectors.unit_or_404(UUID(unit_id))
    except (ValueError, Problem):
        return []
    return [
        (str(each.pk), str(_("{name}（在办 {count} 件）")).format(name=each.display_name, count=count))
        for each, count in routing.officers_with_load(unit)
    ]


def _below(clue: Clue, person: User, request: HttpRequest) -> Said:
    ids = selectors.desk_unit_ids(person)
    return {"units": [(str(each.pk), each.name) for each in selectors.open_units() if each.pk in ids]}


def _colleagues(clue: Clue, person: User, request: HttpRequest) -> Said:
    people = selectors.possible_verifiers(clue)
    checking = [str(each.officer_id) for each in clue.verifiers.all() if each.until is None]
    own = checking or ([str(person.pk)] if any(each.pk == person.pk for each in people) else [])
    return {"people": [(str(each.pk), _called(each)) for each in people], "initial": {"people": own}}


def _panel(clue: Clue, person: User, request: HttpRequest) -> Said:
    return {"people": [(str(each.pk), _called(each)) for each in selectors.possible_panel(person)]}


def _called(person: User) -> str:
    return f"{person.display_name} · {person.unit.name}" if person.unit else person.display_name


def _cases(clue: Clue, person: User, request: HttpRequest) -> Said:
    found = selectors.cases_grown_from(person, clue)
    own = [str(each.pk) for each in found] if len(found) == 1 else []
    return {"cases": [(str(each.pk), f"{each.number} {each.title}") for each in found], "initial": {"case_ids": own}}


def _candidates(clue: Clue, person: User, request: HttpRequest) -> Said:
    found = (clue.division_why or {}).get("candidates", [])
    return {
        "candidates": [(each["code"], f"{each['name']} {each['code']}") for each in found],
        "initial": {"other": "" if found else clue.division_code},
    }


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None


_DESK = (State.REGISTERED, State.SCREENED, State.RETURNED)
_OPEN = tuple(Clue.OPEN)
_ALL = (
    Step("place", _("选定区划"), _("只改读出的区划；地址原文保留不变。"), forms.DivisionForm,
         lambda by, pk, said: placing.choose_division(by=by, clue_id=pk, code=said["other"] or said.get("code", "")),
         "any", (*_DESK, State.ASSESSING), more=_candidates),
    Step("dispatch", _("分派"), _("交给一个单位，由它签收后核查。"), forms.DispatchForm,
         lambda by, pk, said: dispatching.dispatch(by=by, clue_id=pk, unit_id=UUID(said["unit_id"]),
                                                   officer_id=_uuid(said["officer_id"]), words=said["words"]),
         "desk", _DESK, more=_units),
    Step("assess", _("提交研判"), _("请两个以上股室的人员发表意见，期满前提醒。"), forms.PeopleForm,
         lambda by, pk, said: assessing.open_assessment(by=by, clue_id=pk, member_ids=_ids(said)),
         "desk", _DESK, more=_panel),
    Step("screen", _("甄别完毕"), _("值得核查，等待分派。"), forms.WordsForm,
         lambda by, pk, said: dispatching.screen(by=by, clue_id=pk, words=said["words"]),
         "desk", (State.REGISTERED,)),
    Step("recall", _("撤回分派"), _("对方签收前可以撤回，线索回到受理单位。"), forms.ReasonForm,
         lambda by, pk, said: dispatching.recall(by=by, clue_id=pk, **said), "desk", (State.DISPATCHED,)),
    Step("designate", _("指定管辖"), _("由两个单位的共同上级决定，被指定的单位不能再退。"), forms.DesignateForm,
         lambda by, pk, said: disputes.designate(by=by, clue_id=pk, unit_id=UUID(said["unit_id"]),
                                                 reason=said["reason"]),
         "superior", (State.DISPUTED,), more=_below, seal=True),
    Step("settle", _("协商后由本单位承办"), _("两个单位协商一致，由本单位核查。"), forms.NothingForm,
         lambda by, pk, said: disputes.settle(by=by, clue_id=pk), "unit", (State.DISPUTED,)),
    Step("verifiers", _("确定核查人员"), _("两名以上，执法证都要在有效期内。"), forms.PeopleForm,
         lambda by, pk, said: working.set_verifiers(by=by, clue_id=pk, officer_ids=_ids(said)),
         "unit", (State.VERIFYING,), more=_colleagues),
    Step("hand-down", _("内部交办"), _("交给本单位的股室、大队、所或某个人。"), forms.HandDownForm,
         lambda by, pk, said: working.hand_down(by=by, clue_id=pk, unit_id=_uuid(said["unit_id"]),
                                                officer_id=_uuid(said["officer_id"])),
         "house", (State.DISPATCHED, State.VERIFYING), more=_inside),
    Step("extend", _("申请延期"), _("报负责人批准，延长 15 个工作日，只能一次。"), forms.ReasonForm,
         lambda by, pk, said: asking.ask_extension(by=by, clue_id=pk, **said), "unit", (State.VERIFYING,)),
    Step("pause", _("中止计算期限"), _("检测、检验、检疫、鉴定和权利人辨认的时间不计入核查期限。"), forms.PauseForm,
         lambda by, pk, said: clocks.pause(by=by, clue_id=pk, **said), "unit", (State.VERIFYING,),
         only_if=lambda clue: not _paused(clue)),
    Step("resume", _("恢复计算期限"), _("从现在起继续计算。"), forms.NothingForm,
         lambda by, pk, said: clocks.resume(by=by, clue_id=pk), "unit", (State.VERIFYING,),
         only_if=lambda clue: _paused(clue)),
    Step("end", _("办结"), _("写明核查结果、处置和理由。"), forms.EndForm,
         lambda by, pk, said: working.end(by=by, clue_id=pk, **said), "any",
         (*_DESK, State.ASSESSING, State.VERIFYING), more=_cases, seal=True),
    Step("return", _("退回"), _("退回受理单位，由它改派。不能自行转给别的单位。"), forms.ReturnForm,
         lambda by, pk, said: working.send_back(by=by, clue_id=pk, **said), "unit",
         (State.DISPATCHED, State.VERIFYING)),
    Step("supervise", _("督办"), _("写明要求和期限，到期没有回复会提醒并列入超期。"), forms.SuperviseForm,
         lambda by, pk, said: supervising.order(by=by, clue_id=pk, **said), "superior", _OPEN),
    Step("reopen", _("重新办理"), _("由负责人决定。线索回到受理单位，期限重新计算。"), forms.ReasonForm,
         lambda by, pk, said: working.reopen(by=by, clue_id=pk, **said), "head", (State.ENDED,)),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL}


def _ids(said: Said) -> list[UUID]:
    return [UUID(each) for each in said["people"]]


def _paused(clue: Clue) -> bool:
    return any(each.end is None for each in clue.pauses.all())


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, clue_id: UUID, step: str) -> HttpResponse:
    """One step of a clue."""
    person = person_of(request)
    clue = selectors.clue(person, clue_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    if not chosen.may(clue, person):
        raise NotAllowed()
    return form_page(
        request,
        chosen.form(posted(request), **chosen.more(clue, person, request)),
        title=chosen.title,
        lead=chosen.lead,
        about=clue,
        here=reverse("clues:detail", args=[clue_id]),
        work=lambda said: chosen.work(person, clue_id, said),
        seal=chosen.seal,
    )


def base_of(person: User) -> str:
    """The frame of a page that the desk and those who go out share."""
    return "webui/desk.html" if person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER) else "webui/phone.html"


def form_page(
    request: HttpRequest,
    form: django_forms.Form,
    *,
    title: Words,
    lead: Words,
    here: str,
    work: Callable[[Said], Any],
    about: Clue | Thing | None = None,
    seal: bool = False,
) -> HttpResponse:
    """One form, one step; back to `here` when it is done."""
    context = {
        "form": form, "title": title, "lead": lead, "button": title, "seal": seal, "back_url": here, "clue": about,
        "base": base_of(person_of(request)),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            work(dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "clues/file/step.html", context, problem)
        return redirect(here)
    return show_page(request, "clues/file/step.html", context)


# Assessments ----------------------------------------------------------------------------------------------------------


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def assessment_step(request: HttpRequest, assessment_id: UUID, step: str) -> HttpResponse:
    """A member says what they think; the desk concludes."""
    person = person_of(request)
    row = selectors.assessment(person, assessment_id)
    steps: dict[str, tuple[Words, Words, type[django_forms.Form], Callable[[Said], Any]]] = {
        "say": (
            _("发表研判意见"),
            _("作出结论前可以修改。"),
            forms.OpinionForm,
            lambda said: assessing.say(by=person, assessment_id=row.pk, **said),
        ),
        "conclude": (
            _("作出研判结论"),
            _("写明意见和处理建议。"),
            forms.ConcludeForm,
            lambda said: assessing.conclude(by=person, assessment_id=row.pk, **said),
        ),
    }
    if step not in steps:
        raise NotFound404()
    title, lead, form, work = steps[step]
    here = reverse("clues:detail", args=[row.clue_id])
    return form_page(request, form(posted(request)), title=title, lead=lead, here=here, work=work, about=row.clue)


@reader
@never_cache
@require_GET
def assessments(request: HttpRequest) -> HttpResponse:
    """研判台账."""
    person = person_of(request)
    rows = selectors.assessments_seen_by(person)
    open_only = request.GET.get("state") == "open"
    if open_only:
        rows = rows.filter(concluded_at=None)
    context = {"rows": rows[:200], "open_only": open_only, "mine": person.pk, "back_url": "/"}
    return render(request, "clues/file/assessments.html", context)


@reader
@never_cache
@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """Terms that were reckoned anew because the table of holidays was added to or corrected."""
    rows = paged(selectors.corrections_seen_by(person_of(request)), request)
    return render(request, "clues/file/corrections.html", {"page": rows, "rows": rows, "back_url": "/"})


@reader
@never_cache
@require_GET
def assessments_export(request: HttpRequest) -> HttpResponse:
    """研判台账 as a workbook."""
    from tenants.clues.reports import assessments_workbook

    pacing.require("exports", user=request.user)
    answer = HttpResponse(
        assessments_workbook(selectors.assessments_seen_by(person_of(request))),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = 'attachment; filename="assessments.xlsx"'
    return answer


# What waits for the head ----------------------------------------------------------------------------------------------


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def decide_ask(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """The head answers what was laid before them."""
    person = person_of(request)
    row = selectors.ask(person, ask_id)
    if not heads(person, row.clue.holder_unit_id):
        raise NotAllowed()
    return form_page(
        request,
        forms.AskDecisionForm(posted(request)),
        title=_("审批：%(kind)s") % {"kind": row.get_kind_display()},
        lead=row.reason,
        here=reverse("clues:detail", args=[row.clue_id]),
        work=lambda said: asking.decide(
            by=person, ask_id=row.pk, approve=said["approve"] == "yes", answer=said["answer"]
        ),
        about=row.clue,
    )


@reader
@never_cache
@require_POST
def withdraw_ask(request: HttpRequest, ask_id: UUID) -> HttpResponse:
    """Take back what was laid before the head."""
    person = person_of(request)
    row = selectors.ask(person, ask_id)
    return _do(request, row.clue_id, lambda: asking.withdraw(by=person, ask_id=row.pk), _("已撤回。"))
