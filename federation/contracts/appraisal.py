"""Letters of the main job: an officer asks, a brand answers, item by item.

Nothing here has a field for the party, the shop, the street or the reporter: of the place a brand learns the county.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract


class VerdictValue(StrEnum):
    """辨认结论: what an appraiser may conclude of one item."""

    GENUINE = "genuine"
    COUNTERFEIT = "counterfeit"
    REFILLED_OR_REASSEMBLED = "refilled_or_reassembled"
    LICENSED_OR_AUTHORISED = "licensed_or_authorised"
    GREY_MARKET = "grey_market"
    NOT_OUR_PRODUCT_LINE = "not_our_product_line"
    CANNOT_TELL_NEED_PHOTOS = "cannot_tell_need_photos"
    CANNOT_TELL_NEED_SAMPLE = "cannot_tell_need_sample"


CONCLUSIVE = frozenset(VerdictValue) - {VerdictValue.CANNOT_TELL_NEED_PHOTOS, VerdictValue.CANNOT_TELL_NEED_SAMPLE}


class ShotV1(Frozen):
    """One photo. view_sha256 names its file in the letter's manifest. kept_reason: why a poor photo was kept."""

    photo_id: UUID
    shot_code: str = Field(max_length=40)
    source: Literal["camera", "album", "chat"]
    captured_at: AwareDatetime | None = None
    received_at: AwareDatetime | None = None
    kept_reason: str = Field("", max_length=200)
    view_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class AbsentShotV1(Frozen):
    """A required shot that cannot be taken."""

    shot_code: str = Field(max_length=40)
    absent_reason: str = Field(max_length=200)


class ItemV1(Frozen):
    """One kind of goods in a request. claimed_price_yuan: of one unit, as asked in the shop."""

    item_id: UUID
    product_id: UUID
    product_name: str = Field(max_length=120)
    claimed_brand: str = Field(max_length=80)
    shot_list_version: int = Field(ge=1)
    quantity: Decimal | None = Field(None, gt=0, max_digits=12, decimal_places=3)
    quantity_unit: str = Field("", max_length=20)
    claimed_price_yuan: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    package_state: str = Field("", max_length=40)
    waybill_no: str = Field("", max_length=60)
    batch_no: str = Field("", max_length=60)
    shots: tuple[ShotV1, ...] = ()
    absent: tuple[AbsentShotV1, ...] = ()


@contract
class CommissionV1(Message):
    """鉴定申请: the officer asks. county_code: GB/T 2260 of the place, nothing finer."""

    kind = "appraisal.commission"
    due = (30, "minute")

    request_id: UUID
    request_no: str = Field(max_length=40)
    organisation_id: UUID
    sent_at: AwareDatetime
    county_code: str = Field(pattern=r"^\d{6}$")
    unit_name: str = Field(max_length=80)
    officer_name: str = Field(max_length=40)
    officer_title: str = Field("", max_length=40)
    officer_cert_no: str = Field("", max_length=40)
    question: str = Field("", max_length=2000)
    urgent: bool = False
    items: tuple[ItemV1, ...] = Field(min_length=1, max_length=60)


@contract
class PhotosV1(Message):
    """More photos of items already asked about: the rest of the list, or a retake."""

    kind = "appraisal.photos"

    request_id: UUID
    item_id: UUID
    shots: tuple[ShotV1, ...] = ()
    absent: tuple[AbsentShotV1, ...] = ()
    answers_supplement: UUID | None = None


@contract
class ProgressV1(Message):
    """What happened at the brand, so that the officer sees it: rung, opened, claimed, handed over, returned."""

    kind = "appraisal.progress"

    request_id: UUID
    step: Literal["arrived", "rung", "read", "opened", "claimed", "released", "reminded", "handed_over", "enough"]
    at: AwareDatetime
    who: str = Field("", max_length=40)
    note: str = Field("", max_length=200)


