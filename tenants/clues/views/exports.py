"""The register as a file: ask, wait, fetch."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import person_of, reader
from accounts.models import User
from evidence.store import store
from kernel import clock
from kernel.errors import Problem
from tenants.clues.ledger import asked as asking
from tenants.clues.ledger import rows as doors
from tenants.clues.ledger.columns import chosen
from tenants.clues.models import ClueExport
from tenants.clues.services import exports
from tenants.clues.views.ledger import frame_of


@require_POST
@reader
def ask(request: HttpRequest) -> HttpResponse:
    """Have the ledger, as filtered, written into a file."""
    query = request.POST.get("query", "")
    try:
        row = exports.ask(
            by=person_of(request),
            asked=asking.from_text(query),
            names=request.POST.getlist("column"),
            form=request.POST.get("form", ""),
        )
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect(f"{reverse('clue_ledger:list')}?{query or 'state=open'}")
    return redirect("clue_ledger:export", row.pk)


@never_cache
@require_safe
@reader
def export(request: HttpRequest, ledger_export_id: UUID) -> HttpResponse:
    """One export: its bar while it is written, then the file. Part: progress."""
    person = person_of(request)
    row = doors.export(person, ledger_export_id)
    context = {
        **frame_of(person),
        "export": row,
        "is_going": row.state in ClueExport.GOING,
        "columns": chosen(row.columns),
        "days": exports.KEPT.days,
        "ledger_url": f"{reverse('clue_ledger:list')}?{row.query or 'state=open'}",
    }
    part = request.GET.get("part") == "progress"
    return render(request, "clues/ledger/export.html#progress" if part else "clues/ledger/export.html", context)


@require_safe
@reader
def listing(request: HttpRequest) -> HttpResponse:
    """One's own exports, newest first."""
    person = person_of(request)
    return render(
        request, "clues/ledger/exports.html", {**frame_of(person), "exports": doors.exports_of(person)[: doors.PAGE]}
    )


@require_POST
@reader
def download(request: HttpRequest, ledger_export_id: UUID) -> FileResponse:
    """The file. Written into the trail before the first byte leaves."""
    return answer(doors.export(person_of(request), ledger_export_id), person_of(request))


def answer(row: ClueExport, by: User) -> FileResponse:
    """The file as an attachment, for one whom a door let in. Raises Conflict."""
    exports.hand_out(row, by=by)
    day = clock.local_date(row.at).isoformat()
    response = FileResponse(
        store().open(row.object_key, sha256=row.sha256),
        content_type=exports.MEDIA[row.form],
        filename=f"线索台账-{day}-{row.sha256[:8]}.{row.form}",
        as_attachment=True,
    )
    response["Content-Length"] = str(row.size_bytes)
    response["Cache-Control"] = "private, no-store"
    return response
