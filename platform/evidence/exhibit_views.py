"""Pages of exhibits: one exhibit with its facts and its custody, lists, and what can be done with it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import holding
from accounts.models import Post
from evidence import custody, kinds, matters, originals, redactions, sealing, selectors, sheets, withdrawals
from evidence import exhibits as records
from evidence.errors import NothingToShow, NotYetReady, Withdrawn
from evidence.models import Exhibit
from evidence.presenters import exhibit_facts, export_url, frame_of, shown, tiles
from evidence.store import photo_url
from kernel.errors import NotAllowed, NotFound404, Problem
from provinces.context import required
from webui.pages import paged

PER_PAGE = 48
reader = holding(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
officer = holding(Post.Role.OFFICER)


@reader
@require_safe
def exhibits(request: HttpRequest) -> HttpResponse:
    """Exhibits of all matters one may see, newest first, by kind and by legal kind."""
    kind, legal = (
        _choice(request, "kind", [*Exhibit.Kind.values, "redacted"]),
        _choice(request, "legal", Exhibit.LegalKind.values),
    )
    rows = selectors.exhibits_of(request.user, kind=kind, legal_kind=legal)
    page = paged(rows, request, PER_PAGE)
    context = {
        **frame_of(request),
        "page": page,
        "tiles": tiles(page.object_list, matters.names_of(row.pk for row in page.object_list)),
        "kind": kind,
        "legal": legal,
        "kinds": [*Exhibit.Kind.choices, ("redacted", _("遮盖副本"))],
        "legal_kinds": Exhibit.LegalKind.choices,
        "recent": matters.recent(request.user, limit=8) if request.user.has_role(Post.Role.OFFICER) else [],
    }
    return render(request, "evidence/exhibits.html", context)


def _choice(request: HttpRequest, name: str, allowed: list[str]) -> str:
    said = request.GET.get(name, "")
    return said if said in allowed else ""


@reader
@require_safe
def of_matter(request: HttpRequest, matter_kind: str, matter_id: UUID) -> HttpResponse:
    """Everything of one matter: exhibits by kind, what is being written, cartons, packages; and how to add."""
    matter = matters.access(request.user, matter_kind, matter_id)
    kind = _choice(request, "kind", [*Exhibit.Kind.values, "redacted"])
    rows = selectors.exhibits_of(request.user, kind=kind, matter=matter)
    present = set(matters.exhibits(matter).values_list("kind", flat=True))
    context = {
        **frame_of(request),
        "matter": matter,
        "tiles": tiles(rows, matters.names(matter)),
        "kind": kind,
        "kinds": [(value, label) for value, label in Exhibit.Kind.choices if value in present],
        "sheets": selectors.open_sheets(matter),
        "sheet_kinds": [(value, Exhibit.Kind(value).label) for value in sheets.SHEET_KINDS],
        "packages": selectors.packages_of(matter),
        "cartons": selectors.cartons_of(matter),
        "may_write": matters.may_write(request.user, matter),
        "export_url": export_url(request.user, matter, "bundles:matter", matter.kind, matter.id),
        "back_url": matter.url,
    }
    return render(request, "evidence/matter.html", context)


@login_required
@require_safe
def exhibit(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """One exhibit, with everything that is known of it. Opening it is looking at it."""
    row = selectors.access_exhibit(request.user, exhibit_id)
    if not row.withdrawn_at and not row.view_key:
        custody.viewed(row, by=request.user)  # a picture is noted when it is fetched
    at_home = required().kind == "province"
    uses, hidden = matters.uses(request.user, row) if at_home else ([], 0)
    writable = [use.matter for use in uses if matters.may_write(request.user, use.matter)]
    files = selectors.files_of(row) if at_home else []
    what = next((use.what for use in uses if use.what), "")
    context = {
        **frame_of(request),
        "exhibit": row,
        "name": kinds.name_of(row, {row.pk: what}),
        "facts": exhibit_facts(row),
        "flags": kinds.flags_of(row),
        "shown": shown(row),
        "image_url": photo_url(row.pk) if row.view_key and not row.withdrawn_at else "",
        "files": [] if row.withdrawn_at else files,
        "uses": uses,
        "hidden_uses": hidden,
        "events": custody.of(row),
        "legal_kinds": Exhibit.LegalKind.choices,
        "may_write": bool(writable),
        "may_export": at_home and not row.view_only and _may_have_original(request, row),
        "matters": writable,
        "withdrawal": row.withdrawals.first() if at_home else None,
        "copies": list(row.redacted_copies.all()) if at_home else [],
        "at_home": at_home,
        "cartons": list(row.cartons.select_related("carton")) if row.kind == kinds.Kind.WAYBILL else [],
        "seal": sealing.seal_of(row),
        "back_url": reverse("exhibits:list") if at_home else None,
    }
    return render(request, "evidence/exhibit.html", context)


def _may_have_original(request: HttpRequest, row: Exhibit) -> bool:
    try:
        selectors.access_exhibit(request.user, row.pk, original=True)
    except NotFound404:
        return False
    return not row.withdrawn_at


def _writable(request: HttpRequest, exhibit_id: UUID) -> Exhibit:
    """An exhibit of a matter to which this person may write. Raises NotFound404, NotAllowed."""
    row = selectors.access_exhibit(request.user, exhibit_id)
    uses, _hidden = matters.uses(request.user, row)
    if not any(matters.may_write(request.user, use.matter) for use in uses):
        raise NotAllowed()
    return row


@officer
@require_POST
def file_under(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """File an exhibit under another of the eight legal kinds."""
    row = _writable(request, exhibit_id)
    records.file_under(row, request.POST.get("legal_kind", ""), by=request.user, why=request.POST.get("why", ""))
    messages.success(request, _("证据种类已更改。"))
    return redirect("exhibits:exhibit", row.pk)


@reader
@require_POST
def export(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """The original, bit for bit, for a purpose. Written into custody before the first byte leaves."""
    return originals.hand_out(request.user, exhibit_id, request.POST.get("purpose", ""))


@officer
@require_POST
def withdraw(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """Ask that a photo sent by mistake be taken from view."""
    row = _writable(request, exhibit_id)
    withdrawals.ask(row, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("已提交撤回申请，等局领导或系统管理员批准。"))
    return redirect("exhibits:exhibit", row.pk)


@login_required
@require_safe
def withdrawal_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what was decided. The picture is not shown here."""
    rows = selectors.withdrawals(request.user)
    context = {"rows": rows.filter(state="asked"), "decided": rows.exclude(state="asked")[:50]}
    return render(request, "evidence/withdrawals.html", context)


