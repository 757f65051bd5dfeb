"""The list, a new letter, one letter as a dossier, its printed form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from kernel import clock, searching
from kernel.errors import NotAllowed, NotFound404
from notify.live import live_cursor
from tenants.clues import selectors as clues
from tenants.correspondence import checks, files, paper, presenters, selectors
from tenants.correspondence.kinds import kind, kinds
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.models.letter import SEARCHED
from tenants.correspondence.services import drafting, receiving, results, sending, steps
from tenants.correspondence.views.common import shell_of, try_it
from tenants.correspondence.views.stepping import STEPS
from webui.pages import PER_PAGE, paged, uuid_or_none

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@reader
@never_cache
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """Letters by list, kind and words."""
    person, cursor = person_of(request), live_cursor()
    asked = request.GET.get("box", "")
    name = asked if asked in presenters.BOXES else "all"
    rows = selectors.box(person, name)
    code, words = request.GET.get("kind", ""), request.GET.get("q", "").replace("\0", "").strip()[:80]
    if code in {each.code for each in kinds()}:
        rows = rows.filter(kind=code)
    if words:
        rows = searching.matching(rows, words, said=SEARCHED)
    page = paged(rows.prefetch_related(None), request, PER_PAGE)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "page": page,
        "query": kept.urlencode(),
        "rows": [presenters.line(each) for each in page],
        "boxes": [
            {"code": box, "label": label, "current": box == name, "count": selectors.box(person, box).order_by().count()
             if box in ("to_receive", "to_check", "to_issue", "overdue") else 0}
            for box, label in presenters.BOXES.items()
        ],
        "box": name,
        "kinds": kinds(),
        "kind": code,
        "q": words,
        "may_draft": steps.may_draft(person),
        "may_keep_partners": selectors.may_keep_partners(person),
        "shell": shell_of(person),
        "live_cursor": cursor,
        "live_topics": "official",
    }  # fmt: skip
    return render(request, "correspondence/letters.html", context)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the kind; or, from another page, begin at once."""
    person = person_of(request)
    if not steps.may_draft(person):
        raise NotAllowed(_("公函由执法人员或线索管理员拟稿。"), code="drafters_only")
    if request.method == "POST":
        clue_id = uuid_or_none(request.POST.get("clue_id", ""))
        earlier = uuid_or_none(request.POST.get("refers_to_id", ""))
        back = reverse("correspondence:letters")
        if earlier:
            back = reverse("correspondence:letter", args=[earlier])
        elif clue_id:
            back = reverse("clues:detail", args=[clue_id])
        return try_it(request, back, lambda: _begin(request, clue_id, earlier))
    clue_id = uuid_or_none(request.GET.get("clue", ""))
    clue = clues.clue(person, clue_id) if clue_id else None
    if clue is None:
        offered = [each for each in kinds() if not each.needs and not each.hidden]
        from_clue = [each for each in kinds() if each.needs == "clue" and not each.hidden]
    else:
        offered, from_clue = [each for each in kinds() if each.needs != "case" and not each.hidden], []
    context = {
        "kinds": offered, "from_clue": from_clue, "clue": clue, "shell": shell_of(person),
        "back_url": reverse("correspondence:letters"),
    }  # fmt: skip
    return render(request, "correspondence/new.html", context)


def _begin(request: HttpRequest, clue_id: UUID | None, earlier: UUID | None) -> str:
    made = drafting.draft(
        by=person_of(request),
        kind_code=request.POST.get("kind", ""),
        clue_id=clue_id,
        case_id=uuid_or_none(request.POST.get("case_id", "")),
        refers_to_id=earlier,
        refers_as=request.POST.get("refers_as", ""),
        letter_id=uuid_or_none(request.POST.get("official_id", "")),
    )
    return reverse("correspondence:edit" if made.peer_name else "correspondence:to", args=[made.pk])


@reader
@never_cache
@require_GET
def letter(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """One letter: what it says, where it stands, what comes next."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.letter(person, official_id)
    receiving.opened(by=person, letter=found)
    spec = kind(found.kind)
    in_hand = found.is_out and found.state in OfficialLetter.IN_HAND
    context = {
        "letter": found,
        "spec": spec,
        "chip": presenters.chip(found),
        "due": presenters.due(found),
        "waiting": sending.waiting_words(found),
        "stuck": sending.stuck_words(found),
        "facts": presenters.facts(found),
        "said": presenters.said(found),
        "about": list(spec.facts(found)),
        "items": presenters.items(found),
        "copies": presenters.copies(found),
        "approvals": presenters.approvals(found),
        "results": presenters.result_rows(found),
        "events": presenters.timeline(found),
        "findings": checks.look_over(found) if in_hand else None,
        "offer": presenters.result_offered(found),
        "steps": [each for each in STEPS.values() if each.open_to(found, person)],
        "may_edit": found.state == OfficialLetter.State.DRAFT and steps.works_on(person, found),
        "may_correct": found.is_out and steps.may_draft(person) and found.kind != "correction"
        and found.state not in (*OfficialLetter.IN_HAND, OfficialLetter.State.VOID),
        "may_readdress": found.is_out and found.state in (OfficialLetter.State.RETURNED, OfficialLetter.State.VOID)
        and steps.may_draft(person),
        "corrections": [presenters.line(each) for each in found.referred_by.exclude(state="void")],
        "piece": spec.piece(request, found) if spec.piece is not None else None,
        "shell": shell_of(person),
        "live_cursor": cursor,
        "live_topics": f"official:{found.pk}",
        "back_url": reverse("correspondence:letters"),
    }  # fmt: skip
    return render(request, "correspondence/letter.html", context)


@reader
@require_POST
def result_from_clue(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """The clue's end told as the final result, in one tap."""
    person = person_of(request)
    here = reverse("correspondence:letter", args=[official_id])
    return try_it(
        request, here, lambda: results.from_clue(by=person, letter_id=official_id) and None, _("已反馈，函已办结。")
    )


@reader
@require_POST
def readdress(request: HttpRequest, official_id: UUID) -> HttpResponse:
    """A returned letter once more, to whom its addressee named or to be chosen: a new draft that refers to it."""
    person = person_of(request)
    earlier = selectors.letter(person, official_id)

    def work() -> str:
        made = drafting.again(by=person, letter_id=earlier.pk)
        return reverse("correspondence:edit" if made.peer_name else "correspondence:to", args=[made.pk])

    return try_it(request, reverse("correspondence:letter", args=[official_id]), work)


@reader
@never_cache
@require_GET
def printed(request: HttpRequest, official_id: UUID, file_format: str) -> HttpResponse:
    """The official form: PDF as it was sealed, or Word to edit."""
    found = selectors.letter(person_of(request), official_id)
    if not found.is_out and file_format == "docx":
        raise NotFound404()
    data, media = (files.pdf(found), "application/pdf") if file_format == "pdf" else (paper.word(found), DOCX)
    name = found.document_no or f"{clock.today():%Y%m%d}-{found.pk.hex[-6:]}"
    answer = HttpResponse(data, content_type=media)
    answer["Content-Disposition"] = _named(f"{name}.{file_format}", inline=file_format == "pdf")
    return answer


def _named(name: str, *, inline: bool) -> str:
    from django.utils.http import content_disposition_header

    found: Any = content_disposition_header(not inline, name)
    return str(found)
