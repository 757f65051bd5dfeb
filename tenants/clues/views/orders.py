"""督办: the list of what is owed, an order on a case or a letter, and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import person_of, reader
from kernel.errors import NotAllowed, NotFound404, Words
from tenants.cases import selectors as cases
from tenants.clues import forms_work as forms
from tenants.clues import selectors, supervised
from tenants.clues.letters import Thing
from tenants.clues.services import supervising
from tenants.clues.views.work import Said, form_page
from webui.pages import posted


@reader
@never_cache
@require_GET
def supervised_list(request: HttpRequest) -> HttpResponse:
    """督办 of clues, cases and letters: what is owed, the overdue first."""
    person = person_of(request)
    rows = list(selectors.supervisions_seen_by(person).exclude(state="lifted")[:300])
    found = supervised.lines(person, rows)
    context = {
        "late": [each for each in found if each.late],
        "rows": [each for each in found if not each.late],
        "back_url": "/",
    }
    return render(request, "clues/file/supervised.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def order_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """An order on a case."""
    person = person_of(request)
    thing = supervised.of_case(cases.access_case(person, case_id))
    return _order(request, thing, lambda said: supervising.order_case(by=person, case_id=case_id, **said))


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def order_notice(request: HttpRequest, assist_id: UUID) -> HttpResponse:
    """An order on a notice to a right holder."""
    person = person_of(request)
    thing = selectors.letter(person, "notice", assist_id)
    return _order(request, thing, lambda said: supervising.order_notice(by=person, letter_id=assist_id, **said))


def _order(request: HttpRequest, thing: Thing, work: Callable[[Said], Any]) -> HttpResponse:
    if not supervised.may_order(person_of(request), thing):
        raise NotAllowed()
    return form_page(
        request,
        forms.SuperviseForm(posted(request)),
        title=_("督办"),
        lead=_("写明要求和期限，到期没有回复会提醒并列入超期。"),
        here=thing.url,
        work=work,
        about=thing,
    )


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def supervision_step(request: HttpRequest, supervision_id: UUID, step: str) -> HttpResponse:
    """Answer, send back, lift."""
    person = person_of(request)
    row = selectors.supervision(person, supervision_id)
    thing = supervised.thing_of(row)
    steps: dict[str, tuple[Words, Words, type[django_forms.Form], Callable[[Said], Any]]] = {
        "answer": (
            _("回复督办"),
            row.demand,
            forms.AnswerForm,
            lambda said: supervising.answer(by=person, supervision_id=row.pk, **said),
        ),
        "refuse": (
            _("退回重办"),
            row.answer or row.demand,
            forms.RefuseForm,
            lambda said: supervising.refuse(by=person, supervision_id=row.pk, **said),
        ),
        "lift": (
            _("解除督办"),
            row.answer or row.demand,
            forms.WordsForm,
            lambda said: supervising.lift(by=person, supervision_id=row.pk, **said),
        ),
    }
    if step not in steps:
        raise NotFound404()
    title, lead, form, work = steps[step]
    return form_page(request, form(posted(request)), title=title, lead=lead, here=thing.url, work=work, about=thing)
