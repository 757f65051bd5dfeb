"""Which units a place and a matter lead to, the best first. No queries: `Ground` was loaded before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from accounts.models import SectionType, Unit, User
from divisions.models import DivisionHistory
from kernel import clock
from tenants.clues.models import Competence
from tenants.clues.routing.places import Where

Kind = Unit.Kind
Matter = Competence.Matter
BUREAUX = (Kind.COUNTY_BUREAU, Kind.MUNICIPAL_BUREAU, Kind.PROVINCIAL_BUREAU)
BRIGADES = (Kind.BRIGADE, Kind.DETACHMENT, Kind.CORPS, Kind.SQUADRON)
STATION, BRIGADE = "station", "brigade"
_INSIDE: dict[str, tuple[str, ...]] = {
    Matter.ONLINE: (SectionType.ONLINE_AD, BRIGADE),
    Matter.COUNTERFEIT_TRADEMARK: (BRIGADE, SectionType.IP, STATION),
    Matter.FAKE_SHODDY: (BRIGADE, SectionType.QUALITY, STATION),
    Matter.INFRINGED_PATENT: (SectionType.IP, BRIGADE, STATION),
    Matter.UNFAIR_COMPETITION: (BRIGADE, SectionType.PRICE, STATION),
    Matter.FALSE_ADVERTISING: (SectionType.ONLINE_AD, BRIGADE, STATION),
    Matter.NO_LICENCE: (STATION, BRIGADE),
    Matter.FOOD_SAFETY: (SectionType.FOOD, BRIGADE, STATION),
    Matter.OTHER: (BRIGADE, STATION),
}
"""Inside a bureau, who takes a matter, the first there is (C-19). The bureau's own rules go before this."""


class Rule(StrEnum):
    """Why a unit is a candidate. The value stands in stored proposals."""

    ZONE_RULE = "zone_rule"
    ZONE_BUREAU = "zone_bureau"
    TOWNSHIP_RULE = "township_rule"
    DIVISION_RULE = "division_rule"
    UNDER_RULE = "under_rule"
    SECTION = "section"
    STATION_BY_CODE = "station_by_code"
    STATION_BY_NAME = "station_by_name"
    BUREAU = "bureau"
    PREFECTURE_WITHOUT_COUNTIES = "prefecture_without_counties"
    ABOVE = "above"


