"""What provinces say of a clue: how it stands, and what a desk asks. Each runs in the delivery's transaction."""

from __future__ import annotations

from django.utils.translation import gettext as _

from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import Addressee, Question, StateLine
from appraisal.reverse_clues.services.steps import announce, page
from audit.move import move
from audit.trail import Actor
from federation.contracts.clues import ClueAskV1, ClueStateV1
from federation.letters.post import Envelope, receives
from kernel import clock
from kernel.errors import NotFound404
from notify.services import tell

BUREAU = Actor(None, "机关")


def _addressee(clue_id: object, envelope: Envelope) -> Addressee:
    """The clue's row for the province that writes, locked, of the organisation that is addressed."""
    found = (
        Addressee.objects.select_for_update(of=("self",))
        .select_related("clue__organisation", "clue__agent")
        .filter(
            clue_id=clue_id,
            province_code=envelope.sender.name,
            clue__organisation_id=envelope.addressee.organisation_id,
        )
        .exclude(state=Addressee.State.CHOSEN)
        .first()
    )
    if found is None:
        raise NotFound404()
    return found


@receives(ClueStateV1, at="organisation")
def on_state(message: ClueStateV1, envelope: Envelope) -> None:
    """A new state; an older one that comes late is kept on the line and changes nothing."""
    row = _addressee(message.clue_id, envelope)
    line, made = StateLine.objects.get_or_create(
        addressee=row,
        feedback_id=message.feedback_id,
        defaults={
            "state": message.state,
            "at": message.at,
            "came_at": clock.now(),
            "result": message.result,
            "outcome": message.outcome,
        },
    )
    if not made or (row.shown_at is not None and message.at < row.shown_at):
        return
    was = row.state
    move(
        row,
        f"show_{message.state}",
        by=BUREAU,
        number=message.number,
        shown_at=message.at,
        result=message.result,
        outcome=message.outcome,
        ended_on=message.ended_on,
    )
    if was != row.state and row.state in (Addressee.State.REGISTERED, Addressee.State.ENDED):
        title = (
            _("线索“{title}”已办结：{outcome}").format(title=row.clue.title, outcome=row.get_outcome_display())
            if row.state == Addressee.State.ENDED
            else _("线索“{title}”机关已登记：{number}").format(title=row.clue.title, number=row.number)
        )
        tell(to=selectors.people_to_tell(row.clue), code=f"clue_{row.state}", title=title, url=page(row.clue))
    announce(row.clue)


@receives(ClueAskV1, at="organisation")
def on_ask(message: ClueAskV1, envelope: Envelope) -> None:
    """A desk asks: the rights staff are told, and the page shows the question until it is answered."""
    row = _addressee(message.clue_id, envelope)
    _question, made = Question.objects.get_or_create(
        addressee=row,
        question_id=message.question_id,
        defaults={
            "letter_id": envelope.letter_id,
            "text": message.text,
            "asked_at": message.at,
            "reply_by": message.reply_by,
        },
    )
    if not made:
        return
    tell(
        to=selectors.people_to_tell(row.clue),
        code="clue_question",
        title=_("机关就线索“{title}”提了一个问题").format(title=row.clue.title),
        url=page(row.clue),
        urgent=True,
    )
    announce(row.clue)