@login_required
@require_POST
def decide(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    """Approve or refuse a withdrawal."""
    row = selectors.access_withdrawal(request.user, withdrawal_id)
    approve = request.POST.get("verb") == "approve"
    withdrawals.decide(row, by=request.user, approve=approve, answer=request.POST.get("answer", ""))
    messages.success(request, _("已批准撤回。") if approve else _("已答复：不批准。"))
    return redirect("exhibits:withdrawals")


@officer
@require_http_methods(["GET", "POST"])
def redact(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """Draw boxes over the view; the server makes a covered copy in a process of its own."""
    row = _writable(request, exhibit_id)
    if row.withdrawn_at:
        raise Withdrawn()
    if not row.view_key:
        raise NothingToShow(kind=row.kind) if row.state == Exhibit.State.READY else NotYetReady(state=row.state)
    if request.method == "POST":
        try:
            boxes = redactions.read_boxes(request.POST.getlist("box"))
            redactions.ask(row, boxes=boxes, purpose=request.POST.get("purpose", ""), by=request.user)
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("遮盖副本正在制作，几秒后出现在证据列表里。"))
            return redirect("exhibits:exhibit", row.pk)
    context = {
        **frame_of(request),
        "exhibit": row,
        "name": kinds.name_of(row),
        "image_url": photo_url(row.pk),
        "redactions": row.redactions.all()[:20],
        "back_url": reverse("exhibits:exhibit", args=[row.pk]),
    }
    return render(request, "evidence/redact.html", context, status=200 if request.method == "GET" else 400)
