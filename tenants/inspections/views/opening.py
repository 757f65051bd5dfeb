"""An inspection begins: place, second officer, whose premises, who is there, what they were told."""

from __future__ import annotations

import io
from uuid import UUID

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of
from accounts.models import User
from appraisal.requests import selectors as requests
from appraisal.requests.forms import PlaceForm
from appraisal.requests.services import Place
from appraisal.requests.services.offline import known_place, place_of
from appraisal.requests.views.common import county_words
from evidence.models import Exhibit
from evidence.uploads import received_photo
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from tenants.inspections import forms, presenters, selectors, services
from tenants.inspections.models import Inspection, Notice
from tenants.inspections.services.opening import REQUIRED_NOTICES, notice_words
from tenants.inspections.views.common import address, frame, officer, reader, said_by_phone, step
from webui.pages import posted, show_page, speaks_json, turn_back, uuid_or_none
from webui.prefill import known

RECENT = 30


@reader
@never_cache
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Inspections under way first, mine before those of the unit; then the latest ended ones."""
    person = person_of(request)
    rows = presenters.rows(person, selectors.inspections_of(person).prefetch_related("officers", "lots")[:RECENT])
    mine = [row for row in rows if row.takes_part]
    context = {
        "underway": [row for row in mine if row.is_open],
        "ended": [row for row in mine if not row.is_open],
        "others": [row for row in rows if not row.takes_part],
        "may_open": person.has_role("officer") and person.unit_id is not None,
        "today": clock.today(),
    }
    return render(request, "inspections/list.html", context)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Where one is, and go: everything else can wait until one is inside."""
    person = person_of(request)
    counties = requests.county_choices(person)
    initial = {"county_code": requests.home_county(person)} | known(request, "inspections:new")
    form = PlaceForm(posted(request), counties=counties, initial=initial)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            opened = services.open_inspection(
                by=person,
                place=Place(**form.as_place()),
                inspection_id=uuid_or_none(request.POST.get("inspection_id", "")),
            )
        except (BadInput, Conflict) as refused:
            problem = refused
        else:
            return redirect(address(opened))
    context = {
        "form": form,
        "new_id": request.POST.get("inspection_id") or uuid7(),
        "person": person,
        "back_url": reverse("inspections:list"),
    }
    return show_page(request, "inspections/new.html", context, problem)


@officer
@never_cache
@require_POST
@speaks_json
def open_later(request: HttpRequest) -> HttpResponse:
    """An inspection begun on a phone without a signal: {id, place, started_at}. Twice is once. Answers {url}."""
    person, said = person_of(request), said_by_phone(request)
    inspection_id, place = uuid_or_none(str(said.get("id"))), said.get("place")
    if inspection_id is None or not isinstance(place, dict):
        raise BadInput(_("这次检查没有读懂，仍留在手机上。请在待发送里再试。"), code="opening_unreadable")
    try:
        began = parse_datetime(str(said.get("started_at")))
    except ValueError:
        began = None
    opened = services.open_inspection(
        by=person,
        place=known_place(person, place_of(place)),
        inspection_id=inspection_id,
        started_at=began if began is not None and began.tzinfo is not None else None,
    )
    return JsonResponse({"url": address(opened)}, status=201)


@officer
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """The second officer comes in by the code on the first one's phone; scanned, it is filled in already."""
    form = forms.JoinForm(posted(request), initial={"code": request.GET.get("code", "")[:20]})
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            joined = services.join(by=person_of(request), code=form.cleaned_data["code"])
        except (BadInput, Conflict) as refused:
            problem = refused
        else:
            messages.success(request, _("已加入检查 %(number)s。") % {"number": joined.number})
            return redirect(address(joined))
    context = {"form": form, "scanned": "code" in request.GET, "back_url": reverse("inspections:list")}
    return show_page(request, "inspections/join.html", context, problem)


@step("inspections:inspection")
def code(request: HttpRequest, person: User, inspection_id: UUID) -> HttpResponse:
    """Show a fresh code and its picture. It stands on this answer only: what is kept is a digest."""
    text, until = services.make_join_code(by=person, inspection_id=inspection_id)
    found = selectors.access_inspection(person, inspection_id)
    link = request.build_absolute_uri(reverse("inspections:join")) + f"?code={text}"
    context = frame(person, found) | {
        "code": f"{text[:3]} {text[3:]}",
        "until": until,
        "picture": qr(link),
        "officers": selectors.officers_of(found),
    }
    return render(request, "inspections/code.html", context)


def qr(link: str) -> SafeString:
    """A QR code as SVG to put into a page; dark on its own ground, whatever the theme."""
    out = io.BytesIO()
    segno.make(link, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, nl=False, omitsize=True, border=3, light="#fff", dark="#12151c"
    )
    return mark_safe(out.getvalue().decode())


