"""Pages of adoption reviews and of recognition."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import officer, person_of, reader
from accounts.selectors import may_write
from appraisal.opinions import forms, selectors
from appraisal.opinions.looks import chip
from appraisal.opinions.models import Review
from appraisal.opinions.services import reuse, reviews
from appraisal.opinions.views.common import REFUSALS, step_page
from appraisal.requests import selectors as requests
from appraisal.requests.models import VerdictChoice
from webui.pages import posted, show_page, turn_back


@reader
@require_POST
def begin(request: HttpRequest, held_letter_id: UUID) -> HttpResponse:
    """Begin a review, or go on with it."""
    try:
        review = reviews.open_review(by=person_of(request), held_id=held_letter_id)
    except REFUSALS as problem:
        return turn_back(request, problem, reverse("opinions:letter", args=[held_letter_id]))
    return redirect("opinions:review", review.pk)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """The form with its six checks; saved, accepted or refused with one of its buttons."""
    person = person_of(request)
    review = selectors.access_review(person, review_id)
    problem = None
    if request.method == "POST":
        codes = Review.Check.values
        try:
            reviews.answer(
                by=person,
                review_id=review_id,
                answers={code: request.POST.get(f"answer_{code}", "") for code in codes},
                notes={code: request.POST.get(f"note_{code}", "") for code in codes},
            )
            verb, reason = request.POST.get("verb", "save"), request.POST.get("reason", "")
            if verb == "accept":
                kept = {int(each) for each in request.POST.getlist("adopt") if each.isdigit()}
                left = [each.position for each in review.items.all() if each.position not in kept]
                reviews.accept(by=person, review_id=review_id, reason=reason, left_out=left)
            elif verb == "refuse":
                reviews.refuse(by=person, review_id=review_id, reason=reason)
            messages.success(request, str(_("已保存。")))
            return redirect("opinions:review", review_id)
        except REFUSALS as refused:
            problem = refused
            review = selectors.access_review(person, review_id)
    else:
        reviews.refresh(review)
    return show_page(request, "opinions/review.html", _context(request, review), problem)


def _context(request: HttpRequest, review: Review) -> dict[str, Any]:
    person, letter = person_of(request), review.letter
    acts = may_write(person, letter.request.unit_id) or selectors.heads(person, letter.request.unit_id)
    order = list(Review.Check)
    return {
        "review": review,
        "letter": letter,
        "chip": chip(review),
        "checks": [
            {
                "code": code.value,
                "label": code.label,
                "number": order.index(code) + 1,
                **review.checks.get(code.value, {}),
                "answer": request.POST.get(f"answer_{code.value}", review.checks.get(code.value, {}).get("answer", "")),
                "note": request.POST.get(f"note_{code.value}", review.checks.get(code.value, {}).get("note", "")),
            }
            for code in order
        ],
        "items": [
            {"row": each, "label": VerdictChoice(each.value).label if each.value else ""} for each in review.items.all()
        ],
        "opposite": [{**each, "label": VerdictChoice(each["value"]).label} for each in review.opposite],
        "missing": reviews.missing(review) if review.state == Review.State.OPEN else [],
        "open": review.state == Review.State.OPEN and acts,
        "reason": request.POST.get("reason", review.reason),
        "back_url": reverse("opinions:letter", args=[letter.pk]),
    }


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def ask_reuse(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask to rely on a letter whose number and code the officer holds."""
    person = person_of(request)
    asked = requests.access_request(person, request_id)
    return step_page(
        request,
        forms.ReuseAskForm(posted(request)),
        title=_("凭编号申请互认"),
        lead=_("别的省已有同一商品的正式意见书时，填写编号和校验码，由 %(name)s 确认。")
        % {"name": asked.organisation_name},
        button=_("提交申请"),
        back=reverse("requests:detail", args=[request_id]),
        said=_("已发给权利人确认。"),
        work=lambda said: reuse.ask(by=person, request_id=request_id, **said),
    )


@officer
@require_POST
def accept_reuse(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Rely on it."""
    person = person_of(request)
    offer = selectors.access_offer(person, offer_id)
    here = (
        reverse("opinions:letter", args=[offer.held_id])
        if offer.held_id
        else reverse("requests:detail", args=[offer.request_id])
    )
    try:
        reuse.accept(by=person, offer_id=offer_id)
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    messages.success(request, str(_("已互认，权利人会看到。")))
    return redirect(here)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def refuse_reuse(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Do not rely on it, with the reason."""
    person = person_of(request)
    offer = selectors.access_offer(person, offer_id)
    return step_page(
        request,
        forms.ReasonForm(posted(request)),
        title=_("不互认"),
        lead=_("写明理由。申请照常由权利人辨认。"),
        back=reverse("requests:detail", args=[offer.request_id]),
        work=lambda said: reuse.refuse(by=person, offer_id=offer_id, **said),
    )
