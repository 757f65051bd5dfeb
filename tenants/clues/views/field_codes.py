"""Pages: codes for teams in the field, at the desk; the form behind a code, in the street."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import holding, person_of
from accounts.models import Post
from audit import reads
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from kernel.ids import uuid7
from tenants.clues import forms_intake
from tenants.clues import selectors_intake as doors
from tenants.clues.services import criteria, fieldcodes
from tenants.clues.services.fieldcodes import STATES, CodeEnded, TooOften
from tenants.clues.views.intake import seal_photos
from tenants.inspections.views.opening import qr
from webui.pages import posted, show_page, uuid_or_none

REFUSALS = (BadInput, Conflict, NotAllowed)
WRONG_TRIES, SENT_TRIES, WINDOW_S = 30, 20, 3600
desk = holding(Post.Role.DISPATCHER)
keeper = holding(Post.Role.DISPATCHER, Post.Role.LEADER)


@desk
@never_cache
@require_http_methods(["GET", "POST"])
def field_codes(request: HttpRequest) -> HttpResponse:
    """Codes in use, and a new one."""
    person = person_of(request)
    form = forms_intake.FieldCodeForm(posted(request))
    context = {"form": form, "codes": doors.field_codes(person)[:200]}
    if request.method == "POST" and form.is_valid():
        try:
            row = fieldcodes.make_code(by=person, **form.cleaned_data)
        except REFUSALS as problem:
            return show_page(request, "clues/intake/field_codes.html", context, problem)
        return redirect("clue_intake:field_code", row.pk)
    return show_page(request, "clues/intake/field_codes.html", context)


@desk
@never_cache
@require_GET
def field_code(request: HttpRequest, field_code_id: UUID) -> HttpResponse:
    """One code, to print and to pass on, and what came by it."""
    row = doors.field_code(person_of(request), field_code_id)
    link = request.build_absolute_uri(reverse("clue_intake:field_form", args=[row.code]))
    context = {
        "row": row,
        "link": link,
        "qr": qr(link),
        "reports": doors.reports_of(row),
        "back_url": reverse("clue_intake:field_codes"),
    }
    return render(request, "clues/intake/field_code.html", context)


@desk
@never_cache
@require_POST
def end_code(request: HttpRequest, field_code_id: UUID) -> HttpResponse:
    """End a code, now."""
    person = person_of(request)
    row = fieldcodes.end_code(by=person, row=doors.field_code(person, field_code_id))
    messages.success(request, _("“{team}”的报送码已停用，扫码不再能打开。").format(team=row.team))
    return redirect("clue_intake:field_codes")


@keeper
@never_cache
@require_http_methods(["GET", "POST"])
def priority_criteria(request: HttpRequest) -> HttpResponse:
    """What makes a clue important: add, retire, take up again."""
    person = person_of(request)
    turned = request.POST.get("turn", "") if request.method == "POST" else ""
    form = forms_intake.CriterionForm(request.POST if request.method == "POST" and not turned else None)
    problem = None
    try:
        if turned:
            criteria.set_active(by=person, code=turned, active=request.POST.get("active") == "1")
            return redirect("clue_intake:criteria")
        if form.is_bound and form.is_valid():
            criteria.add(by=person, **form.cleaned_data)
            return redirect("clue_intake:criteria")
    except REFUSALS as refused:
        problem = refused
    context = {"form": form, "criteria": criteria.criteria(with_retired=True)}
    return show_page(request, "clues/intake/criteria.html", context, problem)


@never_cache
@require_http_methods(["GET", "POST"])
def field_form(request: HttpRequest, code: str) -> HttpResponse:
    """The form behind a code. No account, no name; counted by address for an hour, by code for a day."""
    try:
        row = _opened(request, code)
    except CodeEnded as problem:
        return render(request, "clues/intake/field_ended.html", {"problem": problem}, status=problem.status)
    form = forms_intake.FieldReportForm(posted(request), request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "row": row,
        "new_id": request.POST.get("report_id") or uuid7(),
        "most_photos": fieldcodes.MOST_PHOTOS,
    }
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            _count(f"sent {_address(request)}", SENT_TRIES)
            made = fieldcodes.report(
                code=code,
                said=fieldcodes.Reported(
                    what=said["what"],
                    where=said["where"],
                    position=form.position(),
                    accuracy_m=min(round(said["accuracy_m"]), 100_000) if said["accuracy_m"] else None,
                    report_id=uuid_or_none(request.POST.get("report_id", "")) or uuid7(),
                ),
                seal=lambda by: seal_photos(said["photos"], by=by, most=fieldcodes.MOST_PHOTOS),
            )
        except Problem as problem:
            return show_page(request, "clues/intake/field_form.html", context, problem)
        return redirect("clue_intake:field_receipt", made.field_code.code, made.receipt)
    return render(request, "clues/intake/field_form.html", context)


@never_cache
@require_GET
def field_receipt(request: HttpRequest, code: str, receipt: str) -> HttpResponse:
    """What became of a report: its state, and nothing else."""
    whose = f"wrong {_address(request)}"
    _full(whose, WRONG_TRIES)
    try:
        row = fieldcodes.receipt(code, receipt)
    except NotFound404:
        _count(whose, WRONG_TRIES)
        raise
    # The page promises its reader that nothing tells who they are: the team, and not from where.
    reads.note(row, by=reads.Link(code, row.field_code.team))
    state = fieldcodes.state_told(row)
    context = {
        "row": row,
        "state": state,
        "state_words": STATES[state],
        "tone": {"received": "accent", "checking": "wait", "ended": "good"}[state],
        "bureau": row.field_code.desk_unit.name,
    }
    return render(request, "clues/intake/field_receipt.html", context)


def _opened(request: HttpRequest, code: str) -> Any:
    whose = f"wrong {_address(request)}"
    _full(whose, WRONG_TRIES)
    try:
        return fieldcodes.open_code(code)
    except NotFound404:
        _count(whose, WRONG_TRIES)
        raise


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(what: str) -> str:
    return f"clues.field.{hashlib.sha256(what.encode()).hexdigest()[:32]}"


def _full(what: str, most: int) -> None:
    """Raises TooOften once `most` were counted in this hour."""
    if cache.get(_key(what), 0) >= most:
        raise TooOften()


def _count(what: str, most: int) -> None:
    """Count one more. Raises TooOften from the one after `most`; the address itself is not kept, only its digest."""
    _full(what, most)
    cache.add(_key(what), 0, WINDOW_S)
    cache.incr(_key(what))
