"""Pages to enter a waybill, an electronic-data record, a video or a document, on a phone in few taps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evidence import kinds, matters, selectors, sheets
from evidence.errors import EmptyFile
from evidence.exhibit_views import officer
from evidence.kinds import Kind
from evidence.matters import Matter
from evidence.models import Exhibit, Sheet
from evidence.presenters import frame_of
from evidence.sheet_uploads import told
from kernel import clock
from kernel.errors import BadInput, NotAllowed, Problem

_REASON = "reason_"
_OTHER = "why_"


@officer
@require_POST
def begin(request: HttpRequest, matter_kind: str, matter_id: UUID) -> HttpResponse:
    """Open a sheet in a matter and go on to it."""
    matter = matters.access(request.user, matter_kind, matter_id, write=True)
    kind = request.POST.get("kind", "")
    sheet = sheets.open_sheet(kind=kind, matter=matter, by=request.user, fields=_begun(request, kind))
    return redirect("exhibits:sheet", sheet.pk)


def _begun(request: HttpRequest, kind: str) -> dict[str, str]:
    """What is known without asking: of a record, who writes it and when it begins."""
    if kind != Kind.RECORD:
        return {}
    person = request.user
    return {
        "started_at": clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        "officer_1": person.name,
        "officer_1_cert": person.officer_cert_no or "",
    }


@officer
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The fields and the files of one sheet. Saving never loses what was typed; sealing says what is missing."""
    row, matter = selectors.access_sheet(request.user, sheet_id, write=True)
    if row.exhibit_id:
        return redirect("exhibits:exhibit", row.exhibit_id)
    if request.method == "POST":
        try:
            row = sheets.write(row, said(row.kind, request.POST))
            if request.POST.get("then") == "seal":
                exhibit = sheets.seal(row, by=request.user, matter=matter)
                messages.success(request, _("已封存。"))
                return redirect("exhibits:exhibit", exhibit.pk)
        except Problem as problem:
            messages.error(request, problem.detail)
            return _page(request, row, matter, problem=problem)
        messages.success(request, _("已保存，还没有封存。"))
        return redirect("exhibits:sheet", row.pk)
    return _page(request, row, matter)


