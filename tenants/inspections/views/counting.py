"""The counting page, and the log behind it: what a phone has to say, and what came since it last asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.access import person_of
from accounts.models import User
from appraisal.requests.presenters import photo_url
from kernel import clock
from kernel.text import squeeze
from notify.live import live_cursor
from tenants.inspections import forms, presenters, selectors, services
from tenants.inspections.models import CountOperation, Inspection, Lot
from tenants.inspections.services import Said
from tenants.inspections.value import valuation, verdict_of
from tenants.inspections.views.common import frame, reader, said_by_phone, unreadable
from webui import kept
from webui.looks import VERDICT_LOOKS
from webui.pages import speaks_json, uuid_or_none

MOST_AT_ONCE = 1000
BLANK = UUID(int=0)
BEGUN_THERE = UUID("00000000-0000-0000-0000-00000000beef")
"""Stands on the kept page where the id goes of an inspection that was begun on the phone."""
_CHOICES = {
    "units": forms.UNITS,
    "package_states": Lot.PackageState.choices,
    "price_bases": Lot.PriceBasis.choices,
}


@reader
@require_GET
def count(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The counting page. Its rows are on the phone, so the copy that the phone keeps works without a signal."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_inspection(person, inspection_id)
    value = valuation(found, selectors.lots_of(found, voided=False))
    context = frame(person, found, live=False) | {
        "live_cursor": cursor,
        "bare": True,
        "lots": presenters.lot_rows(found, value.lots),
        "ask_url": reverse("inspections:ask", args=[found.pk]),
        **_CHOICES,
    }
    context["about"] = _about(person, found, may_write=context["may_write"])
    response = render(request, "inspections/count.html", context)
    # Kept by the phone for this person; dropped when somebody else signs in on it.
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """To begin and count without a server. Names nobody: what it shows is on the phone."""
    about = _known_to_all(BEGUN_THERE) | {
        "name": _("我"),
        "may_write": True,
        "rules": presenters.rules_for_phone(None, clock.today()),
    }
    ask_url = reverse("inspections:ask", args=[BEGUN_THERE])
    context = {"about": about, "may_write": True, "ask_url": ask_url, **_CHOICES}
    return kept.render(request, "inspections/phone.html", context)


def _about(person: User, found: Inspection, *, may_write: bool) -> dict[str, Any]:
    """What the page's modules are told. Addresses of lots hold BLANK where the lot's id goes."""
    return _known_to_all(found.pk) | {
        "name": person.display_name,
        "may_write": may_write,
        "rules": presenters.rules_for_phone(found, clock.local_date(found.started_at)),
    }


def _known_to_all(inspection_id: UUID) -> dict[str, Any]:
    return {
        "inspection": str(inspection_id),
        "url": reverse("inspections:log", args=[inspection_id]),
        "icons": static("webui/icons.svg"),
        "topic": services.topic(inspection_id),
        "blank": str(BLANK),
        "lot_url": reverse("inspections:lot", args=[BLANK]),
        "photo_url": reverse("inspections:photos", args=[BLANK]),
        "catalogue_url": reverse("requests:phone_catalogue"),
        "package_states": {value: str(label) for value, label in Lot.PackageState.choices if value},
        "verdict_tones": {value: tone for value, (tone, _shape) in VERDICT_LOOKS.items()},
        "verdict_shapes": {value: shape for value, (_tone, shape) in VERDICT_LOOKS.items()},
    }


@reader
@never_cache
@require_http_methods(["GET", "POST"])
@speaks_json
def log(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """POST {device_id, operations}: what a phone says, once each. GET ?after=version: what it has not seen."""
    person = person_of(request)
    if request.method == "POST":
        return JsonResponse(_append(request, person, inspection_id))
    found = selectors.access_inspection(person, inspection_id)
    after = request.GET.get("after", "0")
    return JsonResponse(_since(found, int(after) if after.isascii() and after.isdigit() else 0))


def _append(request: HttpRequest, person: User, inspection_id: UUID) -> dict[str, Any]:
    said = said_by_phone(request)
    device_id = uuid_or_none(str(said.get("device_id", "")))
    rows = said.get("operations")
    if device_id is None or not isinstance(rows, list):
        raise unreadable()
    done = services.append(
        by=person, inspection_id=inspection_id, device_id=device_id, operations=[_operation(row) for row in rows]
    )
    return {
        "version": done.version,
        "refused": [{"id": str(pk), "problem": problem.as_problem()} for pk, problem in done.refused.items()],
    }


def _operation(row: Any) -> Said:
    if not isinstance(row, dict):
        raise unreadable()
    pk, lot_id = uuid_or_none(str(row.get("id"))), uuid_or_none(str(row.get("lot_id")))
    turn, value = row.get("turn"), row.get("value")
    try:
        at = parse_datetime(str(row.get("at")))
    except ValueError:
        at = None
    wrong = type(turn) is not int or not isinstance(value, dict)
    if pk is None or lot_id is None or at is None or at.tzinfo is None or wrong:
        raise unreadable()
    return Said(id=pk, lot_id=lot_id, kind=str(row.get("kind")), value=value, turn=turn, at=at)


def _since(found: Inspection, after: int) -> dict[str, Any]:
    """Operations and lots with a later version. more: ask again from `version`."""
    operations = selectors.operations_since(found, after, MOST_AT_ONCE)
    more = len(operations) == MOST_AT_ONCE
    lots = [lot for lot in selectors.lots_of(found) if lot.version > after]
    came = [lot.pk for lot in lots if (lot.arrived_version or 0) > after]
    carried = selectors.operations_carried(came, found) if came else []
    return {
        "version": operations[-1].version if more else found.version,
        "more": more,
        "operations": [_spoken(row) for row in (*carried, *operations)],
        "lots": [_known(lot) for lot in lots],
        "gone": [str(pk) for pk in selectors.lots_gone(found)],
    }


def _spoken(row: CountOperation) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "lot_id": str(row.lot_id),
        "kind": row.kind,
        "value": row.value,
        "turn": row.turn,
        "by": str(row.by_id),
        "by_name": row.by_name,
        "at": row.at.isoformat(),
    }


def _known(lot: Lot) -> dict[str, Any]:
    """What the log does not say of a lot: photos, and what right holders answered."""
    photos, verdict = list(lot.photos.all()), verdict_of(lot)
    asked, _tone = presenters.asked_words(lot, verdict)
    return {
        "id": str(lot.pk),
        "photos": len(photos),
        "thumb_url": photo_url(photos[0].exhibit, "thumb") if photos else "",
        "asked": asked if lot.questions.all() else "",
        "verdict": verdict.value if verdict else None,
        "verdict_label": asked if verdict else "",
    }


def keyed(text: str) -> str:
    """A number as a person types it, half-width and without spaces."""
    return squeeze(text)
