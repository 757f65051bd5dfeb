"""Help on the spot."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import officer, person_of
from appraisal.requests import forms, presenters, selectors, services
from appraisal.requests.views.common import own_request, step_page
from kernel.errors import BadInput, Conflict
from webui.pages import posted, turn_back, uuid_or_none


@officer
@require_http_methods(["GET", "POST"])
def onsite(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask the brand to come to the place."""
    found = own_request(request, request_id)
    form = forms.OnsiteForm(posted(request), initial={"contact": person_of(request).phone or ""})
    return step_page(
        request,
        request_id,
        form=form,
        title=_("申请现场协助"),
        lead=_("请%(name)s派人到场。对方同意或另提时间后，会在申请页显示。") % {"name": found.organisation_name},
        button=_("发送"),
        act=lambda: services.ask_onsite(
            by=person_of(request),
            request_id=request_id,
            appointment_id=uuid_or_none(request.POST.get("new_id", "")),
            **form.cleaned_data,
        ),
        said=_("已申请现场协助。"),
    )


@officer
@require_POST
def answer_onsite(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Agree to, decline or finish an appointment."""
    person = person_of(request)
    row = selectors.access_appointment(person, appointment_id)
    verb = request.POST.get("verb", "")
    back = presenters.detail_url(row.request)
    if verb not in {"agree", "decline", "finish"}:
        raise BadInput(code="verb_unknown", verb=verb)
    try:
        services.answer_onsite(by=person, appointment_id=row.pk, verb=verb, note=request.POST.get("note", "")[:500])
    except (BadInput, Conflict) as problem:
        return turn_back(request, problem, back)
    return redirect(back)
