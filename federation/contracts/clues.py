"""Letters about clues: what a right holder reports to a province, and what it hears back.

It is the right holder's own complaint or report, so nothing here forwards somebody else's. What goes back is a state
and an end: no field holds a unit, an officer, a party, a case or a page of the file.
clue_id is the brand's id of the clue; with several provinces each has a clue of its own under the same id.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from federation.contracts.messages import Frozen, Message, contract
from federation.contracts.opinions import TrademarkV1

SHA256 = r"^[0-9a-f]{64}$"
SHA256_OR_NONE = r"^([0-9a-f]{64})?$"
DIVISION = r"^\d{6}$"
MOST_FILES = 60

Level = Literal["provincial", "municipal", "county"]
SubjectKind = Literal["shop", "enterprise", "person", "online_account", "unknown"]
PlaceRole = Literal["", "shop", "sender", "licence"]
Channel = Literal["offline", "online", "both"]
ChainStage = Literal["", "make", "pack", "store", "transport", "wholesale", "retail", "online"]
AreaTag = Literal["internet", "rural_market", "urban_rural_fringe"]
Violation = Literal[
    "counterfeit_trademark",
    "fake_shoddy",
    "infringed_patent",
    "unfair_competition",
    "false_advertising",
    "no_licence",
    "food_safety",
    "other",
]
StateShown = Literal["registered", "screening", "dispatched", "verifying", "jurisdiction", "ended"]
ResultShown = Literal["", "true", "partly", "untrue", "unverifiable", "not_competent", "duplicate"]
OutcomeShown = Literal["", "filed", "no_filing", "transferred", "referred", "assisted", "closed"]


# By what right --------------------------------------------------------------------------------------------------------


class PaperNamedV1(Frozen):
    """A paper that the platform's office saw at enrolment: what it is and its digest. The file stays there."""

    title: str = Field(max_length=80)
    sha256: str = Field(pattern=SHA256)


class PowerV1(Frozen):
    """授权委托: by what the person acts. Both days count.

    kind: the right holder's own letter for its person, its power of attorney for an agency, or an association for a
    member. document_sha256: of the paper as the enrolment holds it, where one was uploaded.
    """

    kind: Literal["authorisation", "power_of_attorney", "association"]
    number: str = Field("", max_length=60)
    principal: str = Field(max_length=120)
    agent: str = Field("", max_length=120)
    valid_from: date
    valid_until: date
    document_sha256: str = Field("", pattern=SHA256_OR_NONE)


class ActingPersonV1(Frozen):
    """Who hands it in, as the enrolment has them: an employee of the right holder, or of who acts for it."""

    name: str = Field(min_length=1, max_length=40)
    role: str = Field(max_length=20)
    employer: str = Field(max_length=80)
    employer_uscc: str = Field(max_length=18)
    phone: str = Field("", max_length=30)


class RightBasisV1(Frozen):
    """权利依据: the right holder, the marks, the papers of its enrolment, the power and the person."""

    right_holder: str = Field(max_length=80)
    right_holder_uscc: str = Field(max_length=18)
    right_holder_kind: Literal["brand_enterprise", "association"]
    enrolled_on: date
    trademarks: tuple[TrademarkV1, ...] = Field(min_length=1, max_length=60)
    papers: tuple[PaperNamedV1, ...] = Field((), max_length=40)
    power: PowerV1
    person: ActingPersonV1


# What is reported -----------------------------------------------------------------------------------------------------


class SubjectV1(Frozen):
    """被反映主体: whom the clue is about, as far as the brand knows."""

    kind: SubjectKind = "unknown"
    name: str = Field("", max_length=120)
    code: str = Field("", max_length=18)
    phone: str = Field("", max_length=30)
    account: str = Field("", max_length=200)


class ReportedProductV1(Frozen):
    """A product of the brand's that the clue is about. product_id: of the catalogue, where it is in it."""

    brand_id: UUID | None = None
    brand_name: str = Field(max_length=80)
    product_id: UUID | None = None
    product_name: str = Field("", max_length=120)
    code: str = Field("", max_length=120)


class CluePhotoV1(Frozen):
    """One photo. view_sha256 names its file in the manifest, which has the digests of the sealed original beside it."""

    photo_id: UUID
    what: str = Field("", max_length=120)
    captured_at: AwareDatetime | None = None
    sealed_at: AwareDatetime
    view_sha256: str = Field(pattern=SHA256)


