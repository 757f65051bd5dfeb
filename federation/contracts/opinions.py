"""Letters about opinion letters (辨认意见书): the notice, the paper, its original, samples, objections, recognition.

letter_id is the brand's id of the paper everywhere. Nothing here carries the party's name except a notice whose bureau
chose to show it; the paper itself cites the notice's number only.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.appraisal import AuthorityV1, VerdictValue
from federation.contracts.messages import Frozen, Message, contract

SHA256 = r"^[0-9a-f]{64}$"
SHA256_OR_NONE = r"^([0-9a-f]{64})?$"
MOST_ITEMS = 200

SealState = Literal["none", "electronic", "scanned"]
ExamMode = Literal["photo", "physical", "on_site"]


class FileV1(Frozen):
    """A file in the letter's manifest, by its digest, and what it is."""

    sha256: str = Field(pattern=SHA256)
    what: str = Field(max_length=80)


class TrademarkV1(Frozen):
    """A registered mark as a paper names it. standing: on the day of issue, as the issuer's register had it."""

    name: str = Field(max_length=60)
    reg_no: str = Field(max_length=9)
    nice_classes: tuple[int, ...] = ()
    valid_until: date | None = None
    standing: Literal["in_force", "under_renewal", "lapsed", "unknown"] = "unknown"


# The notice ---------------------------------------------------------------------------------------------------------


class NoticePhotoV1(Frozen):
    """One photo that the notice is about. view_sha256: empty when the file went with the commission before."""

    photo_id: UUID
    shot_code: str = Field(max_length=40)
    original_sha256: str = Field(pattern=SHA256)
    view_sha256: str = Field("", pattern=SHA256_OR_NONE)


class NoticeItemV1(Frozen):
    """One kind of goods in a notice. item_id: of the request, where there was one."""

    item_id: UUID
    position: int = Field(ge=1)
    name: str = Field(max_length=200)
    claimed_brand: str = Field("", max_length=80)
    spec: str = Field("", max_length=120)
    batch_no: str = Field("", max_length=60)
    quantity: Decimal | None = Field(None, ge=0, max_digits=12, decimal_places=3)
    unit: str = Field("", max_length=20)
    taken_county: str = Field("", pattern=r"^(\d{6})?$")
    taken_at: AwareDatetime | None = None
    photos: tuple[NoticePhotoV1, ...] = Field((), max_length=200)


class NoticeOfficerV1(Frozen):
    """An officer who handles the matter, with the number of the enforcement certificate."""

    name: str = Field(max_length=40)
    cert_no: str = Field("", max_length=40)


@contract
class NoticeV1(Message):
    """协助辨认/鉴别通知书. Its number is the letter's document_no. party_name: empty when hidden from the brand."""

    kind = "opinion.notice"
    due = (10, "working_day")
    numbered = True

    notice_id: UUID
    request_id: UUID | None = None
    organisation_id: UUID
    type: Literal["identification", "discrimination"]
    matter_no: str = Field("", max_length=80)
    party_name: str = Field("", max_length=120)
    trademarks: tuple[TrademarkV1, ...] = Field((), max_length=60)
    items: tuple[NoticeItemV1, ...] = Field(min_length=1, max_length=MOST_ITEMS)
    questions: tuple[str, ...] = Field(min_length=1, max_length=20)
    samples_sent: bool = False
    sample_seal_no: str = Field("", max_length=60)
    reply_due_at: AwareDatetime
    unit_name: str = Field(max_length=80)
    officers: tuple[NoticeOfficerV1, ...] = Field(min_length=2, max_length=4)
    phone: str = Field(max_length=40)
    liability_notice: str = Field(max_length=2000)
    issued_by_name: str = Field(max_length=40)
    issued_at: AwareDatetime
    seal_state: SealState = "none"
    pdf_sha256: str = Field("", pattern=SHA256_OR_NONE)


