"""Pages: files and pastes of clues, from the upload to the report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import holding, person_of
from accounts.models import Post
from kernel.errors import BadInput, Conflict, NotAllowed, TooLarge, Unavailable
from tenants.clues import forms_intake
from tenants.clues import selectors_intake as doors
from tenants.clues.imports import columns, jobs, reports
from tenants.clues.imports.reasons import sentence
from tenants.clues.models import ClueImport, ClueImportRow
from webui.pages import PER_PAGE, paged, posted, show_page

REFUSALS = (BadInput, Conflict, NotAllowed, TooLarge, Unavailable)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
desk = holding(Post.Role.DISPATCHER)
ENCODINGS = {"utf-8": "UTF-8", "gb18030": "GB 18030", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@desk
@never_cache
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a file or a paste; earlier ones below."""
    person = person_of(request)
    form = forms_intake.BringForm(posted(request), request.FILES or None)
    context = {
        "form": form,
        "page": paged(doors.imports(person), request, PER_PAGE),
        "names": doors.import_names(person),
    }
    if request.method == "POST" and form.is_valid():
        said, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            if file is not None and file.size > jobs.MAX_BYTES:
                raise jobs.too_large()
            job = jobs.bring(
                by=person,
                kind=said["kind"],
                name=said["name"],
                content=file.read() if file is not None else said["text"].encode(),
                file_name=file.name if file is not None else _("粘贴的表格"),
                pasted=file is None,
            )
        except REFUSALS as problem:
            return show_page(request, "clues/intake/imports.html", context, problem)
        return redirect("clue_intake:import", job.pk)
    return show_page(request, "clues/intake/imports.html", context)


@desk
@never_cache
@require_GET
def one_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """One import: its columns, what was found, progress, report. `?part=progress` is the piece that the page polls."""
    job = doors.clue_import(person_of(request), import_id)
    is_moving = job.state in ClueImport.MOVING
    counts = jobs.counts_now(job) if is_moving or job.state == ClueImport.State.FAILED else job.counts
    context: dict[str, Any] = {
        "job": job,
        "counts": counts,
        "is_moving": is_moving,
        "done": job.rows - counts.get("ready", 0) if is_moving else job.rows_done,
        "encoding": ENCODINGS.get(job.encoding, _("多种编码混合，逐行识别") if job.encoding == "mixed" else ""),
    }
    if request.GET.get("part") == "progress":
        response = render(request, "clues/intake/import.html#progress", context)
        if not is_moving:
            response["HX-Refresh"] = "true"
        return response
    by_position = {position: field for field, position in job.columns.items()}
    context |= {
        "columns": [
            {
                "position": position,
                "title": title or _("第 {n} 列").format(n=position + 1),
                "field": by_position.get(position, ""),
                "is_reporter": columns.is_reporter(title),
                "fills": position in job.fill_down,
                "example": next(
                    (
                        row["cells"][position]
                        for row in job.sample
                        if position < len(row["cells"]) and row["cells"][position]
                    ),
                    "",
                ),
            }
            for position, title in enumerate(job.header)
        ],
        "labels": columns.LABELS.items(),
        "may_match": job.state in (ClueImport.State.PREVIEW, ClueImport.State.CHECKED),
        "left_out": [
            {
                "line": line,
                "reason": sentence(line.code, other=line.other),
                "column": columns.LABELS.get(line.column, ""),
            }
            for line in doors.lines(job, outcomes=(ClueImportRow.Outcome.REJECTED, ClueImportRow.Outcome.DUPLICATE))[
                :SHOWN
            ]
        ],
        "made": doors.lines(job, outcomes=(ClueImportRow.Outcome.MADE,))[:20],
        "back_url": reverse("clue_intake:imports"),
    }
    return render(request, "clues/intake/import.html", context)


@desk
@never_cache
@require_POST
def import_check(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Match the columns and check every row."""
    person = person_of(request)
    job = doors.clue_import(person, import_id)
    try:
        jobs.check(
            job,
            by=person,
            matched=_matched(request, job),
            header_row=_number(request.POST.get("header_row", "")),
            fill_down=[found for each in request.POST.getlist("fill") if (found := _number(each)) is not None],
        )
    except REFUSALS as problem:
        messages.error(request, problem.detail)
    return redirect("clue_intake:import", job.pk)


@desk
@never_cache
@require_POST
def import_step(request: HttpRequest, import_id: UUID, step: str) -> HttpResponse:
    """One of: confirm, drop, start (again)."""
    person = person_of(request)
    job = doors.clue_import(person, import_id)
    steps = {"confirm": jobs.confirm, "drop": jobs.drop, "start": jobs.start_again}
    if step not in steps:
        raise Http404
    try:
        steps[step](job, by=person)
    except REFUSALS as problem:
        messages.error(request, problem.detail)
    return redirect("clue_intake:import", job.pk)


@desk
@never_cache
@require_GET
def import_report(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Each row with what became of it, as a workbook."""
    job = doors.clue_import(person_of(request), import_id)
    return _workbook(reports.report(job), f"clues-{job.created_at:%Y%m%d-%H%M}-report.xlsx")


@desk
@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with every header."""
    return _workbook(reports.template(), "clues-template.xlsx")


def _workbook(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _matched(request: HttpRequest, job: ClueImport) -> dict[str, int]:
    """`column-3=brand` for each column that means something. Raises BadInput for a field chosen twice."""
    found: dict[str, int] = {}
    for position, title in enumerate(job.header):
        field = request.POST.get(f"column-{position}", "")
        if not field:
            continue
        if field in found:
            raise BadInput(
                _("“{field}”选了两列：{first}、{second}。请只留一列。"),
                code="import_field_doubled",
                field=columns.LABELS.get(field, field),
                first=job.header[found[field]],
                second=title,
            )
        found[field] = position
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
