"""协助调查: one bureau asks another to find something out, and hears back question by question.

The request and the reply are numbered letters (函); the steps between them are 往来. assistance_id is the id of the
request's letter and the thread of all of them. Dates of the term are reckoned by the bureau that is asked, by its own
calendar: the others repeat what it says.
Source: 行政处罚法 art. 26; the reply is owed within 15 working days of the receipt, longer only when told before.
"""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from federation.contracts.messages import Frozen, Message, contract
from federation.contracts.official import HeadV1

MOST_QUESTIONS = 30
Finding = Literal["found", "partly", "not_found"]


class TargetV1(Frozen):
    """协查对象: whom or what the questions are about."""

    name: str = Field(min_length=1, max_length=120)
    uscc: str = Field("", max_length=18)
    address: str = Field("", max_length=300)


class QuestionV1(Frozen):
    """协查事项, numbered from 1."""

    number: int = Field(ge=1, le=MOST_QUESTIONS)
    text: str = Field(min_length=1, max_length=1000)


class OfficerV1(Frozen):
    """承办人, with the number of the certificate that he or she shows."""

    name: str = Field(min_length=1, max_length=40)
    certificate_no: str = Field(min_length=1, max_length=40)


@contract
class AssistanceRequestV1(Message):
    """协助调查函. term_days: working days from the receipt."""

    kind = "official.assistance_request"
    numbered = True

    head: HeadV1
    case_name: str = Field(min_length=1, max_length=200)
    party_name: str = Field("", max_length=120)
    legal_basis: str = Field(min_length=1, max_length=400)
    targets: tuple[TargetV1, ...] = Field(min_length=1, max_length=30)
    questions: tuple[QuestionV1, ...] = Field(min_length=1, max_length=MOST_QUESTIONS)
    term_days: int = Field(15, ge=1, le=90)

    @model_validator(mode="after")
    def _numbered_from_one(self) -> AssistanceRequestV1:
        if [each.number for each in self.questions] != list(range(1, len(self.questions) + 1)):
            raise ValueError("questions are numbered 1, 2, 3, …")
        return self


@contract
class AssistanceStepV1(Message):
    """签收 or 指定承办人. Signed for: received_at, due_on, and which days of its own calendar were left out."""

    kind = "official.assistance_step"

    assistance_id: UUID
    step: Literal["signed_for", "officers"]
    at: AwareDatetime
    who: str = Field(max_length=80)
    received_at: AwareDatetime | None = None
    due_on: date | None = None
    provisional: bool = False
    calendar_words: tuple[str, ...] = Field((), max_length=40)
    officers: tuple[OfficerV1, ...] = Field((), max_length=10)

    @model_validator(mode="after")
    def _says_what_it_is_for(self) -> AssistanceStepV1:
        if self.step == "signed_for" and (self.received_at is None or self.due_on is None):
            raise ValueError("who signs for a request says when, and until when it will be answered")
        if self.step == "officers" and len(self.officers) < 2:
            raise ValueError("two officers at least")
        return self


@contract
class AssistanceExtensionV1(Message):
    """延期告知. in_time: told before the term ended; if not, it moves nothing and is kept as late."""

    kind = "official.assistance_extension"

    assistance_id: UUID
    extension_id: UUID
    in_time: bool
    was_due_on: date
    new_due_on: date
    reason: str = Field(min_length=1, max_length=500)
    at: AwareDatetime
    who: str = Field(max_length=80)


class AnswerV1(Frozen):
    """The answer to one question. evidence: positions of the letter's manifest, of what was found."""

    number: int = Field(ge=1, le=MOST_QUESTIONS)
    finding: Finding
    text: str = Field(min_length=1, max_length=4000)
    evidence: tuple[int, ...] = Field((), max_length=100)


@contract
class AssistanceAnswerV1(Message):
    """复函. missing: numbers that are still open, none in a whole reply. late: after the day it was due."""

    kind = "official.assistance_answer"
    numbered = True

    head: HeadV1
    assistance_id: UUID
    answers: tuple[AnswerV1, ...] = Field(min_length=1, max_length=MOST_QUESTIONS)
    missing: tuple[int, ...] = ()
    late: bool = False

    @property
    def whole(self) -> bool:
        """Whether nothing is left open."""
        return not self.missing

    @model_validator(mode="after")
    def _once_each(self) -> AssistanceAnswerV1:
        numbers = [each.number for each in self.answers]
        if len(set(numbers)) != len(numbers) or set(numbers) & set(self.missing):
            raise ValueError("a question is answered once in a reply, and is then not missing")
        known = {each.position for each in self.head.manifest}
        if any(set(each.evidence) - known for each in self.answers):
            raise ValueError("evidence of an answer stands in the letter's manifest")
        return self


@contract
class AssistanceClosedV1(Message):
    """办结, by the bureau that asked: until then the matter stays open on both sides."""

    kind = "official.assistance_closed"

    assistance_id: UUID
    words: str = Field("", max_length=500)
    at: AwareDatetime
    who: str = Field(max_length=80)
