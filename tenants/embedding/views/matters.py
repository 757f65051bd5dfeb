"""对接案件: what case systems opened here, under their numbers, and everything that was asked for each."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person_of, reader
from appraisal.requests import presenters as asked
from appraisal.requests import selectors as requests
from kernel.errors import BadInput, Problem
from notify.live import live_cursor
from tenants.embedding import framing, results, selectors
from tenants.embedding.models import Matter, MatterPhoto
from tenants.embedding.services import beginning, matters, photos
from webui.pages import paged, turn_back, uuid_or_none

STATES = ("", "answered", "waiting", "conflict")
LOOKS = {
    MatterPhoto.State.WAITING: ("wait", "clock"),
    MatterPhoto.State.KEPT: ("good", "tick"),
    MatterPhoto.State.FAILED: ("seal", "seal-cross"),
}


def why_words(photo: MatterPhoto) -> str:
    """Why a photo did not come, and what to do, in words."""
    if not photo.why:
        return ""
    words = {
        "digest_differs": _("内容与办案系统报的摘要不符，没有保存。请对方核对后重新发起。"),
        "too_long": _("文件过大，没有取回。请对方缩小后重新发起。"),
        "file_too_large": _("文件过大，没有取回。请对方缩小后重新发起。"),
        "unsupported_format": _("不是可用的照片格式。请对方改为 JPEG、PNG、WebP 或 HEIC。"),
        "address_refused": _("地址不能访问。请对接管理员核对照片地址所在网段。"),
        "connection_off": _("对接已停用。启用后再取。"),
        "timeout": _("对方没有及时回应。"),
    }
    if photo.why.startswith("http_"):
        return _("对方回答 {status}，没有给出照片。").format(status=photo.why.removeprefix("http_"))
    return words.get(photo.why, _("对方没有回应。"))


@reader
@never_cache
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Matters by number, last opened first."""
    person, cursor = person_of(request), live_cursor()
    text, state = request.GET.get("q", "").replace("\0", "").strip()[:80], request.GET.get("state", "")
    rows = selectors.search(selectors.matters_of(person), text)
    conflicts = selectors.matters_of(person).filter(state=Matter.State.CONFLICT).count()
    if state == "conflict":
        rows = rows.filter(state=Matter.State.CONFLICT)
    page = paged(rows.prefetch_related("aliases", "links", "photos"), request, found=bool(text))
    context = {
        "page": page,
        "rows": [_row(each) for each in page],
        "q": text,
        "state": state,
        "conflicts": conflicts,
        "filtered": bool(text or state),
        "live_cursor": cursor,
        "back_url": reverse("requests:home"),
    }
    return render(request, "embedding/matters.html", context)


def _row(matter: Matter) -> dict[str, Any]:
    return {
        "matter": matter,
        "url": reverse("embedding:matter", args=[matter.pk]),
        "missing": sum(each.state == MatterPhoto.State.FAILED for each in matter.photos.all()),
        "count": len(matter.links.all()),
    }


