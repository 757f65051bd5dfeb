"""One lot: what is known, who counted what, photos, the right holder's answer; prices and suppliers of all lots."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of
from accounts.models import User
from accounts.tickets import make_upload_ticket
from appraisal.catalogue import selectors as catalogue
from appraisal.requests.presenters import photo_url
from evidence import uploads
from evidence.models import Quarantined
from evidence.uploads import received_photo
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from kernel.ids import uuid7
from tenants.inspections import forms, presenters, selectors, services
from tenants.inspections.models import Lot
from tenants.inspections.value import value_of, verdict_of
from tenants.inspections.views.common import SERVER_PAGE, frame, officer, reader, step
from tenants.inspections.views.counting import keyed
from webui.pages import posted, show_page, speaks_json, turn_back, uuid_or_none, wants_json

#: Fields that one answer may fill on every lot of an inspection that has none.
SUPPLIER = ("supplier_answer", "supplier_name", "supplier_contact")


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def lot(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    """One lot. What is changed here becomes an entry of the log like what is counted on a phone."""
    person = person_of(request)
    found = selectors.lot_for_page(person, lot_id)
    form = forms.LotForm(posted(request), instance=found)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            if said := form.said():
                services.detail(by=person, lot_id=found.pk, device_id=SERVER_PAGE, **said)
        except (BadInput, Conflict) as refused:
            problem = refused
        else:
            messages.success(request, _("已保存。"))
            return redirect("inspections:lot", found.pk)
    context = frame(person, found.inspection) | {
        "lot": found,
        "name": presenters.lot_name(found),
        "form": form,
        "units": forms.UNITS,
        "photos": [_tile(photo) for photo in found.photos.all()],
        "history": presenters.history(found, selectors.operations_of(found)),
        "row": presenters.lot_rows(found.inspection, [value_of(found, verdict_of(found))])[0],
        "quantity": presenters.plain(found.quantity),
        "moves": found.moves.all(),
        "elsewhere": [each for each in selectors.own_inspections(person) if each.pk != found.inspection_id][:10],
        "back_url": reverse("inspections:count", args=[found.inspection_id]),
    }
    return show_page(request, "inspections/lot.html", context, problem)


def _tile(photo: Any) -> dict[str, Any]:
    return {
        "id": photo.pk,
        "name": photo.get_shows_display(),
        "thumb_url": photo_url(photo.exhibit, "thumb"),
        "url": photo_url(photo.exhibit, "view"),
        "digest": photo.exhibit.sha256[:16],
    }


def _on_lot(act: Any) -> Any:
    """A POST that does one thing on a lot; back to the lot, with the refusal in plain words if there was one."""

    @officer
    @require_POST
    def view(request: HttpRequest, lot_id: UUID) -> HttpResponse:
        try:
            done = act(request, person_of(request), lot_id)
        except NotFound404:
            raise
        except Problem as problem:
            messages.error(request, problem.detail)
            done = None
        return redirect("inspections:lot", getattr(done, "pk", lot_id))

    return view


@_on_lot
def count_lot(request: HttpRequest, person: User, lot_id: UUID) -> Lot:
    """A count, a decision between counts, or so many more: for a page without scripts."""
    number, act = keyed(request.POST.get("quantity", "")), request.POST.get("act", "set")
    if act == "add":
        found = selectors.access_lot(person, lot_id)
        return services.say(
            by=person, inspection_id=found.inspection_id, lot_id=lot_id, kind="add", device_id=SERVER_PAGE, delta=number
        )
    take = services.resolve if act == "resolve" else services.count
    return take(by=person, lot_id=lot_id, device_id=SERVER_PAGE, quantity=number)


@_on_lot
def split_lot(request: HttpRequest, person: User, lot_id: UUID) -> Lot:
    """So many of the lot become a lot of their own."""
    differs = {name: request.POST[name] for name in ("batch_no", "package_state") if request.POST.get(name)}
    return services.split(
        by=person,
        lot_id=lot_id,
        device_id=SERVER_PAGE,
        quantity=keyed(request.POST.get("quantity", "")),
        why=request.POST.get("why", "")[:200],
        new_lot_id=uuid_or_none(request.POST.get("new_id", "")),
        **differs,
    )


@_on_lot
def move_lot(request: HttpRequest, person: User, lot_id: UUID) -> Lot:
    """The lot belongs to another inspection."""
    target = uuid_or_none(request.POST.get("to", ""))
    if target is None:
        raise BadInput(_("请选择要移到哪一次检查。"), code="target_missing")
    moved = services.move_lot(by=person, lot_id=lot_id, to_inspection_id=target, why=request.POST.get("why", ""))
    messages.success(request, _("已移到 %(number)s，两边都留有记录。") % {"number": moved.inspection.number})
    return moved


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def new_lot(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Write down a lot on a page without scripts."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    form = forms.NewLotForm(posted(request))
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.write_down(
                by=person,
                inspection_id=found.pk,
                device_id=SERVER_PAGE,
                lot_id=uuid_or_none(request.POST.get("new_id", "")),
                **form.said(),
            )
            if form.cleaned_data["quantity"]:
                services.count(
                    by=person, lot_id=made.pk, device_id=SERVER_PAGE, quantity=keyed(form.cleaned_data["quantity"])
                )
        except (BadInput, Conflict) as refused:
            problem = refused
        else:
            return redirect("inspections:lot", made.pk)
    context = frame(person, found) | {
        "form": form,
        "units": forms.UNITS,
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("inspections:count", args=[found.pk]),
    }
    return show_page(request, "inspections/new_lot.html", context, problem)


# Photos ---------------------------------------------------------------------------------------------------------------


@officer
@never_cache
@require_GET
def capture(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    """The camera on the shots that the lot's right holder asks for."""
    person = person_of(request)
    found = selectors.lot_for_page(person, lot_id)
    if not selectors.is_officer_of(person, found.inspection_id):
        raise NotAllowed()
    back = reverse("inspections:lot", args=[found.pk])
    context = {
        "lot": found,
        "name": presenters.lot_name(found),
        "shots": _shots(found),
        "upload_url": reverse("inspections:photos", args=[found.pk]) + "?shows=shot",
        "done_url": back,
        "close_url": back,
        "group": found.inspection_id,
        "upload_ticket": make_upload_ticket(draft_id=found.pk, user_id=person.pk),
        "with_place": True,
        "bare": True,
    }
    return render(request, "inspections/capture.html", context)


