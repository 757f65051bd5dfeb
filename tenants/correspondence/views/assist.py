"""Pages of requests for assistance: the list, one request question by question, its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from accounts.models import Post, User
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Words
from notify.live import live_cursor
from tenants.correspondence import forms_assist, presenters_assist
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.kinds import assistance as kind
from tenants.correspondence.kinds import case_transfer
from tenants.correspondence.models import Assistance
from tenants.correspondence.services import assisting, drafting
from webui.pages import PER_PAGE, paged, posted, show_page, turn_back

REFUSALS = (BadInput, Conflict, NotAllowed)
STARTED_FROM_CASE = (kind.REQUEST, case_transfer.CODE)


def shell_of(person: User) -> str:
    """Officers work on the phone's page, who leads or dispatches at the desk."""
    return "webui/phone.html" if person.has_role(Post.Role.OFFICER) else "webui/desk.html"


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    title: Words,
    lead: Words,
    here: str,
    work: Callable[[dict[str, Any]], Any],
    button: Words = "",
    seal: bool = False,
    then: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """A small page with one form; what is refused is said above it."""
    context = {"form": form, "title": title, "lead": lead, "button": button or title, "seal": seal, "back_url": here}
    if request.method == "POST" and form.is_valid():
        try:
            done = work(dict(form.cleaned_data))
        except REFUSALS as problem:
            return show_page(request, "papers/step.html", context, problem)
        return redirect(then(done) if then else here)
    return show_page(request, "papers/step.html", context)


def _page_of(row_id: UUID) -> str:
    return reverse("correspondence:assistance", args=[row_id])


@reader
@never_cache
@require_GET
def assistances(request: HttpRequest) -> HttpResponse:
    """Requests this person may see: those that wait for this bureau first, then those it made."""
    person, cursor = person_of(request), live_cursor()
    side = request.GET.get("side", "")
    side = side if side in Assistance.Side.values else ""
    only_open = request.GET.get("open", "") == "1"
    rows = selectors.assistances_of(person, side=side, only_open=only_open)
    page = paged(rows, request, PER_PAGE)
    context = {
        "shell": shell_of(person),
        "page": page,
        "rows": [(each, presenters_assist.chip(each), presenters_assist.clock_of(each)) for each in page],
        "side": side,
        "only_open": only_open,
        "keeps_calendar": selectors.keeps_calendar(person),
        "live_cursor": cursor,
        "live_topics": "official",
    }
    return render(request, "correspondence/assist/list.html", context)


