"""管辖核对: each division has exactly one responsible unit per matter; gaps and doubles are listed (C-20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.models import Unit
from tenants.clues.models import Competence
from tenants.clues.routing.deciding import Candidate, Ground, Rule, decide
from tenants.clues.routing.places import final_codes, known, name_of, where

MATTERS = tuple(each.value for each in Competence.Matter if each != Competence.Matter.ALL)


class Fault(StrEnum):
    """gap: nobody but a bureau above. double: two units by the same reasoning. stale: a rule on a code of the past."""

    GAP = "gap"
    DOUBLE = "double"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check. matters: for which; all of them is ("all",). units: who would do, the nearest first."""

    fault: Fault
    division_code: str
    division_name: str
    matters: tuple[str, ...]
    units: tuple[Unit, ...]
    rule: Competence | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at and what was found."""

    divisions: int
    matters: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> int:
        """Divisions with exactly one unit for each matter."""
        bad = {each.division_code for each in self.findings if each.fault != Fault.STALE}
        return self.divisions - len(bad)


def check(province: str, *, ground: Ground | None = None, on: date | None = None) -> Coverage:
    """The whole province. Three queries."""
    ground = ground or Ground.load(on=on)
    codes, findings = final_codes(province), list[Finding]()
    for code in codes:
        findings += _of_division(ground, code)
    findings += _stale(ground)
    return Coverage(len(codes), len(MATTERS), tuple(findings))


def _of_division(ground: Ground, code: str) -> list[Finding]:
    place = where(code)
    gaps: dict[tuple[Unit, ...], list[str]] = {}
    doubles: dict[tuple[Unit, ...], list[str]] = {}
    for matter in MATTERS:
        found = decide(ground, place, [matter])
        best = found[0] if found else None
        if best is None or best.rule == Rule.ABOVE:
            gaps.setdefault(_units(found[:3]), []).append(matter)
        elif best.tied:
            same = [each for each in found if each.tied and each.rule == best.rule]
            doubles.setdefault(_units(same), []).append(matter)
    return [
        Finding(fault, code, place.name, ("all",) if len(matters) == len(MATTERS) else tuple(matters), units)
        for fault, groups in ((Fault.GAP, gaps), (Fault.DOUBLE, doubles))
        for units, matters in groups.items()
    ]


def _units(found: Sequence[Candidate]) -> tuple[Unit, ...]:
    return tuple(each.unit for each in found)


def _stale(ground: Ground) -> list[Finding]:
    """Rules that stand on a division that is no more. They count for its successors until somebody renews them."""
    after: dict[str, list[str]] = {}
    for code, olds in ground.formerly.items():
        for old in olds:
            after.setdefault(old, []).append(code)
    return [
        Finding(
            Fault.STALE,
            rule.division_code,
            name_of(rule.division_code),
            (rule.matter,),
            (rule.unit,),
            rule,
            tuple(sorted(after.get(rule.division_code, ()))),
        )
        for rule in ground.rules
        if len(rule.division_code) == len("450103") and not known(rule.division_code)
    ]
