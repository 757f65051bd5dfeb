"""Writing a letter: to whom, what it says, what goes along."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person_of, reader
from federation.directory import book
from kernel.errors import BadInput, NotAllowed, Problem
from tenants.correspondence import forms, outside, presenters, selectors
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services import drafting, steps
from tenants.correspondence.services.drafting import To
from tenants.correspondence.views.common import shell_of
from webui.pages import posted, show_page, uuid_or_none
from webui.prefill import known

SHOWN = 30


def _draft(request: HttpRequest, official_id: UUID) -> OfficialLetter:
    person = person_of(request)
    found = selectors.letter(person, official_id)
    if not found.is_out or not steps.works_on(person, found):
        raise NotAllowed()
    steps.require_state(found, OfficialLetter.State.DRAFT)
    return found


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """The parts of a draft, the kind's own, the list of evidence."""
    person, letter = person_of(request), _draft(request, official_id)
    spec, setting = kind(letter.kind), drafting.setting_for(person, letter=letter)
    common = {name: getattr(letter, name) for name in drafting.PARTS} | {"cc": "、".join(letter.cc)}
    common |= {name: value for name, value in known(request, "correspondence:edit").items() if not common[name]}
    form = forms.PartsForm(posted(request), initial=common)
    own = spec.form(posted(request), setting)
    for name, field in own.fields.items():
        own.initial[name] = _shown(letter.fields.get(name, field.initial))
    context: dict[str, Any] = {
        "letter": letter, "spec": spec, "form": form, "own": own, "shell": shell_of(person),
        "exhibits": presenters.offered_exhibits(person, letter),
        "back_url": reverse("correspondence:letter", args=[letter.pk]),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid() and own.is_valid():
        said = dict(form.cleaned_data)
        cc = said.pop("cc").replace("，", "、").replace(",", "、").split("、")
        try:
            drafting.change(by=person, letter_id=letter.pk, fields=_plain(request, own), cc=cc, **said)
            chosen = [found for text in request.POST.getlist("exhibit") if (found := uuid_or_none(text))]
            drafting.put_exhibits(by=person, letter_id=letter.pk, exhibit_ids=chosen)
        except (BadInput, Problem) as problem:
            return show_page(request, "correspondence/edit.html", context, problem)
        return redirect("correspondence:letter", letter.pk)
    status = 400 if request.method == "POST" else 200
    return render(request, "correspondence/edit.html", context, status=status)


def _shown(value: Any) -> Any:
    plain = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return "\n".join(value) if plain else value


def _plain(request: HttpRequest, own: Any) -> Any:
    """What was posted for the kind's own form: the service reads it again, as it does for the API."""
    return request.POST


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def to(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """Choose whom it goes to: a unit of the directory, a department, or provinces and groups."""
    person, letter = person_of(request), _draft(request, official_id)
    spec = kind(letter.kind)
    query = request.GET.get("q", "").strip()
    clue = letter.clue
    proposed = presenters.competent_bureau(clue) if clue is not None and clue.out_of_province else None
    context: dict[str, Any] = {
        "letter": letter, "spec": spec, "q": query, "shell": shell_of(person),
        "found": _found(query) if "unit" in spec.to else [],
        "proposed": proposed if proposed is not None and "unit" in spec.to else None,
        "partners": list(selectors.partners()) if "partner" in spec.to else [],
        "provinces": outside.other_provinces() if "provinces" in spec.to else [],
        "groups": outside.groups() if "provinces" in spec.to else [],
        "chosen": {each.removeprefix("province:") for each in letter.copies.values_list("party", flat=True)},
        "may_keep_partners": selectors.may_keep_partners(person),
        "back_url": reverse("correspondence:letter", args=[letter.pk]),
    }  # fmt: skip
    if request.method == "POST":
        try:
            drafting.change(by=person, letter_id=letter.pk, to=_said(request))
        except Problem as problem:
            return show_page(request, "correspondence/to.html", context, problem)
        return redirect("correspondence:edit", letter.pk)
    return render(request, "correspondence/to.html", context)


def _said(request: HttpRequest) -> To:
    said = To(
        unit_ref=request.POST.get("unit_ref", "")[:80],
        partner_id=uuid_or_none(request.POST.get("partner_id", "")),
        provinces=tuple(request.POST.getlist("province")),
        group_id=uuid_or_none(request.POST.get("group_id", "")),
    )
    if said.is_empty:
        raise BadInput(_("还没有选收件单位。请从单位名录或协作部门中选择。"), code="letter_addressee_missing")
    return said


def _found(query: str) -> list[book.DirectoryUnit]:
    if not query:
        return []
    own = outside.own_province()
    return [each for each in book.units(query=query[:60]) if each.province_code != own][:SHOWN]


@reader
@never_cache
@require_GET
def partners(request: HttpRequest) -> HttpResponse:
    """协作部门."""
    person = person_of(request)
    context = {
        "rows": list(selectors.partners(with_closed=True)), "may_keep": selectors.may_keep_partners(person),
        "shell": shell_of(person), "back_url": reverse("correspondence:letters"),
    }  # fmt: skip
    return render(request, "correspondence/partners.html", context)
