"""Many clues at once: begin, look how it went, take it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import holding, person_of
from accounts.models import Post
from kernel.errors import NotFound404, Problem
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import rows as doors
from tenants.clues.models import BatchRow, BatchRun
from tenants.clues.services import batches
from tenants.clues.views.ledger import frame_of

desk = holding(Post.Role.DISPATCHER, Post.Role.LEADER)
ROW_LOOKS = {
    BatchRow.State.WAITING: ("neutral", "clock"),
    BatchRow.State.DONE: ("good", "tick"),
    BatchRow.State.REFUSED: ("wait", "warning"),
    BatchRow.State.UNDONE: ("neutral", "ring"),
    BatchRow.State.KEPT: ("wait", "warning"),
}


@require_POST
@desk
def begin(request: HttpRequest) -> HttpResponse:
    """Do one thing to the clues that were ticked, or to all that match the filter."""
    person, query = person_of(request), request.POST.get("query", "")
    asked = asking.from_text(query)
    try:
        ids = doors.chosen(
            person, _ids(request.POST.getlist("clue")), asked if request.POST.get("everything") else None
        )
        run = batches.begin(by=person, kind=request.POST.get("kind", ""), clue_ids=ids, args=_args(request))
    except Problem as problem:
        if problem.status == NotFound404.status:
            raise
        messages.error(request, problem.detail)
        return redirect(f"{reverse('clue_ledger:list')}?{asked.query or 'state=open'}")
    if run.state in BatchRun.GOING:
        return redirect("clue_ledger:batch", run.pk)
    return redirect(f"{reverse('clue_ledger:list')}?{asked.query}{'&' if asked.query else ''}done={run.pk}")


def _ids(texts: list[str]) -> list[UUID]:
    """Raises NotFound404 for what is no id: it cannot be anybody's."""
    try:
        return [UUID(each) for each in texts]
    except ValueError as error:
        raise NotFound404() from error


def _args(request: HttpRequest) -> dict[str, Any]:
    """The fields of all the things that may be done; each reads its own."""
    said = request.POST
    return {
        "unit_id": next(iter(_ids([said["unit_id"]])), None) if said.get("unit_id") else None,
        "words": said.get("words", ""),
        "priority": said.get("priority", ""),
        "add": said.getlist("add"),
        "remove": said.getlist("remove"),
        "member_ids": _ids(said.getlist("member_id")),
        "result": said.get("result", ""),
        "outcome": said.get("outcome", ""),
    }


@never_cache
@require_safe
@desk
def batch(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One batch: its bar while it goes on, then what became of each. Part: progress."""
    person = person_of(request)
    run = doors.batch(person, run_id)
    rows = run.rows.select_related("clue").order_by("position")
    context = {
        **frame_of(person),
        "run": run,
        "result": doors.outcome_of(run),
        "is_going": run.state in BatchRun.GOING,
        "rows": [
            {
                "row": row,
                "url": reverse("clues:detail", args=[row.clue_id]),
                "tone": ROW_LOOKS[BatchRow.State(row.state)][0],
                "shape": ROW_LOOKS[BatchRow.State(row.state)][1],
                "said": row.words,
            }
            for row in rows
        ],
    }
    template = (
        "clues/ledger/batch.html#progress" if request.GET.get("part") == "progress" else "clues/ledger/batch.html"
    )
    return render(request, template, context)


@require_safe
@desk
def listing(request: HttpRequest) -> HttpResponse:
    """One's own batches, newest first."""
    person = person_of(request)
    return render(
        request, "clues/ledger/batches.html", {**frame_of(person), "runs": doors.batches_of(person)[: doors.PAGE]}
    )


@require_POST
@desk
def undo(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take back what can be taken back."""
    run = doors.batch(person_of(request), run_id)
    try:
        run = batches.undo(by=person_of(request), run=run)
    except Problem as problem:
        messages.error(request, problem.detail)
    if request.POST.get("back") == "ledger" and run.state not in BatchRun.GOING:
        query = asking.from_text(request.POST.get("query", "")).query
        return redirect(f"{reverse('clue_ledger:list')}?{query}{'&' if query else ''}done={run.pk}")
    return redirect("clue_ledger:batch", run.pk)