def said(kind: str, posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Fields of a form: the value, and why it is empty (one of the list, or own words)."""
    found = {}
    for name in sheets.FIELDS.get(kind, {}):
        if name in posted:
            reason = posted.get(_REASON + name, "")
            own = posted.get(_OTHER + name, "").strip()
            found[name] = {"value": posted[name], "reason": own if reason == "other" and own else reason}
    return found


def _page(request: HttpRequest, row: Sheet, matter: Matter, problem: Problem | None = None) -> HttpResponse:
    faults = problem.data.get("fields", {}) if problem else {}
    context = {
        **frame_of(request),
        "sheet": row,
        "matter": matter,
        "kind_name": Exhibit.Kind(row.kind).label,
        "fields": [_field(row, name, str(label), faults) for name, label in sheets.FIELDS[row.kind].items()],
        "files": row.files.select_related("exhibit"),
        "files_fault": faults.get("files", ""),
        "accept": _accept(row.kind),
        "upload_url": reverse("exhibits:sheet_files", args=[row.pk]),
        "limit_bytes": settings.MAX_FILE_BYTES,
        "colleagues": selectors.colleagues(request.user) if row.kind == Kind.RECORD else [],
        "back_url": reverse("exhibits:matter", args=[matter.kind, matter.id]),
    }
    return render(request, "evidence/sheet.html", context, status=problem.status if problem else 200)


def _field(row: Sheet, name: str, label: str, faults: Mapping[str, str]) -> dict[str, Any]:
    said = row.fields.get(name, {})
    reason = said.get("reason", "")
    choices = {"subject": sheets.SUBJECTS, "method": sheets.METHODS}.get(name)
    known = reason in sheets.EMPTY_REASONS or not reason
    kind = "text"
    if name in ("started_at", "ended_at"):
        kind = "datetime-local"
    elif name == "sent_on":
        kind = "date"
    elif name in ("address", "note"):
        kind = "area"
    return {
        "name": name,
        "label": label,
        "value": said.get("value", ""),
        "reason": reason if known else "other",
        "own_reason": "" if known else reason,
        "reasons": list(sheets.EMPTY_REASONS.items()) if row.kind == Kind.WAYBILL else [],
        "choices": list(choices.items()) if choices else [],
        "kind": kind,
        "longest": sheets.LONGEST.get(name, 300),
        "fault": faults.get(name, ""),
        "is_phone": name.endswith("_phone"),
    }


def _accept(kind: str) -> str:
    pictures = "image/jpeg,image/png,image/webp,image/heic"
    if kind == Kind.WAYBILL:
        return pictures
    return "video/*" if kind == Kind.VIDEO else ""


@officer
@require_POST
def files(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """One more file of a sheet, in one piece; large ones come by resumable upload to the same address."""
    row, _matter = selectors.access_sheet(request.user, sheet_id, write=True)
    try:
        made = sheets.add_file(
            row, _file(request), by=request.user, fields=_fields(request), device_note=_device(request)
        )
    except Problem as problem:
        return _refused(request, problem, reverse("exhibits:sheet", args=[row.pk]))
    if _is_json(request):
        return JsonResponse(told(made.exhibit) | {"position": made.position}, status=201)
    messages.success(request, _("第 {position} 个文件已封存。").format(position=made.position))
    return redirect("exhibits:sheet", row.pk)


@officer
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, matter_kind: str, matter_id: UUID) -> HttpResponse:
    """A PDF or an office file, kept as it is and never opened here."""
    matter = matters.access(request.user, matter_kind, matter_id, write=True)
    address = reverse("exhibits:matter", args=[matter.kind, matter.id])
    if request.method == "POST":
        try:
            exhibit = sheets.add_document(
                _file(request), matter=matter, by=request.user, fields=_fields(request), device_note=_device(request)
            )
        except Problem as problem:
            return _refused(request, problem, request.path)
        if _is_json(request):
            return JsonResponse(told(exhibit), status=201)
        messages.success(request, _("文件已封存。"))
        return redirect("exhibits:exhibit", exhibit.pk)
    context = {
        **frame_of(request),
        "matter": matter,
        "upload_url": request.path,
        "limit_bytes": settings.MAX_FILE_BYTES,
        "back_url": address,
    }
    return render(request, "evidence/documents.html", context)


@officer
@require_POST
def seal(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Seal a sheet as it was last saved."""
    row, matter = selectors.access_sheet(request.user, sheet_id, write=True)
    try:
        exhibit = sheets.seal(row, by=request.user, matter=matter)
    except Problem as problem:
        return _refused(request, problem, reverse("exhibits:sheet", args=[row.pk]))
    messages.success(request, _("已封存。"))
    return redirect("exhibits:exhibit", exhibit.pk)


@officer
@require_POST
def drop(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Give a sheet up that was begun by mistake."""
    row, matter = selectors.access_sheet(request.user, sheet_id, write=True)
    try:
        sheets.drop(row, by=request.user, why=request.POST.get("why", ""))
    except BadInput as problem:
        return _refused(request, problem, reverse("exhibits:sheet", args=[row.pk]))
    messages.success(request, _("已作废，已传的文件仍在证据中。"))
    return redirect("exhibits:matter", matter.kind, matter.id)


@officer
@require_POST
def cartons(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """Say on which cartons a waybill was: numbers parted by commas, spaces or lines."""
    row = selectors.access_exhibit(request.user, exhibit_id)
    uses, _hidden = matters.uses(request.user, row)
    matter = next((use.matter for use in uses if matters.may_write(request.user, use.matter)), None)
    if matter is None:
        raise NotAllowed()
    labels = request.POST.get("labels", "").replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    try:
        sheets.mark_cartons(row, labels, matter=matter, by=request.user)
    except Problem as problem:
        return _refused(request, problem, reverse("exhibits:exhibit", args=[row.pk]))
    messages.success(request, _("箱号已记下。"))
    return redirect("exhibits:exhibit", row.pk)


def _file(request: HttpRequest) -> BinaryIO:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise EmptyFile()
    return file  # type: ignore[return-value]


def _fields(request: HttpRequest) -> dict[str, str]:
    """What the form says of its file. Where no script sealed it on the device, it is sealed here, on arrival."""
    fields = request.POST.dict()
    file = request.FILES.get("file")
    if file is not None:
        fields.setdefault("filename", kinds.safe_name(file.name or ""))
        if not fields.get("sha256"):
            digest = hashlib.sha256()
            for chunk in file.chunks():
                digest.update(chunk)
            fields["sha256"] = digest.hexdigest()
    fields.setdefault("source", "album")
    return fields


def _device(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:200]


def _is_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _refused(request: HttpRequest, problem: Problem, to: str) -> HttpResponse:
    if _is_json(request):
        return JsonResponse(problem.as_problem(), status=problem.status, content_type="application/problem+json")
    messages.error(request, problem.detail)
    return redirect(to)
