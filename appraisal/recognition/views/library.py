"""Entries: the list, one of them, made from a verdict, by rights staff or on the premises, drawn on, switched off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.desk import selectors as desk_doors
from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import at_desk
from appraisal.recognised import word, words
from appraisal.recognition import forms, presenters, selectors
from appraisal.recognition.models import LibraryEntry
from appraisal.recognition.services import entries
from appraisal.recognition.views.common import PER_PAGE, done, frame, is_appraiser, received
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from kernel.ids import uuid7
from webui.pages import paged, posted, uuid_or_none

State = LibraryEntry.State


@at_desk
@require_GET
def library(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, filtered by its address."""
    asked = {
        name: value
        for name in ("state", "product", "typology", "province", "source", "q")
        if (value := request.GET.get(name, "").strip()[:80])
    }
    product = uuid_or_none(asked.get("product", ""))
    rows = selectors.entries(
        desk,
        state=asked.get("state", ""),
        product=product,
        typology=asked.get("typology", ""),
        province=asked.get("province", ""),
        source=asked.get("source", ""),
        text=asked.get("q", ""),
    )
    page = paged(rows, request, PER_PAGE)
    found = list(page.object_list)
    names = presenters.place_names(entry.find for entry in found)
    counts = selectors.counts(desk)
    kept = {name: value for name, value in asked.items() if name != "state"}
    provinces = desk_doors.province_names()
    context = frame(desk, "entries") | {
        "page": page,
        "rows": [presenters.entry_row(entry, names) for entry in found],
        "asked": asked,
        "views": [
            (urlencode(kept | ({"state": state} if state else {})), label, number, asked.get("state", "") == state)
            for state, label, number in [
                ("", _("全部"), sum(counts.values())),
                *((state.value, state.label, counts[state.value]) for state in State),
            ]
        ],
        "products": presenters.product_choices(desk),
        "typologies": forms.typologies(),
        "provinces": [(code, provinces.get(code, code)) for code in selectors.provinces_of(desk)],
    }
    template = "recognition/library.html#rows" if request.headers.get("X-Live") else "recognition/library.html"
    return render(request, template, context)


@at_desk
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, desk: Desk, entry_id: UUID) -> HttpResponse:
    """One entry; posting changes what is said of it."""
    found = selectors.access_entry(desk, entry_id)
    form = forms.EntryForm(
        posted(request), initial={name: getattr(found, name) for name in forms.EntryForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if done(request, lambda: entries.change(desk=desk, entry_id=entry_id, **said), _("已保存。")):
            return redirect("recognition:entry", entry_id)
    row = presenters.entry_row(found, presenters.place_names([found.find]))
    context = frame(desk, "entries") | {
        "entry": found,
        "row": row,
        "photos": [presenters.entry_photo(photo) for photo in found.photos.all()],
        "remarks": presenters.remarks(found),
        "codes": [(each.get_field_display(), each.raw, each.get_how_display()) for each in found.find.sightings.all()],
        "form": form,
        "appraiser": is_appraiser(request),
        "stopped": str(word("flag", found.stopped_because)) if found.stopped_because else "",
        "task_url": presenters.find_url(found.find),
        "hints": [
            presenters.card(hint, presenters.place_names([hint.entry.find]))
            for hint in selectors.hints_of_entry(desk, found)[:12]
        ],
        "shares": dict(LibraryEntry._meta.get_field("visibility").flatchoices),
        "moves": {verb for verb, (sources, _to) in LibraryEntry.MOVES.items() if found.state in sources},
    }
    return render(request, "recognition/entry.html", context, status=400 if form.errors else 200)


@at_desk
@require_POST
def step(request: HttpRequest, desk: Desk, entry_id: UUID) -> HttpResponse:
    """Confirm, refuse, switch off, put back, withdraw."""
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "").strip()[:500]
    acts = {
        "confirm": (lambda: entries.confirm(desk=desk, entry_id=entry_id), _("已入库，从现在起参与比对。")),
        "refuse": (lambda: entries.refuse(desk=desk, entry_id=entry_id, reason=reason), _("已记为不予入库。")),
        "switch_off": (
            lambda: entries.switch_off(desk=desk, entry_id=entry_id, reason=reason),
            _("已停用：不再参与比对，看过提示的人会收到说明。"),
        ),
        "resume": (lambda: entries.resume(desk=desk, entry_id=entry_id), _("已恢复，重新参与比对。")),
        "withdraw": (lambda: entries.withdraw(desk=desk, entry_id=entry_id, reason=reason), _("已撤下。")),
    }
    selectors.access_entry(desk, entry_id)
    if verb in acts:
        done(request, *acts[verb])
    return redirect("recognition:entry", entry_id)


@at_desk
@require_POST
def add_photos(request: HttpRequest, desk: Desk, entry_id: UUID) -> HttpResponse:
    """More photos of an entry."""
    selectors.access_entry(desk, entry_id)
    files = request.FILES.getlist("photos")
    if not files:
        messages.error(request, _("请至少选一张照片。"))
    else:
        done(
            request,
            lambda: entries.add_photos(desk=desk, entry_id=entry_id, photos=received(desk, files)),
            _("照片已加上，处理好后参与比对。"),
        )
    return redirect("recognition:entry", entry_id)


@at_desk
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, desk: Desk, entry_photo_id: UUID) -> HttpResponse:
    """The outline of the item and its defects, drawn on one photo."""
    photo = selectors.access_entry_photo(desk, entry_photo_id)
    form = forms.DrawingForm(posted(request))
    if request.method == "POST":
        if form.is_valid():
            said = form.cleaned_data["drawing"]
            if done(
                request, lambda: entries.draw(desk=desk, photo_id=entry_photo_id, **said), _("已保存，重新参与比对。")
            ):
                return redirect(request.POST.get("then") == "next" and _next_photo(photo) or _entry_url(photo.entry_id))
        else:
            messages.error(request, "　".join(str(each) for errors in form.errors.values() for each in errors))
    siblings = list(photo.entry.photos.all())
    context = frame(desk, "entries") | {
        "photo": photo,
        "shown": presenters.entry_photo(photo),
        "entry": photo.entry,
        "drawing": {"outline": photo.outline, "defects": photo.defects},
        "number": next(at for at, each in enumerate(siblings, start=1) if each.pk == photo.pk),
        "count": len(siblings),
        "next_url": _next_photo(photo),
    }
    return render(request, "recognition/draw.html", context)


