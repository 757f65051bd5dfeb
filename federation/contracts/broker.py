"""Letters of brokering: units, who should get a letter, a look into a letter by grant, disputes, orders from above.

What goes to the office says which kinds, divisions, brands and parties, never what a matter is about: no field of a
question for a route, of a notice of a dispute or of a request for a grant holds a name or a text of the file. What goes
between the two provinces of a dispute and to their common superior is theirs, and says what they say.
dispute_id follows from the matter (`federation.broker.services.disputes.id_of`), so both sides reach the same one.
"""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

Code = Field(pattern=r"^[a-z][a-z0-9]{1,30}$")
DivisionOrNone = Field("", pattern=r"^(\d{6})?$")
MOST_UNITS = 6000

WordKind = Literal["statement", "proposal", "agree", "decline", "withdraw"]
DisputeState = Literal["negotiating", "agreed", "escalated", "decided", "withdrawn"]
SubjectKind = Literal["clue", "case", "letter", "matter"]


# The directory --------------------------------------------------------------------------------------------------------


class UnitV1(Frozen):
    """One unit of a bureau. code, parent_code: the bureau's own."""

    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=80)
    kind: str = Field(max_length=40)
    division_code: str = Field(pattern=r"^\d{6}(\d{3})?$")
    parent_code: str = Field("", max_length=40)
    agency_word: str = Field("", max_length=20)
    postal: str = Field("", max_length=200)


@contract
class UnitsV1(Message):
    """单位名录: all units of a province that others may write to, as they are at `at`. The youngest list counts."""

    kind = "broker.units"

    at: AwareDatetime
    units: tuple[UnitV1, ...] = Field(max_length=MOST_UNITS)


# Who should get it ----------------------------------------------------------------------------------------------------


class RouteReasonV1(Frozen):
    """One reason of a proposal. code names the sentence, data fills it. weight_permille: what it adds or takes away."""

    code: str = Field(max_length=40)
    weight_permille: int = Field(ge=-1000, le=1000)
    data: dict[str, str | int] = Field(default_factory=dict)


class RouteProposalV1(Frozen):
    """One unit that may be the right one."""

    unit_ref: str = Field(max_length=60)
    score_permille: int = Field(ge=0, le=1000)
    certain: bool = False
    direct: bool = False
    reasons: tuple[RouteReasonV1, ...] = Field((), max_length=20)


@contract
class RouteAskedV1(Message):
    """去向询问: a province asks the office who should get a letter. What stands on the envelope, and nothing inside."""

    kind = "broker.route_asked"
    due = (1, "working_day")

    route_id: UUID
    letter_kind: str = Field(max_length=60)
    division_code: str = DivisionOrNone
    brand_id: UUID | None = None
    brand_name: str = Field("", max_length=80)
    product_group: str = Field("", max_length=80)
    at: AwareDatetime


@contract
class RouteAnsweredV1(Message):
    """去向答复: the unit the office names, why, and what it was chosen from."""

    kind = "broker.route_answered"
    settles = ("broker.route_asked",)

    route_id: UUID
    unit_ref: str = Field(max_length=60)
    reason: str = Field("", max_length=500)
    proposals: tuple[RouteProposalV1, ...] = Field((), max_length=10)
    changed: bool = False
    at: AwareDatetime


@contract
class RouteWithdrawnV1(Message):
    """撤回询问: the province needs no answer any more."""

    kind = "broker.route_withdrawn"

    route_id: UUID
    at: AwareDatetime


# A look into a letter -------------------------------------------------------------------------------------------------


@contract
class LookAskedV1(Message):
    """调阅申请: the office asks a sender for a grant to read one of its letters."""

    kind = "broker.look_asked"
    due = (3, "working_day")

    look_id: UUID
    letter_id: UUID
    purpose: str = Field(min_length=1, max_length=200)
    until: date
    at: AwareDatetime


@contract
class LookRefusedV1(Message):
    """不同意调阅."""

    kind = "broker.look_refused"
    settles = ("broker.look_asked",)

    look_id: UUID
    reason: str = Field(min_length=1, max_length=500)
    at: AwareDatetime


@contract
class LookGrantedV1(Message):
    """同意调阅: the grant under which the contents come, as far as it opens them, in letters of the grant's own."""

    kind = "broker.look_granted"
    settles = ("broker.look_asked",)

    look_id: UUID
    grant_id: UUID
    until: AwareDatetime
    at: AwareDatetime


# Disputes -------------------------------------------------------------------------------------------------------------


class WordV1(Frozen):
    """What one side said, as the other kept it. names: whom a proposal or an agreement gives the matter to."""

    word_id: UUID
    kind: WordKind
    text: str = Field("", max_length=4000)
    names: str = Field("", pattern=r"^([a-z][a-z0-9]{1,30})?$")
    answers: UUID | None = None
    by_name: str = Field("", max_length=60)
    at: AwareDatetime


