"""A new request: choose the product, say where; then what is known of the goods, and send."""

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

from accounts.access import officer, person_of, reader
from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import forms, presenters, selectors, services
from appraisal.requests.models import AppraisalRequest, RequestItem, Site
from appraisal.requests.views.common import State, county_words
from kernel import clock
from kernel.errors import BadInput, Conflict, Problem
from kernel.ids import uuid7
from notify.live import live_cursor
from webui.pages import posted, show_page, speaks_json, turn_back, uuid_or_none
from webui.prefill import known

_SITE_KEY = "requests.site"
_SAME_VISIT_S = 3 * 3600


@officer
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Choose a product; on the first one of a visit also where one is. Leads to the camera."""
    person = person_of(request)
    selectors.home_unit(person)
    if request.method == "POST":
        return _add_to_visit(request, person)
    return _check_page(request, person, site=_current_site(request, person))


def _current_site(request: HttpRequest, person: User) -> Site | None:
    """The visit that goes on: named in the address, or opened a short while ago and remembered in the session."""
    if named := uuid_or_none(request.GET.get("site", "")):
        return selectors.access_site(person, named)
    kept = request.session.get(_SITE_KEY) or {}
    if "new" in request.GET or clock.now().timestamp() - kept.get("at", 0) > _SAME_VISIT_S:
        return None
    site = selectors.find_site(person, uuid_or_none(kept.get("id", "")))
    return site if site is not None and selectors.may_write(person, site.unit_id) else None


def _check_page(
    request: HttpRequest,
    person: User,
    *,
    site: Site | None,
    place: forms.PlaceForm | None = None,
    unlisted: forms.UnlistedForm | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    home = selectors.home_county(person)
    context = {
        "site": site,
        "visit": _visit_items(person, site) if site else [],
        "place": place
        or forms.PlaceForm(
            counties=selectors.county_choices(person), initial={"county_code": home} | known(request, "requests:check")
        ),
        "unlisted": unlisted or forms.UnlistedForm(initial={"brand_name": asked}),
        "new_site_id": request.POST.get("site_id") or uuid7(),
        "new_item_id": request.POST.get("item_id") or uuid7(),
        "q": asked,
        "hits": [_hit(hit) for hit in catalogue.search(asked)] if asked else None,
        "back_url": reverse("requests:home"),
    }
    return show_page(request, "requests/check.html", context, problem)


def _visit_items(person: User, site: Site) -> list[presenters.Row]:
    rows = selectors.with_verdicts(selectors.requests_of(person).filter(site=site)).order_by("pk")
    return [presenters.row(each, person) for each in rows]


def _hit(hit: Any) -> dict[str, str]:
    """One result of the product search."""
    return {"id": str(hit.product.pk), "label": hit.product.full_name, "detail": str(hit.readiness.words)}


@officer
@require_GET
@speaks_json
def products(request: HttpRequest) -> HttpResponse:
    """Type-ahead: products by barcode, name, pinyin or initials, each with its coverage in words."""
    asked = request.GET.get("q", "").strip()[:80]
    return JsonResponse({"results": [_hit(hit) for hit in catalogue.search(asked)] if asked else []})


def _add_to_visit(request: HttpRequest, person: User) -> HttpResponse:
    """Open the visit with its first product, or add one more. Ids come with the form, so twice is once."""
    site_id, item_id = uuid_or_none(request.POST.get("site_id", "")), uuid_or_none(request.POST.get("item_id", ""))
    site = selectors.find_site(person, site_id)
    place = unlisted = None
    try:
        if site is None:
            place = forms.PlaceForm(request.POST, counties=selectors.county_choices(person))
            if not place.is_valid():
                return _check_page(request, person, site=None, place=place)
        product_id = uuid_or_none(request.POST.get("product", ""))
        if "unlisted" in request.POST:
            unlisted = forms.UnlistedForm(request.POST)
            if not unlisted.is_valid():
                return _check_page(request, person, site=site, place=place, unlisted=unlisted)
        elif product_id is None:
            raise BadInput(_("请先在搜索框里选一种商品。"), code="product_missing")
        if place is not None:
            site = services.open_site(by=person, place=services.Place(**place.as_place()), site_id=site_id)
        assert site is not None
        if unlisted is not None:
            item = services.add_unlisted(by=person, site=site, item_id=item_id, **unlisted.cleaned_data)
        else:
            assert product_id is not None
            item = services.add_product(by=person, site=site, product_id=product_id, item_id=item_id)
    except (BadInput, Conflict) as problem:
        return _check_page(request, person, site=site, place=place, unlisted=unlisted, problem=problem)
    request.session[_SITE_KEY] = {"id": str(site.pk), "at": clock.now().timestamp()}
    return redirect("requests:capture", item.pk)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """What is known of the goods, kept as it is typed; with 发送 when it is a draft."""
    person = person_of(request)
    found = selectors.item_with_photos(person, item_id)
    if not selectors.may_write(person, found.request.unit_id):
        return redirect(presenters.detail_url(found.request))
    draft = found.request.state == State.DRAFT
    details = forms.DetailsForm(posted(request), instance=found, prefix="i")
    question = forms.QuestionForm(posted(request), instance=found.request, prefix="r") if draft else None
    if request.method == "POST":
        return _save_item(request, person, found, details, question)
    return _item_page(request, person, found, details, question)


def _save_item(
    request: HttpRequest,
    person: User,
    found: RequestItem,
    details: forms.DetailsForm,
    question: forms.QuestionForm | None,
) -> HttpResponse:
    """One POST for three things: kept as typed (no answer but 204), saved, or saved and sent."""
    kept_as_typed = request.headers.get("X-Autosave") == "1"
    if not details.is_valid() or (question and not question.is_valid()):
        if kept_as_typed:
            return JsonResponse({"fields": {**details.errors, **(question.errors if question else {})}}, status=400)
        return _item_page(request, person, found, details, question)
    try:
        changed = {name: details.cleaned_data[name] for name in details.changed_data}
        if changed:
            services.describe_item(by=person, item_id=found.pk, **changed)
        if question and question.changed_data:
            services.write_question(by=person, request_id=found.request_id, **question.cleaned_data)
        if kept_as_typed:
            return HttpResponse(status=204)
        if "send" in request.POST:
            sent = services.send(by=person, request_id=found.request_id)
            _say_sent(request, [sent])
            return redirect(presenters.detail_url(sent))
    except (BadInput, Conflict) as problem:
        if kept_as_typed:
            return JsonResponse(problem.as_problem(), status=problem.status)
        return _item_page(request, person, found, details, question, problem)
    messages.success(request, _("已保存。"))
    draft = found.request.state == State.DRAFT
    return redirect(reverse("requests:site", args=[found.request.site_id]) if draft else _detail(found))


def _detail(found: RequestItem) -> str:
    return presenters.detail_url(found.request)


def _item_page(
    request: HttpRequest,
    person: User,
    found: RequestItem,
    details: forms.DetailsForm,
    question: forms.QuestionForm | None,
    problem: Problem | None = None,
) -> HttpResponse:
    tiles = presenters.item_tiles(found)
    drafts = selectors.requests_of(person).filter(site=found.request.site, state=State.DRAFT, officer=person)
    context = {
        "item": found,
        "asked": found.request,
        "draft": question is not None,
        "tiles": tiles,
        "missing": selectors.missing_shots(found),
        "details": details,
        "question": question,
        "units": forms.UNITS,
        "other_drafts": drafts.exclude(pk=found.request_id).count() if question else 0,
        "siblings": found.request.items.count() - 1,
        "back_url": reverse("requests:site", args=[found.request.site_id]) if question else _detail(found),
    }
    return show_page(request, "requests/item.html", context, problem)


def _say_sent(request: HttpRequest, sent: list[AppraisalRequest]) -> None:
    served = [each for each in sent if each.organisation_id]
    if served:
        names = "、".join(each.organisation_name for each in served)
        messages.success(request, _("已发给%(names)s。") % {"names": names})
    if len(served) < len(sent):
        names = "、".join(each.brand_name for each in sent if not each.organisation_id)
        messages.warning(request, _("%(names)s 还没有入驻：申请已留存，暂时没有人能在线鉴定。") % {"names": names})


@reader
@never_cache
@require_GET
def site(request: HttpRequest, site_id: UUID) -> HttpResponse:
    """A visit: every request and item of it, with state, verdict and clock."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_site(person, site_id)
    asked = list(selectors.with_everything(selectors.requests_of(person).filter(site=found)).order_by("pk"))
    writable = selectors.may_write(person, found.unit_id)
    groups = [
        {
            "request": each,
            "row": presenters.row(each, person),
            "words": presenters.now_words(each),
            "items": [presenters.item(row, each) for row in each.items.all()],
            "url": presenters.detail_url(each),
            "mine": each.officer_id == person.pk,
        }
        for each in asked
    ]
    drafts = [group for group in groups if group["request"].state == State.DRAFT and group["mine"]]
    context = {
        "site": found,
        "county": county_words(found),
        "groups": groups,
        "drafts": drafts,
        "bare_items": [shown.row for group in drafts for shown in group["items"] if not shown.tiles],
        "may_write": writable,
        "live_topics": f"site:{found.pk}",
        "live_cursor": cursor,
        "back_url": reverse("requests:home"),
    }
    return render(request, "requests/site.html", context)


@officer
@require_POST
def send_site(request: HttpRequest, site_id: UUID) -> HttpResponse:
    """Send every draft of the visit. A second tap finds nothing left to send."""
    try:
        _say_sent(request, services.send_site(by=person_of(request), site_id=site_id))
    except (BadInput, Conflict) as problem:
        return turn_back(request, problem, reverse("requests:site", args=[site_id]))
    return redirect("requests:site", site_id)
