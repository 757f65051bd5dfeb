"""Hints on the desk: the panel of the workbench, one hint looked at closely, what the appraiser makes of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from appraisal.desk import selectors as desk_doors
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import at_desk
from appraisal.recognition import presenters, selectors
from appraisal.recognition.services import hinting
from appraisal.recognition.views.common import done, is_appraiser


@at_desk
@require_GET
def panel(request: HttpRequest, desk: Desk, task_id: UUID) -> HttpResponse:
    """What recognition says of a task, for a page that hears that something changed."""
    task = desk_doors.access_task(desk, task_id)
    context = {"panel": presenters.panel(desk, task), "may_answer": is_appraiser(request)}
    return render(request, "recognition/_panel.html", context)


@at_desk
@require_GET
def hint(request: HttpRequest, desk: Desk, hint_id: UUID) -> HttpResponse:
    """The two pictures on each other."""
    found = selectors.access_hint(desk, hint_id)
    task = found.photo.item.task
    context = {
        "hint": found,
        "card": presenters.card(found, presenters.place_names([found.entry.find])),
        "comparison": presenters.compared(found),
        "task": task,
        "item": found.photo.item,
        "may_answer": is_appraiser(request),
        "others": [each for each in selectors.hints_of_task(desk, task) if each.pk != found.pk and not each.flagged],
    }
    return render(request, "recognition/hint.html", context)


@at_desk
@require_POST
def answer(request: HttpRequest, desk: Desk, hint_id: UUID) -> HttpResponse:
    """采纳, 不像, 搁置, or taken back (shown)."""
    found = selectors.access_hint(desk, hint_id)
    said, note = request.POST.get("answer", ""), request.POST.get("note", "").strip()[:500]
    done(request, lambda: hinting.answer(desk=desk, hint_id=hint_id, answer=said, note=note), _("已记下。"))
    if request.POST.get("back") == "hint":
        return redirect("recognition:hint", hint_id)
    return redirect(f"{reverse('desk:task', args=[found.photo.item.task_id])}#hits")
