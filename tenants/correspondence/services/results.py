"""处理结果: told as often as there is something; the last one closes the matter on both sides (F-12)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.official import OfficialResultV1
from federation.letters import receipts
from federation.letters.post import Envelope, post
from kernel.errors import Conflict
from kernel.ids import uuid7
from tenants.clues.models import Clue
from tenants.correspondence import selectors
from tenants.correspondence.kinds import kind
from tenants.correspondence.models import BulletinCopy, LetterResult, OfficialLetter
from tenants.correspondence.services import steps
from tenants.correspondence.services.steps import State, announce, need, receivers, require, require_state, tell_people

Direction = OfficialLetter.Direction


@transaction.atomic
def tell(
    *, by: User, letter_id: UUID, words: str, final: bool = False, result: str = "", outcome: str = "",
    number: str = "", result_id: UUID | None = None,
) -> LetterResult:  # fmt: skip
    """Feedback on a received letter. final: nothing more will come, and the letter is closed here and there.

    result, outcome: as of a clue, where it is one. result_id: chosen by the page, so twice is once.
    """
    letter = selectors.letter_to_change(by, letter_id, direction=Direction.IN)
    require(steps.may_receive(by, letter) or _checks_its_clue(by, letter))
    known = LetterResult.objects.filter(pk=result_id, letter=letter).first() if result_id else None
    if known is not None:
        return known
    if not kind(letter.kind).answered:
        raise Conflict(_("这类函不用反馈结果。"), code="letter_not_answered")
    require_state(letter, State.ACCEPTED, State.ANSWERED)
    said = need(words, _("请写明办理情况。"), "reason_missing")
    row = LetterResult.objects.create(
        id=result_id or uuid7(),
        letter=letter,
        serial=letter.results.count() + 1,
        final=final,
        result=result if result in Clue.Result.values else "",
        outcome=outcome if outcome in Clue.Outcome.values else "",
        words=said[:4000],
        number=number.strip()[:80],
        unit_name=letter.own_unit.name,
        who=by.name,
    )
    move(letter, "answer", by=by, answered_at=letter.answered_at or row.at)
    if letter.post_id is not None:
        receipts.answered(letter.post_id)
    post(
        OfficialResultV1(
            letter_id=letter.origin_id, result_id=row.pk, serial=row.serial, final=final, result=row.result,
            outcome=row.outcome, words=row.words, number=row.number, unit_name=row.unit_name, who=row.who, at=row.at,
        ),
        to=Address.parse(letter.peer_party), thread=letter.thread, by=by, in_reply_to=letter.post_id,
    )  # fmt: skip
    if final:
        move(letter, "close", by=by, closed_at=row.at)
    announce(letter, "answer")
    return row


def _checks_its_clue(by: User, letter: OfficialLetter) -> bool:
    clue = letter.clue
    return clue is not None and (clue.holder_id == by.pk or clue.verifiers.filter(officer=by, until=None).exists())


@transaction.atomic
def from_clue(*, by: User, letter_id: UUID) -> LetterResult:
    """The clue's end as the final result, in one tap: what was found, what was done, why.

    Raises Conflict while the clue goes on.
    """
    letter = selectors.letter(by, letter_id)
    clue = letter.clue
    if clue is None or clue.state != Clue.State.ENDED:
        raise Conflict(_("线索还没有办结。办结后可一键反馈；也可以先填写阶段情况。"), code="clue_goes_on")
    return tell(by=by, letter_id=letter_id, final=True, **result_of(clue))


def result_of(clue: Clue) -> dict[str, Any]:
    """The end of a clue as a result tells it."""
    return {
        "result": clue.result, "outcome": clue.outcome, "number": clue.outside_number,
        "words": clue.ending_words or f"{clue.get_result_display()}；{clue.get_outcome_display()}",
    }  # fmt: skip


def came(message: OfficialResultV1, envelope: Envelope) -> None:
    """A result has come. Kept once; in whatever order, the final one closes."""
    party = str(envelope.sender)
    letter = selectors.out_letter(message.letter_id, to=party)
    who = Actor(None, f"{message.unit_name} {message.who}"[:80])
    copy = BulletinCopy.objects.select_for_update().filter(letter=letter, party=party).first()
    if copy is not None:
        words = "\n".join(each for each in (copy.words, message.words) if each)[:4000]
        move(copy, "answer", by=who, words=words)
        announce(letter, "answer")
        return
    if LetterResult.objects.filter(pk=message.result_id).exists():
        return
    LetterResult.objects.create(
        id=message.result_id, letter=letter, serial=message.serial, final=message.final, result=message.result,
        outcome=message.outcome, words=message.words, number=message.number, unit_name=message.unit_name,
        who=message.who, at=message.at,
    )  # fmt: skip
    if letter.state in (State.ACCEPTED, State.ANSWERED):
        move(letter, "answer", by=who, answered_at=letter.answered_at or message.at)
        if message.final:
            move(letter, "close", by=who, closed_at=message.at)
    title = _("对方办结并反馈了结果") if message.final else _("对方反馈了办理情况")
    tell_people([letter.drafted_by, letter.checked_by], letter, "official_result", title)
    announce(letter, "answer")


def on_clue(clue: Clue, verb: str) -> None:
    """The clue that a letter became has ended: whoever answers for the letter is reminded that feedback is owed."""
    if verb != "end":
        return
    rows = OfficialLetter.objects.filter(
        clue=clue, direction=Direction.IN, state__in=(State.ACCEPTED, State.ANSWERED)
    ).select_related("own_unit", "handler")
    for letter in rows:
        if kind(letter.kind).answered:
            tell_people(receivers(letter), letter, "official_to_answer", _("来函的线索已办结，请一键反馈结果"))