@reader
@never_cache
@require_GET
def inspection(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """One inspection: what is done, what is next."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    context = frame(person, found)
    told = {notice.code for notice in selectors.notices_of(found)}
    context |= {
        "back_url": reverse("inspections:list"),
        "county": county_words(found.site),
        "officers": list(selectors.officers_of(found)),
        "persons": list(selectors.persons_of(found)),
        "told": len(told & set(REQUIRED_NOTICES)),
        "to_tell": len(REQUIRED_NOTICES),
        "overview": presenters.overview(person, found),
    }
    return render(request, "inspections/inspection.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def entity(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Whose premises: by code, by a photo of the licence, or without a licence."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    initial = {} if found.entity else known(request, "inspections:entity")
    form = forms.EntityForm(posted(request), instance=found.entity, initial=initial)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            licence = _licence(request)
            fields = {name: value for name, value in form.cleaned_data.items() if name not in {"kind", "name"}}
            services.set_entity(
                by=person,
                inspection_id=found.pk,
                kind=form.cleaned_data["kind"],
                name=form.cleaned_data["name"],
                licence_exhibit=licence,
                **fields,
            )
        except (BadInput, Conflict) as refused:
            problem = refused
            if refused.code.startswith("uscc"):
                form.add_error("uscc", refused.detail)
        else:
            messages.success(request, _("已记下当事人。"))
            return redirect(address(found))
    return show_page(request, "inspections/entity.html", frame(person, found) | {"form": form}, problem)


def _licence(request: HttpRequest) -> Exhibit | None:
    """The photo of the licence, sealed; None when none was taken."""
    if not request.FILES.get("file"):
        return None
    received = received_photo(request)
    return received if isinstance(received, Exhibit) else None


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def persons(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """Who is present, and one more."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    form = forms.PersonForm(posted(request))
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            services.add_person(
                by=person,
                inspection_id=found.pk,
                person_id=uuid_or_none(request.POST.get("person_id", "")),
                **form.cleaned_data,
            )
        except (BadInput, Conflict) as refused:
            problem = refused
        else:
            messages.success(request, _("已登记。"))
            return redirect("inspections:persons", found.pk)
    context = frame(person, found) | {
        "form": form,
        "persons": selectors.persons_of(found),
        "new_id": request.POST.get("person_id") or uuid7(),
    }
    return show_page(request, "inspections/persons.html", context, problem)


@step("inspections:persons")
def left(request: HttpRequest, person: User, inspection_id: UUID, *, present_id: UUID) -> None:
    """Somebody went away before the end."""
    present = selectors.access_person(person, present_id)
    services.add_person(
        by=person,
        inspection_id=inspection_id,
        person_id=present.pk,
        role=present.role,
        name=present.name,
        refused=present.refused,
        left_at=clock.now(),
    )


@reader
@never_cache
@require_GET
def notices(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What is read out, one after the other, with what was answered."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    return render(request, "inspections/notices.html", frame(person, found) | {"notices": _notices(found)})


def _notices(found: Inspection) -> list[dict[str, object]]:
    given = {notice.code: notice for notice in selectors.notices_of(found)}
    return [
        {
            "code": code,
            "label": label,
            "words": given[code].words if code in given else notice_words(found, code),
            "given": given.get(code),
            "required": code in REQUIRED_NOTICES,
            "asks": code == Notice.Code.AVOIDANCE,
        }
        for code, label in Notice.Code.choices
    ]


@step("inspections:notices")
def tell(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """One notice was read out."""
    services.give_notice(
        by=person,
        inspection_id=inspection_id,
        code=request.POST.get("code", ""),
        answer=request.POST.get("answer", "")[:400],
    )


@step("inspections:inspection")
def shown(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """This officer showed the certificate."""
    services.show_certificate(by=person, inspection_id=inspection_id)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def scene(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What was seen, what the party says, whether they sell or make, whether they were punished before."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    form = forms.SceneForm(posted(request), instance=found)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            services.describe(by=person, inspection_id=found.pk, **form.cleaned_data)
        except (BadInput, Conflict) as refused:
            problem = refused
        else:
            messages.success(request, _("已保存。"))
            return redirect(address(found))
    return show_page(request, "inspections/scene.html", frame(person, found) | {"form": form}, problem)


@step("inspections:inspection")
def place(request: HttpRequest, person: User, inspection_id: UUID) -> HttpResponse | None:
    """The place as it really is."""
    form = PlaceForm(request.POST, counties=requests.county_choices(person))
    if not form.is_valid():
        return turn_back(request, BadInput(_("请选择所在的县（区）。"), code="county_missing"), address(inspection_id))
    services.correct_place(by=person, inspection_id=inspection_id, place=Place(**form.as_place()))
    return None