@reader
@never_cache
@require_GET
def matter(request: HttpRequest, embedded_matter_id: UUID) -> HttpResponse:
    """Everything that was asked under one case number, and the ways to begin."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.matter_for(person, embedded_matter_id)
    part = "#now" if request.headers.get("X-Live") else ""
    context = {**_context(request, person, found), "live_cursor": cursor}
    return render(request, f"embedding/matter.html{part}", context)


def _context(request: HttpRequest, person: Any, found: Matter) -> dict[str, Any]:
    rows = selectors.rows_of(found, person)
    arrived = list(found.photos.select_related("exhibit"))
    drafts = [each for each in rows["requests"] if each.state == "draft"]
    return {
        "matter": found,
        "aliases": [each.number for each in found.aliases.all()],
        "requests": [asked.row(each, person) for each in rows["requests"]],
        "clues": rows["clues"],
        "letters": rows["letters"],
        "inspections": rows["inspections"],
        "photos": [_photo(each) for each in arrived],
        "kept": sum(each.state == MatterPhoto.State.KEPT for each in arrived),
        "shots": _shots(drafts) if any(each.exhibit_id for each in arrived) else [],
        "alike": list(selectors.alike(person, found)) if found.conflict else [],
        "result": results.result_of(found),
        "may_ask": person.has_role("officer") and person.unit_id is not None,
        "may_register": person.has_role("officer", "dispatcher"),
        "here": framing.mark_of(request) is not None,
        "back_url": reverse("embedding:matters"),
    }


def _photo(photo: MatterPhoto) -> dict[str, Any]:
    tone, shape = LOOKS[MatterPhoto.State(photo.state)]
    ready = photo.exhibit is not None and photo.exhibit.state == "ready"
    return {
        "photo": photo, "tone": tone, "shape": shape, "why": why_words(photo),
        "thumb": asked.photo_url(photo.exhibit, "thumb") if ready else "",
    }  # fmt: skip


def _shots(drafts: list[Any]) -> list[tuple[str, str]]:
    """Where a photo can be hung: each shot of each item that is being put together."""
    return [
        (f"{item.pk}:{shot['code']}", f"{item.product_name} · {shot['name']}")
        for each in drafts
        for item in each.items.all()
        for shot in item.shot_list
    ]


@reader
@require_POST
def begin(request: HttpRequest, embedded_matter_id: UUID, target: str) -> HttpResponse:
    """Begin one more appraisal, clue or letter for the case."""
    person = person_of(request)
    found = selectors.matter_for(person, embedded_matter_id)
    if target == "appraisal":
        return redirect(beginning.appraisal(found, by=person))
    return redirect("clue_intake:new" if target == "clue" else "correspondence:new")


@reader
@require_POST
def rename(request: HttpRequest, embedded_matter_id: UUID) -> HttpResponse:
    """The case has another number now; or two cases are told apart."""
    person = person_of(request)
    found = selectors.matter_for(person, embedded_matter_id)
    page = reverse("embedding:matter", args=[found.pk])
    try:
        matters.rename(matter=found, number=request.POST.get("number", ""), by=person)
    except Problem as problem:
        return turn_back(request, problem, page)
    messages.success(request, _("案号已改，原案号仍可查到。"))
    return redirect(page)


@reader
@require_POST
def merge(request: HttpRequest, embedded_matter_id: UUID) -> HttpResponse:
    """Two of one number are one case."""
    person = person_of(request)
    found = selectors.matter_for(person, embedded_matter_id)
    page = reverse("embedding:matter", args=[found.pk])
    into = uuid_or_none(request.POST.get("into", ""))
    try:
        if into is None:
            raise BadInput(_("请选择要并入的那一件。"), code="merge_target_missing")
        kept = matters.merge(matter=found, into=selectors.matter_for(person, into), by=person)
    except Problem as problem:
        return turn_back(request, problem, page)
    messages.success(request, _("已并入，原来的编号仍可查到。"))
    return redirect("embedding:matter", kept.pk)


@reader
@require_POST
def photo(request: HttpRequest, matter_photo_id: UUID) -> HttpResponse:
    """Fetch a photo once more, or hang it on a shot."""
    person = person_of(request)
    found = selectors.photo_for(person, matter_photo_id)
    page = reverse("embedding:matter", args=[found.matter_id])
    item_id, _colon, shot = request.POST.get("shot", "").partition(":")
    try:
        if "again" in request.POST:
            photos.try_again(photo=found, by=person)
        elif (chosen := uuid_or_none(item_id)) is not None:
            item = requests.access_item(person, chosen)
            beginning.use_photo(matter=found.matter, photo_id=found.pk, item=item, shot_code=shot, by=person)
            messages.success(request, _("已放到“{shot}”。").format(shot=item.product_name))
        else:
            raise BadInput(_("请选择照片用在哪里。"), code="shot_missing")
    except Problem as problem:
        return turn_back(request, problem, page)
    return redirect(page)


@reader
@never_cache
@require_GET
def result_file(request: HttpRequest, embedded_matter_id: UUID) -> HttpResponse:
    """The result as a signed file, for systems that take nothing else."""
    found = selectors.matter_for(person_of(request), embedded_matter_id)
    text = json.dumps(results.signed(found), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="result-{found.pk}.json"'
    return response


@reader
@never_cache
@require_GET
def result(request: HttpRequest, embedded_matter_id: UUID) -> HttpResponse:
    """The result as it stands, for the frame to post to the page around it."""
    found = selectors.matter_for(person_of(request), embedded_matter_id)
    text = json.dumps(results.result_of(found), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json")
