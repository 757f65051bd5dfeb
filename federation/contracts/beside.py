"""What goes beside an official letter: an evidence transfer, a claim to have filed first. All are 往来."""

from __future__ import annotations

from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Message, contract


@contract
class EvidenceBesideV1(Message):
    """The evidence transfer of that id belongs to the letter of this one."""

    kind = "official.evidence_beside"

    official_id: UUID
    transfer_id: UUID
    at: AwareDatetime
    who: str = Field(max_length=80)


@contract
class FilingClaimV1(Message):
    """先立案: the sender says it filed the matter of a letter, and when. knew: it had the other's claim before it.

    Both claims stand side by side at both. Source: 行政处罚法 art. 25: of several competent bureaux the one that filed
    first has the case.
    """

    kind = "official.filing_claim"

    claim_id: UUID
    official_id: UUID
    unit_name: str = Field(max_length=80)
    case_number: str = Field(min_length=1, max_length=80)
    filed_at: AwareDatetime
    ground: str = Field(min_length=1, max_length=1000)
    knew: bool = False
    at: AwareDatetime
    who: str = Field(max_length=80)


@contract
class FilingClaimYieldedV1(Message):
    """The sender lets the other have the case: nothing to decide is left."""

    kind = "official.filing_claim_yielded"

    official_id: UUID
    words: str = Field("", max_length=500)
    at: AwareDatetime
    who: str = Field(max_length=80)
