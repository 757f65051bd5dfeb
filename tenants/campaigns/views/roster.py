"""值班表."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from kernel.errors import BadInput, NotFound404
from tenants.campaigns import forms, presenters, selectors
from tenants.campaigns.services import roster as services
from tenants.campaigns.views.common import form_page, shell_of, try_it
from webui.pages import posted, uuid_or_none


@reader
@never_cache
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """A week of one unit: turns, who is on now, and where nobody is."""
    person = person_of(request)
    units = selectors.duty_units(person)
    if not units:
        raise NotFound404()
    asked = uuid_or_none(request.GET.get("unit", ""))
    unit = selectors.roster_unit(person, asked) if asked else units[0]
    context = presenters.week(unit, presenters.monday_of(request.GET.get("week", ""))) | {
        "shell": shell_of(person),
        "unit": unit,
        "units": units,
        "keeps": selectors.keeps_roster(person, unit.pk),
        "minutes": selectors.answer_minutes(unit),
    }
    return render(request, "campaigns/roster.html", context)


def _here(unit_id: UUID, week: str = "") -> str:
    return f"{reverse('campaigns:roster')}?unit={unit_id}" + (f"&week={presenters.monday_of(week)}" if week else "")


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One turn."""
    person = person_of(request)
    unit = selectors.roster_unit(person, unit_id, to_write=True)
    return form_page(
        request,
        forms.TurnForm(posted(request), people=selectors.colleagues(unit)),
        title=_("排一班"),
        lead=unit.name,
        here=_here(unit_id),
        work=lambda said: services.add_turn(
            by=person, unit_id=unit_id, **said | {"person_id": UUID(said["person_id"])}
        ),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def paste(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """A week out of a sheet: what was taken and what was not is said line by line."""
    person = person_of(request)
    unit = selectors.roster_unit(person, unit_id, to_write=True)
    form = forms.PasteForm(posted(request))
    context = {"unit": unit, "form": form, "back_url": _here(unit_id), "result": None, "problem": None}
    context["shell"] = shell_of(person)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            context["result"] = services.paste(by=person, unit_id=unit_id, text=form.cleaned_data["text"])
        except BadInput as problem:
            context["problem"], status = problem.detail, problem.status
    return render(request, "campaigns/paste.html", context, status=status)


@reader
@require_POST
def copy(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Last week once more."""
    person = person_of(request)
    selectors.roster_unit(person, unit_id)
    week = request.POST.get("week", "")
    monday = presenters.monday_of(week)

    def work() -> None:
        made, left = services.copy_week(by=person, unit_id=unit_id, monday=monday)
        words = ngettext("排了 %(n)d 班", "排了 %(n)d 班", made) % {"n": made}
        if left:
            more = ngettext("%(n)d 班没有排：已有班或人员停用", "%(n)d 班没有排：已有班或人员停用", left) % {"n": left}
            words = f"{words}；{more}"
        messages.success(request, words)

    return try_it(request, _here(unit_id, week or monday.isoformat()), work)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def minutes(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """How long one person has."""
    person = person_of(request)
    unit = selectors.roster_unit(person, unit_id, to_write=True)
    return form_page(
        request,
        forms.MinutesForm(posted(request), initial={"minutes": selectors.answer_minutes(unit)}),
        title=_("设置等待时间"),
        lead=_("特急线索叫醒值班人后，等几分钟再叫下一位。法定期限不受影响。"),
        here=_here(unit_id),
        work=lambda said: services.set_minutes(by=person, unit_id=unit_id, **said),
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def turn(request: HttpRequest, turn_id: UUID) -> HttpResponse:
    """One turn: somebody stands in."""
    person = person_of(request)
    row = selectors.access_turn(person, turn_id, to_write="own")
    lead = f"{row.person.display_name} · {presenters.hour_words(row.starts_at)} – {presenters.hour_words(row.ends_at)}"
    return form_page(
        request,
        forms.SubstituteForm(
            posted(request),
            people=selectors.colleagues(row.unit).exclude(pk=row.person_id),
            initial={"person_id": str(row.substitute_id or ""), "why": row.substitute_why},
        ),
        title=_("替班"),
        lead=lead,
        here=_here(row.unit_id, row.starts_at.date().isoformat()),
        work=lambda said: services.substitute(
            by=person,
            turn_id=turn_id,
            person_id=UUID(said["person_id"]) if said["person_id"] else None,
            why=said["why"],
        ),
    )


@reader
@require_POST
def remove(request: HttpRequest, turn_id: UUID) -> HttpResponse:
    """Take a turn away."""
    person = person_of(request)
    row = selectors.access_turn(person, turn_id)
    here = _here(row.unit_id, row.starts_at.date().isoformat())
    return try_it(request, here, lambda: services.remove_turn(by=person, turn_id=turn_id), _("已取消这一班。"))
