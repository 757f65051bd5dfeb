"""Verdicts, the original that follows them, and help on the spot."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from appraisal.desk import selectors, services, workbench
from appraisal.desk.forms import ItemAnswerForm, OnsiteForm
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import State, at_desk, key_of, on_task
from appraisal.desk.views.task import answer_form, bench_context
from appraisal.desk.words import VERDICT_LABELS
from kernel.errors import NotFound404, Problem


@at_desk
@require_POST
def answer(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """Verdicts on one item or on all of them; then the next task opens by itself."""
    row = workbench.task_for_page(desk, task_id)
    benches = workbench.benches(desk, row)
    only = request.POST.get("only", "")
    chosen = [bench for bench in benches if not only or str(bench.item.pk) == only]
    if not chosen:
        raise NotFound404()
    bound = {bench.item.pk: answer_form(bench, request.POST) for bench in benches}
    asked = [bound[bench.item.pk] for bench in chosen]
    if not all([form.is_valid() for form in asked]):
        return _answer_again(request, desk, task_id, bound, chosen, status=400)
    try:
        services.answer(
            desk=desk,
            task_id=task_id,
            answers=[bound[bench.item.pk].to_answer(bench.item.pk) for bench in chosen],
            on_site=bool(request.POST.get("on_site")),
            opinion_id=key_of(request),
        )
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return _answer_again(request, desk, task_id, bound, chosen, status=problem.status)
    labels = "、".join(str(VERDICT_LABELS[form.cleaned_data["value"]]) for form in asked)
    messages.success(request, _("{no} 的结论已发出：{labels}").format(no=row.request_no, labels=labels))
    now = selectors.access_task(desk, task_id)
    if now.state != State.ANSWERED:
        return redirect("desk:task", task_id=task_id)
    found = selectors.next_task(desk, after=now)
    return redirect("desk:task", task_id=found.pk) if found else redirect("desk:queue")


def _answer_again(
    request: HttpRequest,
    desk: Desk,
    task_id: UUID,
    bound: dict[UUID, ItemAnswerForm],
    chosen: list[workbench.Bench],
    *,
    status: int,
) -> HttpResponse:
    """The page with all that was typed. Items that were not to be sent keep their text and show no errors."""
    sent = {bench.item.pk for bench in chosen}
    for item_id, form in bound.items():
        if item_id not in sent:
            form._errors = ErrorDict()
    context = bench_context(request, desk, task_id, bound=bound)
    context["lost"] = [form["reasons"].value() for form in bound.values() if form["reasons"].value()]
    context["page_kind"] = "error"
    return render(request, "desk/task.html", context, status=status)


@on_task
def withdraw(request: HttpRequest, desk: Desk, task_id: UUID, *, verdict_id: UUID) -> HttpResponse | None:
    """Take a verdict back."""
    verdict = selectors.access_verdict(desk, verdict_id)
    if verdict.opinion.task_id != task_id:
        raise NotFound404()
    services.withdraw(desk=desk, verdict_id=verdict_id, reason=request.POST.get("reason", "")[:1000])
    messages.success(request, _("结论已撤回，执法人员会看到原因。"))
    return None


@on_task
def offer_onsite(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Offer to come to the place."""
    form = OnsiteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("到场时间没有读懂，请重新选择。"))
        return None
    services.offer_onsite(desk=desk, task_id=task_id, appointment_id=key_of(request), **_onsite(form))
    messages.success(request, _("已向执法人员提出到场协助。"))
    return None


@on_task
def answer_onsite(request: HttpRequest, desk: Desk, task_id: UUID, *, appointment_id: UUID) -> HttpResponse | None:
    """Agree, decline or finish."""
    if selectors.access_appointment(desk, appointment_id).task_id != task_id:
        raise NotFound404()
    form, verb = OnsiteForm(request.POST), request.POST.get("verb", "")
    if not form.is_valid() or verb not in {"agree", "decline", "finish"}:
        messages.error(request, _("到场时间没有读懂，请重新选择。"))
        return None
    services.answer_onsite(desk=desk, appointment_id=appointment_id, verb=verb, **_onsite(form))
    return None


def _onsite(form: OnsiteForm) -> dict[str, Any]:
    meet_at: datetime | None = form.cleaned_data["meet_at"]
    return {"meet_at": meet_at, "contact": form.cleaned_data["contact"], "note": form.cleaned_data["note"]}
