"""Every step in a room on a small page of its own: the form, what it does, who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from federation.jointcases import forms, presenters, reckoning, selectors
from federation.jointcases.selectors import Inside, Viewer
from federation.jointcases.services import rooms, wall, work
from federation.jointcases.services.rooms import Wanted
from federation.jointcases.views.common import shell_of, viewing
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Words
from webui.pages import posted, show_page, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)
When = Callable[[Inside], bool]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do. on: about one row, named in the address. part: the page that offers it. more: less often."""

    code: str
    title: Words
    lead: Words
    form: Callable[[Any, Inside, UUID | None], django_forms.Form]
    work: Callable[[Inside, UUID | None, Any], Any]
    when: When
    part: str = ""
    on: bool = False
    more: bool = False
    seal: bool = False
    primary: bool = False

    def open_to(self, inside: Inside) -> bool:
        """Whether this person may do it now."""
        return self.when(inside)


def _works(inside: Inside) -> bool:
    return inside.works and any(seat.is_.contents for seat in inside.joined)


def _leads(inside: Inside) -> bool:
    return inside.leads and inside.now.closed_at is None


def _leads_at_bureau(inside: Inside) -> bool:
    return _leads(inside) and inside.viewer.kind == "province"


def _answers(inside: Inside) -> bool:
    return selectors.may_answer(inside.viewer) and any(
        seat.state in (reckoning.INVITED, reckoning.DECLINED) for seat in inside.seats
    )


def _leaves(inside: Inside) -> bool:
    return selectors.may_answer(inside.viewer) and any(seat.id != inside.now.lead for seat in inside.joined)


def _own_bureau(inside: Inside) -> bool:
    return inside.viewer.kind == "province" and not inside.guest and bool(inside.joined)


def _decides_at_bureau(inside: Inside) -> bool:
    return inside.viewer.kind == "province" and not inside.guest and selectors.may_answer(inside.viewer)


def _plain(form: type[django_forms.Form]) -> Callable[[Any, Inside, UUID | None], django_forms.Form]:
    return lambda data, inside, on: form(data)


def _aware(form: Any) -> Callable[[Any, Inside, UUID | None], django_forms.Form]:
    return lambda data, inside, on: form(data, inside=inside)


def _known(rows: dict[UUID, Any], on: UUID | None) -> Any:
    found = rows.get(on) if on else None
    if found is None:
        raise NotFound404()
    return found


def _task_form(data: Any, inside: Inside, on: UUID | None) -> forms.TaskForm:
    if on is None:
        return forms.TaskForm(data, inside=inside)
    task = _known(inside.now.tasks, on)
    initial = task.is_.model_dump() | {"holder": str(task.holder)}
    return forms.TaskForm(data, inside=inside, initial=initial)


def _progress_form(data: Any, inside: Inside, on: UUID | None) -> forms.ProgressForm:
    return forms.ProgressForm(data, initial=_known(inside.now.rows, on).is_.model_dump() if on else None)


def _minutes_form(data: Any, inside: Inside, on: UUID | None) -> forms.MinutesForm:
    if on is None:
        return forms.MinutesForm(data, inside=inside)
    it = _known(inside.now.meetings, on).is_
    initial: dict[str, Any] = it.model_dump(exclude={"actions"})
    for number, action in enumerate(it.actions, start=1):
        initial |= {
            f"text{number}": action.text, f"seat{number}": str(action.seat_id), f"owner{number}": action.owner,
            f"due{number}": action.due_on, f"action{number}": action.action_id,
        }  # fmt: skip
    return forms.MinutesForm(data, inside=inside, lines=len(it.actions) + 2, initial=initial)


def _describe_form(data: Any, inside: Inside, on: UUID | None) -> forms.DescribeForm:
    header = inside.now.header
    return forms.DescribeForm(data, initial=header.model_dump() if header else None)


