"""The party's page: opened by the code on its notice, from a phone, without an account.

It shows what the party was told and nothing else: no name, no place, no photo, no feature. Throttled; a wrong code is
the same 404 as any address that is not there.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from appraisal.opinions import forms, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.services import objections
from appraisal.opinions.views.common import new_id
from audit import reads
from audit.trail import Actor
from evidence import services as evidence
from kernel import clock
from kernel.errors import BadInput, NotFound404, Problem
from kernel.ids import uuid7
from webui.pages import posted, show_page

WRONG_TRIES, SENT_TRIES, WINDOW_S = 30, 10, 3600


class TooOften(Problem):
    """Too many from one address."""

    code = "too_often"
    status = 429
    title = _("操作太频繁")
    sentence = _("操作太频繁。请一小时后再试，或直接联系办案人员。")


def _counted(what: str, most: int, *, add: bool) -> None:
    """Count one more under a key of this hour. Raises TooOften from the one after `most`."""
    key = f"opinions.party.{hashlib.sha256(what.encode()).hexdigest()[:32]}"
    if cache.get(key, 0) >= most:
        raise TooOften()
    if add:
        cache.add(key, 0, WINDOW_S)
        cache.incr(key)


def _where(request: HttpRequest) -> str:
    return request.META.get("REMOTE_ADDR", "")


@never_cache
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, code: str) -> HttpResponse:
    """What was concluded, until when one may object, and the form to do so."""
    _counted(f"wrong {_where(request)}", WRONG_TRIES, add=False)
    try:
        telling = selectors.telling_by_code(code)
    except NotFound404:
        _counted(f"wrong {_where(request)}", WRONG_TRIES, add=True)
        raise
    reads.note(telling, by=reads.Link(code, _("当事人"), request))
    form = forms.PartyForm(posted(request), request.FILES or None)
    context: dict[str, Any] = {
        "form": form,
        "telling": telling,
        "letter": telling.letter,
        "bureau": selectors.issuing_unit(telling.letter.request.unit).name,
        "items": list(telling.letter.items.all()),
        "in_time": selectors.now_open(telling),
        "stands": telling.letter.state == "formal",
        "lodged": [{"row": each, "chip": chip(each)} for each in telling.objections.all()],
        "new_id": request.POST.get("new_id") or uuid7(),
    }
    if request.method == "POST" and form.is_valid():
        try:
            _counted(f"sent {telling.pk}", SENT_TRIES, add=True)
            said = dict(form.cleaned_data)
            photos = said.pop("photos")
            if len(photos) > objections.MOST_FILES:
                raise BadInput(
                    _("一次最多交 {most} 张照片，其余的请另交一次。"), code="too_many_files", most=objections.MOST_FILES
                )
            kept = [_sealed(photo) for photo in photos]
            objections.lodge(telling=telling, exhibits=kept, objection_id=new_id(request), **said)
        except Problem as problem:
            return show_page(request, "opinions/party.html", context, problem)
        return redirect("opinions:objection_page", code)
    return render(request, "opinions/party.html", context)


def _sealed(photo: Any) -> Any:
    """Through the same intake as an officer's photo; its view is made by the worker with its limits."""
    digest = hashlib.sha256()
    for chunk in photo.chunks():
        digest.update(chunk)
    return evidence.receive(
        photo.file,
        declared_sha256=digest.hexdigest(),
        captured_at=None,
        source="album",
        by=Actor(None, "当事人"),
        kept_reason="异议材料",
        device_note=f"digest made on arrival {clock.now():%Y-%m-%d}",
    )
