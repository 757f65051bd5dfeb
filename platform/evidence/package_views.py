"""Pages of evidence packages: choose, seal, add one more, print."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evidence import kinds, matters, packages, selectors
from evidence.exhibit_views import officer, reader
from evidence.models import Exhibit
from evidence.presenters import export_url, frame_of, tiles
from kernel.canonical import canonical_json
from kernel.errors import Problem


@officer
@require_http_methods(["GET", "POST"])
def seal(request: HttpRequest, matter_kind: str, matter_id: UUID) -> HttpResponse:
    """Choose exhibits of a matter and seal them. `after`: the package this is a new version of."""
    matter = matters.access(request.user, matter_kind, matter_id, write=True)
    after = None
    if given := _uuid(request.POST.get("after") or request.GET.get("after", "")):
        after, _matter = selectors.access_package(request.user, given, write=True)
    chosen = [found for text in request.POST.getlist("exhibit") if (found := _uuid(text))]
    if request.method == "POST":
        try:
            package = packages.seal(
                matter=matter,
                exhibit_ids=chosen,
                title=request.POST.get("title", ""),
                by=request.user,
                after=after,
            )
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            messages.success(request, _("证据包已封存，第 {n} 版。").format(n=package.version))
            return redirect("exhibits:package", package.pk)
    held = set(selectors.package_items(after).values_list("exhibit_id", flat=True)) if after else set()
    names = matters.names(matter)
    rows = [
        row
        for row in selectors.exhibits_of(request.user, matter=matter)
        if not row.withdrawn_at and row.state != Exhibit.State.REFUSED and row.pk not in held
    ]
    context = {
        **frame_of(request),
        "matter": matter,
        "after": after,
        "held": len(held),
        "tiles": tiles(rows, names),
        "chosen": chosen,
        "title": request.POST.get("title", ""),
        "back_url": reverse("exhibits:matter", args=[matter.kind, matter.id]),
    }
    return render(request, "evidence/new_package.html", context, status=200 if request.method == "GET" else 400)


@reader
@require_safe
def package(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """The manifest of one version, fit to be printed, and the versions beside it."""
    row, matter = selectors.access_package(request.user, package_id)
    versions = list(selectors.versions_of(row))
    context = {
        **frame_of(request),
        "package": row,
        "matter": matter,
        "items": [_line(item) for item in row.manifest["items"]],
        "intact": packages.still_sealed(row),
        "versions": versions,
        "latest": versions[-1],
        "may_write": matters.may_write(request.user, matter),
        "transfer_url": _transfer_url(row.pk),
        "export_url": export_url(request.user, matter, "bundles:package", row.pk),
        "back_url": reverse("exhibits:matter", args=[matter.kind, matter.id]),
    }
    return render(request, "evidence/package.html", context)


def _line(item: dict[str, object]) -> dict[str, object]:
    copied = item["original_or_copy"] == packages.COPY
    return {
        **item,
        "form_name": packages.FORMS.get(str(item["form"]), item["form"]),
        "legal_name": kinds.LegalKind(str(item["legal_kind"])).label,
        "copy_name": _("复制件") if copied else _("原件"),
    }


def _transfer_url(package_id: UUID) -> str:
    """Where a package can be sent to another province, where there is such a page."""
    try:
        return reverse("transfers:send", args=[package_id])
    except NoReverseMatch:
        return ""


@reader
@require_safe
def manifest(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """The sealed manifest, byte for byte: its SHA-256 is that of the seal."""
    row, _matter = selectors.access_package(request.user, package_id)
    response = HttpResponse(canonical_json(row.manifest), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{row.series_id}-v{row.version}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
