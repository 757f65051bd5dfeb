"""Pages of cases handed over, of what goes beside a letter, and of the days of this province's own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import holding, person_of, reader
from accounts.models import Post, User
from evidence import matters
from evidence import selectors as evidence
from kernel.errors import NotAllowed
from kernel.ids import uuid7
from tenants.correspondence import forms_assist, selectors
from tenants.correspondence import selectors_assist as doors
from tenants.correspondence.models import CaseTransfer, OfficialLetter
from tenants.correspondence.services import beside, claims, days, handing_over
from tenants.correspondence.views.assist import REFUSALS, form_page, shell_of
from webui.pages import turn_back

keeper = holding(Post.Role.BUREAU_ADMIN, Post.Role.LEADER)


def _letter_page(letter_id: UUID) -> str:
    return reverse("correspondence:letter", args=[letter_id])


# Cases handed over ---------------------------------------------------------------------------------------------------


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, case_transfer_id: UUID) -> HttpResponse:
    """提请立案 from a case that was taken."""
    person = person_of(request)
    row = doors.access_case_transfer(person, case_transfer_id)
    if row.side != CaseTransfer.Side.TAKING or not doors.works_up(person, row):
        raise NotAllowed()
    colleagues = doors.officers_for(row.letter).exclude(pk=person.pk)
    initial = {"cause_code": row.cause_code, "summary": row.letter.fields.get("facts", "")[:4000]}
    form = forms_assist.FilingForm(
        request.POST if request.method == "POST" else None, colleagues=list(colleagues[:60]), initial=initial
    )
    return form_page(
        request,
        form,
        title=_("提请立案"),
        lead=_("由移送案件提请立案。移送来的查封扣押期限连续计算。"),
        here=_letter_page(row.letter_id),
        work=lambda said: handing_over.propose(
            by=person,
            transfer_id=case_transfer_id,
            cause_code=said["cause_code"],
            summary=said["summary"],
            handler_ids=[UUID(pk) for pk in said["handler_ids"]],
            proposal_id=uuid7(),
        ),
        then=lambda made: reverse("cases:proposal", args=[made.pk]),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def designation(request: HttpRequest, case_transfer_id: UUID) -> HttpResponse:
    """报请指定管辖: a case may not be passed on."""
    person = person_of(request)
    row = doors.access_case_transfer(person, case_transfer_id)
    if row.side != CaseTransfer.Side.TAKING or not doors.keeps(person, row.letter):
        raise NotAllowed()
    return form_page(
        request,
        forms_assist.DesignateForm(request.POST if request.method == "POST" else None),
        title=_("报请指定管辖"),
        lead=_("受移送单位认为不属自己管辖的，不能再移送，由共同上级指定。"),
        here=_letter_page(row.letter_id),
        work=lambda said: handing_over.ask_designation(by=person, transfer_id=case_transfer_id, **said),
    )


# Beside a letter -----------------------------------------------------------------------------------------------------


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def send_evidence(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """移转证据 beside a letter."""
    person = person_of(request)
    letter = selectors.letter(person, official_id)
    if not beside.may_send(person, letter):
        raise NotAllowed()
    form = forms_assist.BesideForm(
        request.POST if request.method == "POST" else None, packages=_packages(person, letter)
    )
    return form_page(
        request,
        form,
        title=_("移转证据"),
        lead=_("选一个已封的证据包，原件随函移转到对方省份。对方逐件核对，有一件缺少或不一致，整批不算移转。"),
        here=_letter_page(letter.pk),
        work=lambda said: beside.send(by=person, letter_id=letter.pk, package_id=UUID(said["package_id"])),
    )


def _packages(person: User, letter: OfficialLetter) -> list[tuple[str, str]]:
    found = []
    for matter in matters.recent(person):
        for package in evidence.packages_of(matter):
            found.append((str(package.pk), f"{package.title} · {matter.number} {matter.title}"))
    return found


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """主张先立案."""
    person = person_of(request)
    letter = selectors.letter(person, official_id)
    if not claims.may_claim(person, letter):
        raise NotAllowed()
    own = [(str(each.pk), f"{each.number} {each.title}") for each in doors.cases_open_to(person)[:60]]
    form = forms_assist.ClaimForm(
        request.POST if request.method == "POST" else None,
        cases=own,
        initial={"case_id": str(letter.case_id) if letter.case_id else ""},
    )
    return form_page(
        request,
        form,
        title=_("主张先立案"),
        lead=_("几个单位都有管辖权的，由最先立案的管辖。两边的立案时间会并列显示；双方都主张的，提请共同上级处理。"),
        here=_letter_page(letter.pk),
        work=lambda said: claims.claim(
            by=person, letter_id=letter.pk, case_id=UUID(said["case_id"]), ground=said["ground"]
        ),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def give_way(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """让出管辖."""
    person = person_of(request)
    letter = selectors.letter(person, official_id)
    if not claims.may_claim(person, letter):
        raise NotAllowed()
    return form_page(
        request,
        forms_assist.YieldForm(request.POST if request.method == "POST" else None),
        title=_("让出管辖"),
        lead=_("案件由对方办理。"),
        here=_letter_page(letter.pk),
        work=lambda said: claims.give_way(by=person, letter_id=letter.pk, **said),
    )


# Days of this province's own -----------------------------------------------------------------------------------------


@keeper
@never_cache
@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Days that the national table does not have."""
    person = person_of(request)
    rows = doors.access_calendar(person)
    context = {
        "shell": shell_of(person),
        "rows": rows,
        "form": forms_assist.RegionalDayForm(initial={"kind": "holiday"}),
        "back_url": reverse("correspondence:assistances") if person.has_role(Post.Role.LEADER) else "",
    }
    return render(request, "correspondence/assist/calendar.html", context)


@keeper
@require_POST
def add_day(request: HttpRequest) -> HttpResponse:
    """Add one, or correct it."""
    person, here = person_of(request), reverse("correspondence:calendar")
    doors.access_calendar(person)
    form = forms_assist.RegionalDayForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            for each in errors:
                messages.error(request, each)
        return redirect(here)
    try:
        days.put(by=person, **form.cleaned_data)
    except REFUSALS as problem:
        return turn_back(request, problem, here)
    return redirect(here)


@keeper
@require_POST
def remove_day(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Take one out; dates that were told stay as they were told."""
    days.remove(by=person_of(request), day_id=day_id)
    return redirect("correspondence:calendar")
