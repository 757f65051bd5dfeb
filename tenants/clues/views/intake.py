"""Pages: a clue is written down, begun from what one looks at, or completed."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.access import officer, person_of, reader
from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from audit.trail import Person
from evidence import services as evidence
from evidence.models import Exhibit
from evidence.uploads import answer, received_photo
from kernel.errors import BadInput, Conflict, NotAllowed, TooLarge
from kernel.ids import uuid7
from tenants.clues import forms_intake, selectors
from tenants.clues import selectors_intake as doors
from tenants.clues.services import manual, similar, tapping
from tenants.clues.services.steps import url
from tenants.clues.views.merging import likely_row
from tenants.clues.views.work import base_of
from webui import kept
from webui.pages import posted, show_page, speaks_json, turn_back, uuid_or_none
from webui.prefill import known

REFUSALS = (BadInput, Conflict, NotAllowed, TooLarge)
MOST_BYTES = 200_000


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """登记线索 by hand. Without scripts the photos come with the form."""
    person = person_of(request)
    if not doors.may_register(person):
        raise NotAllowed()
    form = forms_intake.ClueForm(
        posted(request), request.FILES or None, person=person, initial=known(request, "clue_intake:new")
    )
    context = {
        "form": form,
        "new_id": request.POST.get("clue_id") or uuid7(),
        "base": base_of(person),
        "back_url": reverse("requests:home"),
        "chosen": _chosen(request),
    }
    if request.method == "POST" and form.is_valid():
        try:
            if "anyway" not in request.POST:
                context["likely"] = _likely(form, person)
                if context["likely"]:
                    return show_page(request, "clues/intake/new.html", context)
            exhibits = seal_photos(form.cleaned_data["photos"], by=person)
            clue = manual.register_written(
                form.written(
                    clue_id=uuid_or_none(request.POST.get("clue_id", "")),
                    exhibits=[(each.pk, "") for each in exhibits],
                ),
                by=person,
            )
        except REFUSALS as problem:
            return show_page(request, "clues/intake/new.html", context, problem)
        messages.success(request, _("已登记为 {number}。").format(number=clue.number))
        return redirect(url(clue))
    return show_page(request, "clues/intake/new.html", context)


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """The same without a signal: kept on the phone, names nobody."""
    form = forms_intake.ClueForm(None, person=None)
    return kept.render(request, "clues/intake/phone.html", {"form": form})


@reader
@never_cache
@require_POST
@speaks_json
def likely(request: HttpRequest) -> JsonResponse:
    """Clues that may be about the same as what is written: {fields}. Answers {likely: [{number, url, …}]}."""
    person = person_of(request)
    if not doors.may_register(person):
        raise NotAllowed()
    form = _form_of_phone(_said_by_phone(request).get("fields"), person)
    found = _likely(form, person) if form is not None and form.is_valid() else []
    return JsonResponse(
        {
            "likely": [
                {
                    "number": each["clue"].number,
                    "title": each["clue"].title,
                    "url": each["url"],
                    "state": each["clue"].get_state_display(),
                    "words": each["words"],
                    "reasons": each["reasons"],
                }
                for each in found
            ]
        }
    )


def _likely(form: forms_intake.ClueForm, person: User) -> list[dict[str, Any]]:
    new = manual.new_clue(form.written(clue_id=None, exhibits=[]), by=person)
    return [likely_row(each) for each in similar.likely(new, person=person)]


def _form_of_phone(fields: object, person: User) -> forms_intake.ClueForm | None:
    if not isinstance(fields, dict):
        return None
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(str(name), [str(each) for each in value] if isinstance(value, list) else [str(value)])
    return forms_intake.ClueForm(data, person=person)


@reader
@never_cache
@require_POST
@speaks_json
def register_later(request: HttpRequest) -> HttpResponse:
    """A clue written on the phone: {id, fields: {name: text or list}}. Twice is once. Answers {url, number}."""
    person = person_of(request)
    if not doors.may_register(person):
        raise NotAllowed()
    said = _said_by_phone(request)
    clue_id, form = uuid_or_none(str(said.get("id"))), _form_of_phone(said.get("fields"), person)
    if clue_id is None or form is None:
        raise BadInput(_("这条线索没有读懂，仍留在手机上。请在待发送里再试。"), code="clue_unreadable")
    if not form.is_valid():
        raise BadInput(" ".join(str(words) for each in form.errors.values() for words in each), code="bad_input")
    clue = manual.register_written(form.written(clue_id=clue_id, exhibits=[]), by=person)
    return JsonResponse({"url": url(clue), "number": clue.number}, status=201)


@reader
@require_GET
def products(request: HttpRequest) -> JsonResponse:
    """Products for the picker: by barcode, name, pinyin or initials."""
    hits = catalogue.search(request.GET.get("q", "").strip()[:80], 12)
    return JsonResponse(
        {
            "results": [
                {
                    "id": str(hit.product.pk),
                    "label": f"{hit.brand.name} {hit.product.name}".strip(),
                    "detail": hit.product.spec,
                }
                for hit in hits
            ]
        }
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def complete(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """Add what was not known at the beginning."""
    person = person_of(request)
    clue = selectors.clue(person, clue_id)
    if not manual.may_complete(person, clue):
        raise NotAllowed()
    form = forms_intake.CompleteForm(posted(request), request.FILES or None, clue=clue)
    context = {"form": form, "clue": clue, "back_url": url(clue), "chosen": _chosen(request)}
    if request.method == "POST" and form.is_valid():
        try:
            for each in seal_photos(form.cleaned_data["photos"], by=person):
                manual.add_photo(by=person, clue_id=clue.pk, exhibit=each)
            manual.complete(by=person, clue_id=clue.pk, more=form.cleaned_data["more"], fields=form.as_fields())
        except REFUSALS as problem:
            return show_page(request, "clues/intake/complete.html", context, problem)
        messages.success(request, _("已补充。"))
        return redirect(url(clue))
    return show_page(request, "clues/intake/complete.html", context)


@reader
@never_cache
@require_POST
@speaks_json
def photos(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """One photo for a clue, by the contract of uploads."""
    person = person_of(request)
    clue = selectors.clue(person, clue_id)
    if not manual.may_complete(person, clue):
        raise NotAllowed()
    try:
        exhibit = received_photo(request)
        if isinstance(exhibit, Exhibit):
            manual.add_photo(by=person, clue_id=clue.pk, exhibit=exhibit)
    except REFUSALS as problem:
        if "application/json" in request.headers.get("Accept", ""):
            raise
        return turn_back(request, problem, url(clue))
    if "application/json" not in request.headers.get("Accept", ""):
        return redirect(url(clue))
    data, status = answer(exhibit)
    return JsonResponse(data, status=status)


@officer
@never_cache
@require_POST
def from_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One tap on the page of a request."""
    return _tapped(request, reverse("requests:detail", args=[request_id]), tapping.from_request, request_id=request_id)


