"""货值: of a lot by the price basis somebody chose, of an inspection as a sum over lots; never a sum over units.

Three sums are kept apart by what the right holders said: infringing, not yet answered, and found not to be. A lot
without quantity or price has no value: unknown is not 0, and how many are unknown stands beside each sum. Where two
counts differ the sum lies between `low` and `high`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from appraisal.requests.models import Verdict
from appraisal.requests.selectors import standing
from federation.contracts.appraisal import VerdictValue
from kernel import clock
from tenants.inspections.models import Inspection, Lot
from tenants.inspections.thresholds import Amounts, Check, check

INFRINGING = frozenset({VerdictValue.COUNTERFEIT.value, VerdictValue.REFILLED_OR_REASSEMBLED.value})
CLEARED = frozenset(
    {VerdictValue.GENUINE.value, VerdictValue.LICENSED_OR_AUTHORISED.value, VerdictValue.GREY_MARKET.value}
)
CENT = Decimal("0.01")
PRICE_COLUMNS = {
    Lot.PriceBasis.LABELLED: "price_labelled_yuan",
    Lot.PriceBasis.SOLD: "price_sold_yuan",
    Lot.PriceBasis.GENUINE: "price_genuine_yuan",
}


def shown(yuan: Decimal | None) -> str:
    """An amount for people: two decimals; empty when it is unknown."""
    return "" if yuan is None else f"{yuan.quantize(CENT, ROUND_HALF_UP):f}"


@dataclass(frozen=True, slots=True)
class LotValue:
    """One lot. low, high: exact yuan of what is there, unsold; None: unknown. They differ while two counts do."""

    lot: Lot
    verdict: Verdict | None
    price_yuan: Decimal | None
    low: Decimal | None
    high: Decimal | None

    @property
    def standing(self) -> str:
        """infringing, cleared or unanswered."""
        if self.verdict is None or self.verdict.value not in INFRINGING | CLEARED:
            return "unanswered"
        return "infringing" if self.verdict.value in INFRINGING else "cleared"


@dataclass(slots=True)
class Sum:
    """low, high: exact yuan of the lots whose value is known. unknown: how many lots have none."""

    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    known: int = 0
    unknown: int = 0
    sales: Decimal | None = None
    gains: Decimal | None = None

    def add(self, value: LotValue) -> None:
        """One more lot."""
        if value.low is None or value.high is None:
            self.unknown += 1
        else:
            self.low, self.high, self.known = self.low + value.low, self.high + value.high, self.known + 1
        if value.lot.sold_amount_yuan is not None:
            self.sales = (self.sales or Decimal(0)) + value.lot.sold_amount_yuan
        if value.lot.gains_yuan is not None:
            self.gains = (self.gains or Decimal(0)) + value.lot.gains_yuan

    def amounts(self, *, high: bool = False) -> Amounts:
        """As thresholds take them."""
        return Amounts(
            gains=self.gains, sales=self.sales, unsold=(self.high if high else self.low) if self.known else None
        )


@dataclass(slots=True)
class Valuation:
    """An inspection's goods. quantities: by unit, never across units.

    confirmed: the thresholds for what right holders said is infringing, counted low; possible: the same with what is
    not answered yet, counted high.
    """

    lots: list[LotValue]
    confirmed: Check
    possible: Check
    infringing: Sum = field(default_factory=Sum)
    unanswered: Sum = field(default_factory=Sum)
    cleared: Sum = field(default_factory=Sum)
    by_basis: dict[str, Decimal] = field(default_factory=dict)
    quantities: dict[str, Decimal] = field(default_factory=dict)
    uncounted: int = 0
    differing: int = 0


def verdict_of(lot: Lot) -> Verdict | None:
    """The standing verdict on a lot, of the latest question that has one."""
    for question in sorted(lot.questions.all(), key=lambda each: each.asked_at, reverse=True):
        if (found := standing(question.item.verdicts.all())) is not None:
            return found
    return None


def value_of(lot: Lot, verdict: Verdict | None = None) -> LotValue:
    """One lot by its own price basis."""
    column = PRICE_COLUMNS.get(Lot.PriceBasis(lot.price_basis))
    price = getattr(lot, column) if column else None
    counts = [Decimal(each["quantity"]) for each in lot.candidates] or (
        [lot.quantity] if lot.quantity is not None else []
    )
    if price is None or not counts:
        return LotValue(lot, verdict, price, None, None)
    return LotValue(lot, verdict, price, min(counts) * price, max(counts) * price)


def valuation(inspection: Inspection, lots: Iterable[Lot], *, on: date | None = None) -> Valuation:
    """All lots that are not struck out, from `selectors.lots_of`. on: the day whose rules hold; that of the start."""
    values = [value_of(lot, verdict_of(lot)) for lot in lots if not lot.void_reason]
    sums = {"infringing": Sum(), "unanswered": Sum(), "cleared": Sum()}
    both = Sum()
    by_basis: dict[str, Decimal] = {}
    quantities: dict[str, Decimal] = {}
    for value in values:
        sums[value.standing].add(value)
        if value.standing != "cleared":
            both.add(value)
        if value.low is not None:
            basis = value.lot.price_basis
            by_basis[basis] = by_basis.get(basis, Decimal(0)) + value.low
        if value.lot.quantity is not None:
            unit = value.lot.unit
            quantities[unit] = quantities.get(unit, Decimal(0)) + value.lot.quantity
    day = on or clock.local_date(inspection.started_at)
    rules = {"conduct": inspection.conduct, "repeat": inspection.repeat_offender, "on": day}
    return Valuation(
        lots=values,
        confirmed=check(sums["infringing"].amounts(), **rules),
        possible=check(both.amounts(high=True), **rules),
        by_basis=by_basis,
        quantities=quantities,
        uncounted=sum(value.lot.quantity is None and not value.lot.candidates for value in values),
        differing=sum(bool(value.lot.candidates) for value in values),
        **sums,
    )
