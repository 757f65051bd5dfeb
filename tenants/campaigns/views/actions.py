"""统一行动: the list, one action with its live board, the small pages of its steps, the sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from accounts.models import Unit, User
from accounts.selectors import open_units
from gateway import pacing
from kernel.errors import NotAllowed, NotFound404, Words
from notify.live import live_cursor
from tenants.campaigns import forms, presenters, selectors, veil
from tenants.campaigns import sheet as sheets
from tenants.campaigns.models import JointAction
from tenants.campaigns.services import escorting, going, planning, reporting
from tenants.campaigns.views.common import form_page, ids, shell_of, try_it
from webui.pages import PER_PAGE, paged, posted

State = JointAction.State


@reader
@never_cache
@require_GET
def actions(request: HttpRequest) -> HttpResponse:
    """Actions this person may know of: those to come first, then by hour."""
    person, cursor = person_of(request), live_cursor()
    page = paged(selectors.actions_of(person), request, PER_PAGE)
    rows = [presenters.action_head(person, each) for each in page]
    context = {
        "page": page,
        "rows": rows,
        "shell": shell_of(person),
        "may_plan": selectors.may_plan(person),
        "live_cursor": cursor,
        "live_topics": "joint",
    }
    return render(request, "campaigns/actions.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    person = person_of(request)
    if not selectors.may_plan(person):
        raise NotAllowed()
    return form_page(
        request,
        forms.PlanForm(posted(request)),
        title=_("策划统一行动"),
        lead=_("部署之前只有策划人员和牵头单位负责人知道。"),
        here=reverse("campaigns:actions"),
        work=lambda said: reverse("campaigns:action", args=[planning.plan(by=person, **said).pk]),
    )


def _context(request: HttpRequest, action_id: UUID) -> dict[str, Any]:
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_action(person, action_id)
    head = presenters.action_head(person, found)
    board = presenters.board(person, found)
    return head | {
        "board": board,
        "mine": [each for each in board.rows if each.seen.mine and each.seen.open],
        "live_cursor": cursor,
        "live_topics": f"joint:{found.pk}" + (" inspections" if head["has_come"] and not head["over"] else ""),
        "back_url": reverse("campaigns:actions"),
    }


@reader
@never_cache
@require_GET
def action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """Plan before the hour, board after it: one page."""
    person = person_of(request)
    context = _context(request, action_id)
    found = context["action"]
    context |= {
        "shell": shell_of(person),
        "steps": [step for step in STEPS.values() if step.open_to(found, person)],
        "provinces": presenters.provinces(found),
        "seats": list(found.seats.all()),
        "planners": list(found.planners.select_related("person")),
    }
    return render(request, "campaigns/action.html", context)


@reader
@never_cache
@require_GET
def board(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The board alone, large, for the wall of a command room."""
    return render(request, "campaigns/board.html", _context(request, action_id))