SURENESS = {
    Rule.ZONE_RULE: 1.0,
    Rule.ZONE_BUREAU: 0.95,
    Rule.TOWNSHIP_RULE: 1.0,
    Rule.DIVISION_RULE: 1.0,
    Rule.UNDER_RULE: 1.0,
    Rule.SECTION: 0.92,
    Rule.STATION_BY_CODE: 0.95,
    Rule.STATION_BY_NAME: 0.85,
    Rule.BUREAU: 0.9,
    Rule.PREFECTURE_WITHOUT_COUNTIES: 0.95,
    Rule.ABOVE: 0.4,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit and why. laid_down: the rule that says so. tied: another unit is as good by the same reasoning."""

    unit: Unit
    rule: Rule
    matter: str
    laid_down: Competence | None = None
    tied: bool = False


@dataclass
class Ground:
    """The units and rules that may count for some places."""

    units: dict[UUID, Unit] = field(default_factory=dict)
    at: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    inside: dict[UUID, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    rules: list[Competence] = field(default_factory=list)
    formerly: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    officers: dict[UUID, tuple[User | None, int]] = field(default_factory=dict)
    """By unit: who of it has the fewest open clues, and how many. Asked of the database once a unit."""

    @classmethod
    def load(cls, where: Where | None = None, *, on: date | None = None) -> Ground:
        """For one place, or for all of the bureau. Three queries."""
        ground, day = cls(), on or clock.today()
        history = DivisionHistory.objects.all()
        if where is not None:
            history = history.filter(successor_codes__overlap=list(where.chain[:2]))
        for old, successors in history.values_list("old_code", "successor_codes"):
            for code in successors:
                ground.formerly[code].add(old)
        units = Unit.objects.filter(is_active=True)
        rules = Competence.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
        if where is not None:
            codes = ground.codes(where)
            near = Q(division_code__in=[*codes, *([where.township] if where.township else [])])
            if where.code and where.township:
                near |= Q(division_code__startswith=where.code)
            place = Q(division_code__in=[*codes, *([where.township] if where.township else [])])
            units = units.filter(near)
            rules = rules.filter(place | Q(under__isnull=False) | (Q(zone=where.zone) if where.zone else Q(pk=None)))
        for unit in units.order_by("code"):
            ground.units[unit.pk] = unit
            ground.at[unit.division_code].append(unit)
            if unit.parent_id is not None:
                ground.inside[unit.parent_id].append(unit)
        ground.rules = [
            each for each in rules.select_related("unit", "officer").order_by("-made_at", "-id") if each.unit.is_active
        ]
        return ground

    def codes(self, where: Where) -> list[str]:
        """The codes of a place and of what it lies in, and those they had before."""
        return [code for step in where.chain for code in (step, *sorted(self.formerly.get(step, ())))]

    def here(self, code: str) -> list[Unit]:
        """Units that stand at a division, by its code or a former one."""
        return [unit for each in (code, *sorted(self.formerly.get(code, ()))) for unit in self.at.get(each, [])]

    def above(self, unit: Unit) -> Iterator[Unit]:
        """A unit and those over it, as far as they are loaded."""
        step: Unit | None = unit
        while step is not None:
            yield step
            step = self.units.get(step.parent_id) if step.parent_id else None


def decide(ground: Ground, where: Where, matters: Sequence[str]) -> list[Candidate]:
    """Candidates, the best first, each unit once. Empty: nobody at all stands over this place.

    Zone, then township, county, prefecture, province by rule; then what follows from the tree of units.
    """
    found = _tie([*_laid_down_for_zone(ground, where, matters)])
    found += _zone_bureaux(ground, where, matters)
    bureaux = _bureaux(ground, where)
    found += _laid_down(ground, where, matters, bureaux)
    derived: list[Candidate] = []
    for bureau in bureaux:
        derived += _inside(ground, bureau, where, matters)
    found += derived
    rule = Rule.BUREAU if where.level == "county" else Rule.PREFECTURE_WITHOUT_COUNTIES
    found += _tie([Candidate(each, rule, Matter.ALL) for each in bureaux])
    if len(bureaux) > 1:
        found = [_tied(each) if each.rule in (rule, Rule.SECTION) else each for each in found]
    found += _over(ground, where)
    once: dict[UUID, Candidate] = {}
    for each in found:
        once.setdefault(each.unit.pk, each)
    return list(once.values())


def _laid_down_for_zone(ground: Ground, where: Where, matters: Sequence[str]) -> list[Candidate]:
    rules = [each for each in ground.rules if where.zone and each.zone == where.zone]
    return _by_matter(rules, Rule.ZONE_RULE, matters)


def _laid_down(ground: Ground, where: Where, matters: Sequence[str], bureaux: Sequence[Unit]) -> list[Candidate]:
    found: list[Candidate] = []
    if where.township:
        rules = [each for each in ground.rules if each.division_code == where.township]
        found += _tie(_by_matter(rules, Rule.TOWNSHIP_RULE, matters))
    for step in where.chain:
        codes = {step, *ground.formerly.get(step, ())}
        rules = [each for each in ground.rules if each.division_code in codes]
        found += _tie(_by_matter(rules, Rule.DIVISION_RULE, matters))
        if step == where.code:
            for bureau in bureaux:
                for over in ground.above(bureau):
                    rules = [each for each in ground.rules if each.under_id == over.pk]
                    found += _tie(_by_matter(rules, Rule.UNDER_RULE, matters))
    return found


def _by_matter(rules: Collection[Competence], rule: Rule, matters: Sequence[str]) -> list[Candidate]:
    """Those of the first matter that any of them names; else those for all matters."""
    for matter in (*matters, Matter.ALL):
        named = [each for each in rules if each.matter == matter]
        if named:
            return [Candidate(each.unit, rule, matter, each) for each in named]
    return []


def _zone_bureaux(ground: Ground, where: Where, matters: Sequence[str]) -> list[Candidate]:
    """Branch bureaux and committees that bear the zone's name and stand in one of the place's divisions."""
    if not where.zone:
        return []
    near = [unit for code in ground.codes(where) for unit in ground.at.get(code, [])]
    kinds = (Kind.BRANCH_BUREAU, Kind.ZONE_COMMITTEE)
    named = [unit for unit in near if unit.kind in kinds and _same_zone(unit.name, where.zone)]
    found = [
        one
        for unit in named
        for one in (
            *(Candidate(each.unit, Rule.ZONE_BUREAU, each.matter) for each in _inside(ground, unit, where, matters)),
            Candidate(unit, Rule.ZONE_BUREAU, Matter.ALL),
        )
    ]
    return [_tied(each) for each in found] if len(named) > 1 else found


def _same_zone(unit_name: str, zone: str) -> bool:
    own, named = _core(unit_name), _core(zone)
    return bool(own and named) and (named in own or own in named)


_ZONE_WORDS = (
    "市场监督管理局", "市场监管局", "管理委员会", "管委会", "分局", "国家级", "产业", "技术", "开发区", "开发",
    "高新区", "新区", "高新", "经济", "园区", "工业",
)  # fmt: skip


def _core(name: str) -> str:
    """A zone's own name with its kind in short, so that 南宁高新技术产业开发区 and 南宁高新区 are one."""
    kind = "高" if "高新" in name else "经" if "经济" in name or "经开" in name else ""
    for word in (*_ZONE_WORDS, "经开", "区", "市"):
        name = name.replace(word, "")
    return name + kind


def _bureaux(ground: Ground, where: Where) -> list[Unit]:
    """The bureau of the place itself. A branch bureau counts only where no county bureau stands."""
    if not where.final:
        return []
    own = Kind.COUNTY_BUREAU if where.level == "county" else Kind.MUNICIPAL_BUREAU
    here = ground.here(where.code)
    return [unit for unit in here if unit.kind == own] or [
        unit for unit in here if unit.kind == Kind.BRANCH_BUREAU and unit.division_code == where.code and not where.zone
    ][:1]


def _inside(ground: Ground, bureau: Unit, where: Where, matters: Sequence[str]) -> list[Candidate]:
    """Sections, brigades and stations of a bureau for the matters, the best first."""
    inside = ground.inside.get(bureau.pk, [])
    found: list[Candidate] = []
    for matter in (*matters, Matter.OTHER):
        for kind in _INSIDE.get(matter, ()):
            if kind == STATION:
                found += _stations(inside, where, matter)
            elif kind == BRIGADE:
                found += _tie([Candidate(unit, Rule.SECTION, matter) for unit in inside if _is_brigade(unit)])
            else:
                found += _tie([Candidate(unit, Rule.SECTION, matter) for unit in inside if unit.section_type == kind])
    return found


def _is_brigade(unit: Unit) -> bool:
    return unit.kind in BRIGADES or unit.section_type == SectionType.BRIGADE


def _stations(inside: Sequence[Unit], where: Where, matter: str) -> list[Candidate]:
    """The station of the township: by its code, else by its name (新竹市场监管所 for 新竹街道)."""
    if not where.township and not where.township_name:
        return []
    local = [unit for unit in inside if unit.kind in (Kind.SUPERVISION_STATION, Kind.BRANCH_BUREAU)]
    by_code = [unit for unit in local if where.township and unit.division_code == where.township]
    if by_code:
        return _tie([Candidate(unit, Rule.STATION_BY_CODE, matter) for unit in by_code])
    town = where.township_name
    for ending in ("街道办事处", "街道", "镇", "乡", "苏木"):
        town = town.removesuffix(ending)
    by_name = [unit for unit in local if len(town) > 1 and unit.name.startswith(town)]
    return _tie([Candidate(unit, Rule.STATION_BY_NAME, matter) for unit in by_name])


def _over(ground: Ground, where: Where) -> list[Candidate]:
    """Bureaux above the place, nearest first: they answer where the place has no unit of its own."""
    found = []
    for step in where.chain if not where.final else where.chain[1:]:
        found += [
            Candidate(unit, Rule.ABOVE, Matter.ALL)
            for unit in ground.here(step)
            if unit.kind in (Kind.MUNICIPAL_BUREAU, Kind.PROVINCIAL_BUREAU)
        ]
    return found


def _tie(found: list[Candidate]) -> list[Candidate]:
    """Marks candidates that are several by one reasoning and for one matter."""
    units = {each.unit.pk for each in found}
    return [_tied(each) for each in found] if len(units) > 1 else found


def _tied(each: Candidate) -> Candidate:
    return Candidate(each.unit, each.rule, each.matter, each.laid_down, tied=True)
