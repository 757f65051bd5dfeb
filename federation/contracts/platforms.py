"""Letters between an e-commerce platform and a right holder: a fast appraisal (快速鉴定) of a listing.

A listing is what a platform shows to everybody: no field holds a buyer, an order, an address or a telephone. The answer
is the right holder's word to the platform; it is no letter of opinion and no evidence.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

MOST_PICTURES = 12


class FastVerdict(StrEnum):
    """What an appraiser may conclude from the pictures of a listing."""

    COUNTERFEIT = "counterfeit"
    SUSPECTED_COUNTERFEIT = "suspected_counterfeit"
    NOTHING_SUSPICIOUS = "nothing_suspicious"
    GENUINE = "genuine"
    NOT_OUR_PRODUCT_LINE = "not_our_product_line"
    CANNOT_TELL_FROM_LISTING = "cannot_tell_from_listing"


class FastPictureV1(Frozen):
    """One picture of the listing. view_sha256 names its file in the letter's manifest."""

    picture_id: UUID
    view_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


@contract
class FastAskV1(Message):
    """快速鉴定申请: a platform asks about one listing. promised_by: the moment the right holder's terms promise."""

    kind = "appraisal.fast_ask"
    yields = True

    ask_id: UUID
    reference: str = Field("", max_length=64)
    platform_name: str = Field(max_length=80)
    listing_id: str = Field(max_length=80)
    listing_url: str = Field("", max_length=500)
    shop_name: str = Field(max_length=120)
    brand_name: str = Field(max_length=80)
    product_id: UUID | None = None
    product_name: str = Field("", max_length=120)
    price_yuan: Decimal | None = Field(None, ge=0, max_digits=14, decimal_places=2)
    question: str = Field("", max_length=500)
    asked_at: AwareDatetime
    promised_by: AwareDatetime
    pictures: tuple[FastPictureV1, ...] = Field(min_length=1, max_length=MOST_PICTURES)


@contract
class FastAnswerV1(Message):
    """快速鉴定答复. supersedes: an earlier answer to the same ask that this one replaces."""

    kind = "appraisal.fast_answer"
    settles = ("appraisal.fast_ask",)
    yields = True

    ask_id: UUID
    answer_id: UUID
    value: FastVerdict
    reasons: str = Field(min_length=1, max_length=2000)
    principal: str = Field(max_length=120)
    authorisation_number: str = Field(max_length=60)
    appraiser_name: str = Field(max_length=40)
    given_at: AwareDatetime
    supersedes: UUID | None = None


@contract
class FastAnswerWithdrawnV1(Message):
    """The right holder takes an answer back, with the reason; both stay on record."""

    kind = "appraisal.fast_answer_withdrawn"
    yields = True

    ask_id: UUID
    answer_id: UUID
    reason: str = Field(min_length=1, max_length=500)
    at: AwareDatetime


@contract
class FastAskWithdrawnV1(Message):
    """The platform needs no answer any more. One that comes all the same is kept."""

    kind = "appraisal.fast_ask_withdrawn"
    yields = True

    ask_id: UUID
    reason: str = Field("", max_length=500)
    at: AwareDatetime
