"""Pages of agreements and of their meetings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import person_of
from federation.agreements import forms, selectors
from federation.agreements.models import Agreement, Meeting
from federation.agreements.services import agreeing, meeting
from federation.agreements.services.common import own
from kernel.errors import Problem
from provinces.context import required
from webui.pages import paged

PER_PAGE = 50
SPARE_ROWS = 3


def _tried(form: django_forms.Form, step: Callable[[], Any]) -> Any:
    """What the step gives; a refusal becomes the form's error."""
    try:
        return step()
    except Problem as problem:
        form.add_error(None, problem.detail)
        return None


@login_required
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """What waits for our word, what runs out, and all that we know of."""
    form = forms.AgreementFilter(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = selectors.agreements(request.user, state=asked.get("state", ""), form=asked.get("form", ""))
    page = paged(rows, request, PER_PAGE)
    at_home = required().kind == "province"
    names = selectors.names_of(code for row in page.object_list for code in row.members)
    revisions = {row.pk: selectors.current_of(row) for row in page.object_list}
    context = {
        "form": form,
        "page": page,
        "rows": [(row, [names[code] for code in row.members], revisions[row.pk]) for row in page.object_list],
        "waiting": selectors.unanswered() if at_home else [],
        "minutes": selectors.minutes_waiting() if at_home else [],
        "to_do": selectors.own_actions()[:10] if at_home else [],
        "soon": selectors.ending_soon(),
        "elsewhere": [
            (row, list(selectors.names_of(row.members).values())) for row in selectors.open_elsewhere(request.user)
        ],
        "may_propose": selectors.speaks_for_province(request.user),
    }
    return render(request, "agreements/list.html", context)


@login_required
@require_safe
def agreement(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """One agreement."""
    return _page(request, selectors.access_agreement(request.user, agreement_id))


def _page(request: HttpRequest, found: Agreement, *, status: int = 200, **more: Any) -> HttpResponse:
    at_home = required().kind == "province"
    leads = selectors.speaks_for_province(request.user)
    revisions = selectors.revisions_of(found)
    current = next((row for row in revisions if row.pk == found.current_id), None)
    waiting = {row.pk for row in selectors.unanswered()} if at_home else set()
    context = {
        "agreement": found,
        "current": current,
        "recognitions": selectors.recognitions_of(current) if current else [],
        "members": list(selectors.names_of(found.members).items()),
        "revisions": revisions,
        "waiting": waiting if leads else set(),
        "own": own() if at_home else "",
        "departures": [(selectors.names_of([row.party])[row.party], row) for row in selectors.departures_of(found)],
        "meetings": selectors.meetings_of(found) if at_home else [],
        "answer_form": forms.AnswerForm(),
        "leave_form": forms.WhyForm() if leads and _is_member(found) else None,
        "may_amend": leads and at_home and bool(revisions) and own() in {c for row in revisions for c in row.parties},
        "may_call": selectors.keeps_meetings(request.user) and _is_member(found),
        "is_leader": leads,
        **more,
    }
    return render(request, "agreements/agreement.html", context, status=status)


def _is_member(found: Agreement) -> bool:
    return found.state == Agreement.State.IN_FORCE and own() in found.members


@login_required
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Ask others for a new agreement."""
    selectors.agreements(request.user)
    form = forms.ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = _tried(
            form,
            lambda: agreeing.propose(
                by=person_of(request), form=data["form"], topic=data["topic"], visibility=data["visibility"],
                wanted=form.wanted(),
            ),
        )  # fmt: skip
        if made:
            messages.success(request, _("已征求各方同意。各方都同意之前不生效，函件仍按全国默认期限办理。"))
            return redirect("agreements:agreement", made.pk)
    context = {"form": form, "heading": _("新建协作协议"), "back_url": reverse("agreements:list")}
    return render(request, "agreements/terms.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Ask for new terms."""
    found = selectors.access_agreement(request.user, agreement_id)
    latest = selectors.current_of(found) or found.revisions.order_by("-number").first()
    form = forms.AmendForm(request.POST or None, initial=forms.of_revision(latest))
    if request.method == "POST" and form.is_valid():
        made = _tried(form, lambda: agreeing.amend(by=person_of(request), agreement=found, wanted=form.wanted()))
        if made:
            messages.success(request, _("新文本已征求各方同意。在此之前，现行文本继续有效。"))
            return redirect("agreements:agreement", found.pk)
    context = {
        "form": form,
        "heading": _("修改或续签：{title}").format(title=found.title),
        "back_url": reverse("agreements:agreement", args=[found.pk]),
    }
    return render(request, "agreements/terms.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def answer(request: HttpRequest, agreement_id: UUID, revision_id: UUID) -> HttpResponse:
    """Consent, refuse, or take back one's own."""
    revision = selectors.access_revision(request.user, agreement_id, revision_id)
    form, step = forms.AnswerForm(request.POST), request.POST.get("step", "")
    if form.is_valid():
        why, by = form.cleaned_data["why"], person_of(request)
        if step == "withdraw":
            done = _tried(form, lambda: agreeing.withdraw(by=by, revision=revision, why=why))
        else:
            done = _tried(form, lambda: agreeing.answer(by=by, revision=revision, consent=step == "consent", why=why))
        if done:
            said = {"consent": _("已同意。"), "withdraw": _("已撤回。")}
            messages.success(request, said.get(step, _("已回复不同意。")))
            return redirect("agreements:agreement", agreement_id)
    return _page(request, revision.agreement, status=400, answer_form=form)


@login_required
@require_POST
def leave(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Leave it."""
    found = selectors.access_agreement(request.user, agreement_id)
    form = forms.WhyForm(request.POST)
    if form.is_valid():
        why = form.cleaned_data["why"]
        if _tried(form, lambda: agreeing.leave(by=person_of(request), agreement=found, why=why)):
            messages.success(request, _("已退出。已经发出的函件不受影响。"))
            return redirect("agreements:agreement", agreement_id)
    return _page(request, found, status=400, leave_form=form)


# Meetings -------------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, agreement_id: UUID) -> HttpResponse:
    """Call a meeting of the members."""
    found = selectors.access_agreement(request.user, agreement_id)
    form = forms.MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = _tried(form, lambda: meeting.call(by=person_of(request), agreement=found, **data))
        if made:
            messages.success(request, _("会议通知已发给各成员。"))
            return redirect("agreements:meeting", found.pk, made.pk)
    context = {"form": form, "agreement": found}
    return render(request, "agreements/call.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def one_meeting(request: HttpRequest, agreement_id: UUID, conference_id: UUID) -> HttpResponse:
    """One meeting; a POST says whether we come, confirms the minutes or calls the meeting off."""
    found = selectors.access_meeting(request.user, agreement_id, conference_id)
    step, by = request.POST.get("step", ""), person_of(request)
    coming = forms.ComingForm(request.POST if step in ("come", "stay") else None)
    confirm = forms.ConfirmForm(request.POST if step in ("confirm", "object") else None)
    last = found.minutes.first()
    done = None
    if step in ("come", "stay") and coming.is_valid():
        people = coming.cleaned_data["people"]
        done = _tried(coming, lambda: meeting.answer_call(by=by, meeting=found, coming=step == "come", people=people))
    elif step in ("confirm", "object") and confirm.is_valid() and last is not None:
        objection = confirm.cleaned_data["objection"]
        done = _tried(
            confirm,
            lambda: meeting.confirm_minutes(
                by=by, meeting=found, number=last.number, confirmed=step == "confirm", objection=objection
            ),
        )
    elif step == "call-off":
        done = meeting.change(by=by, meeting=found, call_off=True)
    if done:
        messages.success(request, _("已发给各成员。"))
        return redirect("agreements:meeting", agreement_id, conference_id)
    seats = selectors.seats_of(found)
    mine = next((row for _name, row in seats if row.party == own()), None)
    keeps = selectors.keeps_meetings(request.user)
    names = selectors.names_of([found.host])
    context = {
        "meeting": found,
        "agreement": selectors.access_agreement(request.user, agreement_id),
        "host": names[found.host],
        "is_host": found.host == own() and keeps,
        "seats": seats,
        "mine": mine,
        "last": last,
        "actions": selectors.actions_of(found),
        "own": own(),
        "keeps": keeps,
        "coming_form": coming if keeps and found.state == Meeting.State.CALLED and found.host != own() else None,
        "confirm_form": confirm if keeps and _waits_for_us(found, mine, last) else None,
        "done_form": forms.DoneForm(),
    }
    return render(request, "agreements/meeting.html", context, status=400 if step else 200)


def _waits_for_us(found: Meeting, mine: Any, last: Any) -> bool:
    if mine is None or last is None or found.state != Meeting.State.MINUTED:
        return False
    return max(mine.confirmed_number, mine.objected_number) < last.number


@login_required
@require_http_methods(["GET", "POST"])
def minutes(request: HttpRequest, agreement_id: UUID, conference_id: UUID) -> HttpResponse:
    """Write the minutes."""
    found = selectors.access_meeting(request.user, agreement_id, conference_id)
    last = found.minutes.first()
    initial = {"minutes": last.text, "decisions": "\n".join(last.decisions)} if last else {}
    held = [
        {"text": row.text, "owner": row.owner, "unit": row.unit, "due_on": row.due_on, "action_id": row.pk}
        for _name, row in selectors.actions_of(found)
    ]
    owners = [(row.party, name) for name, row in selectors.seats_of(found)]
    rows_of = formset_factory(forms.ToDoForm, extra=SPARE_ROWS, max_num=40)
    form = forms.MinutesForm(request.POST or None, initial=initial)
    rows = rows_of(request.POST or None, initial=held, form_kwargs={"owners": owners}, prefix="do")
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        actions = [found_row for row in rows if (found_row := row.to_do())]
        data = form.cleaned_data
        made = _tried(
            form,
            lambda: meeting.write_minutes(
                by=person_of(request), meeting=found, minutes=data["minutes"], decisions=data["decisions"],
                actions=actions,
            ),
        )  # fmt: skip
        if made:
            messages.success(request, _("纪要已发给各成员确认。"))
            return redirect("agreements:meeting", agreement_id, conference_id)
    context = {"form": form, "rows": rows, "meeting": found, "agreement_id": agreement_id}
    status = 400 if request.method == "POST" else 200
    return render(request, "agreements/minutes.html", context, status=status)


@login_required
@require_POST
def done(request: HttpRequest, agreement_id: UUID, conference_id: UUID, todo_id: UUID) -> HttpResponse:
    """One of our actions is done."""
    row = selectors.access_action(person_of(request), agreement_id, conference_id, todo_id)
    meeting.finish_action(by=person_of(request), action=row, words=request.POST.get("words", ""))
    messages.success(request, _("已报告完成。"))
    return redirect("agreements:meeting", agreement_id, conference_id)
