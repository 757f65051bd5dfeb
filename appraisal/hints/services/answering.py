"""A hint is taken, refused, left aside; a look back is read."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.hints import selectors
from appraisal.hints.models import Hint, LookBack
from appraisal.requests import selectors as requests
from appraisal.requests.services.steps import announce, to_brand
from audit.move import move
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.recognition import HintAnsweredV1
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput

ANSWERS = {"accept": "accepted", "reject": "rejected", "ignore": "ignored", "undo": "shown"}
"""Verb of the officer to state of the hint."""


@transaction.atomic
def decide(*, by: User, hint_id: UUID, answer: str, note: str = "") -> Hint:
    """Take a hint (accept), refuse it (reject), leave it aside (ignore), or take that back (undo). The brand is told.

    The same answer twice is once. Raises NotFound404; NotAllowed for who may only read; BadInput for another answer.
    """
    if answer not in ANSWERS:
        raise BadInput(_("请选择采纳、不像、搁置或收回。"), code="answer_unknown", answer=answer)
    seen = selectors.access_hint(by, hint_id)
    request = requests.access_request(by, seen.request_id, lock=True)
    hint = selectors.access_hint(by, hint_id, lock=True)
    if hint.state == ANSWERS[answer]:
        return hint
    now, undone = clock.now(), answer == "undo"
    move(
        hint,
        answer,
        by=by,
        why=note.strip(),
        decided_by=None if undone else by,
        decided_at=None if undone else now,
        note=note.strip()[:500],
    )
    answered = HintAnsweredV1(
        hint_id=hint.pk,
        request_id=request.pk,
        answer=hint.state,
        # Another right holder's library is told what became of its hint, and no more of a matter that is not its own.
        note="" if hint.elsewhere else hint.note,
        who="" if hint.elsewhere else by.display_name[:40],
        at=now,
    )
    if hint.elsewhere:
        post(
            answered,
            to=Address.organisation(hint.organisation_id),
            thread=hint.pk,
            by=Actor(None, "系统"),
            purpose="recognition",
        )
    else:
        to_brand(request, answered, by)
    announce(request, "hint")
    return hint


@transaction.atomic
def read_look_back(*, by: User, look_back_id: UUID) -> LookBack:
    """The officer has seen that goods of an earlier request look like a fake. Twice is once.

    Raises NotFound404; NotAllowed for who may only read.
    """
    seen = selectors.access_look_back(by, look_back_id)
    requests.access_request(by, seen.item.request_id, lock=True)
    found = selectors.access_look_back(by, look_back_id, lock=True)
    if found.state == LookBack.State.NEW:
        move(found, "read", by=by, read_by=by, read_at=clock.now())
    return found
