"""Letters about agreements and groups: proposed, answered, in force, left; and about their joint meetings.

Each party keeps its own copy and reckons from the same letters whether the agreement is in force: the order in which
they arrive makes no difference. Parties are province codes. An agreement that is hidden is known to its members alone,
or to them and the office.
"""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from federation.contracts.messages import Frozen, Message, contract

PARTY = r"^[a-z][a-z0-9]{1,30}$"
MOST_PARTIES = 40
Form = Literal["pair", "group", "theme"]
Topic = Literal["", "jing_jin_ji", "yangtze_delta", "pan_pearl_delta", "yangtze_belt", "silk_road_belt", "online_trade"]
Visibility = Literal["open", "office", "members"]
Scope = Literal[
    "clue_transfer", "bulletin", "assistance", "case_transfer", "evidence_transfer", "notice", "support", "joint_case"
]
Recognised = Literal["verdict", "opinion_letter", "test_report", "known_fake"]


class RecognitionV1(Frozen):
    """互认: what the parties take from one another. from_parties: whose, empty for every party's."""

    what: Recognised
    from_parties: tuple[str, ...] = ()
    until: date | None = None
    conditions: str = Field("", max_length=500)


class TermsV1(Frozen):
    """What is agreed. Days are working days; direct: letters go to the addressee without the office's proposal."""

    scope: tuple[Scope, ...] = Field(min_length=1)
    acceptance_days: int = Field(ge=1, le=60)
    feedback_days: int = Field(ge=1, le=180)
    assistance_days: int = Field(ge=1, le=60)
    direct: bool
    recognitions: tuple[RecognitionV1, ...] = Field((), max_length=20)


class PaperV1(Frozen):
    """The agreement's text as a file, named by its digest in the manifest."""

    name: str = Field(max_length=120)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


@contract
class AgreementProposedV1(Message):
    """征求同意: an agreement, or a new revision of one. Its proposer's consent is in the letter itself.

    quorum: how many parties must consent for a group to begin, the proposer counted; None: all of them.
    """

    kind = "agreement.proposed"
    due = (10, "working_day")

    agreement_id: UUID
    revision_id: UUID
    number: int = Field(ge=1)
    form: Form
    topic: Topic = ""
    title: str = Field(min_length=1, max_length=120)
    visibility: Visibility
    parties: tuple[str, ...] = Field(min_length=2, max_length=MOST_PARTIES)
    quorum: int | None = Field(None, ge=2)
    terms: TermsV1
    valid_from: date
    valid_until: date
    text: str = Field("", max_length=40_000)
    papers: tuple[PaperV1, ...] = Field((), max_length=5)
    reason: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime

    @model_validator(mode="after")
    def _makes_sense(self) -> AgreementProposedV1:
        if len(set(self.parties)) != len(self.parties):
            raise ValueError("a party is named once")
        if self.valid_until < self.valid_from:
            raise ValueError("it ends before it begins")
        if self.form == "pair" and (len(self.parties) != 2 or self.quorum is not None):
            raise ValueError("a pair is of two, and both consent")
        if self.quorum is not None and self.quorum > len(self.parties):
            raise ValueError("more are to consent than there are")
        return self


@contract
class AgreementAnsweredV1(Message):
    """A party consents to a revision or refuses it; every other party is told."""

    kind = "agreement.answered"

    agreement_id: UUID
    revision_id: UUID
    answer: Literal["consented", "refused"]
    why: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class AgreementInForceV1(Message):
    """The proposer counted the consents. A party takes it as in force once it holds each of them itself."""

    kind = "agreement.in_force"

    agreement_id: UUID
    revision_id: UUID
    consented: tuple[str, ...] = Field(min_length=2)
    at: AwareDatetime


@contract
class AgreementWithdrawnV1(Message):
    """The proposer takes a revision back that is not in force yet."""

    kind = "agreement.withdrawn"

    agreement_id: UUID
    revision_id: UUID
    why: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class AgreementLeftV1(Message):
    """A party leaves. What was sent under the agreement stays as it is."""

    kind = "agreement.left"

    agreement_id: UUID
    why: str = Field(min_length=1, max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


# Joint meetings -------------------------------------------------------------------------------------------------------


@contract
class MeetingCalledV1(Message):
    """联席会议: called by one member; a later letter of the same id changes day, place or agenda, or calls it off."""

    kind = "meeting.called"

    meeting_id: UUID
    agreement_id: UUID
    number: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=120)
    place: str = Field("", max_length=200)
    starts_at: AwareDatetime
    agenda: tuple[str, ...] = Field((), max_length=40)
    parties: tuple[str, ...] = Field(min_length=2, max_length=MOST_PARTIES)
    called_off: bool = False
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class MeetingAnsweredV1(Message):
    """Whether a member comes, and who."""

    kind = "meeting.answered"

    meeting_id: UUID
    coming: bool
    people: str = Field("", max_length=300)
    who: str = Field(max_length=40)
    at: AwareDatetime


class MeetingActionV1(Frozen):
    """One thing to do. owner: the member; unit: its unit that does it."""

    action_id: UUID
    text: str = Field(min_length=1, max_length=500)
    owner: str = Field(pattern=PARTY)
    unit: str = Field("", max_length=80)
    due_on: date


@contract
class MeetingMinutesV1(Message):
    """纪要: what was said and decided, for the members to confirm. A later number replaces an earlier one."""

    kind = "meeting.minutes"
    due = (5, "working_day")

    meeting_id: UUID
    number: int = Field(ge=1)
    minutes: str = Field(min_length=1, max_length=40_000)
    decisions: tuple[str, ...] = Field((), max_length=40)
    actions: tuple[MeetingActionV1, ...] = Field((), max_length=40)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class MeetingConfirmedV1(Message):
    """A member confirms the minutes of that number, or says what is wrong."""

    kind = "meeting.confirmed"
    settles = ("meeting.minutes",)

    meeting_id: UUID
    number: int = Field(ge=1)
    confirmed: bool
    objection: str = Field("", max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class MeetingActionDoneV1(Message):
    """The owner says that an action is done."""

    kind = "meeting.action_done"

    meeting_id: UUID
    action_id: UUID
    words: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime
