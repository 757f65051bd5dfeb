"""The officer's pages. Parse, call a service, render; rows come through selectors only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import holding
from accounts.models import Post, User
from accounts.tickets import make_upload_ticket
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import forms, presenters, selectors, services
from appraisal.requests.models import AppraisalRequest, RequestItem, Site
from divisions import selectors as divisions
from evidence import services as evidence
from evidence import uploads
from evidence.errors import EmptyFile
from evidence.models import Exhibit, Quarantined
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem, Unavailable
from kernel.ids import uuid7
from notify import live
from provinces.context import required

State = AppraisalRequest.State
Role = Post.Role
View = Callable[..., HttpResponse]
PER_PAGE = 20
HOME_ROWS = 12
CHAT_PHOTOS = 6
_CHAT_SALT = "requests.chat_photo"

reader = holding(Role.OFFICER, Role.DISPATCHER, Role.LEADER)
officer = holding(Role.OFFICER)


def _is_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def speaks_json(view: View) -> View:
    """A refusal goes to a script as problem details, and to a page without scripts as a sentence on the page before."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            if not _is_json(request):
                raise
            return JsonResponse(problem.as_problem(), status=problem.status, content_type="application/problem+json")

    return inner


def _refused(request: HttpRequest, problem: Problem, to: str) -> HttpResponse:
    """Say why not on the page the person comes back to."""
    messages.error(request, problem.detail)
    return redirect(to)


def _page(request: HttpRequest, template: str, context: dict[str, Any], problem: Problem | None = None) -> HttpResponse:
    """A page; with a problem its sentence above the form, and what was typed is kept by the browser too."""
    if problem is not None:
        messages.error(request, problem.detail)
        return render(request, template, {**context, "page_kind": "error"}, status=problem.status)
    return render(request, template, context)


def _cursor() -> str:
    """Where the event stream stands, asked before rows are read: what changes meanwhile is not missed by the page."""
    try:
        return live.cursor_of(required().name)
    except Unavailable:
        return ""


def _posted(request: HttpRequest) -> Any:
    """What a form is bound to: also an empty POST is one."""
    return request.POST if request.method == "POST" else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# Home -------------------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The officer's home; leaders and administrators are led to theirs."""
    if request.user.is_authenticated and not request.user.has_role(Role.OFFICER):
        for role, names in (
            (Role.LEADER, ("bureau:leader",)),
            (Role.BUREAU_ADMIN, ("bureau:home", "accounts:officers")),
            (Role.SECURITY_ADMIN, ("bureau:home", "accounts:officers")),
            (Role.SECURITY_DEPUTY, ("bureau:home",)),
            (Role.AUDIT_ADMIN, ("bureau:home",)),
        ):
            if request.user.has_role(role) and (address := _first_address(request, names)):
                return redirect(address)
        if not request.user.has_role(Role.DISPATCHER, Role.LEADER):
            return redirect("accounts:me")
    return _home(request)


