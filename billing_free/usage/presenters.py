"""Figures in words: amounts in their unit, money as yuan and fen, months, parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing_free.usage.meters import METERS, Meter
from billing_free.usage.models import Statement
from federation.contracts.addresses import Address
from federation.letters.words import party_names

OWED_FEN = 0
"""What anybody owes for anything."""


@dataclass(frozen=True)
class Line:
    """One meter of a statement. share: its part of the dearest line, per cent."""

    code: str
    title: str
    amount: int
    shown: str
    unit: str
    priced: str
    price: str
    home_fen: int
    home: str
    share: int


def lines(rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Lines of a statement as people read them; a meter that is no more keeps its code."""
    dearest = max((row["home_fen"] for row in rows), default=0) or 1
    return [_line(row, dearest) for row in rows]


def _line(row: Mapping[str, Any], dearest: int) -> Line:
    meter = METERS.get(row["meter"])
    return Line(
        code=row["meter"],
        title=str(meter.title) if meter else row["meter"],
        amount=row["amount"],
        shown=amount(meter, row["amount"]),
        unit=str(meter.unit) if meter else "",
        priced=str(meter.priced) if meter else "",
        price=_("未定价") if row["fen"] is None else yuan(row["fen"]),
        home_fen=row["home_fen"],
        home=yuan(row["home_fen"]),
        share=round(100 * row["home_fen"] / dearest),
    )


def amount(meter: Meter | None, number: int) -> str:
    """An amount in the unit that people read, without it."""
    if meter is None or meter.shown_in == 1:
        return f"{number:,}"
    shown = number / meter.shown_in
    return f"{shown:,.2f}" if 0 < shown < 10 else f"{shown:,.1f}"


def yuan(fen: int) -> str:
    """Whole fen as yuan."""
    return f"¥{fen // 100:,}.{fen % 100:02d}"


def month_words(month: date) -> str:
    """A month as people write it."""
    return _("{year} 年 {month} 月").format(year=month.year, month=month.month)


def names(parties: Sequence[Address | str]) -> dict[str, str]:
    """Names of parties by how they are written."""
    return party_names([str(each) for each in parties])


@dataclass(frozen=True)
class Row:
    """A statement in a list."""

    statement: Statement
    month: str
    party: str
    home: str


def rows(statements: Sequence[Statement]) -> list[Row]:
    """Statements as a list shows them."""
    named = names([each.party for each in statements])
    return [Row(each, month_words(each.month), named[each.party], yuan(each.home_fen)) for each in statements]