@contract
class SupplementV1(Message):
    """The appraiser asks for one shot again, or for one more."""

    kind = "appraisal.supplement"

    request_id: UUID
    item_id: UUID
    supplement_id: UUID
    shot_code: str = Field(max_length=40)
    reason: str = Field(max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


class CheckpointAnswerV1(Frozen):
    """One checkpoint of the product as the appraiser ticked it. Secret ones stay at the brand."""

    checkpoint: str = Field(max_length=120)
    result: Literal["same", "different", "cannot_see"]
    note: str = Field("", max_length=300)


class MarkV1(Frozen):
    """A box drawn on a photo: left, top, width, height in parts of the picture (0 to 1), with words."""

    photo_id: UUID
    x: Decimal = Field(ge=0, le=1)
    y: Decimal = Field(ge=0, le=1)
    w: Decimal = Field(gt=0, le=1)
    h: Decimal = Field(gt=0, le=1)
    words: str = Field(max_length=300)


class AuthorityV1(Frozen):
    """By what right the appraiser speaks: printed with every opinion."""

    authorisation_id: UUID
    number: str = Field(max_length=60)
    principal: str = Field(max_length=120)
    appraiser_employer: str = Field(max_length=120)
    trademarks: tuple[str, ...]
    nice_classes: tuple[int, ...]
    valid_from: AwareDatetime
    valid_until: AwareDatetime


class ItemVerdictV1(Frozen):
    """辨认结论 of one item. supersedes: an earlier verdict of the same item that this one replaces."""

    verdict_id: UUID
    item_id: UUID
    value: VerdictValue
    reasons: str = Field(min_length=1, max_length=4000)
    checkpoints: tuple[CheckpointAnswerV1, ...] = ()
    marks: tuple[MarkV1, ...] = ()
    infringed_right: str = Field("", max_length=200)
    supersedes: UUID | None = None


@contract
class OpinionV1(Message):
    """辨认结论: verdicts by a named, authorised appraiser. Preliminary until a signed 辨认意见书 follows."""

    kind = "appraisal.opinion"
    settles = ("appraisal.commission",)

    request_id: UUID
    opinion_id: UUID
    given_at: AwareDatetime
    appraiser_name: str = Field(max_length=40)
    on_site: bool = False
    authority: AuthorityV1
    verdicts: tuple[ItemVerdictV1, ...] = Field(min_length=1)


@contract
class SceneSignedV1(Message):
    """现场签名: with the goods at hand the appraiser wrote their name on glass below what they had concluded.

    page: canonical JSON of what stood above the glass; page_sha256 is over exactly these bytes. strokes: canonical JSON
    of how the name was written, which names page_sha256 (`signs`); strokes_sha256: over exactly these bytes.
    verdict_ids: the verdicts of this request that stand on the page.
    """

    kind = "appraisal.scene_signed"

    request_id: UUID
    signature_id: UUID
    appraiser_name: str = Field(max_length=40)
    authority: AuthorityV1
    signed_at: AwareDatetime
    verdict_ids: tuple[UUID, ...] = Field(min_length=1, max_length=60)
    page: str = Field(max_length=400_000)
    page_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    strokes: str = Field(max_length=400_000)
    strokes_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


@contract
class VerdictWithdrawnV1(Message):
    """A verdict is taken back, with the reason; it stays on record."""

    kind = "appraisal.verdict_withdrawn"

    request_id: UUID
    verdict_id: UUID
    item_id: UUID
    reason: str = Field(min_length=1, max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class CancelledV1(Message):
    """The officer no longer needs an answer. One that comes all the same is kept and marked late."""

    kind = "appraisal.cancelled"

    request_id: UUID
    reason: str = Field("", max_length=500)
    at: AwareDatetime


@contract
class PhotoWithdrawnV1(Message):
    """A photo was sent by mistake and is to be shown to nobody. original_sha256: which; digests and log stay."""

    kind = "appraisal.photo_withdrawn"

    request_id: UUID
    original_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    reason: str = Field(min_length=1, max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ChatV1(Message):
    """A line in the talk about a request, from either side, with photos where there are any."""

    kind = "appraisal.chat"

    request_id: UUID
    line_id: UUID
    who: str = Field(max_length=40)
    text: str = Field("", max_length=2000)
    photos: tuple[ShotV1, ...] = ()
    at: AwareDatetime


@contract
class OnsiteV1(Message):
    """现场协助: asked for by the officer or offered by the brand, then agreed with a time, or declined."""

    kind = "appraisal.onsite"

    request_id: UUID
    appointment_id: UUID
    step: Literal["asked", "offered", "agreed", "declined", "done"]
    meet_at: AwareDatetime | None = None
    who: str = Field(max_length=40)
    contact: str = Field("", max_length=60)
    note: str = Field("", max_length=500)
    at: AwareDatetime


@contract
class ConsultationV1(Message):
    """咨询: a line between an officer and a brand outside any request."""

    kind = "consultation.line"

    consultation_id: UUID
    line_id: UUID
    organisation_id: UUID
    subject: str = Field(max_length=120)
    unit_name: str = Field("", max_length=80)
    who: str = Field(max_length=40)
    text: str = Field(min_length=1, max_length=2000)
    at: AwareDatetime


@contract
class AssistanceTaskV1(Message):
    """执法协助: the bureau asks an enterprise for help by a day."""

    kind = "assistance.task"
    due = (5, "working_day")

    task_id: UUID
    organisation_id: UUID
    subject: str = Field(min_length=1, max_length=120)
    text: str = Field(min_length=1, max_length=4000)
    county_code: str = Field(pattern=r"^\d{6}$")
    unit_name: str = Field(max_length=80)
    officer_name: str = Field(max_length=40)
    reply_by: AwareDatetime
    at: AwareDatetime


@contract
class AssistanceReplyV1(Message):
    """The enterprise's answer to a 执法协助 task: taken on, declined with the reason, or done."""

    kind = "assistance.reply"
    settles = ("assistance.task",)

    task_id: UUID
    step: Literal["accepted", "declined", "done"]
    text: str = Field("", max_length=4000)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OpinionMailedV1(Message):
    """The signed original of an opinion letter is on its way: courier and number, and what is known later."""

    kind = "opinion.mailed"

    request_id: UUID
    opinion_id: UUID
    courier: str = Field(max_length=60)
    waybill_no: str = Field(max_length=60)
    sent_on: AwareDatetime
    received_on: AwareDatetime | None = None
    who: str = Field(max_length=40)


@contract
class EnrolmentWantedV1(Message):
    """A brand that is not enrolled was asked for: it counts on the office's invitation list."""

    kind = "enrolment.wanted"

    request_id: UUID
    brand_name: str = Field(max_length=80)
    product_name: str = Field("", max_length=120)
    category: str = Field("", max_length=40)
    county_code: str = Field(pattern=r"^\d{6}$")
    at: AwareDatetime
