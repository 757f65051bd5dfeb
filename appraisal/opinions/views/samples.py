"""Pages of sealed samples."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import officer, person_of, reader
from accounts.selectors import may_write
from appraisal.opinions import forms, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import Sample
from appraisal.opinions.services import samples
from appraisal.opinions.views.common import keep_photo, new_id, step_page
from appraisal.requests import selectors as requests
from evidence.services import make_views
from evidence.store import photo_url
from kernel import clock
from webui.pages import posted


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A sealed sample leaves for the right holder."""
    person = person_of(request)
    asked = requests.access_request(person, request_id)
    form = forms.SampleForm(posted(request), request.FILES or None, initial={"sent_on": clock.today()})

    def work(said: dict[str, object]) -> Sample:
        photo_id = keep_photo(said.pop("photo"), person)
        if photo_id is not None:
            make_views(photo_id)
        return samples.send(
            by=person,
            request_id=request_id,
            photo_ids=[photo_id] if photo_id else [],
            sample_id=new_id(request),
            **said,  # type: ignore[arg-type]
        )

    return step_page(
        request,
        form,
        title=_("寄封存样品"),
        lead=_("寄给 %(name)s。封签号、快递单号双方都能看到。") % {"name": asked.organisation_name},
        button=_("记录并告知对方"),
        multipart=True,
        back=reverse("requests:detail", args=[request_id]),
        work=work,
        on_to=lambda made: reverse("opinions:sample", args=[made.pk]),
    )


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    """One sample on its way there and back."""
    person = person_of(request)
    found = selectors.access_sample(person, sample_id)
    photos: dict[str, list[dict[str, object]]] = {}
    for each in found.photos.select_related("exhibit"):
        tile = {"name": each.get_when_display(), "thumb_url": photo_url(each.exhibit_id, "thumb"),
                "url": photo_url(each.exhibit_id, "view"), "digest": each.exhibit.sha256}  # fmt: skip
        photos.setdefault(each.when, []).append(tile)
    acts = may_write(person, found.request.unit_id)
    context = {
        "sample": found,
        "chip": chip(found),
        "photos": [tile for tiles in photos.values() for tile in tiles],
        "may_take_back": acts and found.state == Sample.State.ON_WAY_BACK,
        "may_lose": acts and found.state in (Sample.State.SENT, Sample.State.ON_WAY_BACK),
        "back_url": reverse("requests:detail", args=[found.request_id]),
    }
    return render(request, "opinions/sample.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def come_back(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    """It is back."""
    person = person_of(request)
    found = selectors.access_sample(person, sample_id)
    return step_page(
        request,
        forms.SampleBackForm(posted(request), initial={"received_on": clock.today()}),
        title=_("收回样品"),
        lead=_("退还封签号 %(seal)s，单号 %(no)s。") % {"seal": found.back_seal_no, "no": found.back_waybill_no},
        back=reverse("opinions:sample", args=[sample_id]),
        work=lambda said: samples.come_back(
            by=person,
            sample_id=sample_id,
            received_on=said["received_on"],
            unbroken=said["unbroken"] == "yes",
            note=said["note"],
        ),
    )


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def lose(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    """It did not arrive."""
    person = person_of(request)
    selectors.access_sample(person, sample_id)
    return step_page(
        request,
        forms.ReasonForm(posted(request)),
        title=_("记为丢失"),
        lead=_("写明在哪一段丢失、怎样查找过。"),
        seal=True,
        back=reverse("opinions:sample", args=[sample_id]),
        work=lambda said: samples.lose(by=person, sample_id=sample_id, note=said["reason"]),
    )
