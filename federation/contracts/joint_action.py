"""Letters of a joint action: provinces and right holders are asked in, and report back.

A province gets its own targets and nobody else's. What of a target is hidden until the zero hour is hidden by the
receiving province as well: `opens_to` says to whom it is open before. A brand gets a county and an hour, no name and no
street. Every plan is whole and carries its revision: the highest counts, in whatever order they come.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

OpensTo = Literal["planners", "leaders", "unit_heads", "officers", "all"]
Standing = Literal["announced", "called_off", "closed"]
Outcome = Literal["found", "nothing", "absent", "handed_on", "dropped", ""]


class PlannedTargetV1(Frozen):
    """One place to go to. dropped: it is not gone to any more."""

    target_id: UUID
    number: int = Field(ge=1)
    division_code: str = Field("", pattern=r"^(\d{6})?$")
    party_name: str = Field(max_length=120)
    address: str = Field(max_length=300)
    what: str = Field("", max_length=500)
    assembly: str = Field("", max_length=200)
    dropped: bool = False


class PlanV1(Frozen):
    """What a province must know of an action. hour: counts how often the zero hour was set; marks name theirs."""

    action_id: UUID
    revision: int = Field(ge=1)
    name: str = Field(max_length=120)
    code_name: str = Field(max_length=40)
    lead_unit_name: str = Field(max_length=80)
    contact_name: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=30)
    zero_hour: AwareDatetime
    hour: int = Field(ge=1)
    opens_to: OpensTo
    standing: Standing
    why: str = Field("", max_length=500)
    targets: tuple[PlannedTargetV1, ...] = Field((), max_length=500)


@contract
class JointInvitationV1(Message):
    """统一行动邀请函: a province is asked to act at the same hour on targets of its own."""

    kind = "joint.invitation"
    due = (1, "working_day")
    numbered = True

    plan: PlanV1


@contract
class JointPlanV1(Message):
    """The plan as it is now: hour moved, targets added or dropped, called off, closed."""

    kind = "joint.plan"

    plan: PlanV1


@contract
class JointAnswerV1(Message):
    """The invited province takes part, or says why not."""

    kind = "joint.answer"
    settles = ("joint.invitation",)

    action_id: UUID
    accepted: bool
    reason: str = Field("", max_length=500)
    unit_name: str = Field(max_length=80)
    contact_name: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=30)
    at: AwareDatetime


@contract
class JointMarkV1(Message):
    """One mark at one target: received, in place, or cannot come. hour: of which setting of the zero hour."""

    kind = "joint.mark"

    action_id: UUID
    target_id: UUID
    mark_id: UUID
    mark: Literal["received", "in_place", "unable"]
    hour: int = Field(ge=1)
    who: str = Field(max_length=40)
    unit_name: str = Field("", max_length=80)
    note: str = Field("", max_length=200)
    at: AwareDatetime


class QuantityV1(Frozen):
    """How much was found, in one unit of measure."""

    unit: str = Field(max_length=20)
    quantity: Decimal = Field(max_digits=18, decimal_places=3)


@contract
class JointResultV1(Message):
    """What stands at one target now, whole: the highest `serial` counts."""

    kind = "joint.result"

    action_id: UUID
    target_id: UUID
    serial: int = Field(ge=1)
    standing: Literal["planned", "underway", "ended", "dropped"]
    outcome: Outcome = ""
    words: str = Field("", max_length=1000)
    unit_name: str = Field("", max_length=80)
    began_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    lots: int = Field(0, ge=0)
    found: tuple[QuantityV1, ...] = Field((), max_length=60)
    asked: int = Field(0, ge=0)
    answered: int = Field(0, ge=0)
    counterfeit: int = Field(0, ge=0)
    seized: int = Field(0, ge=0)
    value_yuan: Decimal = Field(Decimal(0), ge=0, max_digits=16, decimal_places=2)
    at: AwareDatetime


@contract
class JointPeopleAskedV1(Message):
    """派员: a bureau asks a right holder for people on the premises, at an hour, in a county.

    Sent again with a higher revision when the hour moves or nobody is needed any more.
    """

    kind = "joint.people_asked"

    ask_id: UUID
    revision: int = Field(ge=1)
    organisation_id: UUID
    code_name: str = Field(max_length=40)
    county_code: str = Field(pattern=r"^\d{6}$")
    meet_at: AwareDatetime
    unit_name: str = Field(max_length=80)
    contact_name: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=30)
    goods: str = Field("", max_length=200)
    needed: int = Field(1, ge=1, le=20)
    called_off: bool = False
    at: AwareDatetime


class SentPersonV1(Frozen):
    """Somebody who will come, and by what authority."""

    name: str = Field(max_length=40)
    title: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)
    authority_no: str = Field(max_length=60)
    valid_from: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    valid_until: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    principal: str = Field(max_length=120)


@contract
class JointPeopleAnsweredV1(Message):
    """Who will come, or why nobody does. The newest answer replaces the ones before."""

    kind = "joint.people_answered"
    settles = ("joint.people_asked",)

    ask_id: UUID
    organisation_id: UUID
    step: Literal["named", "declined"]
    people: tuple[SentPersonV1, ...] = Field((), max_length=20)
    text: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime
