"""The page of one request, and the steps taken on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import officer, person_of, reader
from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import forms, hooks, presenters, selectors, services
from appraisal.requests.models import AppraisalRequest
from appraisal.requests.views.common import State, county_words, own_request, step_page
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7
from notify.live import live_cursor
from webui.pages import posted

_INFRINGING = ("counterfeit", "refilled_or_reassembled")


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The request page. With the header X-Live: only the part that changes by itself."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.whole_request(person, request_id)
    if found.state == State.DRAFT:
        return redirect("requests:site", found.site_id)
    part = ("#talk" if request.GET.get("part") == "talk" else "#now") if request.headers.get("X-Live") else ""
    return render(request, f"requests/detail.html{part}", {**detail_context(person, found), "live_cursor": cursor})


def _duty_words(found: AppraisalRequest) -> str:
    """While nobody has taken it: when the brand is on duty again, if it is not now."""
    if found.state not in {State.SENT, State.NO_ANSWER} or found.organisation_id is None:
        return ""
    try:
        asked = parties.access_organisation(found.organisation_id)
    except NotFound404:
        return ""
    ready = catalogue.readiness(asked, clock.now())
    return _("对方%(words)s。") % {"words": ready.words} if ready.state == "off_duty" else ""


def detail_context(person: User, found: AppraisalRequest, *, text: str = "") -> dict[str, Any]:
    items = [presenters.item(each, found) for each in found.items.all()]
    open_now = found.state in selectors.OPEN_STATES
    talks = found.sent_at is not None and found.organisation_id is not None
    return {
        "asked": found,
        "case_number": hooks.numbers_of([found]).get(found.pk, ""),
        "words": presenters.now_words(found),
        "duty": _duty_words(found),
        "chip": presenters.state_chip(found),
        "clock_parts": presenters.clock_parts(found),
        "items": items,
        "supplements": [(shown, each) for shown in items for each in shown.supplements],
        "has_verdict": any(shown.verdicts for shown in items),
        "may_propose": any(card["value"] in _INFRINGING for shown in items for card in shown.verdicts[:1]),
        "events": presenters.timeline(found),
        "messages_in_chat": presenters.talk(found, person),
        "appointments": presenters.appointments(found),
        "county": county_words(found.site),
        "mine": found.officer_id == person.pk,
        "may_write": selectors.may_write(person, found.unit_id),
        "is_open": open_now,
        "may_add": found.state != State.CANCELLED,
        "may_talk": talks,
        "may_cancel": found.state in AppraisalRequest.MOVES["cancel"][0],
        "enough": found.enough_at is not None,
        "line_id": uuid7(),
        "typed": text,
        "next_consultation": f"{reverse('requests:new_consultation')}?organisation={found.organisation_id}"
        if found.organisation_id
        else "",
        "back_url": reverse("requests:home"),
    }


@officer
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """No answer is needed any more."""
    found = own_request(request, request_id)
    form = forms.CancelForm(posted(request))
    return step_page(
        request,
        request_id,
        form=form,
        title=_("取消申请 %(number)s") % {"number": found.number},
        lead=_("取消后不能恢复；照片和对话都会保留。还要鉴定的，请新建申请。"),
        button=_("取消申请"),
        act=lambda: services.cancel(by=person_of(request), request_id=request_id, **form.cleaned_data),
        said=_("已取消。"),
        seal=True,
    )


@officer
@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Give the request to a colleague of the same unit."""
    found = own_request(request, request_id)
    form = forms.HandForm(posted(request), colleagues=selectors.colleagues(found))
    return step_page(
        request,
        request_id,
        form=form,
        title=_("转交申请 %(number)s") % {"number": found.number},
        lead=_("对话、照片和结论都随申请转过去，品牌方不受影响。"),
        button=_("转交"),
        act=lambda: services.hand_to(
            by=person_of(request), request_id=request_id, officer=form.cleaned_data["officer"]
        ),
        said=_("已转交。"),
    )


@officer
@require_http_methods(["GET", "POST"])
def violation(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The officer's own view of the violation and the right infringed (apart from the verdict)."""
    person = person_of(request)
    found = selectors.item_with_photos(person, item_id)
    own_request(request, found.request_id)
    verdict = presenters.standing_of(found)
    initial = {"infringed_right": found.infringed_right or (verdict.infringed_right if verdict else "")}
    form = forms.ViolationForm(posted(request), instance=found, initial=initial)
    return step_page(
        request,
        found.request_id,
        form=form,
        title=_("违法类型与被侵犯的权利"),
        lead=_("“%(product)s”：由您判断，与品牌方的辨认结论分开记录，只留在本省。") % {"product": found.product_name},
        button=_("保存"),
        act=lambda: services.set_violation(by=person, item_id=found.pk, **form.cleaned_data),
        said=_("已保存。"),
    )
