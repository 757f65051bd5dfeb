"""What this part puts on pages of requests, inspections and cases (`webui.slots`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.access import person_of
from accounts.models import User
from appraisal.opinions import clocks, hooks, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import Notice, ReuseOffer
from appraisal.requests.models import AppraisalRequest, VerdictChoice
from webui.slots import Piece


def count(request: HttpRequest) -> int:
    """How much of this part waits for the person."""
    return selectors.waiting_for(person_of(request))


def of_request(request: HttpRequest, *, asked: AppraisalRequest, may_write: bool = False, **_more: Any) -> Piece | None:
    """Notices, letters, samples and offers of one request, with its clocks and what can be begun."""
    if asked.sent_at is None or asked.organisation_id is None:
        return None
    return Piece("opinions/_request.html", request_context(person_of(request), asked, may_write=may_write))


def request_context(person: User, asked: AppraisalRequest, *, may_write: bool) -> dict[str, Any]:
    """The same as a dict, for the test of what a page says."""
    notices = list(selectors.notices_of(person).filter(request=asked).prefetch_related("clock_events"))
    letters = list(selectors.letters_of(person).filter(request=asked).prefetch_related("reviews"))
    open_notice = any(
        each.state in (Notice.State.DRAFT, Notice.State.CHECKING, Notice.State.TO_ISSUE, Notice.State.ISSUED)
        for each in notices
    )
    return {
        "asked": asked,
        "may_write": may_write,
        "notices": [notice_row(each) for each in notices],
        "letters": [letter_row(each) for each in letters],
        "samples": [{"row": each, "chip": chip(each)} for each in selectors.samples_of(person).filter(request=asked)],
        "offers": [offer_row(each) for each in selectors.offers_of(person).filter(request=asked)],
        "alerts": [each for each in selectors.open_alerts([asked.pk]) if each.kind == "request"],
        "clock_lines": clock_lines(asked),
        "may_notice": may_write and not open_notice and asked.state != AppraisalRequest.State.CANCELLED,
    }


def clock_lines(asked: AppraisalRequest) -> list[dict[str, Any]]:
    """核查期限 of what the request belongs to, and what waiting does to each clock."""
    ground = hooks.ground_of(asked)
    spells = clocks.spells_of([asked.pk])
    lines = []
    if spells:
        state = clocks.verification(ground.verifying_from or asked.site.opened_at, spells, met_at=ground.verified_at)
        words, tone = clocks.verification_words(state)
        lines.append({"words": words, "tone": tone, "source": "", "verified": True})
    lines += [note_line(each) for each in clocks.notes([asked.pk]) if each.clock != clocks.VERIFICATION]
    return lines


def note_line(note: clocks.Note) -> dict[str, Any]:
    return {"words": note.words, "tone": note.tone, "source": note.source, "verified": note.verified}


def notice_row(notice: Notice) -> dict[str, Any]:
    """A notice as a line."""
    waits = notice.state == Notice.State.ISSUED
    return {"row": notice, "chip": chip(notice), "due": notice.reply_due_at if waits else None}


def letter_row(letter: Any) -> dict[str, Any]:
    """A letter as a line, with the result of its review."""
    reviews = list(letter.reviews.all())
    return {"row": letter, "chip": chip(letter), "review": chip(reviews[0]) if reviews else None}


def offer_row(offer: ReuseOffer) -> dict[str, Any]:
    """An offer with its items in words."""
    items = [
        {
            "name": each["product_name"],
            "verdict": each["value"],
            "label": VerdictChoice(each["value"]).label,
            "basis": each["basis_text"] or BASES[each["basis"]],
        }
        for each in offer.items
    ]
    return {"row": offer, "chip": chip(offer), "items": items, "count": len(items)}


BASES = {"same_code": gettext_lazy("唯一编码相同"), "same_run": gettext_lazy("已确认同批")}


def of_inspection(request: HttpRequest, *, request_ids: Collection[UUID], **_more: Any) -> Piece | None:
    """On the page of an inspection: who is waited for, what stands still, which letters came, what fell."""
    return _ground(request, request_ids)


def of_case(request: HttpRequest, *, request_ids: Collection[UUID], **_more: Any) -> Piece | None:
    """The same on the page of a case, with what keeps it from being closed."""
    return _ground(request, request_ids)


def _ground(request: HttpRequest, request_ids: Collection[UUID]) -> Piece | None:
    if not request_ids:
        return None
    person = person_of(request)
    notices = [
        notice_row(each)
        for each in selectors.notices_of(person).filter(request_id__in=request_ids)
        if each.state != Notice.State.WITHDRAWN
    ]
    letters = [
        letter_row(each)
        for each in selectors.letters_of(person).filter(request_id__in=request_ids).prefetch_related("reviews")
    ]
    blocking = selectors.blocking(request_ids)
    alerts = list({each.letter_id: each for each in selectors.open_alerts(request_ids)}.values())
    if not (notices or letters or blocking or alerts):
        return None
    return Piece(
        "opinions/_ground.html",
        {
            "notices": notices,
            "letters": letters,
            "blocking": [{"row": each, "chip": chip(each)} for each in blocking],
            "alerts": alerts,
            "clock_lines": [note_line(each) for each in clocks.notes(request_ids)],
        },
    )