def _next_photo(photo: Any) -> str:
    siblings = list(photo.entry.photos.all())
    at = next(at for at, each in enumerate(siblings) if each.pk == photo.pk)
    return reverse("recognition:draw", args=[siblings[at + 1].pk]) if at + 1 < len(siblings) else ""


def _entry_url(entry_id: UUID) -> str:
    return reverse("recognition:entry", args=[entry_id])


@at_desk
@require_POST
def from_verdict(request: HttpRequest, desk: Desk, verdict_id: UUID) -> HttpResponse:
    """The second of two clicks: the kind of fake. Then the outline can be drawn."""
    verdict = desk_doors.access_verdict(desk, verdict_id)
    try:
        made = entries.make_from_verdict(
            desk=desk,
            verdict_id=verdict_id,
            typology=request.POST.get("typology", ""),
            entry_id=uuid_or_none(request.POST.get("new_id", "")),
        )
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
        return redirect("desk:task", verdict.opinion.task_id)
    messages.success(request, _("已作为候选 {number} 入库。标出商品轮廓和缺陷，会认得更准。").format(number=made))
    first = made.photos.first()
    return redirect("recognition:draw", first.pk) if first else redirect("recognition:entry", made.pk)


@at_desk
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A candidate by rights staff: many photos at once; goods of another brand are refused."""
    province = request.GET.get("province") or request.POST.get("province", "")
    code = selectors.province_division(province)
    form = forms.StaffForm(
        posted(request),
        request.FILES or None,
        desk=desk,
        province=code,
        initial={"found_on": clock.today(), "product": request.GET.get("product", "")},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = entries.make_by_staff(
                desk=desk,
                product_id=UUID(said["product"]),
                typology=said["typology"],
                found_on=said["found_on"],
                province_code=province if code else "",
                county_code=said["county_code"],
                photos=received(desk, said["photos"]),
                codes_seen=[(said["code_field"], said["code"].strip())] if said["code"].strip() else [],
                visibility=said["visibility"],
                note=said["note"],
                entry_id=uuid_or_none(request.POST.get("new_id", "")),
            )
        except (BadInput, Conflict) as problem:
            form.add_error(None, problem.detail)
        else:
            messages.success(request, _("候选 {number} 已提交，由鉴定人员确认后参与比对。").format(number=made))
            return redirect("recognition:entry", made.pk)
    context = frame(desk, "entries") | {
        "form": form,
        "provinces": presenters.province_choices(),
        "province": province if code else "",
        "new_id": request.POST.get("new_id") or uuid7(),
    }
    return render(request, "recognition/new.html", context, status=400 if form.errors else 200)


@at_desk
@require_http_methods(["GET", "POST"])
def on_the_premises(request: HttpRequest, desk: Desk, item_id: UUID) -> HttpResponse:
    """现场: photos in bulk of one lot's goods, for the library."""
    item = desk_doors.access_item(desk, item_id)
    task = item.task
    back = f"{reverse('desk:scene')}?{urlencode({'p': request.GET.get('p', ''), 'r': request.GET.get('r', '')})}"
    if request.method == "POST":
        files = request.FILES.getlist("photos")
        typology = request.POST.get("typology", "")
        if not files:
            messages.error(request, _("请至少选一张照片。"))
        elif typology not in words("typology"):
            messages.error(request, _("请选择假货类型。"))
        else:
            try:
                made = entries.make_by_staff(
                    desk=desk,
                    product_id=item.product_id,
                    typology=typology,
                    found_on=clock.today(),
                    province_code=task.province_code,
                    county_code=task.county_code,
                    photos=received(desk, files),
                    codes_seen=[("batch", item.batch_no)] if item.batch_no else [],
                    note=_("现场：{number}").format(number=task.request_no),
                    entry_id=uuid_or_none(request.POST.get("new_id", "")),
                )
            except (BadInput, Conflict, NotAllowed) as problem:
                messages.error(request, problem.detail)
            else:
                messages.success(request, _("{n} 张照片已作为候选 {number} 入库。").format(n=len(files), number=made))
                return redirect(back)
    context = {
        "item": item,
        "task": task,
        "typologies": forms.typologies(),
        "chosen": request.POST.get("typology", "counterfeit_mark"),
        "back": back,
        "new_id": request.POST.get("new_id") or uuid7(),
    }
    return render(request, "recognition/premises.html", context)