@officer
@never_cache
@require_POST
def from_inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """One tap on the page of an inspection."""
    back = reverse("inspections:inspection", args=[inspection_id])
    return _tapped(request, back, tapping.from_inspection, inspection_id=inspection_id)


@officer
@never_cache
@require_POST
def from_waybill(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """One tap on the page of a waybill."""
    return _tapped(request, reverse("exhibits:exhibit", args=[exhibit_id]), tapping.from_waybill, exhibit_id=exhibit_id)


def _tapped(request: HttpRequest, back: str, tap: Any, **record: UUID) -> HttpResponse:
    try:
        clue = tap(by=person_of(request), look="anyway" not in request.POST, **record)
    except tapping.Alike as alike:
        context = {"likely": [likely_row(each) for each in alike.likely], "back_url": back}
        return show_page(request, "clues/intake/alike.html", context)
    except (BadInput, Conflict) as problem:
        return turn_back(request, problem, back)
    return redirect(url(clue))


def seal_photos(files: list[Any], *, by: Person, most: int = manual.MOST_PHOTOS) -> list[Exhibit]:
    """Photos of a form without scripts, sealed on arrival, and said to be. Call it outside a transaction."""
    if len(files) > most:
        raise BadInput(_("一次最多 {most} 张照片。请分几次添加。"), code="too_many_photos", most=most)
    return [_sealed(each, by) for each in files]


def _sealed(photo: Any, by: Person) -> Exhibit:
    digest = hashlib.sha256()
    for chunk in photo.chunks():
        digest.update(chunk)
    return evidence.receive(
        photo.file,
        declared_sha256=digest.hexdigest(),
        captured_at=None,
        source=Exhibit.Source.ALBUM,
        by=by,
        device_note="digest made on arrival",
    )


def _chosen(request: HttpRequest) -> list[dict[str, str]]:
    """Products that were chosen before the page came back with an error."""
    ids = [found for each in request.POST.getlist("product_ids") if (found := uuid_or_none(each))]
    return [
        {"id": str(pk), "label": f"{product.brand.name} {product.name}".strip()}
        for pk, product in catalogue.products(ids).items()
    ]


def _said_by_phone(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise TooLarge(_("内容太大，没有收下。请把要点写短些。"), code="clue_too_long")
    try:
        said = json.loads(request.body)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}
