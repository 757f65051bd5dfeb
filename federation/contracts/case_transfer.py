"""案件移送: a case goes to another bureau with its parties, its goods, its file and the terms that run on.

Source: 行政强制法 art. 25 (a term that runs is not begun anew); 市场监督管理行政处罚程序规定 art. 14 (a case without
jurisdiction is handed over; who received it may not pass it on and asks the common superior).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from federation.contracts.messages import Frozen, Message, contract
from federation.contracts.official import HeadV1


class PartyV1(Frozen):
    """当事人 of the case. It is who the case is against, never who told of it."""

    kind: Literal["enterprise", "individual_business", "stall", "natural_person"]
    name: str = Field(min_length=1, max_length=120)
    uscc: str = Field("", max_length=18)
    responsible_person: str = Field("", max_length=60)
    address: str = Field("", max_length=200)


class MeasureV1(Frozen):
    """已采取措施: a seizure with its term. runs_until: its last day, with the extension that was granted."""

    seizure_id: UUID
    measure: Literal["seal_up", "detain"]
    decision_no: str = Field("", max_length=80)
    carried_out_at: AwareDatetime
    term_days: int = Field(ge=1, le=60)
    extended_days: int = Field(0, ge=0, le=30)
    runs_until: date
    paused: bool = False
    goods: str = Field("", max_length=500)
    place: str = Field("", max_length=200)


class GoodsLineV1(Frozen):
    """涉案物品, one line of the list. value_yuan: None when it is not known."""

    name: str = Field(min_length=1, max_length=120)
    brand: str = Field("", max_length=80)
    spec: str = Field("", max_length=80)
    batch: str = Field("", max_length=60)
    quantity: Decimal = Field(gt=0, max_digits=12, decimal_places=3)
    unit: str = Field(max_length=20)
    value_yuan: Decimal | None = Field(None, ge=0, max_digits=16, decimal_places=2)


class DossierLineV1(Frozen):
    """案卷材料目录, one line. sha256: where the paper is in the system."""

    number: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=200)
    pages: int | None = Field(None, ge=1)
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")


@contract
class CaseTransferV1(Message):
    """案件移送函. case_number: at the sender. party_told_on: when the party got form 6, where goods are held."""

    kind = "official.case_transfer"
    numbered = True

    head: HeadV1
    case_name: str = Field(min_length=1, max_length=200)
    case_number: str = Field(max_length=80)
    cause_code: str = Field("", max_length=40)
    cause_name: str = Field("", max_length=120)
    filed_at: AwareDatetime
    parties: tuple[PartyV1, ...] = Field(min_length=1, max_length=60)
    facts: str = Field(min_length=1, max_length=8000)
    reason: str = Field(min_length=1, max_length=2000)
    measures: tuple[MeasureV1, ...] = Field((), max_length=60)
    goods: tuple[GoodsLineV1, ...] = Field((), max_length=500)
    dossier: tuple[DossierLineV1, ...] = Field(min_length=1, max_length=500)
    party_notice_no: str = Field("", max_length=80)

    @model_validator(mode="after")
    def _party_is_told_where_goods_are_held(self) -> CaseTransferV1:
        if self.measures and not self.party_notice_no:
            raise ValueError("where goods are held the party is told by form 6")
        return self


@contract
class CaseTransferFiledV1(Message):
    """The receiver filed the case, with its own number. 往来."""

    kind = "official.case_transfer_filed"
    settles = ("official.case_transfer",)

    transfer_id: UUID
    case_number: str = Field(max_length=80)
    filed_on: date
    who: str = Field(max_length=80)
    at: AwareDatetime