@reader
@never_cache
@require_GET
def assistance(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """One request: its clock, its questions with their answers, what is missing, its steps."""
    person, cursor = person_of(request), live_cursor()
    row = selectors.access_assistance(person, assistance_id)
    context = {
        **presenters_assist.assistance_context(row, person),
        "shell": shell_of(person),
        "live_cursor": cursor,
        "live_topics": f"official:{row.letter_id}",
        "back_url": reverse("correspondence:assistances"),
        "whole_page": True,
    }
    return render(request, "correspondence/assist/assistance.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, assistance_id: UUID, number: int) -> HttpResponse:
    """Write the answer to one question."""
    person = person_of(request)
    row = selectors.access_assistance(person, assistance_id)
    question = selectors.question(row, number)
    if not selectors.answers(person, row):
        raise NotAllowed()
    draft = getattr(question, "draft", None)
    initial = (
        {"finding": draft.finding, "text": draft.text, "exhibit_ids": draft.evidence} if draft else {"finding": "found"}
    )
    exhibits = [
        (str(each.pk), f"{each.title or each.file_name or each.get_kind_display()} · {each.sha256[:12]}")
        for each in selectors.exhibits_open_to(person)
    ]
    known = {pk for pk, _words in exhibits}
    if draft:
        exhibits += [(pk, pk[:8]) for pk in draft.evidence if pk not in known]
    form = forms_assist.AnswerForm(posted(request), exhibits=exhibits, initial=initial)
    return form_page(
        request,
        form,
        title=gettext("答复第 %(number)s 项") % {"number": number},
        lead=question.text,
        button=_("保存答复"),
        here=_page_of(row.pk),
        work=lambda said: assisting.write_answer(
            by=person,
            assistance_id=assistance_id,
            number=number,
            text=said["text"],
            finding=said["finding"],
            exhibit_ids=[UUID(pk) for pk in said["exhibit_ids"]],
        ),
    )


@reader
@require_POST
def drop_answer(request: HttpRequest, assistance_id: UUID, number: int) -> HttpResponse:
    """Take back an answer that has not left."""
    try:
        assisting.drop_answer(by=person_of(request), assistance_id=assistance_id, number=number)
    except REFUSALS as problem:
        return turn_back(request, problem, _page_of(assistance_id))
    return redirect(_page_of(assistance_id))


@reader
@require_POST
def reply(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """起草复函 with the answers that are ready."""
    person = person_of(request)
    row = selectors.access_assistance(person, assistance_id)
    try:
        letter = assisting.draft_reply(by=person, assistance_id=row.pk)
    except REFUSALS as problem:
        return turn_back(request, problem, _page_of(row.pk))
    return redirect("correspondence:letter", letter.pk)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """延期告知. One that comes too late is kept and refused."""
    person = person_of(request)
    row = selectors.access_assistance(person, assistance_id)
    if not selectors.answers(person, row):
        raise NotAllowed()

    def work(said: dict[str, Any]) -> None:
        try:
            assisting.extend(by=person, assistance_id=assistance_id, **said)
        except assisting.TermOver as late:  # it is kept, so the page goes on
            messages.error(request, late.detail)

    return form_page(
        request,
        forms_assist.ExtendForm(posted(request)),
        title=_("延期告知"),
        lead=_("期限届满前告知对方，写明新的期限和原因。期限过后的告知记为逾期，期限不变。"),
        here=_page_of(row.pk),
        work=work,
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """办结, by who asked."""
    person = person_of(request)
    row = selectors.access_assistance(person, assistance_id)
    return form_page(
        request,
        forms_assist.CloseForm(posted(request)),
        title=_("办结协查"),
        lead=_("办结后双方都不再办理。还有没答复的事项，要写明不再需要的原因。"),
        here=_page_of(row.pk),
        work=lambda said: assisting.close(by=person, assistance_id=assistance_id, **said),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def paper_receipt(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """When a bureau that is not on the system received the letter."""
    person = person_of(request)
    row = _on_paper(person, assistance_id)
    return form_page(
        request,
        forms_assist.PaperReceiptForm(posted(request)),
        title=_("登记对方收函"),
        lead=_("对方不在本系统。期限从收函次日起按全国工作日暂算；对方另有放假安排的，以对方为准。"),
        here=_page_of(row.pk),
        work=lambda said: assisting.note_receipt(by=person, assistance_id=assistance_id, **said),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def paper_reply(request: HttpRequest, assistance_id: UUID) -> HttpResponse:
    """What a reply on paper says to one question."""
    person = person_of(request)
    row = _on_paper(person, assistance_id)
    questions = [(each.number, f"{each.number}. {each.text[:60]}") for each in row.questions.all()]
    return form_page(
        request,
        forms_assist.PaperReplyForm(posted(request), questions=questions, initial={"finding": "found"}),
        title=_("登记对方复函"),
        lead=_("照纸质复函逐项登记。"),
        here=_page_of(row.pk),
        work=lambda said: assisting.note_reply(by=person, assistance_id=assistance_id, **said),
    )


def _on_paper(person: User, assistance_id: UUID) -> Assistance:
    row = selectors.access_assistance(person, assistance_id)
    if not (row.letter.by_paper and row.side == Assistance.Side.ASKING and selectors.keeps(person, row.letter)):
        raise NotAllowed()
    return row


@reader
@require_POST
def from_case(request: HttpRequest, case_id: UUID, letter_kind: str) -> HttpResponse:
    """Begin a request for assistance, or a hand-over, from a case."""
    if letter_kind not in STARTED_FROM_CASE:
        raise NotFound404()
    try:
        letter = drafting.draft(by=person_of(request), kind_code=letter_kind, case_id=case_id)
    except REFUSALS as problem:
        return turn_back(request, problem, reverse("cases:detail", args=[case_id]))
    return redirect("correspondence:to", letter.pk)
