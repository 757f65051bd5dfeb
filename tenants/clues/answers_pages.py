"""What pages show of sources: the panel on a clue, the counts of the navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.models import Post, User
from evidence.models import Exhibit
from tenants.clues import answers_selectors as doors
from tenants.clues import selectors
from tenants.clues.models import BrandReport, Clue, SourceQuestion, Telling
from tenants.clues.services import answering
from webui.slots import Piece

TELLINGS = {
    Telling.State.DUE: ("wait", "clock"),
    Telling.State.TOLD: ("good", "tick"),
    Telling.State.OBSOLETE: ("neutral", "cross"),
}


def on_clue(request: HttpRequest, *, clue: Clue, **more: Any) -> Piece | None:
    """Sources of a clue and what each heard; what brands handed in, were asked, and how their clues ended before."""
    lead = clue.lead if clue.lead is not None else clue
    reports = doors.reports_with(lead)
    person = request.user
    may_ask = isinstance(person, User) and (
        selectors.keeps_desk(person, lead) or selectors.works_for(person, lead.holder_unit_id)
    )
    return Piece(
        "clues/answers/_on_clue.html",
        {
            "sources": [_source(each) for each in doors.sources_of(lead)],
            "reports": [report_shown(each) for each in reports],
            "quality": doors.quality(parties={each.party for each in reports}) if reports else [],
            "may_ask": may_ask and lead.state in Clue.OPEN,
            "own_number": clue.number,
        },
    )


def _source(source: Any) -> dict[str, Any]:
    last = doors.last_feedback(source)
    telling = Telling.objects.filter(feedback=last).first() if last is not None else None
    return {
        "row": source,
        "name": doors.source_name(source),
        "number": source.clue.number,
        "heard": answering.words_of(last.shown) if last is not None else "",
        "at": last.at if last is not None else None,
        "by_letter": bool(last is not None and last.letter_id),
        "telling": telling,
    }


def report_shown(report: BrandReport) -> dict[str, Any]:
    """A report with its additions, its questions and the exhibits of its recordings."""
    said = [*report.recordings, *(each for row in report.additions.all() for each in row.recordings)]
    digests = [each["sha256"] for each in said]
    exhibits = dict(Exhibit.objects.filter(sha256__in=digests, view_only=False).values_list("sha256", "pk"))
    questions = list(report.questions.all())
    return {
        "row": report,
        "basis": report.basis,
        "recordings": [{**each, "exhibit_id": exhibits.get(each["sha256"])} for each in said],
        "purchases": [*report.purchases, *(each for row in report.additions.all() for each in row.purchases)],
        "additions": list(report.additions.all()),
        "questions": questions,
        "waiting": any(each.state == SourceQuestion.State.WAITING for each in questions),
    }


def is_offered(request: HttpRequest) -> bool:
    """Whether the person has posts by which sources are answered."""
    person = request.user
    return isinstance(person, User) and person.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


def waiting(request: HttpRequest) -> int:
    """How many sources are still to be told."""
    return doors.tellings_for(request.user).count() if isinstance(request.user, User) else 0
