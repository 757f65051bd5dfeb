"""Rows of the bureau's pages as templates show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.requests.models import AppraisalRequest, Verdict, VerdictChoice
from appraisal.requests.presenters import STATE_LOOKS, box, photo_url, shot_name
from appraisal.requests.selectors import WeekRow
from tenants.bureau import selectors

State = AppraisalRequest.State
CHART = (560, 120)


def verdict_card(verdict: Verdict) -> dict[str, Any]:
    """A verdict in words, with the officer's photo and the genuine one."""
    request = verdict.opinion.request
    photo = selectors.photo_with_marks(verdict)
    card = {
        "value": verdict.value,
        "label": str(VerdictChoice(verdict.value).label),
        "product": verdict.item.product_name,
        "reasons": [part.strip() for part in verdict.reasons.replace("\n", "；").split("；") if part.strip()],
        "by": verdict.opinion.appraiser_name,
        "organisation": request.organisation_name,
        "unit": request.unit.name,
        "officer": request.officer.display_name,
        "at": verdict.opinion.given_at,
        "spent": verdict.opinion.given_at - request.sent_at if request.sent_at else None,
        "number": request.number,
        "url": reverse("requests:detail", args=[request.pk]),
        "photo": None,
    }
    if photo is not None:
        marks = [mark for mark in verdict.marks if mark.get("photo_id") == str(photo.pk)]
        card["photo"] = {
            "name": shot_name(verdict.item, photo.shot_code),
            "url": photo_url(photo.exhibit, "view"),
            "width": photo.exhibit.width,
            "height": photo.exhibit.height,
            "boxes": [box(mark, number) for number, mark in enumerate(marks, start=1)],
            "genuine": selectors.genuine_sample(verdict.item, photo.shot_code),
        }
    return card


def overdue_row(request: AppraisalRequest) -> dict[str, Any]:
    """An overdue request: what, whose, and who holds it now."""
    tone, shape = STATE_LOOKS[request.state]
    items = list(request.items.all())
    return {
        "title": items[0].product_name if items else request.brand_name,
        "count": len(items),
        "number": request.number,
        "url": reverse("requests:detail", args=[request.pk]),
        "unit": request.unit.name,
        "officer": request.officer.display_name,
        "state": str(State(request.state).label),
        "tone": tone,
        "shape": shape,
        "due_at": request.due_at,
        "holder": _holder(request),
    }


def _holder(request: AppraisalRequest) -> str:
    if request.claimed_by_name:
        return _("%(organisation)s %(who)s 已接单") % {
            "organisation": request.organisation_name,
            "who": request.claimed_by_name,
        }
    if request.rung_at:
        return _("%(organisation)s 值班人员，已通知，未接单") % {"organisation": request.organisation_name}
    return _("%(organisation)s，无人值班") % {"organisation": request.organisation_name}


def chart(days: Sequence[WeekRow]) -> dict[str, Any]:
    """Four weeks as bars (requests) and dots (median minutes), in units of an SVG of CHART's size."""
    width, height = CHART
    most = max([day.asked for day in days] + [1])
    slowest = max([day.median_minutes or 0 for day in days] + [1])
    slot = width / max(len(days), 1)
    bars, dots = [], []
    for place, day in enumerate(days):
        tall = round((height - 4) * day.asked / most, 1)
        bars.append(
            {
                "x": round(place * slot + slot * 0.15, 1),
                "y": round(height - tall, 1),
                "w": round(slot * 0.7, 1),
                "h": tall,
                "day": day,
            }
        )
        if day.median_minutes is not None:
            y = round(height - (height - 12) * day.median_minutes / slowest, 1)
            dots.append({"x": round(place * slot + slot / 2, 1), "y": y})
    return {
        "width": width,
        "height": height,
        "bars": bars,
        "line": " ".join(f"{dot['x']},{dot['y']}" for dot in dots),
        "most": most,
        "slowest": slowest,
        "first": days[0].day if days else None,
        "last": days[-1].day if days else None,
        "days": list(reversed(days)),
        "asked": sum(day.asked for day in days),
        "answered": sum(day.answered for day in days),
    }
