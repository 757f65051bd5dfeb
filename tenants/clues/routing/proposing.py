"""The proposal for one clue: unit, person, reason, runner-up. Kept on the clue for the desk to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Post, Unit, User
from divisions.models import Division
from kernel import clock
from tenants.clues.models import Clue, Competence
from tenants.clues.routing.deciding import SURENESS, Candidate, Ground, Rule, decide
from tenants.clues.routing.places import Where, name_of, where_of

Matter = Competence.Matter
LANGUAGES = {"zh": "zh-hans", "en": "en"}
TIED = 0.5
"""Two units by one reasoning: the first is shown, and only half as sure."""
NO_PLACE, OPEN_PLACE, ONLINE_ONLY, OUTSIDE, NO_UNIT = "no_place", "open_place", "online_only", "outside", "no_unit"


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """unit and officer: None where none can be named, then `rule` and the sentence say why.

    zh, en: one sentence each. runner_up: {unit_id, name, zh, en} or empty. confidence: of place and rule together.
    matter: the one that decided. open: what the desk has to settle first: "place", "platform", "out" or nothing.
    """

    rule: str
    zh: str
    en: str
    unit: Unit | None = None
    officer: User | None = None
    confidence: float = 0.0
    matter: str = Matter.ALL
    open: str = ""
    runner_up: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it stands on a clue and on a dispatch."""
        return {
            "rule": self.rule,
            "zh": self.zh,
            "en": self.en,
            "unit_id": str(self.unit.pk) if self.unit else "",
            "unit_name": self.unit.name if self.unit else "",
            "officer_id": str(self.officer.pk) if self.officer else "",
            "officer_name": self.officer.display_name if self.officer else "",
            "confidence": round(self.confidence, 2),
            "matter": self.matter,
            "open": self.open,
            "runner_up": self.runner_up,
        }


def matters_of(clue: Clue) -> list[str]:
    """What a clue is about, as competence counts it: online where it is only online, then what it accuses of."""
    online = [Matter.ONLINE.value] if clue.channel == Clue.Channel.ONLINE else []
    return [*online, *clue.violations]


def propose(clue: Clue, *, province: str = "", ground: Ground | None = None) -> Proposal:
    """Whose a clue is. Writes nothing. province: the bureau's own; ground: loaded before, for many at once."""
    place = where_of(clue)
    if not place.code:
        return _without_place(clue, place)
    own = province or own_province(clue.desk_unit)
    if own and place.province != own:
        return _say(
            OUTSIDE,
            lambda: _("地址在外省：%(place)s。本省没有承办单位，建议移送当地。") % {"place": place.name},
            open_="out",
            confidence=place.confidence,
        )
    ground = ground or Ground.load(place)
    candidates = decide(ground, place, matters_of(clue))
    if not candidates:
        return _say(NO_UNIT, lambda: _("%(place)s没有登记承办单位。请在“管辖核对”里补设。") % {"place": place.name})
    best = candidates[0]
    other = next((each for each in candidates[1:] if each.unit.pk != best.unit.pk), None)
    officer, load = _officer(best, ground)
    said = _both(lambda: _sentence(best, place, officer, load))
    return Proposal(
        rule=best.rule.value,
        unit=best.unit,
        officer=officer,
        confidence=place.confidence * SURENESS[best.rule] * (TIED if best.tied else 1),
        matter=best.matter,
        open="" if place.final else "place",
        runner_up=_runner_up(other, place) if other else {},
        zh=said["zh"],
        en=said["en"],
    )


def keep(clue: Clue, proposal: Proposal, *, save: bool = True) -> Clue:
    """Put a proposal on its clue."""
    clue.proposed_unit, clue.proposed_officer, clue.proposal = proposal.unit, proposal.officer, proposal.as_json()
    if save:
        clue.save(update_fields=["proposed_unit", "proposed_officer", "proposal"])
    return clue


def own_province(unit: Unit) -> str:
    """The division code of the province a unit works in."""
    return f"{unit.division_code[:2]}0000" if unit.division_code else ""


def _without_place(clue: Clue, place: Where) -> Proposal:
    if clue.channel == Clue.Channel.ONLINE:
        return _say(
            ONLINE_ONLY,
            lambda: _("只有网店，没有实际地址。由受理单位保管，先向平台查询经营者地址。"),
            open_="platform",
        )
    if place.open:
        return _say(
            OPEN_PLACE,
            lambda: _("地址可能在几个地方。请先从候选中选定区划，再分派。"),
            open_="place",
            confidence=place.confidence,
        )
    return _say(NO_PLACE, lambda: _("线索里没有能认出的地址。请补充地址或选定区划，再分派。"), open_="place")


def _say(rule: str, words: Any, *, open_: str = "", confidence: float = 0.0) -> Proposal:
    said = _both(words)
    return Proposal(rule=rule, open=open_, confidence=confidence, zh=said["zh"], en=said["en"])


def _both(words: Any) -> dict[str, str]:
    said = {}
    for name, language in LANGUAGES.items():
        with translation.override(language):
            said[name] = str(words())
    return said


def _matter(code: str) -> str:
    return str(Matter(code).label) if code in Matter.values else code


