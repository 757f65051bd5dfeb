"""Pages of what sources are told: the list to tell by phone or letter, what became of brands' clues, a question."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person_of, reader
from kernel.errors import NotFound404, Problem
from tenants.clues import answers_pages, answers_selectors
from tenants.clues.models import Telling
from tenants.clues.services import answering, questioning
from tenants.clues.services.steps import url
from webui.pages import paged

PER_PAGE = 30


@reader
@never_cache
@require_GET
def tellings(request: HttpRequest) -> HttpResponse:
    """Sources that no letter reaches: whom to tell what, and by when."""
    person = person_of(request)
    state = request.GET.get("state", Telling.State.DUE)
    state = state if state in (Telling.State.DUE, Telling.State.TOLD) else Telling.State.DUE
    page = paged(answers_selectors.tellings_for(person, state=state), request, PER_PAGE)
    rows = []
    for row in page.object_list:
        tone, shape = answers_pages.TELLINGS[Telling.State(row.state)]
        rows.append(
            {
                "row": row,
                "clue": row.feedback.clue,
                "url": url(row.feedback.clue),
                "source": answers_selectors.source_name(row.feedback.source),
                "ref": row.feedback.source.ref,
                "heard": answering.words_of(row.feedback.shown),
                "tone": tone,
                "shape": shape,
            }
        )
    context = {
        "page": page,
        "rows": rows,
        "state": state,
        "ways": Telling.Way.choices,
        "due_count": answers_selectors.tellings_for(person).count(),
        "questions": answers_selectors.questions_waiting(person)[:10],
    }
    return render(request, "clues/answers/tellings.html", context)


@reader
@require_POST
def told(request: HttpRequest, clue_telling_id: UUID) -> HttpResponse:
    """The source was told."""
    person = person_of(request)
    row = answers_selectors.telling(person, clue_telling_id)
    try:
        answering.mark_told(
            by=person, telling_id=row.pk, way=request.POST.get("way", ""), note=request.POST.get("note", "")
        )
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("已记录：来源已告知。"))
    return redirect("clue_answers:tellings")


@reader
@never_cache
@require_GET
def brands(request: HttpRequest) -> HttpResponse:
    """What became of the clues of each brand, and which of theirs are open: one action could take them together."""
    person = person_of(request)
    bundles = {each.party: each for each in answers_selectors.bundles_by_brand(person)}
    chosen = bundles.get(request.GET.get("brand", ""))
    context = {
        "rows": [{"quality": each, "bundle": bundles.get(each.party)} for each in answers_selectors.quality()],
        "chosen": chosen,
        "chosen_rows": [{"clue": each, "url": url(each)} for each in chosen.clues] if chosen else [],
    }
    return render(request, "clues/answers/brands.html", context)


@reader
@require_POST
def ask(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Ask the brand that reported one question."""
    person = person_of(request)
    report = answers_selectors.report(person, report_id)
    try:
        questioning.ask_source(by=person, report_id=report.pk, text=request.POST.get("text", ""))
    except NotFound404:
        raise
    except Problem as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("问题已送出，来源会在平台上答复。"))
    return redirect(url(report.clue))
