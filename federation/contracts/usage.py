"""What a province used in a month, told to the office: sums by meter, no record and no person."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract


class StatementLineV1(Frozen):
    """One meter. fen: the home price for `per` of its units, null where none was known; home_fen: what it comes to."""

    meter: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    amount: int = Field(ge=0)
    fen: int | None = Field(None, ge=0)
    per: int = Field(ge=1)
    home_fen: int = Field(ge=0)


@contract
class UsageStatementV1(Message):
    """用量结算单 of one month, at price zero. A later version of the same month takes its place."""

    kind = "usage.statement"

    statement_id: UUID
    month: str = Field(pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])$")
    number: int = Field(ge=1, le=1000, description="version of the month")
    lines: tuple[StatementLineV1, ...] = Field(max_length=100)
    owed_fen: Literal[0] = 0
    home_fen: int = Field(ge=0)
    issued_at: AwareDatetime