def _rights_form(data: Any, inside: Inside, on: UUID | None) -> forms.RightsForm:
    return forms.RightsForm(data, initial=_known(inside.now.seats, on).is_.model_dump())


def _members(inside: Inside, *, bureaux: bool = False, others: bool = False) -> list[tuple[str, str]]:
    return [
        (str(seat.id), seat.is_.name)
        for seat in inside.now.joined()
        if seat.id != inside.now.lead
        and not (bureaux and (seat.is_.kind != "bureau" or seat.is_.guest))
        and not (others and seat.party == inside.room.holder)
    ]


def _own_seats(inside: Inside) -> list[tuple[str, str]]:
    return [(str(seat.id), seat.is_.name) for seat in inside.joined if seat.id != inside.now.lead]


def _answer(inside: Inside, on: UUID | None, said: Any) -> Any:
    return rooms.answer(room=inside, accept=said["accept"] == "yes", reason=said["reason"], seat_id=on)


def _task(inside: Inside, on: UUID | None, said: Any) -> Any:
    return work.set_task(room=inside, task_id=on, **said | {"holder": UUID(said["holder"])})


def _drop_task(inside: Inside, on: UUID | None, said: Any) -> Any:
    task = _known(inside.now.tasks, on)
    return work.set_task(room=inside, task_id=on, title=task.is_.title, holder=task.holder, dropped=True)


def _report_task(inside: Inside, on: UUID | None, said: Any) -> Any:
    handed = UUID(said["handed_to"]) if said["handed_to"] else None
    return work.report_task(room=inside, task_id=_id(on), **said | {"handed_to": handed})


def _id(on: UUID | None) -> UUID:
    if on is None:
        raise NotFound404()
    return on


def _show(inside: Inside, on: UUID | None, said: Any) -> Any:
    ids = {"exhibit_id": UUID(said["exhibit_id"]), "named": [UUID(each) for each in said["named"]]}
    return wall.show(room=inside, **said | ids)


def _link_own(inside: Inside, on: UUID | None, said: Any) -> Any:
    kind, _colon, pk = said["matter"].partition(":")
    return work.link_own(room=inside, kind=kind, matter_id=UUID(pk))


def _progress(inside: Inside, on: UUID | None, said: Any) -> Any:
    row = said | {"detained": said["detained"] or 0}
    return work.set_progress(room=inside, row_id=on, **row)


def _name(inside: Inside, *wanted: Wanted) -> Any:
    return rooms.name_seats(room=inside, wanted=wanted)


