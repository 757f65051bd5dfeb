"""The camera and the photos it takes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import officer, person_of, reader
from accounts.tickets import make_upload_ticket
from appraisal.requests import presenters, selectors, services
from appraisal.requests.views.common import State
from evidence import uploads
from evidence.models import Quarantined
from evidence.uploads import received_photo
from kernel.errors import BadInput, Conflict, NotAllowed, Problem
from webui.pages import speaks_json, turn_back, uuid_or_none, wants_json


@officer
@never_cache
@require_GET
def capture(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The camera on the item's list: the quick set first, all of it with `?set=full`, one shot for a supplement."""
    person = person_of(request)
    item = selectors.item_with_photos(person, item_id)
    if not selectors.may_write(person, item.request.unit_id):
        raise NotAllowed()
    if item.request.state == State.CANCELLED:
        messages.error(request, _("申请已取消，不能再加照片。请新建申请。"))
        return redirect(presenters.detail_url(item.request))
    sent = item.request.sent_at is not None
    upload_url = reverse("requests:photos", args=[item.pk])
    done_url = presenters.detail_url(item.request) if sent else reverse("requests:item", args=[item.pk])
    supplement = None
    if asked := uuid_or_none(request.GET.get("supplement", "")):
        supplement = selectors.access_supplement(person, asked)
        shots = [
            {**shot, "hint": supplement.reason, "required": True, "done": False, "sent": False, "absent": False}
            for shot in presenters.shots_to_take(item, which="full")
            if shot["code"] == supplement.shot_code
        ]
        upload_url += f"?supplement={supplement.pk}"
        absent_url = reverse("requests:decline_supplement", args=[supplement.pk])
    else:
        which = "full" if sent or request.GET.get("set") == "full" else "quick"
        shots = presenters.shots_to_take(item, which=which)
        if item.request.enough_at:  # the brand needs no more: every shot may be taken, none is asked for
            shots = [{**shot, "required": False} for shot in shots]
        absent_url = reverse("requests:absent", args=[item.pk])
    context = {
        "item": item,
        "shots": shots,
        "supplement": supplement,
        "upload_url": upload_url,
        "absent_url": absent_url,
        "done_url": done_url,
        "close_url": done_url,
        "group": f"{item.pk}{'-' + str(supplement.pk) if supplement else ''}",
        "draft": None if sent or supplement else presenters.draft_for_phone(item),
        "since": item.request.site.opened_at,
        "upload_ticket": make_upload_ticket(draft_id=item.pk, user_id=person.pk),
        "with_place": True,
        "bare": True,
    }
    return render(request, "requests/capture.html", context)


@require_POST
@speaks_json
def photos(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take one photo of one shot. Without a session, a good upload ticket still brings it into quarantine."""
    if not request.user.is_authenticated:
        body, status = uploads.answer(uploads.handle_upload(request))
        return JsonResponse(body, status=status)
    person = person_of(request)
    item = selectors.access_item(person, item_id)
    if not selectors.may_write(person, item.request.unit_id):
        raise NotAllowed()
    try:
        exhibit = received_photo(request)
        if isinstance(exhibit, Quarantined):
            body, status = uploads.answer(exhibit)
            return JsonResponse(body, status=status)
        photo = services.add_photo(
            by=person,
            item_id=item.pk,
            exhibit=exhibit,
            shot_code=request.POST.get("shot_code", ""),
            source="album" if request.POST.get("source") == "album" else "camera",
            kept_reason=request.POST.get("kept_reason", "").strip()[:200],
            supplement_id=uuid_or_none(request.GET.get("supplement", "")),
        )
    except Problem as problem:
        if wants_json(request):
            raise
        return turn_back(request, problem, reverse("requests:capture", args=[item.pk]))
    if not wants_json(request):
        messages.success(request, _("已封存 %(digest)s…") % {"digest": exhibit.sha256[:8]})
        return redirect("requests:capture", item.pk)
    body, status = uploads.answer(exhibit, photo_id=photo.pk)
    return JsonResponse(body, status=status)


@officer
@require_POST
@speaks_json
def absent(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say why a shot cannot be taken."""
    reason = request.POST.get("absent_reason", "")
    services.mark_absent(
        by=person_of(request), item_id=item_id, shot_code=request.POST.get("shot_code", ""), reason=reason
    )
    return JsonResponse({}) if wants_json(request) else redirect("requests:capture", item_id)


@officer
@require_POST
@speaks_json
def decline_supplement(request: HttpRequest, supplement_id: UUID) -> HttpResponse:
    """Say why a shot cannot be taken again."""
    person = person_of(request)
    row = selectors.access_supplement(person, supplement_id)
    address = presenters.detail_url(row.item.request)
    try:
        services.decline_supplement(
            by=person, supplement_id=supplement_id, reason=request.POST.get("absent_reason", "")
        )
    except BadInput as problem:
        if wants_json(request):
            raise
        return turn_back(request, problem, address)
    return JsonResponse({}) if wants_json(request) else redirect(address)


@officer
@require_POST
def remove_photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Take a photo off a draft."""
    person = person_of(request)
    photo = selectors.access_photo(person, photo_id)
    to = reverse("requests:item", args=[photo.item_id])
    try:
        services.remove_photo(by=person, photo_id=photo.pk)
    except Conflict as problem:
        return turn_back(request, problem, to)
    messages.success(request, _("已撤下，原件仍封存。"))
    return redirect(to)


@reader
@require_GET
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """One photo, large, with the marks of the verdict that stands, and how it was sealed."""
    person = person_of(request)
    found = selectors.access_photo(person, photo_id)
    item = selectors.item_with_photos(person, found.item_id)
    siblings = [tile["id"] for tile in presenters.item_tiles(item) if tile.get("url")]
    here = siblings.index(found.pk)
    verdict = presenters.standing_of(item)
    marks = verdict.marks if verdict else []
    mine = [mark for mark in marks if str(mark.get("photo_id")) == str(found.pk)]
    draft = item.request.state == State.DRAFT
    context = {
        "photo": found,
        "item": item,
        "name": presenters.shot_name(item, found.shot_code),
        "view_url": presenters.photo_url(found.exhibit, "view"),
        "marks": [presenters.box(mark, number) for number, mark in enumerate(mine, start=1)],
        "previous": siblings[here - 1] if here else None,
        "next": siblings[here + 1] if here + 1 < len(siblings) else None,
        "may_remove": draft and found.posted_at is None and selectors.may_write(person, item.request.unit_id),
        "back_url": reverse("requests:item", args=[item.pk]) if draft else presenters.detail_url(item.request),
    }
    return render(request, "requests/photo.html", context)
