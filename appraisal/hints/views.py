"""The officer's pages about recognition: a hint looked at closely, codes said, goods offered to the brand's library."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import officer, person_of, reader
from appraisal.hints import forms, presenters, selectors, services
from appraisal.hints.models import Hint, LookBack, ReadCode
from appraisal.recognised import reason_words, word
from appraisal.requests import selectors as requests
from appraisal.requests.presenters import photo_url, shot_name
from appraisal.requests.views.common import own_request
from evidence.models import Exhibit
from kernel import clock
from kernel.errors import NotAllowed, NotFound404, Problem
from kernel.ids import uuid7
from webui.pages import PER_PAGE, paged, posted, show_page, turn_back, uuid_or_none

TABS = ("hints", "look_backs", "offers")


def _to_request(request_id: UUID, anchor: str) -> str:
    return f"{reverse('requests:detail', args=[request_id])}#{anchor}"


@reader
@never_cache
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Hints, look backs and offers of everything this person sees."""
    person = person_of(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    rows = {"hints": selectors.all_hints, "look_backs": selectors.look_backs_of, "offers": selectors.offers_of}[tab]
    page = paged(rows(person), request, PER_PAGE)
    found: list[Any] = list(page.object_list)
    names = presenters.county_names(each.seen for each in found) if tab != "offers" else {}
    context = {
        "page": page,
        "tab": tab,
        "tabs": [
            ("hints", _("提示"), 0),
            ("look_backs", _("回查"), selectors.look_backs_of(person, state=LookBack.State.NEW).count()),
            ("offers", _("推荐入库"), 0),
        ],
        "cards": [presenters.card(each, names) for each in found] if tab == "hints" else [],
        "rows": [{"row": each} for each in found] if tab == "look_backs" else [],
        "back_url": reverse("requests:home"),
    }
    return render(request, "hints/list.html", context)


def _page(request: HttpRequest, found: Hint | LookBack) -> dict[str, Any]:
    names = presenters.county_names([found.seen])
    asked = found.item.request
    tone, shape = presenters.BAND_LOOKS.get(found.band, ("neutral", "ring"))
    return {
        "comparison": presenters.compared(found),
        "product": found.item.product_name,
        "asked": asked,
        "band": (word("band", found.band), "neutral" if found.flagged else tone, shape),
        "typology": word("typology", found.typology) if found.typology else "",
        "elsewhere": getattr(found, "elsewhere", False),
        "elsewhere_name": getattr(found, "owner_name", ""),
        "seen": presenters.seen_words(found.seen, names),
        "broker": found.seen.get("how") == "broker",
        "reasons": reason_words(found.reasons),
        "fallen": str(word("flag", found.flagged)) if found.flagged else "",
        "may_write": requests.may_write(person_of(request), asked.unit_id),
        "back_url": _to_request(asked.pk, "hints"),
    }


@reader
@never_cache
@require_GET
def hint(request: HttpRequest, hint_id: UUID) -> HttpResponse:
    """The two pictures on each other."""
    found = selectors.access_hint(person_of(request), hint_id)
    names = presenters.county_names([found.seen])
    card = presenters.card(found, names)
    context = {**_page(request, found), "hint": found, "card": card, "own_url": card.own_url}
    return render(request, "hints/hint.html", context)


@officer
@require_POST
def decide(request: HttpRequest, hint_id: UUID) -> HttpResponse:
    """采纳, 不像, 搁置, or taken back."""
    person = person_of(request)
    found = selectors.access_hint(person, hint_id)
    back = (
        reverse("hints:hint", args=[found.pk])
        if request.POST.get("back") == "hint"
        else _to_request(found.request_id, f"hint-{found.pk}")
    )
    own_request(request, found.request_id)
    try:
        services.decide(
            by=person, hint_id=hint_id, answer=request.POST.get("answer", ""), note=request.POST.get("note", "")
        )
    except NotFound404:
        raise
    except Problem as problem:
        return turn_back(request, problem, back)
    return redirect(back)


@reader
@never_cache
@require_GET
def code(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """A code, to be corrected."""
    found = selectors.access_read_code(person_of(request), code_id)
    own_request(request, found.item.request_id)
    context = {"code": found, "back_url": _to_request(found.item.request_id, f"seen-{found.item_id}")}
    return render(request, "hints/code.html", context)


@officer
@require_POST
def say_code(request: HttpRequest, code_id: UUID) -> HttpResponse:
    """A code that was read is right, or is this instead, or is none."""
    person = person_of(request)
    found = selectors.access_read_code(person, code_id)
    own_request(request, found.item.request_id)
    back = _to_request(found.item.request_id, f"seen-{found.item_id}")
    step, value = request.POST.get("step", ""), request.POST.get("value", "").strip()
    if step == "say":
        unread = found.state == ReadCode.State.PROPOSED and value == (found.value or found.raw)
        step = "confirm" if unread else "correct"
    try:
        services.say_code(by=person, code_id=code_id, step=step, value=value)
    except NotFound404:
        raise
    except Problem as problem:
        return turn_back(request, problem, back)
    messages.success(request, _("已记下，品牌方会拿它与其他地方的码核对。"))
    return redirect(back)


@officer
@require_POST
def type_code(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """A code that nobody read is written down."""
    person = person_of(request)
    item = requests.access_item(person, item_id)
    own_request(request, item.request_id)
    back = _to_request(item.request_id, f"seen-{item.pk}")
    try:
        services.type_code(
            by=person,
            item_id=item_id,
            field=request.POST.get("field", ""),
            value=request.POST.get("value", ""),
            code_id=uuid_or_none(request.POST.get("new_id", "")),
        )
    except NotFound404:
        raise
    except Problem as problem:
        return turn_back(request, problem, back)
    messages.success(request, _("已记下，品牌方会拿它与其他地方的码核对。"))
    return redirect(back)


@officer
@require_POST
def share(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """What other provinces may be shown of this find."""
    person = person_of(request)
    item = requests.access_item(person, item_id)
    own_request(request, item.request_id)
    back = _to_request(item.request_id, f"seen-{item.pk}")
    try:
        services.share_find(by=person, item_id=item_id, share=request.POST.get("share", ""))
    except NotFound404:
        raise
    except Problem as problem:
        return turn_back(request, problem, back)
    messages.success(request, _("已保存。"))
    return redirect(back)


@reader
@never_cache
@require_GET
def look_back(request: HttpRequest, look_back_id: UUID) -> HttpResponse:
    """Goods of an earlier request beside the fake that was confirmed since."""
    found = selectors.access_look_back(person_of(request), look_back_id)
    return render(request, "hints/hint.html", {**_page(request, found), "look_back": found})


@officer
@require_POST
def read_look_back(request: HttpRequest, look_back_id: UUID) -> HttpResponse:
    """The officer has seen it."""
    person = person_of(request)
    found = selectors.access_look_back(person, look_back_id)
    own_request(request, found.item.request_id)
    services.read_look_back(by=person, look_back_id=look_back_id)
    return redirect("hints:look_back", look_back_id)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Seized goods of a request offered to the brand's library."""
    person = person_of(request)
    item = requests.item_with_photos(person, item_id)
    asked = own_request(request, item.request_id)
    ready = [photo for photo in item.photos.all() if photo.exhibit.state == Exhibit.State.READY]
    chosen = set(request.POST.getlist("photos")) if request.method == "POST" else {str(p.exhibit_id) for p in ready}
    standing = requests.standing_verdict(item)
    form = forms.OfferForm(posted(request), initial={"batch_no": item.batch_no, "typology": _kind(standing)})
    context = {
        "form": form,
        "item": item,
        "photos": [
            {
                "id": photo.exhibit_id,
                "name": shot_name(item, photo.shot_code),
                "thumb_url": photo_url(photo.exhibit, "thumb"),
                "checked": str(photo.exhibit_id) in chosen,
            }
            for photo in ready
        ],
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": _to_request(asked.pk, "hints"),
    }
    if request.method == "POST" and form.is_valid():
        if item.product_id is None:
            raise NotAllowed()
        try:
            services.offer_goods(
                by=person,
                unit=asked.unit,
                product_id=item.product_id,
                exhibits=[photo.exhibit_id for photo in ready if str(photo.exhibit_id) in chosen],
                division_code=asked.site.county_code,
                found_on=clock.local_date(asked.site.opened_at),
                item=item,
                offer_id=uuid_or_none(request.POST.get("new_id", "")),
                **form.cleaned_data,
            )
        except NotFound404:
            raise
        except Problem as problem:
            return show_page(request, "hints/offer.html", context, problem)
        messages.success(request, _("已推荐，品牌方确认后会告诉您。"))
        return redirect(f"{reverse('hints:list')}?tab=offers")
    return render(request, "hints/offer.html", context, status=400 if form.errors else 200)


def _kind(verdict: Any) -> str:
    """The kind of fake that a verdict already says."""
    return "refilled" if verdict is not None and verdict.value == "refilled_or_reassembled" else "counterfeit_mark"
