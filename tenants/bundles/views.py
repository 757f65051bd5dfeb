"""Pages of exports: ask, wait, fetch."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import holding
from accounts.models import Post, User
from evidence.matters import Matter
from evidence.models import Package
from evidence.presenters import frame_of
from evidence.store import store
from kernel.errors import Problem
from tenants.bundles import selectors, services
from tenants.bundles.models import Bundle

exporter = holding(Post.Role.OFFICER, Post.Role.LEADER)
GOING = (Bundle.State.QUEUED, Bundle.State.RUNNING)
SHOWN = 10


@exporter
@require_http_methods(["GET", "POST"])
def of_matter(request: HttpRequest, matter_kind: str, matter_id: UUID) -> HttpResponse:
    """Ask for an export of a matter."""
    return _ask(request, selectors.access_matter(request.user, matter_kind, matter_id), None)


@exporter
@require_http_methods(["GET", "POST"])
def of_package(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Ask for an export of one package."""
    package, matter = selectors.access_package(request.user, package_id)
    return _ask(request, matter, package)


def _ask(request: HttpRequest, matter: Matter, package: Package | None) -> HttpResponse:
    person = cast("User", request.user)
    purpose, variant = request.POST.get("purpose", ""), request.POST.get("variant", Bundle.Variant.FULL)
    if request.method == "POST":
        try:
            made = services.ask(matter=matter, variant=variant, purpose=purpose, by=person, package=package)
        except Problem as problem:
            messages.error(request, problem.detail)
        else:
            return redirect("bundles:bundle", made.pk)
    context = {
        **frame_of(request),
        "matter": matter,
        "package": package,
        "purpose": purpose,
        "variant": variant,
        "variants": Bundle.Variant.choices,
        "earlier": selectors.bundles_of(person, matter, package)[:SHOWN],
        "days": services.KEPT.days,
        "back_url": _back(matter, package),
    }
    return render(request, "bundles/new.html", context, status=200 if request.method == "GET" else 400)


def _back(matter: Matter, package: Package | None) -> str:
    if package is not None:
        return reverse("exhibits:package", args=[package.pk])
    return reverse("exhibits:matter", args=[matter.kind, matter.id])


@exporter
@never_cache
@require_safe
def bundle(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """One export: its bar while it is built, then how to fetch and check it. Part: progress."""
    found = selectors.access_bundle(request.user, bundle_id)
    context = {
        **frame_of(request),
        "bundle": found,
        "is_going": found.state in GOING,
        "is_ready": found.state == Bundle.State.READY,
        "days": services.KEPT.days,
        "back_url": reverse("exhibits:matter", args=[found.matter_kind, found.matter_id]),
    }
    template = "bundles/bundle.html#progress" if request.GET.get("part") == "progress" else "bundles/bundle.html"
    return render(request, template, context)


@exporter
@require_POST
def download(request: HttpRequest, bundle_id: UUID) -> FileResponse:
    """The file. Written into the trail before the first byte leaves."""
    return answer(selectors.access_bundle(request.user, bundle_id), cast("User", request.user))


def answer(found: Bundle, by: User) -> FileResponse:
    """The file as an attachment, for one whom a door let in. Raises Conflict."""
    services.hand_out(found, by=by)
    response = FileResponse(
        store().open(found.object_key, sha256=found.sha256),
        content_type="application/zip",
        filename=file_name(found),
        as_attachment=True,
    )
    response["Content-Length"] = str(found.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def file_name(found: Bundle) -> str:
    """What the file is called where it is saved."""
    kind = "-public" if found.variant == Bundle.Variant.PUBLIC else ""
    return f"{found.matter_number or found.matter_kind}{kind}-{found.sha256[:8]}.zip"
