"""The workbench of one task: looking, taking, asking back, talking."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appraisal.catalogue import selectors as catalogue
from appraisal.desk import presence, selectors, services, workbench
from appraisal.desk.admit import may_claim
from appraisal.desk.forms import ItemAnswerForm, OnsiteForm, RetakeForm, SayForm
from appraisal.desk.models import DeskTask, ReplyTemplate
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import State, at_desk, on_task
from appraisal.desk.words import RETAKE_REASONS, STATE_LOOKS, VERDICTS
from evidence.models import Exhibit
from evidence.services import own_prefix, receive
from kernel.errors import NotFound404
from kernel.ids import uuid7

PARTS = {"head", "shots", "talk", "trail"}


@at_desk
@require_GET
def task(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The workbench. Looking at a waiting task tells the officer that it was opened."""
    services.open_task(desk=desk, task_id=task_id)
    context = bench_context(request, desk, task_id)
    if any(message.level >= messages.ERROR for message in list(messages.get_messages(request))):
        context["page_kind"] = "error"  # what was typed has not been accepted: the browser keeps it
    return render(request, "desk/task.html", context)


@at_desk
@require_GET
def task_part(request: HttpRequest, desk: Desk, task_id: UUID, name: str) -> HttpResponse:
    """One part of the workbench, for a page that hears that something changed."""
    if name not in PARTS:
        raise NotFound404()
    return render(request, f"desk/task.html#{name}", bench_context(request, desk, task_id, forms=False))


def bench_context(
    request: HttpRequest,
    desk: Desk,
    task_id: UUID,
    *,
    bound: dict[UUID, ItemAnswerForm] | None = None,
    forms: bool = True,
) -> dict[str, Any]:
    row = workbench.task_for_page(desk, task_id)
    held = row.state in DeskTask._HELD and row.claimed_by_id == desk.person.pk
    correcting = row.state == State.ANSWERED and bool(bound or request.GET.get("correct"))
    benches = workbench.benches(desk, row)
    if forms and (held or correcting):
        for bench in benches:
            bench.form = (bound or {}).get(bench.item.pk) or answer_form(bench)
    provinces = selectors.province_names()
    canned: dict[str, list[str]] = {use: [] for use in ReplyTemplate.Use.values}
    for template in selectors.all_templates(desk):
        canned[template.use].append(template.text)
    first = next((photo for bench in benches if (photo := bench.first_photo)), None)
    return {
        "task": row,
        "benches": benches,
        "several": len(benches) > 1,
        "held": held,
        "correcting": correcting,
        "can_claim": row.state == State.WAITING,
        "may_claim": may_claim(request),
        "can_correct": row.state == State.ANSWERED and not correcting,
        "taken_by": row.claimed_by if row.claimed_by_id and not held and row.state in DeskTask._HELD else None,
        "over": row.state in (State.ANSWERED, State.CANCELLED),
        "tone": STATE_LOOKS[row.state][0],
        "shape": STATE_LOOKS[row.state][1],
        "province": provinces.get(row.province_code, row.province_code),
        "county": selectors.county_names([row.county_code]).get(row.county_code, ""),
        "watching": presence.watching(desk).get(row.pk, []),
        "verdicts": VERDICTS,
        "retake_reasons": [*canned["retake"], *RETAKE_REASONS],
        "phrases": canned["chat"],
        "reason_phrases": canned["reasons"],
        "messages_in_chat": workbench.talk(row, desk),
        "events": workbench.trail(row),
        "appointments": workbench.appointments(row),
        "onsite_form": OnsiteForm(initial={"contact": " ".join(filter(None, [desk.person.name, desk.person.phone]))}),
        "boxes": workbench.boxes(benches),
        "first_photo": first,
        "key": uuid7(),
        "talk_key": uuid7(),
        "onsite_key": uuid7(),
    }


def answer_form(bench: workbench.Bench, data: Any = None) -> ItemAnswerForm:
    checkpoints = catalogue.checkpoints(bench.item.product_id)
    return ItemAnswerForm(
        data,
        prefix=bench.prefix,
        initial=workbench.initial_answer(bench, checkpoints),
        checkpoints=checkpoints,
        photo_ids={photo.photo_id for photo in bench.item.photos.all()},
    )


@at_desk
@require_POST
def here(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The page of a task is open."""
    presence.here(desk, selectors.access_task(desk, task_id).pk)
    return HttpResponse(status=204)


@at_desk
@require_POST
def gone(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """The page of a task was closed."""
    presence.gone(desk, selectors.access_task(desk, task_id).pk)
    return HttpResponse(status=204)


@on_task
def claim(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Take a task."""
    services.claim(desk=desk, task_id=task_id)
    return None


@on_task
def release(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Give a task back."""
    services.release(desk=desk, task_id=task_id, reason=request.POST.get("reason", "").strip()[:500])
    messages.success(request, _("已退回待接单，值班同事会收到通知。"))
    return redirect("desk:queue")


@on_task
def ask_again(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """Ask for one shot again."""
    form = RetakeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("没有读懂要补拍哪一张，请刷新页面后再试。"))
        return None
    data = form.cleaned_data
    supplement = services.ask_again(
        desk=desk,
        task_id=task_id,
        item_id=data["item"],
        shot_code=data["shot_code"],
        reason=data["reason"] or data["own_reason"],
    )
    messages.success(request, _("已请执法人员补拍：{reason}").format(reason=supplement.reason))
    return None


@on_task
def enough(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """The photos suffice."""
    services.say_enough(desk=desk, task_id=task_id)
    messages.success(request, _("已告诉执法人员：照片够了。"))
    return None


@on_task
def say(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse | None:
    """A line of talk, with a photo if there is one."""
    form = SayForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, "　".join(words for each in form.errors.values() for words in each))
        return None
    selectors.access_task(desk, task_id)
    file = form.cleaned_data["file"]
    exhibits = [_received(desk, file)] if file else []
    services.say(
        desk=desk,
        task_id=task_id,
        text=form.cleaned_data["text"],
        exhibits=exhibits,
        line_id=form.cleaned_data["idempotency_key"],
    )
    return _back(task_id, "talk")


def _received(desk: Desk, file: Any) -> Exhibit:
    # Not sealed at a shutter: the digest is the server's own, made of what arrived.
    digest = hashlib.file_digest(file.file, "sha256").hexdigest()
    return receive(
        file,
        declared_sha256=digest,
        captured_at=None,
        source=Exhibit.Source.CHAT,
        by=desk.person,
        owner_prefix=own_prefix(desk.organisation.pk),
    )


def _back(task_id: UUID, anchor: str) -> HttpResponse:
    response = redirect("desk:task", task_id=task_id)
    response["Location"] += f"#{anchor}"
    return response
