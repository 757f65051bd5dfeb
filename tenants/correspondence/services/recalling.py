"""撤回: before it is taken on the sender takes a letter back; after that only with the addressee's consent."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Actor, Person
from federation.contracts.addresses import Address
from federation.contracts.official import OfficialRecallAnsweredV1, OfficialRecallV1
from federation.letters import receipts
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import Conflict
from tenants.correspondence import selectors
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services import steps
from tenants.correspondence.services.steps import (
    MACHINE,
    State,
    announce,
    need,
    receivers,
    require,
    require_state,
    tell_people,
)

Direction = OfficialLetter.Direction
ON_THE_DESK = (State.DELIVERED, State.RECEIVED)


@transaction.atomic
def recall(*, by: User, letter_id: UUID, reason: str) -> OfficialLetter:
    """Ask for a letter back. The addressee's side answers by itself as long as nobody there has taken it on.

    On paper it is back when the person says so. Raises NotAllowed, BadInput, NotWaiting, Conflict.
    """
    letter = selectors.letter_to_change(by, letter_id, direction=Direction.OUT)
    require(steps.works_on(by, letter) or steps.may_issue(by, letter))
    require_state(letter, *OfficialLetter.UNDER_WAY)
    if letter.copies.exists():
        raise Conflict(_("通报已发给多个省份，不能撤回。内容有误请发更正函。"), code="bulletin_not_recalled")
    said = need(reason, _("请写明撤回的原因。"), "reason_missing")[:500]
    if letter.by_paper:
        return move(letter, "recall", by=by, why=said, recall_words=said, closed_at=clock.now())
    if letter.recall_asked_at is not None:
        raise Conflict(_("已经请求撤回，正在等对方答复。"), code="letter_recall_asked")
    letter.recall_asked_at, letter.recall_words, letter.recall_refused = clock.now(), said, ""
    letter.save(update_fields=["recall_asked_at", "recall_words", "recall_refused"])
    trail.record(letter, "ask_recall", by=by, why=said)
    post(
        OfficialRecallV1(letter_id=letter.pk, reason=said, who=by.name, at=clock.now()),
        to=Address.parse(letter.peer_party), thread=letter.thread, by=by, in_reply_to=letter.post_id,
    )  # fmt: skip
    announce(letter, "ask_recall")
    return letter


def recall_came(message: OfficialRecallV1, envelope: Envelope) -> None:
    """The sender wants it back. Not taken on: it goes at once. Taken on: a person here consents or not."""
    letter = selectors.in_letter(message.letter_id, sender=str(envelope.sender))
    who = Actor(None, f"{letter.peer_name} {message.who}"[:80])
    if letter.state in ON_THE_DESK:
        move(letter, "recall", by=who, why=message.reason, recall_words=message.reason, closed_at=message.at)
        _stop_clock(letter)
        _answer(letter, True, "", MACHINE, "")
    elif letter.state in (State.ACCEPTED, State.ANSWERED):
        letter.recall_asked_at, letter.recall_words = message.at, message.reason
        letter.save(update_fields=["recall_asked_at", "recall_words"])
        trail.record(letter, "ask_recall", by=who, why=message.reason)
        tell_people(receivers(letter), letter, "official_recall_asked", _("对方请求撤回来函，请答复"))
    else:
        said = _("这封函已是“{state}”。").format(state=letter.get_state_display())
        _answer(letter, letter.state == State.RECALLED, said, MACHINE, "")
    announce(letter, "ask_recall")


@transaction.atomic
def answer(*, by: User, letter_id: UUID, consents: bool, words: str = "") -> OfficialLetter:
    """Consent to the recall of a letter that was taken on, or refuse with the reason."""
    letter = selectors.letter_to_change(by, letter_id, direction=Direction.IN)
    require(steps.may_receive(by, letter))
    if letter.recall_asked_at is None:
        raise Conflict(_("对方没有请求撤回这封函。"), code="letter_recall_not_asked")
    said = words.strip()[:500]
    if consents:
        move(letter, "recall", by=by, why=said, closed_at=clock.now(), recall_asked_at=None)
        _stop_clock(letter)
    else:
        said = need(words, _("请写明不同意撤回的理由。"), "reason_missing")[:500]
        letter.recall_asked_at, letter.recall_refused = None, said
        letter.save(update_fields=["recall_asked_at", "recall_refused"])
        trail.record(letter, "refuse_recall", by=by, why=said)
    _answer(letter, consents, said, by, by.name)
    announce(letter, "answer_recall")
    return letter


def _stop_clock(letter: OfficialLetter) -> None:
    """Nothing is owed for a letter that was taken back."""
    if letter.post_id is not None:
        receipts.answered(letter.post_id)


def _answer(letter: OfficialLetter, consents: bool, words: str, by: Person, who: str) -> None:
    post(
        OfficialRecallAnsweredV1(
            letter_id=letter.origin_id, consents=consents, words=str(words)[:500], unit_name=letter.own_unit.name,
            who=who, at=clock.now(),
        ),
        to=Address.parse(letter.peer_party), thread=letter.thread, by=by, in_reply_to=letter.post_id,
    )  # fmt: skip


def answer_came(message: OfficialRecallAnsweredV1, envelope: Envelope) -> None:
    """What the addressee says to the recall."""
    letter = selectors.out_letter(message.letter_id, to=str(envelope.sender))
    if letter.recall_asked_at is None or letter.state == State.RECALLED:
        return
    who = Actor(None, f"{message.unit_name} {message.who}".strip()[:80])
    if message.consents and letter.state in OfficialLetter.MOVES["recall"][0]:
        move(letter, "recall", by=who, closed_at=message.at)
        title = _("对方同意撤回，函已撤回") if message.who else _("函已撤回")
    else:
        letter.recall_asked_at, letter.recall_refused = None, message.words or "—"
        letter.save(update_fields=["recall_asked_at", "recall_refused"])
        trail.record(letter, "refuse_recall", by=who, why=message.words)
        title = _("对方不同意撤回")
    tell_people([letter.drafted_by], letter, "official_recall_answered", title)
    announce(letter, "answer_recall")
