"""One question to the brand that reported, and what comes back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from federation.contracts.addresses import Address
from federation.contracts.clues import ClueAskV1
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, Conflict
from tenants.clues import answers_selectors as doors
from tenants.clues import selectors
from tenants.clues.models import SourceQuestion

REPLY_DAYS = 5
"""Working days a brand has to answer."""


@transaction.atomic
def ask_source(*, by: User, report_id: UUID, text: str) -> SourceQuestion:
    """Ask the brand. What is written goes to it as it stands: no names, nothing of the file.

    Raises NotFound404, NotAllowed; BadInput (`question_missing`), Conflict (`question_waiting`).
    """
    report = doors.report(by, report_id)
    selectors.clue_to_change(by, report.clue_id, who="any")
    text = text.strip()[:2000]
    if not text:
        raise BadInput(_("请写要问的问题。"), code="question_missing")
    if report.questions.filter(state=SourceQuestion.State.WAITING).exists():
        raise Conflict(_("上一个问题还没有答复。请等答复后再问。"), code="question_waiting")
    now = clock.now()
    reply_by = clock.add_working_days(now, REPLY_DAYS).date
    row = SourceQuestion.objects.create(report=report, text=text, asked_by=by, asked_at=now, reply_by=reply_by)
    message = ClueAskV1(
        clue_id=report.brand_clue_id,
        question_id=row.pk,
        number=report.clue.number,
        text=text,
        reply_by=reply_by,
        at=now,
    )
    post(
        message,
        to=Address.parse(report.party),
        thread=report.brand_clue_id,
        by=by,
        in_reply_to=report.letter_id,
        purpose="clue",
    )
    trail.record(report.clue, "ask_source", by=by)
    return row
