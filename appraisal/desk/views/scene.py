"""On the premises: the appraiser scanned the officer's code, says so, and answers lot by lot with the goods at hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appraisal.desk import scene, selectors, services, workbench
from appraisal.desk.models import DeskTask, ReplyTemplate
from appraisal.desk.selectors import Desk
from appraisal.desk.sheets import sheet_of
from appraisal.desk.views.common import State, at_desk, key_of
from appraisal.desk.views.task import answer_form
from appraisal.desk.words import STATE_LOOKS, VERDICT_LABELS, VERDICTS
from kernel import clock
from kernel.errors import NotFound404, Problem
from kernel.ids import uuid7
from webui import signatures


def _tasks(desk: Desk, said: QueryDict) -> list[DeskTask]:
    return selectors.tasks_of_scene(desk, said.get("p", ""), scene.ids_of(said.get("r", "")))


def _back(request: HttpRequest, anchor: str = "") -> HttpResponse:
    """The page of the same code again."""
    query = QueryDict(mutable=True)
    query.update({"p": request.POST.get("p", "")[:20], "r": request.POST.get("r", "")[:600]})
    return redirect(f"{reverse('desk:scene')}?{query.urlencode()}{anchor}")


@at_desk
@require_GET
def scene_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The requests of one inspection that this organisation was asked, lot by lot."""
    tasks = _tasks(desk, request.GET)
    context = {
        "groups": [_group(desk, task) for task in tasks],
        "here": selectors.arrived_at_scene(desk, tasks),
        "p": request.GET.get("p", "")[:20],
        "r": request.GET.get("r", "")[:600],
        "province": selectors.province_names().get(tasks[0].province_code, "") if tasks else "",
        "county": selectors.county_names([tasks[0].county_code]).get(tasks[0].county_code, "") if tasks else "",
        "verdicts": VERDICTS,
        "phrases": [each.text for each in selectors.templates(desk, ReplyTemplate.Use.REASONS)],
        "organisation": desk.organisation,
        "live_topics": " ".join(f"task:{task.pk}" for task in tasks),
        "now": clock.now(),
    }
    return render(request, "desk/scene.html", context)


def _group(desk: Desk, task: DeskTask) -> dict[str, Any]:
    benches = workbench.benches(desk, task)
    taken = task.claimed_by if task.state in DeskTask._HELD and task.claimed_by_id != desk.person.pk else None
    over = task.state in (State.ANSWERED, State.CANCELLED)
    for number, bench in enumerate(benches, start=1):
        if not (taken or bench.refused or task.state == State.CANCELLED):
            bench.prefix = f"{task.pk.hex[-8:]}-{number}"
            bench.form = answer_form(bench)
    tone, shape = STATE_LOOKS[task.state]
    sheet = None if task.state == State.CANCELLED else sheet_of(desk, task)
    return {
        "task": task,
        "benches": benches,
        "taken_by": taken,
        "over": over,
        "tone": tone,
        "shape": shape,
        "keys": uuid7(),
        "sheet": sheet,
        "signing": [(each.item, VERDICT_LABELS[each.value], each) for each in sheet.verdicts] if sheet else [],
        "field": f"s{task.pk.hex[-8:]}",
        "authority": next((bench.authority for bench in benches if bench.authority), ""),
    }


@at_desk
@require_POST
def arrive(request: HttpRequest, desk: Desk) -> HttpResponse:
    """This person is on the premises: the officers see who, and by what authority."""
    try:
        services.arrive(desk=desk, task_ids=[task.pk for task in _tasks(desk, request.POST)])
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("执法人员已看到您到场。"))
    return _back(request)


@at_desk
@require_POST
def scene_answer(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The verdict on one lot, given with the goods at hand. Who has not taken the task takes it by this."""
    row = workbench.task_for_page(desk, task_id)
    only = request.POST.get("only", "")
    bench = next((each for each in workbench.benches(desk, row) if str(each.item.pk) == only), None)
    if bench is None:
        raise NotFound404()
    bench.prefix = request.POST.get("prefix", "")[:40]
    form = answer_form(bench, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return _back(request, f"#lot-{bench.item.pk}")
    try:
        if row.state == State.WAITING:
            services.claim(desk=desk, task_id=row.pk)
        services.answer(
            desk=desk, task_id=row.pk, answers=[form.to_answer(bench.item.pk)], on_site=True, opinion_id=key_of(request)
        )
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        label = VERDICT_LABELS[form.cleaned_data["value"]]
        messages.success(
            request, _("“{product}”：{label}，已发出。").format(product=bench.item.product_name, label=label)
        )
    return _back(request, f"#lot-{bench.item.pk}")


@at_desk
@require_POST
def scene_sign(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The appraiser's name on glass, below their own verdicts of one request."""
    row = workbench.task_for_page(desk, task_id)
    try:
        signed = signatures.read(request.POST, f"s{row.pk.hex[-8:]}")
        services.sign_scene(desk=desk, task_id=row.pk, signed=signed)
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("已签名，执法人员已收到。"))
    return _back(request, f"#sign-{row.pk}")