_ALL = (
    Step(code="answer", title=_("答复邀请"), lead=_("参加后才看得到任务、进展和证据。"), form=_plain(forms.AnswerForm),
         work=_answer, when=_answers, primary=True),
    Step(code="task", title=_("布置任务"), lead=_("交给一个成员单位；它看得到，其他成员也看得到。"), form=_task_form,
         work=_task, when=_leads, primary=True),
    Step(code="drop-task", title=_("撤销任务"), lead=_("承办单位不用再办。"), form=_plain(forms.NothingForm),
         work=_drop_task, when=_leads, on=True, seal=True),
    Step(code="report-task", title=_("报告任务"), lead=_("写明办到哪一步；办不了的转交或说明。"),
         form=_aware(forms.ReportForm), work=_report_task, when=_works, on=True, primary=True),
    Step(code="progress", title=_("登记进展"), lead=_("只改本单位的一行；其他成员都看得到。"), form=_progress_form,
         work=_progress, when=_works, primary=True),
    Step(code="note", title=_("留言"), lead=_("全部成员都看得到。"), form=_plain(forms.WordsForm),
         work=lambda it, on, said: work.note(room=it, **said), when=_works),
    Step(code="own-units", title=_("添加本省单位"), lead=_("一个省可以有几个席位；本省单位直接参加，不用答复。"),
         form=_aware(forms.OwnUnitsForm), when=_leads_at_bureau, more=True,
         work=lambda it, on, said: _name(it, *(Wanted(unit_id=UUID(pk)) for pk in said["unit_ids"]))),
    Step(code="province", title=_("邀请外省单位"), lead=_("发邀请函；对方一个工作日内答复。"),
         form=_plain(forms.OtherProvinceForm), when=_leads, more=True,
         work=lambda it, on, said: _name(it, Wanted(
             party=f"province:{said['province']}", name=said["name"], division_code=said["division_code"]))),
    Step(code="organisation", title=_("邀请品牌或协会"), lead=_("默认不给看人员信息。"),
         form=_plain(forms.OrganisationForm), when=_leads, more=True,
         work=lambda it, on, said: _name(it, Wanted(
             party=f"organisation:{said['organisation_id']}", kind="brand", persons=said["persons"]))),
    Step(code="guest-seat", title=_("添加公安或其他部门"),
         lead=_("没有账号的部门由本单位代管席位，再让具体的人列席。"), form=_plain(forms.GuestSeatForm),
         work=lambda it, on, said: _name(it, Wanted(**said)), when=_leads_at_bureau, more=True),
    Step(code="let-in", title=_("让人列席"), lead=_("只看得到这一个联合办案。"), form=_plain(forms.GuestForm),
         work=lambda it, on, said: rooms.let_in(room=it, seat_id=_id(on), **said), when=_decides_at_bureau, on=True,
         primary=True),
    Step(code="show-out", title=_("取消列席"), lead=_("这个人不再看得到。"), form=_plain(forms.NothingForm),
         work=lambda it, on, said: rooms.show_out(room=it, pass_id=_id(on)), when=_decides_at_bureau, on=True,
         seal=True),
    Step(code="sit", title=_("指定承办单位"), lead=_("本省内部安排，不告诉其他成员。"), form=_plain(forms.UnitForm),
         work=lambda it, on, said: rooms.sit(room=it, seat_id=_id(on), unit_id=UUID(said["unit_id"])),
         when=_decides_at_bureau, on=True, primary=True),
    Step(code="rights", title=_("调整席位"), lead=_("只对以后的内容有效，已经发出的不变。"), form=_rights_form,
         work=lambda it, on, said: rooms.change_seat(room=it, seat_id=_id(on), **said), when=_leads, on=True,
         primary=True),
    Step(code="remove", title=_("移出成员"), lead=_("它的未完成任务退回牵头单位，它的证据撤下。"),
         form=_plain(forms.ReasonForm),
         work=lambda it, on, said: rooms.remove_seat(room=it, seat_id=_id(on), **said), when=_leads, on=True,
         seal=True),
    Step(code="describe", title=_("修改说明"), lead=_("名称、代号、目的、商品和知悉范围。"), form=_describe_form,
         work=lambda it, on, said: rooms.describe(room=it, **said), when=_leads, more=True),
    Step(code="hand-lead", title=_("移交牵头"), lead=_("由另一个成员单位牵头；以后由它布置任务和结案。"),
         form=lambda data, it, on: forms.SeatForm(data, choices=_members(it, bureaux=True)),
         work=lambda it, on, said: rooms.hand_lead(room=it, seat_id=UUID(said["seat_id"]), reason=said["reason"]),
         when=_leads, more=True, seal=True),
    Step(code="resend", title=_("补发记录"), lead=_("对方停用过或恢复过数据时，把本单位的全部记录再发一次。"),
         form=lambda data, it, on: forms.SeatForm(data, choices=_members(it, others=True)),
         work=lambda it, on, said: rooms.resend(room=it, party=_known(it.now.seats, UUID(said["seat_id"])).party),
         when=lambda it: _leads(it) and bool(_members(it, others=True)), more=True),
    Step(code="own", title=_("关联本单位案件或线索"), lead=_("只在本单位看得到，不发给任何成员。"),
         form=_aware(forms.OwnMatterForm), work=_link_own, when=_own_bureau, more=True),
    Step(code="unlink-own", title=_("取消关联"), lead=_("案件或线索本身不变。"), form=_plain(forms.NothingForm),
         work=lambda it, on, said: work.unlink_own(room=it, own_id=_id(on)), when=_own_bureau, on=True, seal=True),
    Step(code="leave", title=_("退出"), lead=_("未完成的任务退回牵头单位，本单位的证据从墙上撤下；时间线保留记录。"),
         form=lambda data, it, on: forms.SeatForm(data, choices=_own_seats(it)),
         work=lambda it, on, said: rooms.leave(room=it, reason=said["reason"], seat_id=UUID(said["seat_id"])),
         when=_leaves, more=True, seal=True),
    Step(code="close", title=_("结案"), lead=_("进展表每一行都办结，或写明原因。"), when=_leads, more=True,
         work=lambda it, on, said: rooms.close(room=it, report=said["report"], explained=said["explained"]),
         form=lambda data, it, on: forms.CloseForm(
             data, inside=it, initial={"report": presenters.draft_report(it)} if data is None else None)),
    Step(code="reopen", title=_("重新启动"), lead=_("写明为什么继续。"), form=_plain(forms.ReasonForm),
         work=lambda it, on, said: rooms.reopen(room=it, **said),
         when=lambda it: it.leads and it.now.closed_at is not None, primary=True),
    Step(code="tie", title=_("登记联系"), lead=_("两处之间凭快递单、电话或账号的联系。"), form=_aware(forms.TieForm),
         work=lambda it, on, said: work.tie(room=it, **said), when=_works, part="links", primary=True),
    Step(code="untie", title=_("撤销联系"), lead=_("从图上去掉，时间线保留记录。"), form=_plain(forms.NothingForm),
         work=lambda it, on, said: work.untie(room=it, tie_id=_id(on)), when=_works, part="links", on=True, seal=True),
    Step(code="show", title=_("证据上墙"), lead=_("给出的是供查看的副本和摘要，原件不动；随时可以撤下。"),
         form=_aware(forms.ShowForm), work=_show, part="wall", primary=True,
         when=lambda it: _works(it) and _own_bureau(it)),
    Step(code="end-show", title=_("撤下证据"), lead=_("其他成员不再打得开；已经看过的收不回。"),
         form=_plain(forms.ReasonForm), work=lambda it, on, said: wall.end(room=it, item_id=_id(on), **said),
         when=_own_bureau, part="wall", on=True, seal=True),
    Step(code="minutes", title=_("会议纪要"), lead=_("联席会议议定的事项，写明责任单位和期限。"), form=_minutes_form,
         work=lambda it, on, said: work.write_minutes(room=it, meeting_id=on, **said), when=_works, part="meetings",
         primary=True),
    Step(code="action-done", title=_("落实议定事项"), lead=_("写明怎么落实的。"), form=_plain(forms.DoneForm),
         work=lambda it, on, said: work.action_done(room=it, action_id=_id(on), **said), when=_works,
         part="meetings", on=True, primary=True),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL}


@viewing
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, viewer: Viewer, room_id: UUID, step: str) -> HttpResponse:
    """One step. `?on=` names the row it is about."""
    inside = selectors.inside(viewer, selectors.access_room(viewer, room_id))
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    if not chosen.open_to(inside):
        raise NotAllowed()
    on = uuid_or_none(request.GET.get("on", ""))
    form = chosen.form(posted(request), inside, on)
    here = reverse("jointcases:room", args=[room_id])
    if chosen.part:
        here = reverse("jointcases:part", args=[room_id, chosen.part])
    context = {
        "form": form, "title": chosen.title, "lead": chosen.lead, "button": chosen.title, "seal": chosen.seal,
        "back_url": here, "shell": shell_of(viewer),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            chosen.work(inside, on, form.said() if hasattr(form, "said") else dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "jointcases/step.html", context, problem)
        messages.success(request, _("已记录。"))
        return redirect(here)
    return show_page(request, "jointcases/step.html", context)
