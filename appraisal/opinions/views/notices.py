"""Pages of notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import officer, person_of, reader
from accounts.models import User
from accounts.selectors import may_write
from appraisal.opinions import clocks, forms, hooks, pages, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import Notice
from appraisal.opinions.papers import NOTICE
from appraisal.opinions.services import notices
from appraisal.opinions.views.common import REFUSALS, new_id, step_page
from appraisal.requests import selectors as requests
from kernel.errors import NotFound404, Words
from notify.live import live_cursor
from papers import presenters as papers
from webui.pages import posted, turn_back

State = Notice.State


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Begin a notice to the right holder of a request, or to all right holders of its visit at once."""
    person = person_of(request)
    asked = requests.access_request(person, request_id)
    others = [each for each in selectors.to_ask(person, asked) if each.pk != asked.pk]
    rule = selectors.policy()
    there = [str(each.user_id) for each in hooks.ground_of(asked).officers if each.user_id != person.pk]
    initial = {
        "phone": person.phone or "",
        "questions": "\n".join(notices.QUESTIONS),
        "reply_working_days": rule.reply_working_days if rule else Notice().reply_working_days,
        "officer_ids": there,
    }
    colleagues = list(selectors.colleagues(person))
    form = forms.NoticeForm(posted(request), initial=initial, colleagues=colleagues, others=len(others))

    def work(said: dict[str, Any]) -> Notice:
        everyone, fields = said.get("everyone", False), form.said()
        fields["officer_ids"] = [UUID(each) for each in fields["officer_ids"]]
        if everyone:
            return notices.draft_all(by=person, request_id=request_id, **fields)[0]
        return notices.draft(by=person, request_id=request_id, notice_id=new_id(request), **fields)

    names = [each.organisation_name for each in [asked, *others]]
    lead = _("写给 %(name)s。") % {"name": asked.organisation_name}
    if others:
        lead = _("这次检查的权利人：%(names)s。") % {"names": "、".join(dict.fromkeys(names))}
    return step_page(
        request,
        form,
        title=_("协助辨认/鉴别通知书"),
        lead=lead,
        button=_("拟稿"),
        back=reverse("requests:detail", args=[request_id]),
        work=work,
        on_to=lambda made: reverse("opinions:notice", args=[made.pk]),
    )


@dataclass(frozen=True)
class Step:
    """One step of a notice's life, on a small page of its own."""

    code: str
    title: Words
    lead: Words
    form: type[django_forms.Form]
    work: Callable[[User, Notice, dict[str, Any]], Any]
    open_to: Callable[[Notice, User], bool]
    seal: bool = False


def _drafts(notice: Notice, person: User) -> bool:
    return notice.state == State.DRAFT and may_write(person, notice.unit_id)


def _another(notice: Notice, person: User) -> bool:
    works = may_write(person, notice.unit_id) or selectors.heads(person, notice.unit_id)
    return works and person.pk != notice.drafted_by_id


def _issues(notice: Notice, person: User) -> bool:
    heads = selectors.heads(person, notice.unit_id)
    return notice.state == State.TO_ISSUE and heads and person.pk not in (notice.drafted_by_id, notice.checked_by_id)


_ALL_STEPS = (
    Step("submit", _("送审"), _("交另一位同事或局领导审核。"), forms.NothingForm,
         lambda by, row, said: notices.submit(by=by, notice_id=row.pk), _drafts),
    Step("check", _("审核通过"), _("内容无误，交局领导签发。"), forms.NothingForm,
         lambda by, row, said: notices.check(by=by, notice_id=row.pk),
         lambda row, person: row.state == State.CHECKING and _another(row, person)),
    Step("issue", _("签发"), _("编发文号，立即送达权利人，从现在起计算答复期限。"), forms.NothingForm,
         lambda by, row, said: notices.issue(by=by, notice_id=row.pk), _issues, seal=True),
    Step("change", _("修改"), _("照片和数量按申请现在的记录重新取。"), forms.ChangeForm,
         lambda by, row, said: notices.change(
             by=by, notice_id=row.pk, questions=said["questions"].splitlines(), phone=said["phone"],
             reply_working_days=said["reply_working_days"]), _drafts),
    Step("send-back", _("退回拟稿人"), _("写明要改什么。"), forms.ReasonForm,
         lambda by, row, said: notices.send_back(by=by, notice_id=row.pk, **said),
         lambda row, person: row.state in (State.CHECKING, State.TO_ISSUE) and _another(row, person)),
    Step("withdraw", _("作废"), _("还没有签发的可以作废，写明原因。"), forms.ReasonForm,
         lambda by, row, said: notices.withdraw(by=by, notice_id=row.pk, **said),
         lambda row, person: row.state in (State.DRAFT, State.CHECKING, State.TO_ISSUE)
         and (may_write(person, row.unit_id) or selectors.heads(person, row.unit_id))),
)  # fmt: skip
STEPS = {each.code: each for each in _ALL_STEPS}


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, assist_id: UUID) -> HttpResponse:
    """Everything about one notice, its clocks, and the steps that are open to this person."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.whole_notice(person, assist_id)
    others = list(selectors.batch_of(person, found.batch_id)) if found.batch_id else []
    ready = [each for each in others if _issues(each, person)]
    context = {
        **pages.notice_row(found),
        "notice": found,
        "items": list(found.items.all()),
        "events": list(found.clock_events.all()),
        "clock_lines": [pages.note_line(each) for each in clocks.notes([found.request_id])],
        "letters": [pages.letter_row(each) for each in found.letters.all()],
        "batch": [{"row": each, "chip": chip(each)} for each in others if each.pk != found.pk],
        "ready": len(ready) if len(ready) > 1 else 0,
        "steps": [step for step in STEPS.values() if step.open_to(found, person)],
        "offers": papers.offers(NOTICE, found.pk),
        "matter_id": found.pk,
        "may_make": False,
        "live_cursor": cursor,
        "back_url": reverse("requests:detail", args=[found.request_id]),
    }
    return render(request, "opinions/notice.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, assist_id: UUID, step: str) -> HttpResponse:
    """One step. One that is not open to this person is refused by the service, with the sentence shown here."""
    person = person_of(request)
    found = selectors.access_notice(person, assist_id)
    chosen = STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    initial = {
        "questions": "\n".join(found.questions),
        "phone": found.phone,
        "reply_working_days": found.reply_working_days,
    }
    return step_page(
        request,
        chosen.form(posted(request), initial=initial),
        title=chosen.title,
        lead=chosen.lead,
        seal=chosen.seal,
        back=reverse("opinions:notice", args=[assist_id]),
        work=lambda said: chosen.work(person, found, said),
    )


@reader
@require_POST
def issue_batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """签发 all that were drafted together and are ready: numbers follow one another."""
    person = person_of(request)
    first = selectors.batch_of(person, batch_id).first()
    if first is None:
        raise NotFound404()
    here = reverse("opinions:notice", args=[first.pk])
    try:
        made = notices.issue_all(by=person, batch_id=batch_id)
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    words = ngettext("已签发 %(n)d 份：%(numbers)s", "已签发 %(n)d 份：%(numbers)s", len(made))
    messages.success(request, words % {"n": len(made), "numbers": "、".join(each.document_no for each in made)})
    return redirect(here)
