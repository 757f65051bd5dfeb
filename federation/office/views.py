"""Pages of the office: who wants in, who is in, whom to invite."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.admission import holds_office_post
from audit import trail
from federation.office import flight_rows, forms, today
from federation.office.selectors import flight
from federation.parties import files, selectors, services
from federation.parties.forms import province_names, tried
from federation.parties.models import Enrolment, Organisation
from kernel.errors import NotAllowed, NotFound404
from provinces.hosts import DIRECTORY
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 50


def office(view: View) -> View:
    """Let in people with a post in the office."""

    @wraps(view)
    @login_required
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not holds_office_post(request.user):  # type: ignore[arg-type]
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


@office
@require_GET
def enrolments(request: HttpRequest) -> HttpResponse:
    """Applications, those that wait first."""
    state = request.GET.get("state", "")
    if state not in Enrolment.State.values:
        state = ""
    page = paged(selectors.enrolments(state), request, PER_PAGE)
    states = [choice for choice in Enrolment.State.choices if choice[0] != Enrolment.State.DRAFT]
    return render(request, "office/enrolments.html", {"page": page, "state": state, "states": states})


@office
@require_http_methods(["GET", "POST"])
def enrolment(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """One application: papers, approve, refuse with the reason."""
    found = selectors.access_enrolment(enrolment_id)
    step = request.POST.get("step", "")
    approve_form = forms.ApproveForm(request.POST if step == "approve" else None)
    refuse_form = forms.RefuseForm(request.POST if step == "refuse" else None)
    if step == "approve" and approve_form.is_valid():
        short_name = approve_form.cleaned_data["short_name"]
        organisation = tried(
            approve_form,
            lambda: services.approve(by=request.user, enrolment_id=found.pk, short_name=short_name),  # type: ignore[arg-type]
        )
        if organisation:
            messages.success(request, _("{name}已入驻，已通知联系人。").format(name=organisation.name))
            return redirect("office:organisation", organisation_id=organisation.pk)
    if step == "refuse" and refuse_form.is_valid():
        reason = refuse_form.cleaned_data["reason"]
        if tried(
            refuse_form,
            lambda: services.refuse(by=request.user, enrolment_id=found.pk, reason=reason),  # type: ignore[arg-type]
        ):
            messages.success(request, _("已退回。申请人凭查询码可以看到原因。"))
            return redirect("office:enrolments")
    return render(
        request,
        "office/enrolment.html",
        {
            "enrolment": found,
            "documents": found.documents.all(),
            "approve_form": approve_form,
            "refuse_form": refuse_form,
            "trail": trail.of(found).reverse()[:20],
        },
        status=400 if approve_form.errors or refuse_form.errors else 200,
    )


@office
@require_GET
def enrolment_document(request: HttpRequest, enrolment_id: UUID, document_id: UUID) -> HttpResponse:
    """A paper of an application, as a file."""
    document = selectors.access_enrolment(enrolment_id).documents.filter(pk=document_id).first()
    if document is None:
        raise NotFound404()
    return files.download(document)


@office
@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Everybody who is or was in."""
    form = forms.OrganisationFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = selectors.organisations(
        text=wanted.get("q", "").strip(), kind=wanted.get("kind", ""), state=wanted.get("state", "")
    )
    page = paged(found, request, PER_PAGE)
    return render(request, "office/organisations.html", {"form": form, "page": page})


@office
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """One organisation: suspend, resume, let go."""
    found = selectors.any_organisation(organisation_id)
    form = forms.StandingForm(request.POST or None, organisation=found)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changed = tried(
            form,
            lambda: services.set_standing(
                by=request.user,  # type: ignore[arg-type]
                organisation_id=found.pk,
                verb=data["verb"],
                why=data["why"],
            ),
        )
        if changed:
            messages.success(request, _("已改为“{state}”，立即生效。").format(state=changed.get_state_display()))
            return redirect("office:organisation", organisation_id=found.pk)
    return render(
        request,
        "office/organisation.html",
        {
            "organisation": found,
            "members": selectors.members(found),
            "trademarks": selectors.trademarks_of(found),
            "mandates": selectors.mandates_of(found),
            "form": form if form.fields["verb"].choices else None,  # type: ignore[attr-defined]
            "trail": trail.of(found).reverse()[:20],
        },
        status=400 if form.errors else 200,
    )


@office
@require_GET
def wanted(request: HttpRequest) -> HttpResponse:
    """Brands that officers asked for and nobody answers for."""
    rows = selectors.wanted_brands(request.GET.get("q", "").strip())
    page = paged(rows, request, PER_PAGE)
    return render(request, "office/wanted.html", {"page": page, "names": province_names()})


@office
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """A morning's page: what waits at the office, with its age; each line leads to its list."""
    return render(
        request,
        "office/home.html",
        {
            "today": today.of(request),
            "overdue": flight_rows.rows(flight.overdue()[:5]),
            "waiting": selectors.enrolments(Enrolment.State.SUBMITTED)[:5],
            "province_count": len(DIRECTORY.real()),
            "organisation_count": selectors.organisations(state=Organisation.State.ACTIVE).count(),
            "wanted": selectors.wanted_brands()[:10],
            "names": province_names(),
        },
    )
