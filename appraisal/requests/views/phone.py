"""What the phone needs for where there is no signal: a kept page, the catalogue, tickets; and drafts it made there."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import officer, person_of
from accounts.tickets import make_upload_ticket
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import forms, presenters, selectors
from appraisal.requests.models import RequestItem
from appraisal.requests.services import offline
from kernel import clock
from kernel.errors import BadInput
from webui import kept
from webui.pages import speaks_json, uuid_or_none

MOST_TICKETS = 12
MOST_BYTES = 200_000


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """From the product to 发送 without a server. Names nobody: what it shows is on the phone."""
    return kept.render(request, "requests/phone.html", {"units": forms.UNITS, "package_states": forms.PACKAGE_STATES})


@officer
@require_GET
@speaks_json
def products(request: HttpRequest) -> HttpResponse:
    """The catalogue as the phone keeps it, and the counties to choose from. With an ETag."""
    person = person_of(request)
    body = {
        "products": catalogue.for_phones(),
        "counties": selectors.county_choices(person),
        "home_county": selectors.home_county(person),
    }
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    etag = f'"{hashlib.sha256(data.encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        at = json.dumps({"at": clock.now().isoformat()})
        response = HttpResponse(f"{at[:-1]},{data[1:]}", content_type="application/json; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@officer
@never_cache
@require_POST
@speaks_json
def tickets(request: HttpRequest) -> HttpResponse:
    """Upload tickets for ids that the phone will use for drafts. Body: {ids}. Answers {tickets} in that order."""
    person = person_of(request)
    ids = [uuid_or_none(str(each)) for each in _said(request).get("ids", [])[:MOST_TICKETS]]
    taken = selectors.items_there(each for each in ids if each)
    signed = [
        make_upload_ticket(draft_id=each, user_id=person.pk) if each and each not in taken else "" for each in ids
    ]
    return JsonResponse({"tickets": signed})


@officer
@never_cache
@require_POST
@speaks_json
def take_draft(request: HttpRequest) -> HttpResponse:
    """Take in a draft of the phone; with `send` its 发送. Twice is once. Answers {item_id, url, sent}."""
    person, said = person_of(request), _said(request)
    site, asked = _part(said, "site"), _part(said, "item")
    site_id, item_id = uuid_or_none(str(site.get("id"))), uuid_or_none(str(asked.get("id")))
    if site_id is None or item_id is None:
        raise BadInput(_("草稿没有编号。请在手机上重新打开草稿再发送。"), code="draft_id")
    details = forms.DetailsForm(_part(asked, "details"), instance=RequestItem())
    known = {
        name: details.cleaned_data[name]
        for name in details.fields
        if details.is_valid() or name in details.cleaned_data
    }
    item = offline.take_in(
        by=person,
        draft=offline.PhoneDraft(
            site_id=site_id,
            item_id=item_id,
            place=offline.place_of(site),
            product_id=uuid_or_none(str(asked.get("product_id"))),
            product_name=str(asked.get("product_name") or "").strip()[:120],
            brand_name=str(asked.get("brand_name") or "").strip()[:80],
            gtin=str(asked.get("gtin") or "").strip()[:20],
            shot_list_version=_count(asked.get("shot_list_version")),
            shots=tuple(each for each in asked.get("shots") or [] if isinstance(each, dict)),
            details={name: value for name, value in known.items() if value not in (None, "")},
            question=str(said.get("question") or "").strip()[:2000],
            urgent=bool(said.get("urgent")),
        ),
    )
    if said.get("send"):
        offline.send(by=person, item=item)
        item = selectors.access_item(person, item.pk)
    sent = item.request.sent_at is not None
    url = presenters.detail_url(item.request) if sent else presenters.item_url(item.pk)
    return JsonResponse({"item_id": str(item.pk), "url": url, "sent": sent}, status=201)


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body) if len(request.body) <= MOST_BYTES else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BadInput(_("草稿没有读懂。请刷新页面后再发送。"), code="draft_unreadable")
    return body


def _part(said: dict[str, Any], name: str) -> dict[str, Any]:
    part = said.get(name)
    return part if isinstance(part, dict) else {}


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 1_000_000 else 0
