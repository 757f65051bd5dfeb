"""What an opinion letter says, as data: typeset on paper, attached to it as JSON, read by whoever checks it.

Plain values only: text, whole numbers, days, moments and ids, so that `canonical_json` has one spelling for them.
Amounts and quantities are text ("420", "1499.00"). Codes are those of `appraisal.issuing.words`, which has their words
in both languages; what people wrote stays as they wrote it. The party's name is nowhere in here.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kernel.canonical import canonical_json

FORMAT = "chazhenjia.identification_opinion/1"
ANNEX_FORMAT = "chazhenjia.identification_opinion.annex/1"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """权利人 or who acts for it. role: owner, licensee, agent."""

    organisation_id: UUID
    name: str
    uscc: str
    address: str = ""
    role: str = "owner"


@dataclass(frozen=True, kw_only=True)
class TrademarkFact:
    """A registered mark on the day of issue. standing: in_force, under_renewal, lapsed, unknown.

    note: what the reviewer decided where the mark has lapsed or is under renewal.
    """

    name: str
    reg_no: str
    nice_classes: tuple[int, ...]
    valid_until: date | None
    standing: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AppraiserFact:
    """鉴定人员 with the authorisation that the opinion rests on. territory: codes of provinces, or `*`."""

    name: str
    employee_no: str
    employer: str
    authorisation_no: str
    authorisation_from: date
    authorisation_until: date
    nice_classes: tuple[int, ...]
    territory: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CommissionFact:
    """Who asked. notice_no: of the 通知书, where there was one; request_no: of the online request, always."""

    province_code: str
    unit_name: str
    request_no: str
    notice_no: str
    asked_on: date


@dataclass(frozen=True, kw_only=True)
class Examination:
    """How and where. mode: photo, physical, on_site."""

    mode: str
    began_at: datetime
    ended_at: datetime
    place: str


@dataclass(frozen=True, kw_only=True)
class PhotoFact:
    """One photo that the conclusion rests on, by the digests of the sealed original. shot: its name."""

    shot: str
    sha256: str
    sm3: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One feature compared: what genuine goods have, what the sample has, the difference."""

    feature: str
    genuine: str
    sample: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class PriceFact:
    """正品价格 of one unit. basis: guide_price, list_price, invoice_average, retail_survey."""

    amount_yuan: str
    unit: str
    basis: str
    basis_text: str
    as_of: date


@dataclass(frozen=True, kw_only=True)
class ItemFact:
    """One kind of goods with its 辨认结论. value: a VerdictValue. findings: the printed grade only."""

    position: int
    item_id: UUID
    verdict_id: UUID
    name: str
    claimed_brand: str
    spec: str
    batch_no: str
    quantity: str
    unit: str
    nice_class: int
    value: str
    reasons: str
    seal_no: str
    photos: tuple[PhotoFact, ...]
    findings: tuple[Finding, ...]
    price: PriceFact | None


@dataclass(frozen=True, kw_only=True)
class LetterFacts:
    """辨认意见书. agent: the association or agency that examined and signs for the holder; none: the holder itself.

    number: the brand's own series. limits: codes of what the paper is not. annex_sha256: of the AnnexFacts' JSON, empty
    without an annex. demonstration: signed with certificates of the development authority.
    """

    format: str = FORMAT
    letter_id: UUID
    number: str
    version_no: int
    supersedes_no: str
    supersedes_reason: str
    issued_on: date
    holder: Holder
    agent: Holder | None
    trademarks: tuple[TrademarkFact, ...]
    appraisers: tuple[AppraiserFact, ...]
    commission: CommissionFact
    examination: Examination
    items: tuple[ItemFact, ...]
    remarks: str
    responsibility: str
    limits: tuple[str, ...]
    annex_sha256: str
    check_code: str
    check_url: str
    demonstration: bool

    def to_json(self) -> bytes:
        """Canonical JSON: what is attached to the PDF."""
        return canonical_json(self)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.to_json()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class AnnexItem:
    """Features of one item that only the bureau may see."""

    position: int
    name: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class AnnexFacts:
    """密封附件: features for the bureau only, never served on the party."""

    format: str = ANNEX_FORMAT
    letter_id: UUID
    number: str
    version_no: int
    issued_on: date
    holder_name: str
    items: tuple[AnnexItem, ...]

    def to_json(self) -> bytes:
        """Canonical JSON: what is attached to the annex's PDF."""
        return canonical_json(self)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.to_json()).hexdigest()


def facts_from_json(text: bytes | str) -> dict[str, object]:
    """The facts as plain JSON values, for showing what a kept letter says. Raises ValueError for other formats."""
    said = json.loads(text)
    if not isinstance(said, dict) or said.get("format") not in {FORMAT, ANNEX_FORMAT}:
        raise ValueError("these are not the facts of an opinion letter")
    return said
