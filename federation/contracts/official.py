"""函: numbered letters between bureaux, and what goes back and forth about them.

Each kind holds a `HeadV1`: whose letter it is, to whom, who drafted, checked and issued it, what stands on its list of
evidence, and by when an answer is due. No field of any kind here is for whoever reported a matter: who that was never
crosses a border. `letter_id` is always the sender's id of the letter spoken of.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

SHA256_OR_NONE = r"^([0-9a-f]{64})?$"
DIVISION = r"^(\d{6})?$"
MOST_LINES = 200

Step = Literal["drafted", "checked", "issued"]
ReturnReason = Literal["not_competent", "wrong_unit", "incomplete", "already_known", "other"]


# Shared parts ---------------------------------------------------------------------------------------------------------


class UnitV1(Frozen):
    """A unit as a letter names it. ref: of the directory of units; province: two letters where it is on the system."""

    ref: str = Field("", max_length=80)
    name: str = Field(min_length=1, max_length=80)
    province: str = Field("", max_length=31)
    province_name: str = Field("", max_length=40)
    division_code: str = Field("", pattern=DIVISION)


class ContactV1(Frozen):
    """Whom to ring."""

    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30)


class ApprovalV1(Frozen):
    """拟稿, 审核, 签发: who, as what, when."""

    step: Step
    name: str = Field(max_length=40)
    title: str = Field("", max_length=40)
    unit_name: str = Field("", max_length=80)
    at: AwareDatetime


class ManifestLineV1(Frozen):
    """One line of the list of evidence. view_sha256 names its file among the attachments; empty where none travels.

    sha256, sm3: of the sealed original, which stays where it is until it is transferred by a letter of its own.
    """

    position: int = Field(ge=1)
    item: str = Field(min_length=1, max_length=300)
    form: str = Field("", max_length=40)
    original_or_copy: Literal["original", "copy"] = "copy"
    quantity: str = Field("", max_length=40)
    holder: str = Field("", max_length=120)
    legal_kind: str = Field("", max_length=20)
    sha256: str = Field("", pattern=SHA256_OR_NONE)
    sm3: str = Field("", pattern=SHA256_OR_NONE)
    view_sha256: str = Field("", pattern=SHA256_OR_NONE)
    captured_at: AwareDatetime | None = None


class HeadV1(Frozen):
    """What every official letter has.

    accept_by, feedback_by: when signing for it and the first answer are due, from the terms that held on the day.
    agreement: title of the agreement they come from, empty for the national terms. corrects: a letter sent before.
    """

    letter_id: UUID
    title: str = Field(min_length=1, max_length=200)
    sender: UnitV1
    to: UnitV1
    cc: tuple[str, ...] = Field((), max_length=20)
    summary: str = Field(min_length=1, max_length=8000)
    legal_basis: str = Field("", max_length=1000)
    suggestion: str = Field("", max_length=2000)
    contact: ContactV1 = ContactV1()
    approvals: tuple[ApprovalV1, ...] = Field(min_length=3, max_length=3)
    sealed: Literal["electronic", "paper"] = "electronic"
    check_code: str = Field("", max_length=20)
    manifest: tuple[ManifestLineV1, ...] = Field((), max_length=MOST_LINES)
    accept_by: AwareDatetime | None = None
    feedback_by: AwareDatetime | None = None
    due_provisional: bool = False
    agreement: str = Field("", max_length=120)
    corrects: UUID | None = None
    corrects_no: str = Field("", max_length=80)


class SubjectV1(Frozen):
    """被反映主体: whom a clue is about."""

    kind: str = Field("unknown", max_length=16)
    name: str = Field("", max_length=120)
    code: str = Field("", max_length=18)
    phone: str = Field("", max_length=30)
    account: str = Field("", max_length=200)


class ProductV1(Frozen):
    """A brand and product that a clue is about."""

    brand_name: str = Field(max_length=80)
    product_name: str = Field("", max_length=120)
    brand_id: UUID | None = None
    product_id: UUID | None = None


# The letters ----------------------------------------------------------------------------------------------------------


@contract
class ClueTransferV1(Message):
    """线索移送函: a clue for which the addressee is competent."""

    kind = "official.clue_transfer"
    numbered = True

    head: HeadV1
    clue_number: str = Field(max_length=40)
    jurisdiction_reason: str = Field(min_length=1, max_length=2000)
    subject: SubjectV1 = SubjectV1()
    address: str = Field("", max_length=1000)
    place_role: str = Field("", max_length=10)
    division_code: str = Field("", pattern=DIVISION)
    channel: str = Field("offline", max_length=8)
    chain_stage: str = Field("", max_length=10)
    violations: tuple[str, ...] = Field((), max_length=20)
    products: tuple[ProductV1, ...] = Field((), max_length=60)
    estimated_value_yuan: str = Field("", max_length=20)
    urgent: bool = False


class BulletinV1(Frozen):
    """What a bulletin says."""

    head: HeadV1
    clue_number: str = Field("", max_length=40)
    features: str = Field("", max_length=4000)
    subject: SubjectV1 = SubjectV1()
    products: tuple[ProductV1, ...] = Field((), max_length=60)
    group_name: str = Field("", max_length=80)


@contract
class ClueBulletinV1(Message):
    """线索通报: to several provinces at once, each of which answers for itself."""

    kind = "official.clue_bulletin"
    numbered = True

    said: BulletinV1


@contract
class ClueBulletinCopyV1(Message):
    """The same to a province that could receive nothing when the bulletin went out, under the number it has."""

    kind = "official.clue_bulletin_copy"

    document_no: str = Field(min_length=1, max_length=80)
    said: BulletinV1


@contract
class OfficialNoticeV1(Message):
    """通报: what touches the duties of the addressee. Nothing but a receipt is owed."""

    kind = "official.notice"
    numbered = True

    head: HeadV1


@contract
class SupportRequestV1(Message):
    """商请函: testing, appraisal or a determination is asked for."""

    kind = "official.support"
    numbered = True

    head: HeadV1
    asked: Literal["testing", "appraisal", "determination", "other"]
    questions: tuple[str, ...] = Field(min_length=1, max_length=30)


@contract
class OfficialCorrectionV1(Message):
    """更正函: a sent letter is never changed; this says what it should have said."""

    kind = "official.correction"
    numbered = True

    head: HeadV1
    reads: str = Field(min_length=1, max_length=4000)
    should_read: str = Field(min_length=1, max_length=4000)


# What goes back -------------------------------------------------------------------------------------------------------


@contract
class OfficialReceiptV1(Message):
    """回执: signed for, taken on, or returned with the reason and the right addressee where it is known."""

    kind = "official.receipt"

    letter_id: UUID
    step: Literal["received", "accepted", "returned"]
    unit_name: str = Field(max_length=80)
    who: str = Field(max_length=40)
    phone: str = Field("", max_length=30)
    taken_as: str = Field("", max_length=80, description="number of the matter at the addressee")
    feedback_by: AwareDatetime | None = None
    reason: ReturnReason | None = None
    words: str = Field("", max_length=500)
    right_addressee: UnitV1 | None = None
    at: AwareDatetime


@contract
class OfficialResultV1(Message):
    """处理结果: as often as there is something to tell; the last one is `final`, and the matter is closed."""

    kind = "official.result"

    letter_id: UUID
    result_id: UUID
    serial: int = Field(ge=1)
    final: bool
    result: str = Field("", max_length=20)
    outcome: str = Field("", max_length=20)
    words: str = Field(min_length=1, max_length=4000)
    number: str = Field("", max_length=80, description="number of the case, where one was filed")
    unit_name: str = Field(max_length=80)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OfficialRecallV1(Message):
    """撤回: the sender takes a letter back. Once it was taken on, the addressee has to consent."""

    kind = "official.recall"

    letter_id: UUID
    reason: str = Field(min_length=1, max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OfficialRecallAnsweredV1(Message):
    """Whether the addressee consents."""

    kind = "official.recall_answered"

    letter_id: UUID
    consents: bool
    words: str = Field("", max_length=500)
    unit_name: str = Field(max_length=80)
    who: str = Field(max_length=40)
    at: AwareDatetime
