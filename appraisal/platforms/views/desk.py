"""What platforms ask, at the right holder's desk: below all that officers ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from appraisal.desk import selectors as officers
from appraisal.desk.selectors import Desk
from appraisal.platforms import forms, presenters, selectors, services
from appraisal.platforms.models import FastTask
from appraisal.platforms.services.answering import may_answer
from appraisal.platforms.words import NOTE, REASONS, TASK_LOOKS, VERDICTS
from federation.parties.acting import acting_for
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor, Uncovered
from federation.parties.views import done
from kernel.errors import NotFound404, Problem
from kernel.ids import uuid7
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 40
STATES = ("open", "late", "answered", "all")


def at_desk(view: View) -> View:
    """Hand the view the seat of the person, for the right holder they have chosen."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, acting_for(request), *args, **kwargs)

    return never_cache(login_required(inner))


def _officers_waiting(acting: ActingFor) -> int:
    """How many requests of officers wait: they come first."""
    return officers.counts(Desk(acting.person, acting.organisation))["waiting"]


@at_desk
@require_GET
def tasks(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """The list, the nearest promise first."""
    state = request.GET.get("state", "open")
    state = state if state in STATES else "open"
    page = paged(selectors.queue(acting.organisation, state=state), request, PER_PAGE)
    counts = selectors.task_counts(acting.organisation)
    views = [
        ("open", _("未答复"), counts["open"]),
        ("late", _("超过承诺"), counts["late"]),
        ("answered", _("已答复"), counts["answered"]),
        ("all", _("全部"), None),
    ]
    context = {
        "page": page,
        "rows": [presenters.task_row(row) for row in page.object_list],
        "state": state,
        "views": [
            {"state": name, "label": label, "count": count, "current": name == state} for name, label, count in views
        ],
        "officers_waiting": _officers_waiting(acting),
        "may_claim": acting.has(Membership.Role.APPRAISER),
        "terms": selectors.terms_of(acting.organisation),
    }
    part = "platforms/tasks.html#rows" if request.headers.get("X-Live") else "platforms/tasks.html"
    return render(request, part, context)


@at_desk
@require_GET
def open_next(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """An officer's request that waits, if there is one; then mine, then the nearest promise."""
    if _officers_waiting(acting):
        return redirect("desk:next")
    found = selectors.next_task(acting.organisation, acting.person)
    return redirect("platforms:task", fast_task_id=found.pk) if found else redirect("platforms:tasks")


@at_desk
@require_GET
def task(request: HttpRequest, acting: ActingFor, fast_task_id: UUID) -> HttpResponse:
    """The workbench of one listing."""
    return _bench(request, acting, fast_task_id)


def _bench(
    request: HttpRequest, acting: ActingFor, task_id: UUID, *, form: forms.AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    row = selectors.whole_task(acting.organisation, task_id)
    held = row.state == FastTask.State.CLAIMED and row.claimed_by_id == acting.person.pk
    correcting = row.state == FastTask.State.ANSWERED and bool(form or request.GET.get("correct"))
    authority, refused = "", ""
    try:
        authority = may_answer(acting, row)
    except Uncovered as reason:
        refused = reason.detail
    shown = presenters.opinions(row)
    if form is None and (held or correcting):
        last = next((each for each in shown if each["stands"]), None)
        form = forms.AnswerForm(
            initial={"value": last["value"], "reasons": "\n".join(last["reasons"])} if last else None
        )
    tone, shape = TASK_LOOKS[row.state]
    pictures = presenters.pictures(row.pictures.all())
    reference = presenters.reference_url(row)
    context = {
        "task": row,
        "pictures": [{**each, "reference_url": reference} for each in pictures],
        "first": next((each for each in pictures if each["url"]), None),
        "reference_url": reference,
        "opinions": shown,
        "form": form if held or correcting else None,
        "held": held,
        "correcting": correcting,
        "can_claim": row.state == FastTask.State.WAITING,
        "may_claim": acting.has(Membership.Role.APPRAISER),
        "may_report": acting.has(Membership.Role.RIGHTS_STAFF),
        "taken_by": row.claimed_by if row.state == FastTask.State.CLAIMED and not held else None,
        "answered": row.state == FastTask.State.ANSWERED,
        "authority": authority,
        "refused": refused,
        "verdicts": VERDICTS,
        "reason_phrases": REASONS,
        "tone": tone,
        "shape": shape,
        "note": NOTE,
        "key": uuid7(),
        "officers_waiting": _officers_waiting(acting),
    }
    if form is not None and form.errors:
        context["page_kind"] = "error"
    return render(request, "platforms/task.html", context, status=status)


@at_desk
@require_POST
def claim(request: HttpRequest, acting: ActingFor, fast_task_id: UUID) -> HttpResponse:
    """Take a task."""
    done(request, lambda: services.claim(acting=acting, task_id=fast_task_id), _("已接单。"))
    return redirect("platforms:task", fast_task_id=fast_task_id)


@at_desk
@require_POST
def release(request: HttpRequest, acting: ActingFor, fast_task_id: UUID) -> HttpResponse:
    """Give a task back."""
    done(request, lambda: services.release(acting=acting, task_id=fast_task_id), _("已退回待接单。"))
    return redirect("platforms:task", fast_task_id=fast_task_id)


@at_desk
@require_POST
def answer(request: HttpRequest, acting: ActingFor, fast_task_id: UUID) -> HttpResponse:
    """Answer; then the next one opens by itself."""
    selectors.access_task(acting.organisation, fast_task_id)
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        return _bench(request, acting, fast_task_id, form=form, status=400)
    try:
        key = UUID(request.POST.get("idempotency_key", ""))
    except ValueError:
        key = uuid7()
    try:
        services.answer(acting=acting, task_id=fast_task_id, opinion_id=key, **form.cleaned_data)
    except NotFound404:
        raise
    except Problem as problem:
        form.add_error(None, problem.detail)
        return _bench(request, acting, fast_task_id, form=form, status=problem.status)
    messages.success(request, _("已答复平台。"))
    return redirect("platforms:task", fast_task_id=fast_task_id)


@at_desk
@require_POST
def withdraw_answer(request: HttpRequest, acting: ActingFor, fast_task_id: UUID, fast_opinion_id: UUID) -> HttpResponse:
    """Take an answer back."""
    if selectors.access_opinion(acting.organisation, fast_opinion_id).task_id != fast_task_id:
        raise NotFound404()
    reason = request.POST.get("reason", "")[:500]
    done(
        request,
        lambda: services.withdraw_answer(acting=acting, opinion_id=fast_opinion_id, reason=reason),
        _("结论已撤回，平台会看到原因。请给出新的结论。"),
    )
    return redirect("platforms:task", fast_task_id=fast_task_id)


@at_desk
@require_POST
def report(request: HttpRequest, acting: ActingFor, fast_task_id: UUID) -> HttpResponse:
    """Begin a report to a bureau with what is here."""
    try:
        clue_id = services.report(acting=acting, task_id=fast_task_id)
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("platforms:task", fast_task_id=fast_task_id)
    messages.success(request, _("已生成线索草稿。请核对，再选受理机关。"))
    return redirect("reverse_clues:clue", reverse_clue_id=clue_id)