@contract
class NoticeReturnedV1(Message):
    """The right holder returns a notice: flawed, not for it, or it declines to give an opinion. With the reason."""

    kind = "opinion.notice_returned"
    settles = ("opinion.notice",)

    notice_id: UUID
    step: Literal["flawed", "not_ours", "declined"]
    reason: str = Field(min_length=1, max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class NoticeAnsweredV1(Message):
    """The right holder has begun on a notice, or has answered all of it with the letter named."""

    kind = "opinion.notice_answered"
    settles = ("opinion.notice",)

    notice_id: UUID
    step: Literal["received", "answered"]
    letter_id: UUID | None = None
    opinion_no: str = Field("", max_length=80)
    who: str = Field(max_length=40)
    at: AwareDatetime


# The paper ----------------------------------------------------------------------------------------------------------


class RightHolderV1(Frozen):
    """Who answers for the opinion."""

    organisation_id: UUID
    name: str = Field(max_length=80)
    uscc: str = Field(max_length=18)


class SignerV1(Frozen):
    """An appraiser who signs."""

    name: str = Field(max_length=40)
    employee_no: str = Field("", max_length=40)
    employer: str = Field("", max_length=80)


class GenuinePriceV1(Frozen):
    """正品价格: of one unit, in yuan, on the day named, and where it comes from."""

    amount_yuan: Decimal = Field(gt=0, max_digits=14, decimal_places=2)
    unit: str = Field(max_length=20)
    basis: str = Field(max_length=40, description="guide_price, list_price, invoice_average, retail_survey")
    basis_text: str = Field("", max_length=300)
    as_of: date


class ConclusionV1(Frozen):
    """辨认结论 of one item: the standing verdict, said again on paper."""

    item_id: UUID
    position: int = Field(ge=1)
    product_name: str = Field(max_length=200)
    quantity: Decimal | None = Field(None, ge=0, max_digits=12, decimal_places=3)
    quantity_unit: str = Field("", max_length=20)
    value: VerdictValue
    verdict_id: UUID
    photo_sha256s: tuple[str, ...] = Field((), max_length=200)
    seal_no: str = Field("", max_length=60)
    genuine_price: GenuinePriceV1 | None = None


class PaperV1(Frozen):
    """The opinion letter as data. pdf_sha256, annex_sha256: attachments; the annex is for the bureau only.

    facts: the canonical JSON that is attached inside the PDF; facts_sha256 is of it. A preliminary one has no PDF yet.
    waits_for: why it is not formal yet.
    """

    letter_id: UUID
    notice_id: UUID | None = None
    notice_no: str = Field("", max_length=80)
    opinion_no: str = Field("", max_length=80)
    version_no: int = Field(ge=1)
    supersedes: UUID | None = None
    supersedes_no: str = Field("", max_length=80)
    state: Literal["preliminary", "formal"]
    waits_for: Literal["", "signature", "time_stamp"] = ""
    issued_on: date | None = None
    exam_mode: ExamMode
    right_holder: RightHolderV1
    role: Literal["owner", "licensee", "agent"] = "owner"
    signers: tuple[SignerV1, ...] = Field(min_length=1, max_length=10)
    authority: AuthorityV1
    trademarks: tuple[TrademarkV1, ...] = Field(max_length=60)
    items: tuple[ConclusionV1, ...] = Field(min_length=1, max_length=MOST_ITEMS)
    check_code: str = Field("", max_length=20)
    check_url: str = Field("", max_length=300)
    pdf_sha256: str = Field("", pattern=SHA256_OR_NONE)
    annex_sha256: str = Field("", pattern=SHA256_OR_NONE)
    facts: str = Field(max_length=2_000_000)
    facts_sha256: str = Field(pattern=SHA256)
    seal_state: SealState = "none"
    demonstration: bool = False


@contract
class CertificateV1(Message):
    """辨认意见书: preliminary as soon as it is approved, formal once it is signed and time-stamped."""

    kind = "opinion.certificate"

    request_id: UUID
    paper: PaperV1
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OpinionWithdrawnV1(Message):
    """The brand takes a letter back. Goes to everybody who holds it, wherever it was used."""

    kind = "opinion.withdrawn"

    letter_id: UUID
    opinion_no: str = Field("", max_length=80)
    reason: str = Field(min_length=1, max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OpinionSupersededV1(Message):
    """A new version takes the letter's place. Goes to everybody who holds the old one."""

    kind = "opinion.superseded"

    letter_id: UUID
    opinion_no: str = Field("", max_length=80)
    by_letter_id: UUID
    by_opinion_no: str = Field("", max_length=80)
    reason: str = Field("", max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime


# The original by mail -------------------------------------------------------------------------------------------------


@contract
class OriginalMailedV1(Message):
    """The signed original is on its way, or did not arrive. A new try is a new mailing that names the failed one."""

    kind = "opinion.original_mailed"

    mailing_id: UUID
    letter_id: UUID
    step: Literal["sent", "failed"]
    courier: str = Field(max_length=60)
    waybill_no: str = Field(max_length=60)
    sent_on: AwareDatetime
    replaces: UUID | None = None
    reason: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OriginalScannedV1(Message):
    """A scan of the signed original, bound to the electronic one by the code read on it."""

    kind = "opinion.original_scanned"

    letter_id: UUID
    scan_sha256: str = Field(pattern=SHA256)
    check_code: str = Field(max_length=20)
    code_read: Literal["by_machine", "by_person"]
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class OriginalReceivedV1(Message):
    """The bureau has the original, or returns it or the scan with the reason. mailing_id: none for a scan."""

    kind = "opinion.original_received"

    letter_id: UUID
    mailing_id: UUID | None = None
    received_on: AwareDatetime
    result: Literal["accepted", "returned"]
    reason_code: Literal["", "unreadable", "seal_missing", "wrong_number", "refused", "other"] = ""
    reason: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


# Sealed samples -------------------------------------------------------------------------------------------------------


@contract
class SampleSentV1(Message):
    """A sealed sample travels to the brand. files: photos of it as it was sealed."""

    kind = "opinion.sample_sent"
    due = (5, "working_day")

    sample_id: UUID
    organisation_id: UUID
    request_id: UUID | None = None
    notice_id: UUID | None = None
    notice_no: str = Field("", max_length=80)
    item_ids: tuple[UUID, ...] = Field((), max_length=MOST_ITEMS)
    description: str = Field(max_length=500)
    seal_no: str = Field(min_length=1, max_length=60)
    courier: str = Field(max_length=60)
    waybill_no: str = Field(max_length=60)
    sent_on: AwareDatetime
    return_wanted: bool = True
    files: tuple[FileV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class SampleReceivedV1(Message):
    """The sample has come. seal_no_found: as it was read on arrival."""

    kind = "opinion.sample_received"
    settles = ("opinion.sample_sent",)

    sample_id: UUID
    received_on: AwareDatetime
    seal_no_found: str = Field(max_length=60)
    unbroken: bool
    note: str = Field("", max_length=500)
    files: tuple[FileV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class SampleOpenedV1(Message):
    """The seal was opened, before witnesses, with photos."""

    kind = "opinion.sample_opened"

    sample_id: UUID
    opened_at: AwareDatetime
    witnesses: str = Field(min_length=1, max_length=120)
    note: str = Field("", max_length=500)
    files: tuple[FileV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class SampleReturnedV1(Message):
    """The sample is on its way back, under a seal of its own."""

    kind = "opinion.sample_returned"

    sample_id: UUID
    seal_no: str = Field(min_length=1, max_length=60)
    courier: str = Field(max_length=60)
    waybill_no: str = Field(max_length=60)
    sent_on: AwareDatetime
    note: str = Field("", max_length=500)
    files: tuple[FileV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class SampleBackV1(Message):
    """The bureau has its sample back."""

    kind = "opinion.sample_back"

    sample_id: UUID
    received_on: AwareDatetime
    unbroken: bool
    note: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


# Objections -----------------------------------------------------------------------------------------------------------


@contract
class ObjectionV1(Message):
    """异议: what the party holds against an opinion, without the party's name. The brand must answer."""

    kind = "opinion.objection"
    due = (5, "working_day")

    objection_id: UUID
    letter_id: UUID
    opinion_no: str = Field("", max_length=80)
    item_ids: tuple[UUID, ...] = Field((), max_length=MOST_ITEMS)
    text: str = Field(min_length=1, max_length=4000)
    grey_market: bool = False
    answer_by: AwareDatetime
    files: tuple[FileV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ObjectionAnsweredV1(Message):
    """The brand's answer: the opinion stands, is withdrawn, or a new letter follows."""

    kind = "opinion.objection_answered"
    settles = ("opinion.objection",)

    objection_id: UUID
    letter_id: UUID
    outcome: Literal["stands", "withdrawn", "new_letter"]
    text: str = Field(min_length=1, max_length=4000)
    files: tuple[FileV1, ...] = Field((), max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


# Recognition in another province (鉴定结果互认) ---------------------------------------------------------------------


class ReuseItemV1(Frozen):
    """An item of the second province, the item of the paper that it is the same as, and what says so."""

    item_id: UUID
    position: int = Field(ge=1)
    product_name: str = Field(max_length=200)
    value: VerdictValue
    basis: Literal["same_code", "same_run"]
    basis_text: str = Field("", max_length=200)


@contract
class ReuseAskedV1(Message):
    """An officer holds the number and code of a letter that another province has, and asks to rely on it."""

    kind = "opinion.reuse_asked"

    ask_id: UUID
    request_id: UUID
    item_ids: tuple[UUID, ...] = Field(min_length=1, max_length=60)
    opinion_no: str = Field(max_length=80)
    check_code: str = Field(max_length=20)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ReuseOfferedV1(Message):
    """A formal opinion on the same goods or run exists: shall it be relied on? The brand has still to confirm."""

    kind = "opinion.reuse_offered"

    offer_id: UUID
    ask_id: UUID | None = None
    request_id: UUID
    letter_id: UUID
    opinion_no: str = Field(max_length=80)
    right_holder: str = Field(max_length=80)
    issued_on: date
    items: tuple[ReuseItemV1, ...] = Field(min_length=1, max_length=60)
    explained: str = Field(max_length=500)
    at: AwareDatetime


@contract
class ReuseConfirmedV1(Message):
    """The brand stands by its opinion for these items too. The paper comes along, as with a certificate."""

    kind = "opinion.reuse_confirmed"

    offer_id: UUID
    request_id: UUID
    items: tuple[ReuseItemV1, ...] = Field(min_length=1, max_length=60)
    paper: PaperV1
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ReuseDeclinedV1(Message):
    """No reuse: the brand declines, or the letter cannot be relied on. offer_id: none when nothing was offered."""

    kind = "opinion.reuse_declined"

    offer_id: UUID | None = None
    ask_id: UUID | None = None
    request_id: UUID
    code: Literal["declined", "not_formal", "withdrawn", "superseded", "only_similar", "unknown", "not_covered"]
    reason: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ReuseAcceptedV1(Message):
    """The second province relies on the letter, after its own review."""

    kind = "opinion.reuse_accepted"

    offer_id: UUID
    letter_id: UUID
    request_id: UUID
    item_ids: tuple[UUID, ...] = Field(min_length=1, max_length=60)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ReuseRefusedV1(Message):
    """The second province does not rely on it, with the reason."""

    kind = "opinion.reuse_refused"

    offer_id: UUID
    letter_id: UUID
    request_id: UUID
    reason: str = Field(min_length=1, max_length=1000)
    who: str = Field(max_length=40)
    at: AwareDatetime
