"""Letters of the office and about letters: a clock has run out (催办); how useful an answer was (评价)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract


class EnvelopeV1(Frozen):
    """What stands on the outside of the letter spoken of. Nothing of what it says."""

    letter_id: UUID
    delivery_id: UUID
    letter_kind: str = Field(max_length=60)
    document_no: str = Field("", max_length=80)
    sender: str = Field(max_length=60)


@contract
class ReminderV1(Message):
    """催办: the office reminds an addressee of a letter whose term is over. number: the how-manieth for this letter."""

    kind = "office.reminder"

    about: EnvelopeV1
    due_at: AwareDatetime
    number: int = Field(ge=1)
    at: AwareDatetime


Score = Literal[1, 2, 3]


@contract
class RatingV1(Message):
    """The asker says to the one who answered how useful it was. score: 3 of use, 2 in part, 1 of none."""

    kind = "letters.rating"

    about: EnvelopeV1
    score: Score
    remark: str = Field("", max_length=300)
    at: AwareDatetime


@contract
class RatingNumberV1(Message):
    """The same number for the office, without the remark."""

    kind = "letters.rating_number"

    about: EnvelopeV1
    answered_by: str = Field(max_length=60)
    score: Score
    at: AwareDatetime
