"""Likely duplicates on a clue's page; merge, and undo it; say that two are different."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import holding, person_of, reader
from accounts.models import Post
from kernel.errors import NotFound404, Problem
from tenants.clues import selectors
from tenants.clues.ledger import linked
from tenants.clues.models import Clue
from tenants.clues.presenters import LOOKS as STATE_LOOKS
from tenants.clues.services import merging, similar
from tenants.clues.views.ledger import frame_of
from webui.slots import Piece

desk = holding(Post.Role.DISPATCHER, Post.Role.LEADER)
MOST = 30


def side(request: HttpRequest, *, clue: Clue, **_facts: Any) -> Piece | None:
    """Beside a clue: what it may be the same as, what was merged with it, and the cards it points to."""
    person = person_of(request)
    context = {
        "clue": clue,
        "likely": [likely_row(each) for each in similar.likely_of(clue, person=person)] if _is_open(clue) else [],
        "merged": linked.merged_into(clue),
        "merge": linked.merge_of(clue),
        "targets": linked.cards_of(clue),
        "may_merge": selectors.keeps_desk(person, clue),
        "may_dismiss": selectors.keeps_desk(person, clue) or selectors.works_for(person, clue.holder_unit_id),
    }
    if not any(context[name] for name in ("likely", "merged", "merge", "targets")):
        return None
    return Piece("clues/ledger/_side.html", context)


def _is_open(clue: Clue) -> bool:
    return clue.state in Clue.OPEN


def likely_row(each: similar.Likely) -> dict[str, Any]:
    """What a page shows of a likely duplicate."""
    tone, shape = STATE_LOOKS[each.clue.state]
    return {
        "clue": each.clue,
        "url": reverse("clues:detail", args=[each.clue.pk]),
        "words": each.words,
        "strength": each.strength,
        "reasons": [words for _kind, words in each.reasons],
        "tone": tone,
        "shape": shape,
    }


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in dict.fromkeys(texts)][:MOST]
    except ValueError as error:
        raise NotFound404() from error


@desk
def choose(request: HttpRequest) -> HttpResponse:
    """Of several clues: which one leads, and why they are the same. GET shows them, POST merges."""
    person = person_of(request)
    said = request.POST if request.method == "POST" else request.GET
    clues = [selectors.clue(person, pk) for pk in _ids(said.getlist("clue"))]
    if request.method == "POST" and clues:
        leads = _ids([said["lead"]]) if said.get("lead") else []
        try:
            if not leads or leads[0] not in {each.pk for each in clues}:
                messages.error(request, _("请选定哪一条作为主线索。"))
            else:
                merging.merge(
                    by=person, lead_id=leads[0], clue_ids=[each.pk for each in clues], why=said.get("why", "")
                )
                return redirect("clues:detail", leads[0])
        except Problem as problem:
            messages.error(request, problem.detail)
    if len(clues) < 2:
        messages.error(request, _("请在台账里勾选两条以上的线索，再并案。"))
        return redirect(f"{reverse('clue_ledger:list')}?state=open")
    context = {
        **frame_of(person),
        "clues": sorted(clues, key=lambda each: each.registered_at),
        "why": said.get("why", ""),
    }
    return render(request, "clues/ledger/merge.html", context, status=200 if request.method == "GET" else 400)


@require_POST
@desk
def merge(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """Let other clues go on as part of this one."""
    person = person_of(request)
    selectors.clue(person, clue_id)
    try:
        merging.merge(
            by=person, lead_id=clue_id, clue_ids=_ids(request.POST.getlist("other")), why=request.POST.get("why", "")
        )
    except Problem as problem:
        if problem.status == NotFound404.status:
            raise
        messages.error(request, problem.detail)
    return redirect("clues:detail", clue_id)


@require_POST
@desk
def unmerge(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """Undo a merge."""
    person = person_of(request)
    selectors.clue(person, clue_id)
    try:
        merging.unmerge(by=person, clue_id=clue_id, why=request.POST.get("why", ""))
    except Problem as problem:
        messages.error(request, problem.detail)
    return redirect("clues:detail", clue_id)


@require_POST
@reader
def not_same(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """Say that another clue is a different matter."""
    person = person_of(request)
    selectors.clue(person, clue_id)
    for other in _ids(request.POST.getlist("other")):
        similar.dismiss(by=person, clue_id=clue_id, other_id=other)
    return redirect("clues:detail", clue_id)


@require_safe
@reader
def merges(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """What was merged with a clue, and what of that was undone, with the reasons."""
    person = person_of(request)
    clue = selectors.clue(person, clue_id)
    return render(
        request, "clues/ledger/merges.html", {**frame_of(person), "clue": clue, "merges": linked.history_of(clue)}
    )
