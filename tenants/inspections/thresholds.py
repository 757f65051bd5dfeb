"""Where referral to the police becomes a duty: dated rules, and amounts held against them. Exact decimals, no rounding.

Pure but for reading `data/thresholds.csv`. Cases use `check` too. Source of the figures: `data/README.md`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "thresholds.csv"
MEASURES = ("gains", "sales", "unsold", "sold_and_unsold")


@dataclass(frozen=True, slots=True)
class Rule:
    """One figure. Met at `yuan`, not above it. repeat: only for who was punished within two years before."""

    rule_id: str
    conduct: str
    measure: str
    repeat: bool
    yuan: Decimal
    valid_from: date
    valid_to: date | None
    standing: str
    source: str

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Yuan. sold and unsold apart; None: not known, which is not 0."""

    gains: Decimal | None = None
    sales: Decimal | None = None
    unsold: Decimal | None = None

    @property
    def sold_and_unsold(self) -> Decimal | None:
        """Both together, of what is known."""
        known = [each for each in (self.sales, self.unsold) if each is not None]
        return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True, slots=True)
class Held:
    """One rule and the amount held against it. missing: yuan up to the line, 0 when it is met; None: not known."""

    rule: Rule
    amount: Decimal | None
    missing: Decimal | None

    @property
    def met(self) -> bool:
        """Whether the line is reached."""
        return self.missing == 0


@dataclass(frozen=True, slots=True)
class Check:
    """What the amounts mean on one day. nearest: the rule with the least missing, or None where nothing is known."""

    day: date
    held: tuple[Held, ...]

    @property
    def duty(self) -> bool:
        """Whether referral is a duty: one line is enough."""
        return any(each.met for each in self.held)

    @property
    def met(self) -> tuple[Held, ...]:
        """The rules that are met."""
        return tuple(each for each in self.held if each.met)

    @property
    def nearest(self) -> Held | None:
        """The line that is reached first, by how much of it is there already."""
        known = [each for each in self.held if each.amount is not None]
        return max(known, key=lambda each: (each.amount or Decimal(0)) / each.rule.yuan, default=None)


def read_rules(rows: Iterable[dict[str, str]]) -> tuple[Rule, ...]:
    """Rules of a table as the README describes it. Raises ValueError for a row that cannot be right."""
    rules = []
    for row in rows:
        rule = Rule(
            rule_id=row["rule_id"],
            conduct=row["conduct"],
            measure=row["measure"],
            repeat={"yes": True, "no": False}[row["repeat"]],
            yuan=Decimal(row["yuan"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            standing=row["standing"],
            source=row["source"],
        )
        if rule.measure not in MEASURES or rule.yuan <= 0 or (rule.valid_to and rule.valid_to < rule.valid_from):
            raise ValueError(f"threshold {rule.rule_id} cannot be right")
        rules.append(rule)
    if len({rule.rule_id for rule in rules}) != len(rules):
        raise ValueError("two thresholds have one name")
    return tuple(rules)


@lru_cache(maxsize=1)
def national_rules() -> tuple[Rule, ...]:
    """The rules that come with the product."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return read_rules(csv.DictReader(file))


def check(amounts: Amounts, *, conduct: str, repeat: bool, on: date, rules: Sequence[Rule] | None = None) -> Check:
    """Hold amounts against every rule in force. repeat: was punished within two years; the lower lines count too."""
    held = []
    for rule in national_rules() if rules is None else rules:
        if rule.conduct != conduct or not rule.holds_on(on) or (rule.repeat and not repeat):
            continue
        amount = getattr(amounts, rule.measure)
        missing = None if amount is None else max(Decimal(0), rule.yuan - amount)
        held.append(Held(rule, amount, missing))
    return Check(on, tuple(held))