def _shots(found: Lot) -> list[dict[str, Any]]:
    """The product's shots, else the whole and its label; those taken are ticked."""
    taken = {photo.shot_code: photo for photo in found.photos.all()}
    if found.product_id:
        shots = [
            {"code": shot.code, "name": shot.name, "hint": shot.hint, "required": shot.required}
            for shot in catalogue.shot_list(found.product_id).shots
        ]
    else:
        shots = [
            {"code": "whole", "name": _("整体"), "hint": _("一件货，正面，四边都在框里"), "required": True},
            {"code": "label", "name": _("标签"), "hint": _("品牌、厂名、厂址要能读"), "required": True},
            {"code": "batch", "name": _("批号"), "hint": _("靠近，避开反光"), "required": False},
        ]
    return [
        {**shot, "done": shot["code"] in taken, "sent": shot["code"] in taken, "thumb_url": _thumb(taken, shot["code"])}
        for shot in shots
    ]


def _thumb(taken: dict[str, Any], code: str) -> str:
    return photo_url(taken[code].exhibit, "thumb") if code in taken else ""


@require_POST
@speaks_json
def photos(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    """Take one photo of a lot. Without a session, a good upload ticket still brings it into quarantine."""
    if not request.user.is_authenticated:
        body, status = uploads.answer(uploads.handle_upload(request))
        return JsonResponse(body, status=status)
    person = person_of(request)
    found = selectors.access_lot(person, lot_id)
    if not selectors.is_officer_of(person, found.inspection_id):
        raise NotAllowed()
    try:
        exhibit = received_photo(request)
        if isinstance(exhibit, Quarantined):
            body, status = uploads.answer(exhibit)
            return JsonResponse(body, status=status)
        photo = services.add_photo(
            by=person,
            lot_id=found.pk,
            exhibit=exhibit,
            shows=request.GET.get("shows", "lot"),
            shot_code=request.POST.get("shot_code", "")[:40] if request.GET.get("shows") == "shot" else "",
            kept_reason=request.POST.get("kept_reason", "").strip()[:200],
        )
    except Problem as problem:
        if wants_json(request):
            raise
        return turn_back(request, problem, reverse("inspections:lot", args=[found.pk]))
    if not wants_json(request):
        messages.success(request, _("已封存 %(digest)s…") % {"digest": exhibit.sha256[:8]})
        return redirect("inspections:lot", found.pk)
    body, status = uploads.answer(exhibit, photo_id=photo.pk)
    return JsonResponse(body, status=status)


# Prices and suppliers -------------------------------------------------------------------------------------------------


@reader
@never_cache
@require_GET
def prices(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Every lot's price with its basis, and where it is from: one form a lot, and one answer for all that have none."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    lots = list(selectors.lots_of(found, voided=False))
    overview = presenters.overview(person, found)
    context = frame(person, found) | {
        "forms": [
            {
                "lot": each,
                "name": presenters.lot_name(each),
                "form": forms.PriceForm(instance=each, prefix=str(each.pk)),
            }
            for each in lots
        ],
        "unsupplied": [each for each in lots if not each.supplier_answer],
        "overview": overview,
        "answers": [choice for choice in Lot.Supplier.choices if choice[0]],
    }
    return render(request, "inspections/prices.html", context)


@step("inspections:prices")
def price(request: HttpRequest, person: User, inspection_id: UUID, *, lot_id: UUID) -> HttpResponse | None:
    """One lot's price, purchase and supplier."""
    found = selectors.access_lot(person, lot_id)
    if found.inspection_id != inspection_id:
        raise NotFound404()
    form = forms.PriceForm(request.POST, instance=found, prefix=str(found.pk))
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return None
    if said := form.said():
        services.detail(by=person, lot_id=found.pk, device_id=SERVER_PAGE, **said)
        messages.success(
            request, _("“%(lot)s”已保存。") % {"lot": presenters.lot_name(selectors.access_lot(person, lot_id))}
        )
    return redirect(reverse("inspections:prices", args=[inspection_id]) + f"#lot-{lot_id}")


@step("inspections:prices")
def supplier_for_all(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """One answer to where the goods are from, for every lot that has none."""
    said = {name: request.POST.get(name, "").strip() for name in SUPPLIER}
    found = selectors.access_inspection(person, inspection_id)
    if said["supplier_answer"] == Lot.Supplier.NAMED and not said["supplier_name"]:
        raise BadInput(_("请填写供货方名称；说不清的请选“说不清”。"), code="supplier_name_missing")
    open_lots = [each for each in selectors.lots_of(found, voided=False) if not each.supplier_answer]
    for each in open_lots:
        services.detail(by=person, lot_id=each.pk, device_id=SERVER_PAGE, **said)
    messages.success(request, _("已记到 %(n)d 批。") % {"n": len(open_lots)})
