"""What can be done with a letter, each step on a small page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import person_of, reader
from accounts.models import User
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem, Words
from tenants.clues.selectors import officers_inside
from tenants.correspondence import checks, forms, selectors
from tenants.correspondence.kinds import kind
from tenants.correspondence.kinds.forms import HandlerField
from tenants.correspondence.models import CourseStep, OfficialLetter
from tenants.correspondence.services import by_hand, drafting, issuing, recalling, receiving, results, steps
from tenants.correspondence.views.common import keep_scan, shell_of
from webui.pages import posted, show_page

State = OfficialLetter.State
Letter, Said = OfficialLetter, dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One thing that can be done. looks: whoever does it has to have looked where something has to be looked at."""

    code: str
    title: Words
    lead: Words
    form: Callable[[Any, User, Letter], django_forms.Form]
    work: Callable[[User, Letter, Said], Any]
    when: Callable[[Letter], bool]
    may: Callable[[User, Letter], bool]
    done: Words = ""
    looks: bool = False
    seal: bool = False
    primary: bool = False
    files: bool = False

    def open_to(self, letter: Letter, person: User) -> bool:
        """Whether the step is open to this person now."""
        return self.when(letter) and self.may(person, letter)


def _out(*states: str) -> Callable[[Letter], bool]:
    return lambda letter: letter.is_out and letter.state in states


def _in(*states: str) -> Callable[[Letter], bool]:
    return lambda letter: not letter.is_out and letter.state in states


def _words(data: Any, by: User, letter: Letter) -> django_forms.Form:
    return forms.WordsForm(data)


def _reason(data: Any, by: User, letter: Letter) -> django_forms.Form:
    return forms.ReasonForm(data)


def _nothing(data: Any, by: User, letter: Letter) -> django_forms.Form:
    return forms.NothingForm(data)


def _keeps(by: User, letter: Letter) -> bool:
    return steps.works_on(by, letter) or steps.may_issue(by, letter)


def _checks(by: User, letter: Letter) -> bool:
    return steps.may_check(by, letter) and by.pk != letter.drafted_by_id


def _issues(by: User, letter: Letter) -> bool:
    return steps.may_issue(by, letter) and by.pk not in (letter.drafted_by_id, letter.checked_by_id)


def _reads_down(by: User, letter: Letter) -> bool:
    return _checks(by, letter) or _issues(by, letter) or letter.drafted_by_id == by.pk


def _accept_form(data: Any, by: User, letter: Letter) -> django_forms.Form:
    spec = kind(letter.kind)
    form = spec.accept_form(data, letter, by) if spec.accept_form is not None else forms.NothingForm(data)
    handler = HandlerField(label=_("承办人"), required=False)
    handler.offer(letter)
    form.fields["handler_id"] = handler
    return form


def _accept(by: User, letter: Letter, said: Said) -> None:
    handler = said.pop("handler_id", "") or None
    receiving.accept(by=by, letter_id=letter.pk, answers=said, handler_id=UUID(handler) if handler else None)


def _note(by: User, letter: Letter, said: Said) -> None:
    scan = said.pop("scan", None)
    day = said.pop("on")
    on = clock.now() if day == clock.today() else datetime.combine(day, time(12), clock.SHANGHAI)
    by_hand.note(by=by, letter_id=letter.pk, on=on, scan_id=keep_scan(scan, by).pk if scan else None, **said)


def _on_paper(*states: str) -> Callable[[Letter], bool]:
    return lambda letter: letter.is_out and letter.by_paper and letter.state in states


def _course_form(data: Any, by: User, letter: Letter) -> django_forms.Form:
    form = forms.CourseForm(data)
    field = form.fields["what"]
    assert isinstance(field, django_forms.ChoiceField)
    left = letter.state != State.ISSUED
    gone = (CourseStep.What.POSTED, CourseStep.What.HANDED)
    field.choices = [each for each in field.choices if (each[0] in gone) != left]
    return form