class SideV1(Frozen):
    """One province of a dispute as itself tells it: since when the matter is filed there, under what number."""

    province: str = Code
    filed_at: AwareDatetime | None = None
    filed_no: str = Field("", max_length=80)


@contract
class DisputeOpenedV1(Message):
    """管辖争议: one province says that the matter is the other's, or that both claim it. term_days: of negotiation."""

    kind = "broker.dispute_opened"
    due = (7, "working_day")

    dispute_id: UUID
    matter_id: UUID
    letter_id: UUID | None = None
    letter_no: str = Field("", max_length=80)
    matter_kind: str = Field(max_length=60)
    title: str = Field(max_length=200)
    claim: Literal["not_mine", "mine"]
    side: SideV1
    statement: WordV1
    opened_at: AwareDatetime
    due_at: AwareDatetime


@contract
class DisputeWordV1(Message):
    """A statement, a proposal, or the answer to one; with the side's filing if that was told later."""

    kind = "broker.dispute_word"

    dispute_id: UUID
    side: SideV1
    word: WordV1


@contract
class DisputeRaisedV1(Message):
    """报请指定管辖: a side brings a dispute before the common superior, with what itself has said. Both do.

    document_no: of the paper, where a person raised it; a term that ran out raises by itself and has none.
    """

    kind = "broker.dispute_raised"

    dispute_id: UUID
    matter_id: UUID
    letter_no: str = Field("", max_length=80)
    matter_kind: str = Field(max_length=60)
    title: str = Field(max_length=200)
    other: str = Code
    side: SideV1
    claim: Literal["not_mine", "mine"]
    words: tuple[WordV1, ...] = Field((), max_length=200)
    opened_at: AwareDatetime
    due_at: AwareDatetime
    why: Literal["term_over", "no_agreement"]
    document_no: str = Field("", max_length=80)
    raised_at: AwareDatetime
    at: AwareDatetime


@contract
class DisputeWentUpV1(Message):
    """The other side is told that it went up."""

    kind = "broker.dispute_went_up"

    dispute_id: UUID
    why: Literal["term_over", "no_agreement"]
    document_no: str = Field("", max_length=80)
    at: AwareDatetime


@contract
class DisputeDecidedV1(Message):
    """指定管辖决定: the common superior names who is competent, to both."""

    kind = "broker.dispute_decided"
    numbered = True

    dispute_id: UUID
    designated: str = Code
    reason: str = Field(min_length=1, max_length=4000)
    conditions: str = Field("", max_length=2000)
    by_name: str = Field(max_length=60)
    at: AwareDatetime


@contract
class DisputeNoticeV1(Message):
    """For the office: that there is a dispute, between whom, how far it is. Nothing of what it is about."""

    kind = "broker.dispute_notice"

    dispute_id: UUID
    letter_id: UUID | None = None
    matter_kind: str = Field(max_length=60)
    first: str = Code
    second: str = Code
    state: DisputeState
    opened_at: AwareDatetime
    due_at: AwareDatetime
    designated: str = Field("", pattern=r"^([a-z][a-z0-9]{1,30})?$")
    document_no: str = Field("", max_length=80)
    at: AwareDatetime


# Orders from above ----------------------------------------------------------------------------------------------------


@contract
class SupervisionV1(Message):
    """挂牌督办: the common superior puts a matter of a province on its list, with a term."""

    kind = "broker.supervision"
    numbered = True

    supervision_id: UUID
    subject_kind: SubjectKind
    subject_no: str = Field(min_length=1, max_length=80, description="number of the case, clue or letter")
    title: str = Field(min_length=1, max_length=200)
    demand: str = Field(min_length=1, max_length=2000)
    due_on: date
    by_name: str = Field(max_length=60)
    at: AwareDatetime


@contract
class SupervisionReportV1(Message):
    """督办情况报告: what the province has done so far; final when it holds that all is done."""

    kind = "broker.supervision_report"

    supervision_id: UUID
    report_id: UUID
    text: str = Field(min_length=1, max_length=4000)
    is_final: bool = False
    by_name: str = Field(max_length=60)
    at: AwareDatetime


@contract
class SupervisionTurnedV1(Message):
    """What the superior says to it: done and taken off the list, or more is wanted by another day."""

    kind = "broker.supervision_turned"

    supervision_id: UUID
    turn: Literal["lifted", "sent_back"]
    words: str = Field("", max_length=2000)
    due_on: date | None = None
    by_name: str = Field(max_length=60)
    at: AwareDatetime