def _reason(each: Candidate, place: Where) -> str:
    facts = {
        "place": place.name,
        "unit": each.unit.name,
        "matter": _matter(each.matter),
        "zone": place.zone,
        "town": place.township_name,
    }
    words = {
        Rule.ZONE_RULE: _("地址在%(zone)s，按设定由%(unit)s管辖；法定区划仍为%(place)s"),
        Rule.ZONE_BUREAU: _("地址在%(zone)s，由开发区的%(unit)s管辖；法定区划仍为%(place)s"),
        Rule.TOWNSHIP_RULE: _("地址在%(place)s%(town)s，按设定“%(matter)s”由%(unit)s管辖"),
        Rule.DIVISION_RULE: _("地址在%(place)s，按设定“%(matter)s”由%(unit)s管辖"),
        Rule.UNDER_RULE: _("地址在%(place)s，按设定该局“%(matter)s”由%(unit)s承办"),
        Rule.SECTION: _("地址在%(place)s，该局“%(matter)s”由%(unit)s承办"),
        Rule.STATION_BY_CODE: _("地址在%(place)s%(town)s，%(unit)s管这个乡镇街道"),
        Rule.STATION_BY_NAME: _("地址在%(place)s%(town)s，从名称看由%(unit)s管"),
        Rule.BUREAU: _("地址在%(place)s，%(unit)s是当地的局"),
        Rule.PREFECTURE_WITHOUT_COUNTIES: _("%(place)s不设区县，由%(unit)s直接管辖"),
        Rule.ABOVE: _("%(place)s没有更合适的承办单位，先交上级%(unit)s")
        if place.final
        else _("地址只到%(place)s，先交%(unit)s，待查明区县"),
    }[each.rule]
    said = words % facts
    if each.laid_down is not None and each.laid_down.note:
        said += _("（%(note)s）") % {"note": each.laid_down.note}
    return str(said)


def _sentence(best: Candidate, place: Where, officer: User | None, load: int) -> str:
    said = _reason(best, place)
    if officer is not None:
        if best.laid_down is not None and best.laid_down.officer_id == officer.pk:
            said += _("，承办人按设定为%(name)s") % {"name": officer.display_name}
        else:
            said += _("，%(name)s手上在办最少（%(count)s 件）") % {"name": officer.display_name, "count": load}
    if best.tied:
        said += _("。有两个单位同样符合，请核对")
    return said + _("。")


def _runner_up(each: Candidate, place: Where) -> dict[str, str]:
    return {
        "unit_id": str(each.unit.pk),
        "name": each.unit.name,
        **_both(lambda: _reason(each, place) + _("。")),
    }


def _officer(best: Candidate, ground: Ground) -> tuple[User | None, int]:
    """The person of the rule; else the officer of the unit with the fewest open clues and a certificate that holds."""
    rule = best.laid_down
    if rule is not None and rule.officer is not None and rule.officer.is_active:
        return rule.officer, 0
    if best.unit.pk not in ground.officers:
        ground.officers[best.unit.pk] = _least_busy(best.unit)
    return ground.officers[best.unit.pk]


def _least_busy(unit: Unit) -> tuple[User | None, int]:
    people = list(
        User.people.filter(is_active=True, unit=unit, posts__role=Post.Role.OFFICER)
        .exclude(officer_cert_until__lt=clock.today())
        .distinct()
        .order_by("username")
    )
    if not people:
        return None, 0
    busy = dict(
        Clue.objects.filter(holder__in=people, state__in=Clue.OPEN)
        .order_by()
        .values_list("holder")
        .annotate(Count("pk"))
    )
    chosen = min(people, key=lambda each: (busy.get(each.pk, 0), each.username))
    return chosen, busy.get(chosen.pk, 0)


def explain(clue: Clue, *, limit: int = 5) -> list[dict[str, Any]]:
    """All candidates of a clue with their reasons, the best first: what the proposal was chosen from."""
    place = where_of(clue)
    if not place.code or place.province != own_province(clue.desk_unit):
        return []
    found: Sequence[Candidate] = decide(Ground.load(place), place, matters_of(clue))
    return [
        {
            "unit_id": str(each.unit.pk),
            "unit_name": each.unit.name,
            "rule": each.rule.value,
            "matter": each.matter,
            "tied": each.tied,
            "confidence": round(place.confidence * SURENESS[each.rule] * (TIED if each.tied else 1), 2),
            **_both(lambda each=each: _reason(each, place) + _("。")),
        }
        for each in found[:limit]
    ]


def divisions_for(text: str, province: str) -> list[dict[str, str]]:
    """Counties of the province whose name holds `text`, for choosing a place by hand."""
    rows = Division.objects.filter(valid_to=None, name__contains=text.strip(), code__startswith=province[:2])
    return [{"code": row.code, "name": name_of(row.code)} for row in rows.exclude(level="province")[:20]]


def officers_with_load(unit: Unit) -> list[tuple[User, int]]:
    """Active officers of a unit and how many open clues each has in hand."""
    people = list(
        User.people.filter(is_active=True, unit=unit, posts__role=Post.Role.OFFICER).distinct().order_by("username")
    )
    held = Clue.objects.filter(Q(holder__in=people), state__in=Clue.OPEN).order_by().values_list("holder")
    busy = dict(held.annotate(Count("pk")))
    return [(each, busy.get(each.pk, 0)) for each in people]