_ALL = (
    Step("submit", _("送审"), _("送审后不能再改；审核或签发人可以退回修改。"), _nothing,
         lambda by, it, said: drafting.submit(by=by, letter_id=it.pk, looked=bool(said.get("looked"))),
         _out(State.DRAFT), steps.works_on, _("已送审。"), looks=True, primary=True),
    Step("check", _("审核通过"), _("核对事实、依据、收件单位和附件。"), _words,
         lambda by, it, said: issuing.check(by=by, letter_id=it.pk, **said), _out(State.CHECKING), _checks,
         _("已审核，等负责人签发。"), looks=True, primary=True),
    Step("issue", _("签发"), _("签发即编文号，内容不能再改。"), _words,
         lambda by, it, said: issuing.issue(by=by, letter_id=it.pk, **said), _out(State.ISSUING), _issues,
         _("已签发。"), looks=True, primary=True),
    Step("send-down", _("退回修改"), _("退回后要重新送审、审核、签发。"), _reason,
         lambda by, it, said: issuing.send_down(by=by, letter_id=it.pk, **said),
         _out(State.CHECKING, State.ISSUING), _reads_down, _("已退回修改。")),
    Step("seal", _("登记盖章件"), _("打印、盖章后拍照或扫描；登记后自动发出。"),
         lambda data, by, it: forms.SealScanForm(data),
         lambda by, it, said: by_hand.seal_on_paper(by=by, letter_id=it.pk, scan_id=keep_scan(said["scan"], by).pk),
         lambda it: it.is_out and it.state == State.ISSUED and it.sealed_at is None, _keeps, _("已登记盖章件。"),
         primary=True, files=True),
    Step("note", _("登记寄送和回复"), _("纸质往来按实际发生的日期登记。"), _course_form, _note,
         _on_paper(State.ISSUED, *OfficialLetter.UNDER_WAY), _keeps, _("已登记。"), primary=True, files=True),
    Step("sign-for", _("签收"), _("签收表示函已收到；是否接收另行决定。"), _nothing,
         lambda by, it, said: receiving.sign_for(by=by, letter_id=it.pk), _in(State.DELIVERED), steps.may_receive,
         _("已签收。"), primary=True),
    Step("accept", _("接收"), _("接收后在本单位办理，并按期反馈。来函不能转给其他单位。"), _accept_form, _accept,
         lambda it: _in(State.DELIVERED, State.RECEIVED)(it) and kind(it.kind).takes_on, steps.may_receive,
         _("已接收。"), primary=True),
    Step("return", _("退回"), _("退给发函单位。知道应送单位的请写明；来函不能由本单位转出。"),
         lambda data, by, it: forms.ReturnForm(data),
         lambda by, it, said: receiving.return_(by=by, letter_id=it.pk, **said),
         lambda it: _in(State.DELIVERED, State.RECEIVED)(it) and kind(it.kind).takes_on, steps.may_receive,
         _("已退回发函单位。"), seal=True),
    Step("hand", _("指定承办人"), _("由他办理并反馈。"),
         lambda data, by, it: forms.HandForm(data, officers=officers_inside(it.own_unit)),
         lambda by, it, said: receiving.hand_to(by=by, letter_id=it.pk, officer_id=UUID(said["officer_id"])),
         _in(State.ACCEPTED, State.ANSWERED), steps.may_receive, _("已指定。")),
    Step("result", _("反馈情况"), _("可以多次反馈；办结前这封函一直开着。"),
         lambda data, by, it: forms.ResultForm(data),
         lambda by, it, said: results.tell(by=by, letter_id=it.pk, **said),
         lambda it: _in(State.ACCEPTED, State.ANSWERED)(it) and kind(it.kind).answered, steps.may_receive,
         _("已反馈。"), primary=True),
    Step("consent", _("同意撤回"), _("同意后这封函撤回；已登记的线索由本单位另行处理。"), _words,
         lambda by, it, said: recalling.answer(by=by, letter_id=it.pk, consents=True, **said),
         lambda it: not it.is_out and it.recall_asked_at is not None, steps.may_receive, _("已同意撤回。")),
    Step("refuse", _("不同意撤回"), _("写明理由，对方会看到。"), _reason,
         lambda by, it, said: recalling.answer(by=by, letter_id=it.pk, consents=False, **said),
         lambda it: not it.is_out and it.recall_asked_at is not None, steps.may_receive, _("已答复。")),
    Step("recall", _("撤回"), _("对方接收前立即撤回；接收后要对方同意。"), _reason,
         lambda by, it, said: recalling.recall(by=by, letter_id=it.pk, reason=said["words"]),
         lambda it: _out(*OfficialLetter.UNDER_WAY)(it) and it.recall_asked_at is None and not it.copies.exists(),
         _keeps, _("已请求撤回。")),
    Step("void", _("作废"), _("已编的文号保留在案，标明作废。"), _reason,
         lambda by, it, said: drafting.drop(by=by, letter_id=it.pk, why=said["words"]),
         _out(*OfficialLetter.IN_HAND), _keeps, _("已作废。"), seal=True),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL}


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, official_id: UUID, step: str) -> HttpResponse:
    """One step of a letter."""
    person = person_of(request)
    letter = selectors.letter(person, official_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    if not chosen.may(person, letter):
        raise NotAllowed()
    here = reverse("correspondence:letter", args=[official_id])
    findings = checks.look_over(letter) if chosen.looks else None
    form = chosen.form(posted(request), person, letter)
    if chosen.files and request.method == "POST":
        form.files = request.FILES  # type: ignore[assignment]
    if findings is not None:
        forms.with_look(form, bool(findings.looks))
    context = {
        "form": form, "title": chosen.title, "lead": chosen.lead, "button": chosen.title, "seal": chosen.seal,
        "multipart": chosen.files, "back_url": here, "letter": letter, "findings": findings,
        "shell": shell_of(person),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            chosen.work(person, letter, dict(form.cleaned_data))
        except NotFound404:
            raise
        except (BadInput, Conflict, NotAllowed, Problem) as problem:
            return show_page(request, "correspondence/step.html", context, problem)
        if chosen.done:
            messages.success(request, str(chosen.done))
        return redirect(here)
    return show_page(request, "correspondence/step.html", context)
