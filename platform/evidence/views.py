"""Photos over HTTP, and the quarantine page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.standing import in_good_standing
from audit import reads
from evidence import custody, kinds, selectors, services
from evidence.errors import NothingToShow, NotYetReady, OriginalStays, PurposeMissing, Withdrawn
from evidence.models import Exhibit
from evidence.store import name_and_version, read_link, store
from kernel.errors import BadInput, NotFound404
from provinces.context import required


@require_safe
def photo(request: HttpRequest, exhibit_id: UUID, what: str) -> HttpResponse:
    """The view, the thumbnail or the original of an exhibit, for whom a door is open."""
    if what == "original":
        return _original(request, exhibit_id)
    exhibit = selectors.access_exhibit(request.user, exhibit_id)
    if exhibit.withdrawn_at:
        return _withdrawn()
    if exhibit.state != Exhibit.State.READY:
        raise NotYetReady(state=exhibit.state)
    if not exhibit.view_key:
        raise NothingToShow(kind=exhibit.kind)
    # A view that came by letter stands in for its thumbnail until that is made.
    key = exhibit.thumb_key if what == "thumb" and exhibit.thumb_key else exhibit.view_key
    etag = f'"{exhibit.view_sha256[:32]}-{"t" if key == exhibit.thumb_key else "v"}"'
    if what == "view":
        custody.viewed(exhibit, by=request.user)
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        sealed = exhibit.view_sha256 if key == exhibit.view_key else ""
        response = _file(key, "image/jpeg", f"{exhibit.pk}.jpg", sha256=sealed)
    response["ETag"] = etag
    # Kept by this browser but asked about each time: a right withdrawn ends at once.
    response["Cache-Control"] = "private, no-cache"
    return response


def _withdrawn() -> HttpResponse:
    """Stands where the picture stood; browsers show it in its place."""
    response = HttpResponse(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 320"><path fill="#777" d="M60 70h120v180H60z" '
        'opacity=".15"/><path stroke="#777" stroke-width="8" d="M85 120l70 80m0-80l-70 80"/></svg>',
        content_type="image/svg+xml",
        status=410,
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _original(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    exhibit = selectors.access_exhibit(request.user, exhibit_id, original=True)
    if required().kind != "province" or exhibit.view_only:
        raise OriginalStays()
    if exhibit.withdrawn_at:
        raise Withdrawn()
    purpose = request.GET.get("purpose", "").strip()
    if not purpose:
        raise PurposeMissing()
    name = kinds.download_name(exhibit)
    response = _file(exhibit.original_key, exhibit.media_type, name, as_attachment=True, sha256=exhibit.sha256)
    custody.record(exhibit, custody.Act.ORIGINAL_READ, by=request.user, purpose=purpose)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What a short signed link leads to, for the person it was made for."""
    person = request.user
    key = read_link(token, person_id=person.pk) if person.is_authenticated and in_good_standing(person.pk) else None
    if key is None:
        raise NotFound404()
    if "/thumb/" not in key:
        shown = UUID(name_and_version(key)[0].rpartition("/")[2])
        reads.note("evidence.exhibit", by=person, what="link", terms=[token], record_id=shown)
    response = _file(key, "image/jpeg" if "/view/" in key or "/thumb/" in key else "application/octet-stream", "")
    response["Cache-Control"] = "private, no-store"
    return response


def _file(key: str, media_type: str, name: str, *, as_attachment: bool = False, sha256: str = "") -> FileResponse:
    """sha256: what was sealed; other bytes are shown to nobody."""
    stream = store().open(key, sha256=sha256)
    response = FileResponse(stream, content_type=media_type, filename=name, as_attachment=as_attachment)
    response["X-Content-Type-Options"] = "nosniff"
    # Opened as a page of its own, a file that is not what it says may do nothing.
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_http_methods(["GET", "POST"])
def quarantine(request: HttpRequest) -> HttpResponse:
    """Photos that came after a session had ended: by whom and when, not what they show; give them to an officer."""
    rows = selectors.quarantine(request.user)
    officers = selectors.officers()
    if request.method == "POST":
        try:
            row = rows.filter(pk=UUID(request.POST.get("photo", ""))).first()
            officer = officers.filter(pk=UUID(request.POST.get("officer", ""))).first()
        except ValueError:
            row = officer = None
        if row is None or officer is None:
            raise BadInput(_("没有这张照片或这位人员。请刷新页面后重新选择。"), code="quarantine_choice")
        services.assign(quarantined_id=row.pk, to=officer, by=request.user)
        messages.success(request, _("照片已转交给{name}。").format(name=officer.display_name))
        return redirect("evidence:quarantine")
    context = {"rows": rows[:100], "officers": officers[:500]}
    return render(request, "evidence/quarantine.html", context)