class RecordingV1(Frozen):
    """A recording of a live stream or a page, as the sealed electronic record it is at the brand.

    sha256, sm3: of the original as it was sealed. attached: whether it travels with the letter; a recording that is too
    large stays with the brand, which holds it for the bureau under this digest.
    """

    recording_id: UUID
    form: Literal["live_stream", "page", "video", "other"]
    what: str = Field("", max_length=120)
    platform: str = Field("", max_length=80)
    account: str = Field("", max_length=120)
    link: str = Field("", max_length=500)
    recorded_from: AwareDatetime | None = None
    recorded_until: AwareDatetime | None = None
    sealed_at: AwareDatetime
    media_type: str = Field(max_length=80)
    size_bytes: int = Field(ge=0)
    sha256: str = Field(pattern=SHA256)
    sm3: str = Field("", pattern=SHA256_OR_NONE)
    attached: bool = True


class TestPurchaseV1(Frozen):
    """购样取证: one test purchase with its order and its waybill. price_yuan: what was paid in all."""

    __test__ = False  # the name is a word of the trade, not a class of tests

    purchase_id: UUID
    platform: str = Field("", max_length=80)
    seller: str = Field("", max_length=120)
    order_no: str = Field("", max_length=80)
    bought_on: date | None = None
    product_name: str = Field("", max_length=120)
    quantity: Decimal | None = Field(None, gt=0, max_digits=12, decimal_places=3)
    unit: str = Field("", max_length=20)
    price_yuan: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    courier: str = Field("", max_length=60)
    waybill_no: str = Field("", max_length=60)
    sent_from: str = Field("", max_length=300)
    finding: str = Field("", max_length=500)


class AddresseeV1(Frozen):
    """Which bureau of the province it is meant for: the level, and the division it is the bureau of."""

    level: Level
    division_code: str = Field(pattern=DIVISION)


@contract
class ReverseClueV1(Message):
    """反向线索: a right holder reports to one province. It is 往来; the province gives it its number."""

    kind = "clue.reverse"
    due = (15, "working_day")

    clue_id: UUID
    organisation_id: UUID
    clue_ref: str = Field(max_length=40)
    handed_in_at: AwareDatetime
    addressee: AddresseeV1
    basis: RightBasisV1
    title: str = Field(min_length=1, max_length=120)
    content: str = Field(min_length=1, max_length=8000)
    subject: SubjectV1
    address_raw: str = Field("", max_length=1000)
    place_role: PlaceRole = ""
    channel: Channel
    chain_stage: ChainStage = ""
    area_tags: tuple[AreaTag, ...] = ()
    violations: tuple[Violation, ...] = Field(min_length=1)
    estimated_value_yuan: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    products: tuple[ReportedProductV1, ...] = Field(min_length=1, max_length=60)
    photos: tuple[CluePhotoV1, ...] = Field((), max_length=MOST_FILES)
    recordings: tuple[RecordingV1, ...] = Field((), max_length=20)
    purchases: tuple[TestPurchaseV1, ...] = Field((), max_length=20)


@contract
class ClueSupplementV1(Message):
    """补充: the brand adds to a clue it handed in."""

    kind = "clue.supplement"

    clue_id: UUID
    supplement_id: UUID
    text: str = Field("", max_length=4000)
    photos: tuple[CluePhotoV1, ...] = Field((), max_length=MOST_FILES)
    recordings: tuple[RecordingV1, ...] = Field((), max_length=20)
    purchases: tuple[TestPurchaseV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ClueWithdrawnV1(Message):
    """撤回: the brand no longer pursues it, with the reason. The bureau decides by law whether to go on."""

    kind = "clue.withdrawn"

    clue_id: UUID
    reason: str = Field(min_length=1, max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime


# What comes back ------------------------------------------------------------------------------------------------------


@contract
class ClueStateV1(Message):
    """办理情况: the state a source may see, the number, and in the end the end and its day. Nothing of the file.

    feedback_id: twice is once. at: when the state began; an older one that comes later changes nothing.
    """

    kind = "clue.state"
    settles = ("clue.reverse",)

    clue_id: UUID
    feedback_id: UUID
    number: str = Field(max_length=40)
    state: StateShown
    at: AwareDatetime
    result: ResultShown = ""
    outcome: OutcomeShown = ""
    ended_on: date | None = None

    @model_validator(mode="after")
    def _an_end_at_the_end_only(self) -> ClueStateV1:
        ended = self.state == "ended"
        if ended != bool(self.outcome) or ended != (self.ended_on is not None) or (self.result and not ended):
            raise ValueError("an ended clue has its end and the day of it, any other has neither")
        return self


@contract
class ClueAskV1(Message):
    """The desk asks the source one question."""

    kind = "clue.ask"
    due = (5, "working_day")

    clue_id: UUID
    question_id: UUID
    number: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=2000)
    reply_by: date
    at: AwareDatetime


@contract
class ClueReplyV1(Message):
    """The source's answer to one question."""

    kind = "clue.reply"
    settles = ("clue.ask",)

    clue_id: UUID
    question_id: UUID
    text: str = Field(min_length=1, max_length=4000)
    photos: tuple[CluePhotoV1, ...] = Field((), max_length=MOST_FILES)
    recordings: tuple[RecordingV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime
