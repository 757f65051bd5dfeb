"""What was found at a target: lots, quantities by unit, asked, answered, counterfeit, seized, value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tenants.campaigns.models import JointTarget
from tenants.inspections import presenters, report
from tenants.inspections.models import Inspection
from tenants.inspections.value import INFRINGING

COUNTED = ("lots", "asked", "answered", "counterfeit", "seized")


@dataclass(frozen=True)
class Figures:
    """Of one target, or of several together. quantities: by unit of measure. value_yuan: goods found, in yuan."""

    lots: int = 0
    asked: int = 0
    answered: int = 0
    counterfeit: int = 0
    seized: int = 0
    value_yuan: Decimal = Decimal(0)
    quantities: dict[str, Decimal] = field(default_factory=dict)

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Figures:
        """Read what a target keeps; nothing there is nothing found."""
        return cls(
            **{name: int(said.get(name, 0)) for name in COUNTED},
            value_yuan=Decimal(str(said.get("value_yuan", 0))),
            quantities={unit: Decimal(str(amount)) for unit, amount in said.get("quantities", {}).items()},
        )

    def as_json(self) -> dict[str, Any]:
        """As a target keeps it."""
        return {name: getattr(self, name) for name in COUNTED} | {
            "value_yuan": str(self.value_yuan),
            "quantities": {unit: str(amount) for unit, amount in self.quantities.items()},
        }

    @property
    def found_words(self) -> str:
        """Quantities in one line: 48 瓶 · 12.5 千克."""
        return " · ".join(
            f"{presenters.plain(amount)} {unit}".strip() for unit, amount in sorted(self.quantities.items())
        )

    @property
    def value_words(self) -> str:
        """The value with its thousands apart."""
        return presenters.money(self.value_yuan)


def together(parts: Iterable[Figures]) -> Figures:
    """The sum."""
    counts = dict.fromkeys(COUNTED, 0)
    value, quantities = Decimal(0), dict[str, Decimal]()
    for part in parts:
        for name in COUNTED:
            counts[name] += getattr(part, name)
        value += part.value_yuan
        for unit, amount in part.quantities.items():
            quantities[unit] = quantities.get(unit, Decimal(0)) + amount
    return Figures(**counts, value_yuan=value, quantities=quantities)


def of_inspection(inspection: Inspection) -> Figures:
    """As the inspection stands now."""
    told = report.of([inspection])
    part = told.parts[0]
    quantities: dict[str, Decimal] = {}
    for row in part.rows:
        if row.lot.quantity:
            quantities[row.lot.unit] = quantities.get(row.lot.unit, Decimal(0)) + row.lot.quantity
    return Figures(
        lots=len(part.rows),
        asked=part.asked,
        answered=part.answered,
        counterfeit=sum(row.verdict is not None and row.verdict.value in INFRINGING for row in part.rows),
        seized=len({lot for each in part.seized for lot in each.lot_ids}),
        value_yuan=Decimal(told.total_yuan.replace(",", "")),
        quantities=quantities,
    )


def of_target(target: JointTarget) -> Figures:
    """Of one target: from its inspection while that goes on; once it ended, or from elsewhere, as it is kept."""
    if target.inspection is not None and target.state == JointTarget.State.UNDERWAY:
        return of_inspection(target.inspection)
    return Figures.of_json(target.figures)