@reader
@never_cache
@require_GET
def sheet(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The closing sheet as this person may see it."""
    person = person_of(request)
    found = selectors.access_action(person, action_id)
    pacing.require("exports", user=person)
    name = f"{found.code_name}.xlsx"
    return FileResponse(sheets.workbook(person, found), as_attachment=True, filename=name)  # type: ignore[arg-type]


# Steps ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One thing that can be done with an action, on a small page of its own."""

    code: str
    title: Words
    lead: Words
    form: Callable[[Any, User, JointAction], django_forms.Form]
    work: Callable[[User, JointAction, dict[str, Any]], Any]
    when: Callable[[JointAction], bool]
    leads: bool = False
    own: bool = True
    seal: bool = False
    primary: bool = False

    def allowed(self, action: JointAction, person: User) -> bool:
        """Whether this person may take the step at all."""
        if self.own and action.origin:
            return False
        return selectors.leads_action(person, action) if self.leads else selectors.plans(person, action)

    def open_to(self, action: JointAction, person: User) -> bool:
        """Whether the step is open now."""
        return self.when(action) and self.allowed(action, person)


def _goes_on(action: JointAction) -> bool:
    return action.state in (State.DRAFT, State.ANNOUNCED, State.UNDERWAY)


def _before(action: JointAction) -> bool:
    return action.state in (State.DRAFT, State.ANNOUNCED) and not veil.has_come(action)


def target_form(
    data: Any, person: User, action: JointAction, unit: Unit | None = None, **initial: Any
) -> forms.TargetForm:
    """The form of a target, with who may hold it and who may go."""
    return forms.TargetForm(
        data,
        units=open_units(),
        provinces=[] if action.origin else selectors.other_provinces(),
        officers=selectors.officers_offered(unit or action.lead_unit),
        initial=initial,
    )


def holder_of(said: dict[str, Any]) -> dict[str, Any]:
    """What a form says of holder and officers, as services take it."""
    holder = said.pop("holder", "")
    outside = holder.startswith("province:")
    return said | {
        "unit_id": UUID(holder) if holder and not outside else None,
        "province": holder.removeprefix("province:") if outside else "",
        "officer_ids": ids(said.get("officer_ids", [])),
    }


def _add_target(by: User, action: JointAction, said: dict[str, Any]) -> Any:
    planning.add_target(by=by, action_id=action.pk, **holder_of(said))


_ALL = (
    Step("target", _("添加目标"), _("一行一个地点；也可以从专项行动里按线索打包。"),
         lambda data, by, it: target_form(data, by, it), _add_target, _goes_on, primary=True),
    Step("announce", _("部署"), _("通知全部参战人员确认收到，给外省发函，请权利人派员。"),
         lambda data, by, it: forms.NothingForm(data),
         lambda by, it, said: going.announce(by=by, action_id=it.pk) and None, lambda it: it.state == State.DRAFT,
         primary=True),
    Step("answer", _("答复邀请"), _("答复牵头省份是否参加。"), lambda data, by, it: forms.AnswerForm(data),
         lambda by, it, said: reporting.answer(
             by=by, action_id=it.pk, accept=said["accept"] == "yes", reason=said["reason"]) and None,
         lambda it: bool(it.origin) and it.state == State.ANNOUNCED, own=False, primary=True),
    Step("hour", _("改零时"), _("改了以后，全部人员要重新确认收到。"),
         lambda data, by, it: forms.HourForm(data, initial={"zero_hour": it.zero_hour}),
         lambda by, it, said: going.move_hour(by=by, action_id=it.pk, **said) and None, _before),
    Step("describe", _("修改方案"), _("名称、代号、保密和方案。"),
         lambda data, by, it: forms.DescribeForm(data, initial={
             "name": it.name, "code_name": it.code_name, "opens_to": it.opens_to, "plan_words": it.plan_words}),
         lambda by, it, said: planning.describe(by=by, action_id=it.pk, **said) and None, _before),
    Step("planner", _("添加策划人员"), _("策划人员在零时前看得到全部目标。"),
         lambda data, by, it: forms.PlannerForm(data, people=selectors.officers_offered(it.lead_unit, everybody=True)),
         lambda by, it, said: planning.add_planner(
             by=by, action_id=it.pk, person_id=UUID(said["person_id"])) and None, _goes_on),
    Step("province", _("邀请外省"), _("部署时发函；对方只收到自己的目标。"),
         lambda data, by, it: forms.ProvinceForm(data, provinces=selectors.other_provinces()),
         lambda by, it, said: planning.add_province(by=by, action_id=it.pk, **said) and None, _goes_on),
    Step("seat", _("添加其他部门"), _("公安、烟草、农业等部门没有账号的人员，列入方案和结果表。"),
         lambda data, by, it: forms.SeatForm(data),
         lambda by, it, said: planning.add_seat(by=by, action_id=it.pk, **said) and None, _goes_on, own=False),
    Step("close", _("结束行动"), _("每个目标都有结果才能结束。"), lambda data, by, it: forms.ClosingForm(data),
         lambda by, it, said: going.close(by=by, action_id=it.pk, **said) and None,
         lambda it: _goes_on(it) and veil.has_come(it), leads=True, own=False),
    Step("call-off", _("取消行动"), _("零时前可以取消；已部署的会通知全部人员、外省和权利人。"),
         lambda data, by, it: forms.ReasonForm(data),
         lambda by, it, said: going.call_off(by=by, action_id=it.pk, **said) and None, _before, leads=True, seal=True),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL}


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, action_id: UUID, step: str) -> HttpResponse:
    """One step of an action."""
    person = person_of(request)
    found = selectors.access_action(person, action_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    if not chosen.allowed(found, person):
        raise NotAllowed()
    return form_page(
        request,
        chosen.form(posted(request), person, found),
        title=chosen.title,
        lead=chosen.lead,
        here=reverse("campaigns:action", args=[action_id]),
        work=lambda said: chosen.work(person, found, said),
        seal=chosen.seal,
    )


@reader
@require_POST
def remove_seat(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """A department comes no more."""
    person = person_of(request)
    return try_it(
        request, reverse("campaigns:actions"), lambda: planning.remove_seat(by=person, seat_id=seat_id), _("已移除。")
    )


@reader
@require_POST
def call_off_escort(request: HttpRequest, escort_id: UUID) -> HttpResponse:
    """Nobody of this right holder is needed."""
    person = person_of(request)

    def work() -> str:
        asked = escorting.call_off(by=person, ask_id=escort_id)
        return reverse("campaigns:target", args=[asked.target_id])

    return try_it(request, reverse("campaigns:actions"), work, _("已取消派员。"))