def _first_address(request: HttpRequest, names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return reverse(name, urlconf=getattr(request, "urlconf", None))
        except NoReverseMatch:
            continue
    return ""


@reader
def _home(request: HttpRequest) -> HttpResponse:
    person, cursor = _person(request), _cursor()
    mine = selectors.with_verdicts(selectors.open_of(person))
    answered = selectors.with_verdicts(selectors.answered_today(person))
    others = selectors.with_verdicts(selectors.open_of_others(person))
    context = {
        "figures": selectors.day_figures(person),
        "mine": [presenters.row(each, person) for each in mine[: HOME_ROWS + 1]],
        "answered": [presenters.row(each, person) for each in answered[:HOME_ROWS]],
        "others": [presenters.row(each, person) for each in others[:HOME_ROWS]],
        "limit": HOME_ROWS,
        "live_cursor": cursor,
        "live_topics": " ".join(f"unit:{pk}" for pk in sorted(selectors.visible_unit_ids(person))[:40]),
        "may_ask": _may_ask(person),
    }
    return render(request, "requests/home.html", context)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _may_ask(person: User) -> bool:
    """Whether pages show this person the ways to begin something."""
    return person.has_role(Role.OFFICER) and person.unit_id is not None


# A new request ----------------------------------------------------------------------------------------------------

_SITE_KEY = "requests.site"
_SAME_VISIT_S = 3 * 3600


@officer
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Choose a product; on the first one of a visit also where one is. Leads to the camera."""
    person = _person(request)
    selectors.home_unit(person)
    if request.method == "POST":
        return _add_to_visit(request, person)
    return _check_page(request, person, site=_current_site(request, person))


def _current_site(request: HttpRequest, person: User) -> Site | None:
    """The visit that goes on: named in the address, or opened a short while ago and remembered in the session."""
    if named := _uuid(request.GET.get("site", "")):
        return selectors.access_site(person, named)
    kept = request.session.get(_SITE_KEY) or {}
    if "new" in request.GET or clock.now().timestamp() - kept.get("at", 0) > _SAME_VISIT_S:
        return None
    site = selectors.find_site(person, _uuid(kept.get("id", "")))
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
        "place": place or forms.PlaceForm(counties=selectors.county_choices(person), initial={"county_code": home}),
        "unlisted": unlisted or forms.UnlistedForm(initial={"brand_name": asked}),
        "new_site_id": request.POST.get("site_id") or uuid7(),
        "new_item_id": request.POST.get("item_id") or uuid7(),
        "q": asked,
        "hits": [_hit(hit) for hit in catalogue.search(asked)] if asked else None,
        "back_url": reverse("requests:home"),
    }
    return _page(request, "requests/check.html", context, problem)


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
    site_id, item_id = _uuid(request.POST.get("site_id", "")), _uuid(request.POST.get("item_id", ""))
    site = selectors.find_site(person, site_id)
    place = unlisted = None
    try:
        if site is None:
            place = forms.PlaceForm(request.POST, counties=selectors.county_choices(person))
            if not place.is_valid():
                return _check_page(request, person, site=None, place=place)
        product_id = _uuid(request.POST.get("product", ""))
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


# Photos -----------------------------------------------------------------------------------------------------------


@officer
@never_cache
@require_GET
def capture(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The camera on the item's list: the quick set first, all of it with `?set=full`, one shot for a supplement."""
    person = _person(request)
    item = selectors.item_with_photos(person, item_id)
    if not selectors.may_write(person, item.request.unit_id):
        raise NotAllowed()
    if item.request.state == State.CANCELLED:
        messages.error(request, _("申请已取消，不能再加照片。请新建申请。"))
        return redirect(presenters.detail_url(item.request))
    sent = item.request.sent_at is not None
    upload_url = reverse("requests:photos", args=[item.pk])
    done_url = presenters.detail_url(item.request) if sent else reverse("requests:item", args=[item.pk])
    supplement = None
    if asked := _uuid(request.GET.get("supplement", "")):
        supplement = selectors.access_supplement(person, asked)
        shots = [
            {**shot, "hint": supplement.reason, "required": True, "done": False, "sent": False, "absent": False}
            for shot in presenters.shots_to_take(item, which="full")
            if shot["code"] == supplement.shot_code
        ]
        upload_url += f"?supplement={supplement.pk}"
        absent_url = reverse("requests:decline_supplement", args=[supplement.pk])
    else:
        which = "full" if sent or request.GET.get("set") == "full" else "quick"
        shots = presenters.shots_to_take(item, which=which)
        if item.request.enough_at:  # the brand needs no more: every shot may be taken, none is asked for
            shots = [{**shot, "required": False} for shot in shots]
        absent_url = reverse("requests:absent", args=[item.pk])
    context = {
        "item": item,
        "shots": shots,
        "supplement": supplement,
        "upload_url": upload_url,
        "absent_url": absent_url,
        "done_url": done_url,
        "close_url": done_url,
        "group": f"{item.pk}{'-' + str(supplement.pk) if supplement else ''}",
        "upload_ticket": make_upload_ticket(draft_id=item.pk, user_id=person.pk),
        "with_place": True,
        "bare": True,
    }
    return render(request, "requests/capture.html", context)


@require_POST
@speaks_json
def photos(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Take one photo of one shot. Without a session, a good upload ticket still brings it into quarantine."""
    if not request.user.is_authenticated:
        body, status = uploads.answer(uploads.handle_upload(request))
        return JsonResponse(body, status=status)
    person = _person(request)
    item = selectors.access_item(person, item_id)
    if not selectors.may_write(person, item.request.unit_id):
        raise NotAllowed()
    try:
        exhibit = _received(request)
        if isinstance(exhibit, Quarantined):
            body, status = uploads.answer(exhibit)
            return JsonResponse(body, status=status)
        photo = services.add_photo(
            by=person,
            item_id=item.pk,
            exhibit=exhibit,
            shot_code=request.POST.get("shot_code", ""),
            source="album" if request.POST.get("source") == "album" else "camera",
            kept_reason=request.POST.get("kept_reason", "").strip()[:200],
            supplement_id=_uuid(request.GET.get("supplement", "")),
        )
    except Problem as problem:
        if _is_json(request):
            raise
        return _refused(request, problem, reverse("requests:capture", args=[item.pk]))
    if not _is_json(request):
        messages.success(request, _("已封存 %(digest)s…") % {"digest": exhibit.sha256[:8]})
        return redirect("requests:capture", item.pk)
    body, status = uploads.answer(exhibit, photo_id=photo.pk)
    return JsonResponse(body, status=status)


def _received(request: HttpRequest) -> Exhibit | Quarantined:
    """The photo by the upload contract; from a page without scripts its digest is made on arrival, and it says so."""
    if request.POST.get("sha256") or _is_json(request):
        return uploads.handle_upload(request)
    file = request.FILES.get("file")
    if file is None:
        raise EmptyFile()
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return evidence.receive(
        file,
        declared_sha256=digest.hexdigest(),
        captured_at=None,
        source="album",
        by=_person(request),
        device_note="digest made on arrival",
    )


@officer
@require_POST
@speaks_json
def absent(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """Say why a shot cannot be taken."""
    reason = request.POST.get("absent_reason", "")
    services.mark_absent(
        by=_person(request), item_id=item_id, shot_code=request.POST.get("shot_code", ""), reason=reason
    )
    return JsonResponse({}) if _is_json(request) else redirect("requests:capture", item_id)


@officer
@require_POST
@speaks_json
def decline_supplement(request: HttpRequest, supplement_id: UUID) -> HttpResponse:
    """Say why a shot cannot be taken again."""
    person = _person(request)
    row = selectors.access_supplement(person, supplement_id)
    address = presenters.detail_url(row.item.request)
    try:
        services.decline_supplement(
            by=person, supplement_id=supplement_id, reason=request.POST.get("absent_reason", "")
        )
    except BadInput as problem:
        if _is_json(request):
            raise
        return _refused(request, problem, address)
    return JsonResponse({}) if _is_json(request) else redirect(address)


@officer
@require_POST
def remove_photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Take a photo off a draft."""
    person = _person(request)
    photo = selectors.access_photo(person, photo_id)
    to = reverse("requests:item", args=[photo.item_id])
    try:
        services.remove_photo(by=person, photo_id=photo.pk)
    except Conflict as problem:
        return _refused(request, problem, to)
    messages.success(request, _("已撤下，原件仍封存。"))
    return redirect(to)


@reader
@require_GET
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """One photo, large, with the marks of the verdict that stands, and how it was sealed."""
    person = _person(request)
    found = selectors.access_photo(person, photo_id)
    item = selectors.item_with_photos(person, found.item_id)
    siblings = [tile["id"] for tile in presenters.item_tiles(item) if tile.get("url")]
    here = siblings.index(found.pk)
    verdict = presenters.standing_of(item)
    marks = verdict.marks if verdict else []
    mine = [mark for mark in marks if str(mark.get("photo_id")) == str(found.pk)]
    draft = item.request.state == State.DRAFT
    context = {
        "photo": found,
        "item": item,
        "name": presenters.shot_name(item, found.shot_code),
        "view_url": presenters.photo_url(found.exhibit, "view"),
        "marks": [presenters.box(mark, number) for number, mark in enumerate(mine, start=1)],
        "previous": siblings[here - 1] if here else None,
        "next": siblings[here + 1] if here + 1 < len(siblings) else None,
        "may_remove": draft and found.posted_at is None and selectors.may_write(person, item.request.unit_id),
        "back_url": reverse("requests:item", args=[item.pk]) if draft else presenters.detail_url(item.request),
    }
    return render(request, "requests/photo.html", context)


# Details and sending ----------------------------------------------------------------------------------------------


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """What is known of the goods, kept as it is typed; with 发送 when it is a draft."""
    person = _person(request)
    found = selectors.item_with_photos(person, item_id)
    if not selectors.may_write(person, found.request.unit_id):
        return redirect(presenters.detail_url(found.request))
    draft = found.request.state == State.DRAFT
    details = forms.DetailsForm(_posted(request), instance=found, prefix="i")
    question = forms.QuestionForm(_posted(request), instance=found.request, prefix="r") if draft else None
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
    return _page(request, "requests/item.html", context, problem)


def _county_words(found: Site) -> str:
    """City and county of a visit; the province goes without saying."""
    names = [step.name for step in divisions.path(found.county_code)]
    return "".join(names[1:] or names)


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
    person, cursor = _person(request), _cursor()
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
        "county": _county_words(found),
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
        _say_sent(request, services.send_site(by=_person(request), site_id=site_id))
    except (BadInput, Conflict) as problem:
        return _refused(request, problem, reverse("requests:site", args=[site_id]))
    return redirect("requests:site", site_id)


# One request ------------------------------------------------------------------------------------------------------


@reader
@never_cache
@require_GET
def detail(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The request page. With the header X-Live: only the part that changes by itself."""
    person, cursor = _person(request), _cursor()
    found = selectors.whole_request(person, request_id)
    if found.state == State.DRAFT:
        return redirect("requests:site", found.site_id)
    part = ("#talk" if request.GET.get("part") == "talk" else "#now") if request.headers.get("X-Live") else ""
    return render(request, f"requests/detail.html{part}", {**_detail_context(person, found), "live_cursor": cursor})


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


def _detail_context(person: User, found: AppraisalRequest, *, text: str = "") -> dict[str, Any]:
    items = [presenters.item(each, found) for each in found.items.all()]
    open_now = found.state in selectors.OPEN_STATES
    talks = found.sent_at is not None and found.organisation_id is not None
    return {
        "asked": found,
        "words": presenters.now_words(found),
        "duty": _duty_words(found),
        "chip": presenters.state_chip(found),
        "clock_parts": presenters.clock_parts(found),
        "items": items,
        "supplements": [(shown, each) for shown in items for each in shown.supplements],
        "has_verdict": any(shown.verdicts for shown in items),
        "events": presenters.timeline(found),
        "messages_in_chat": presenters.talk(found, person),
        "appointments": presenters.appointments(found),
        "county": _county_words(found.site),
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
@require_POST
def chat(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Say something to the appraiser. Photos were sealed and sent before (`chat_photo`), or come with the form."""
    person = _person(request)
    text = request.POST.get("text", "")
    try:
        exhibits = [_read_chat_photo(person, token) for token in request.POST.getlist("photo")[:CHAT_PHOTOS]]
        if request.FILES.get("file"):
            selectors.access_request(person, request_id)
            received = _received(request)
            if isinstance(received, Exhibit):
                exhibits.append(received)
        services.say(
            by=person,
            request_id=request_id,
            text=text,
            exhibits=exhibits,
            line_id=_uuid(request.POST.get("line_id", "")),
        )
    except (BadInput, Conflict) as problem:
        found = selectors.whole_request(person, request_id)
        return _page(request, "requests/detail.html", _detail_context(person, found, text=text), problem)
    return redirect(f"{reverse('requests:detail', args=[request_id])}#talk")


@officer
@require_POST
@speaks_json
def chat_photo(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take one photo for the talk. The answer's `token` goes along with the line; only this person can use it."""
    person = _person(request)
    found = selectors.access_request(person, request_id)
    if not selectors.may_write(person, found.unit_id):
        raise NotAllowed()
    received = uploads.handle_upload(request)
    body, status = uploads.answer(received)
    if isinstance(received, Exhibit):
        body["token"] = signing.dumps(str(received.pk), salt=f"{_CHAT_SALT}:{person.pk}")
    return JsonResponse(body, status=status)


def _read_chat_photo(person: User, token: str) -> Exhibit:
    try:
        exhibit_id = signing.loads(token, salt=f"{_CHAT_SALT}:{person.pk}", max_age=86400)
    except signing.BadSignature as error:
        raise BadInput(_("这张照片已过期，请重新选一次。"), code="chat_photo_token") from error
    return selectors.exhibit(UUID(exhibit_id))


def _step(
    request: HttpRequest,
    request_id: UUID,
    *,
    form: Any,
    title: str,
    lead: str,
    button: str,
    act: Callable[[], object],
    said: str,
    seal: bool = False,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """One small page with one form about one request."""
    back = reverse("requests:detail", args=[request_id])
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
        "seal": seal,
        "back_url": back,
        "new_id": request.POST.get("new_id") or uuid7(),
        **(extra or {}),
    }
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except (BadInput, Conflict) as problem:
            return _page(request, "requests/step.html", context, problem)
        messages.success(request, said)
        return redirect(back)
    return render(request, "requests/step.html", context)


def _own_request(request: HttpRequest, request_id: UUID) -> AppraisalRequest:
    """The request, for an officer who may write to it."""
    person = _person(request)
    found = selectors.access_request(person, request_id)
    if not selectors.may_write(person, found.unit_id):
        raise NotAllowed()
    return found


@officer
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """No answer is needed any more."""
    found = _own_request(request, request_id)
    form = forms.CancelForm(_posted(request))
    return _step(
        request,
        request_id,
        form=form,
        title=_("取消申请 %(number)s") % {"number": found.number},
        lead=_("取消后不能恢复；照片和对话都会保留。还要鉴定的，请新建申请。"),
        button=_("取消申请"),
        act=lambda: services.cancel(by=_person(request), request_id=request_id, **form.cleaned_data),
        said=_("已取消。"),
        seal=True,
    )


@officer
@require_http_methods(["GET", "POST"])
def hand(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Give the request to a colleague of the same unit."""
    found = _own_request(request, request_id)
    form = forms.HandForm(_posted(request), colleagues=selectors.colleagues(found))
    return _step(
        request,
        request_id,
        form=form,
        title=_("转交申请 %(number)s") % {"number": found.number},
        lead=_("对话、照片和结论都随申请转过去，品牌方不受影响。"),
        button=_("转交"),
        act=lambda: services.hand_to(by=_person(request), request_id=request_id, officer=form.cleaned_data["officer"]),
        said=_("已转交。"),
    )


@officer
@require_http_methods(["GET", "POST"])
def onsite(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask the brand to come to the place."""
    found = _own_request(request, request_id)
    form = forms.OnsiteForm(_posted(request), initial={"contact": _person(request).phone or ""})
    return _step(
        request,
        request_id,
        form=form,
        title=_("申请现场协助"),
        lead=_("请%(name)s派人到场。对方同意或另提时间后，会在申请页显示。") % {"name": found.organisation_name},
        button=_("发出"),
        act=lambda: services.ask_onsite(
            by=_person(request),
            request_id=request_id,
            appointment_id=_uuid(request.POST.get("new_id", "")),
            **form.cleaned_data,
        ),
        said=_("已申请现场协助。"),
    )


@officer
@require_POST
def answer_onsite(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Agree to, decline or finish an appointment."""
    person = _person(request)
    row = selectors.access_appointment(person, appointment_id)
    verb = request.POST.get("verb", "")
    back = presenters.detail_url(row.request)
    if verb not in {"agree", "decline", "finish"}:
        raise BadInput(code="verb_unknown", verb=verb)
    try:
        services.answer_onsite(by=person, appointment_id=row.pk, verb=verb, note=request.POST.get("note", "")[:500])
    except (BadInput, Conflict) as problem:
        return _refused(request, problem, back)
    return redirect(back)


@officer
@require_http_methods(["GET", "POST"])
def violation(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The officer's own view of the violation and the right infringed (apart from the verdict)."""
    person = _person(request)
    found = selectors.item_with_photos(person, item_id)
    _own_request(request, found.request_id)
    verdict = presenters.standing_of(found)
    initial = {"infringed_right": found.infringed_right or (verdict.infringed_right if verdict else "")}
    form = forms.ViolationForm(_posted(request), instance=found, initial=initial)
    return _step(
        request,
        found.request_id,
        form=form,
        title=_("违法类型与被侵犯的权利"),
        lead=_("“%(product)s”：由您判断，与品牌方的辨认结论分开记录，只留在本省。") % {"product": found.product_name},
        button=_("保存"),
        act=lambda: services.set_violation(by=person, item_id=found.pk, **form.cleaned_data),
        said=_("已保存。"),
    )


# Lists ------------------------------------------------------------------------------------------------------------


@reader
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """All requests this person may see, with search and state."""
    person = _person(request)
    text, state = request.GET.get("q", "").strip()[:80], request.GET.get("state", "")
    if state not in {"", "open", *State.values}:
        state = ""
    mine = request.GET.get("mine") == "1"
    found = selectors.with_verdicts(selectors.search_requests(person, text=text, state=state, mine=mine))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [presenters.row(each, person) for each in page],
        "q": text,
        "state": state,
        "mine": mine,
        "states": [("", _("全部")), ("open", _("未办结")), *State.choices],
        "filtered": bool(text or state or mine),
        "back_url": reverse("requests:home"),
    }
    return render(request, "requests/list.html", context)


# Consultations ----------------------------------------------------------------------------------------------------


@reader
@require_GET
def consultations(request: HttpRequest) -> HttpResponse:
    """Talks with brands outside any request."""
    person = _person(request)
    page = Paginator(selectors.consultations_of(person), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "requests/consultations.html", {"page": page, "may_ask": _may_ask(person)})


def _organisations() -> list[tuple[str, str]]:
    return [(str(each.pk), each.name) for each in parties.enrolled_organisations()]


@officer
@require_http_methods(["GET", "POST"])
def new_consultation(request: HttpRequest) -> HttpResponse:
    """Begin a talk with a brand."""
    person = _person(request)
    form = forms.ConsultationForm(
        _posted(request),
        organisations=_organisations(),
        initial={"organisation_id": request.GET.get("organisation", "")},
    )
    context = {
        "form": form,
        "title": _("新的咨询"),
        "lead": _("问品牌企业或协会一个问题，不附鉴定申请。要鉴定实物，请用“查真假”。"),
        "button": _("发送"),
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("requests:consultations"),
    }
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.consult(
                by=person,
                organisation_id=UUID(said["organisation_id"]),
                subject=said["subject"],
                text=said["text"],
                consultation_id=_uuid(request.POST.get("new_id", "")),
            )
        except (BadInput, Conflict) as problem:
            return _page(request, "requests/step.html", context, problem)
        return redirect("requests:consultation", made.pk)
    return render(request, "requests/step.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """One talk; POST says one more line."""
    person, cursor = _person(request), _cursor()
    found = selectors.access_consultation(person, consultation_id)
    may_write = selectors.may_write(person, found.unit_id)
    problem: Problem | None = None
    text = request.POST.get("text", "")
    if request.method == "POST":
        if not may_write:
            raise NotAllowed()
        try:
            services.say_in_consultation(
                by=person, consultation_id=found.pk, text=text, line_id=_uuid(request.POST.get("line_id", ""))
            )
            return redirect("requests:consultation", found.pk)
        except (BadInput, Conflict) as refused:
            problem = refused
    context = {
        "consultation": found,
        "messages_in_chat": [
            {
                "id": line.pk,
                "at": line.at,
                "mine": line.side == "bureau" and line.who == person.display_name,
                "by": line.who if line.side == "bureau" else f"{found.organisation_name} {line.who}".strip(),
                "text": line.text,
            }
            for line in found.lines.all()
        ],
        "may_write": may_write,
        "line_id": uuid7(),
        "live_cursor": cursor,
        "typed": text if problem else "",
        "back_url": reverse("requests:consultations"),
    }
    if request.headers.get("X-Live"):
        return render(request, "requests/consultation.html#lines", context)
    return _page(request, "requests/consultation.html", context, problem)


# 执法协助 ---------------------------------------------------------------------------------------------------------


@reader
@require_GET
def assistance_list(request: HttpRequest) -> HttpResponse:
    """What was asked of enterprises, with state and day."""
    person = _person(request)
    page = Paginator(selectors.assistance_of(person), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"task": task, "chip": presenters.assistance_chip(task)} for task in page]
    context = {"page": page, "rows": rows, "now": clock.now(), "may_ask": _may_ask(person)}
    return render(request, "requests/assistance_list.html", context)


@officer
@require_http_methods(["GET", "POST"])
def new_assistance(request: HttpRequest) -> HttpResponse:
    """Ask an enterprise for help by a day."""
    person = _person(request)
    by_day = clock.add_working_days(clock.today(), 5).date
    form = forms.AssistanceForm(
        _posted(request),
        organisations=_organisations(),
        initial={"reply_by": by_day, "organisation_id": request.GET.get("organisation", "")},
    )
    context = {
        "form": form,
        "title": _("新的执法协助"),
        "lead": _("请企业在期限内协助核查、提供资料或派员。品牌方看到的是本单位名称和所在县（区）。"),
        "button": _("发出"),
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("requests:assistance_list"),
    }
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.ask_assistance(
                by=person,
                organisation_id=UUID(said["organisation_id"]),
                subject=said["subject"],
                text=said["text"],
                county_code=selectors.home_unit(person).division_code,
                reply_by=said["reply_by"],
                task_id=_uuid(request.POST.get("new_id", "")),
            )
        except (BadInput, Conflict) as problem:
            return _page(request, "requests/step.html", context, problem)
        messages.success(request, _("已发出。"))
        return redirect("requests:assistance", made.pk)
    return render(request, "requests/step.html", context)


@reader
@never_cache
@require_GET
def assistance(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One 执法协助 task and its reply."""
    found = selectors.access_assistance(_person(request), task_id)
    context = {
        "task": found,
        "chip": presenters.assistance_chip(found),
        "back_url": reverse("requests:assistance_list"),
    }
    template = "requests/assistance.html#state" if request.headers.get("X-Live") else "requests/assistance.html"
    return render(request, template, context)
