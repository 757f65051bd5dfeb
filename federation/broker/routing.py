"""Who should get a letter: proposed from the division, the brand, the load and what is agreed, each with its reason.

A machine proposes; whoever sends, or the office, chooses. Weights add up to a score between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from divisions import selectors as divisions
from federation.agreements.selectors import terms_between
from federation.broker import directory, hooks
from federation.broker.directory import DirectoryUnit
from federation.broker.models import Route
from federation.letters.models import Delivery
from kernel import clock
from kernel.errors import Words
from provinces.context import required

MOST = 4
LOOKED_BACK = timedelta(days=365)
OWED = (Delivery.State.WAITING, Delivery.State.DELIVERED, Delivery.State.OPENED, Delivery.State.ACCEPTED)

SENTENCES: dict[str, Words] = {
    "county": _("地点在{place}，由当地县级市场监管部门管辖"),
    "prefecture": _("地点在{place}，县级未定，先到市级"),
    "province": _("地点只知在{place}，先到省级"),
    "above": _("{place}的上级机关，可以指定下级办理"),
    "made_here": _("该品牌的假货曾查明来自{place}：{ground}"),
    "went_here": _("近一年该品牌的函件有 {n} 件送到这里"),
    "agreement": _("与{name}有协议《{title}》，受理 {days} 个工作日"),
    "busy": _("{name}在办往来 {n} 件，多于各省的中位数 {median} 件"),
    "free": _("{name}在办往来 {n} 件，不多于各省的中位数 {median} 件"),
    "away": _("{name}没有接入平台，函件要打印寄送"),
    "own": _("在本省，不必跨省发函"),
}


@dataclass(frozen=True)
class Reason:
    """One reason: its code, what it adds or takes away, and what fills its sentence."""

    code: str
    weight: float
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """In the reader's language."""
        return str(SENTENCES.get(self.code, self.code)).format_map(_Missing(self.data))


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True)
class Proposal:
    """One unit that may be the right one. certain: the division alone says so, nothing was guessed.

    direct: the letter may go there without the office.
    """

    unit: DirectoryUnit
    score: float
    reasons: tuple[Reason, ...]
    certain: bool = False
    direct: bool = False

    def explain(self) -> list[str]:
        """Why, the weightiest first."""
        return [each.words for each in sorted(self.reasons, key=lambda each: -abs(each.weight))]

    def as_json(self) -> dict[str, Any]:
        """To be kept, or sent."""
        return {
            "unit_ref": self.unit.ref,
            "score": self.score,
            "certain": self.certain,
            "direct": self.direct,
            "reasons": [{"code": each.code, "weight": each.weight, "data": each.data} for each in self.reasons],
        }


def read(kept: Iterable[dict[str, Any]]) -> list[Proposal]:
    """Proposals as they were kept. A unit that the directory knows no more is left out."""
    found = []
    for each in kept:
        unit = directory.find(each["unit_ref"])
        if unit is not None:
            reasons = tuple(Reason(row["code"], row["weight"], row["data"]) for row in each["reasons"])
            found.append(Proposal(unit, each["score"], reasons, each.get("certain", False), each.get("direct", False)))
    return found


def propose(
    *,
    division_code: str = "",
    brand_id: UUID | None = None,
    product: str = "",
    from_province: str,
    kind: str,
) -> list[Proposal]:
    """Units that may be the right addressee, the best first; at most four, and none where nothing is known.

    division_code: of the place, six or nine digits. kind: of the letter, as agreements name it.
    Load is known to the office alone; elsewhere it counts for nothing. Raises UnknownDivision.
    """
    found: dict[str, list[Reason]] = {}
    certain = _by_division(found, division_code) if division_code else ""
    if brand_id is not None:
        _by_brand(found, brand_id)
    loads = _loads() if required().kind == "office" else {}
    proposals = []
    for ref, reasons in found.items():
        unit = directory.find(ref)
        if unit is None or unit.removed:
            continue
        more = _of_province(unit, from_province, kind, loads)
        every = tuple([*reasons, *more])
        score = round(max(0.0, min(1.0, sum(each.weight for each in every))), 3)
        is_certain = ref == certain
        direct = is_direct(unit, from_province, kind, certain=is_certain)
        proposals.append(Proposal(unit, score, every, is_certain, direct))
    return sorted(proposals, key=lambda each: (-each.score, each.unit.ref))[:MOST]


def is_direct(unit: DirectoryUnit, from_province: str, kind: str, *, certain: bool) -> bool:
    """Whether a letter may go to a unit without the office: as agreed, else where the division leaves no doubt."""
    terms = terms_between(from_province, unit.province_code, kind) if unit.enrolled else None
    if terms is not None and terms.agreement_id is not None:
        return terms.direct
    return certain


def _by_division(found: dict[str, list[Reason]], code: str) -> str:
    """The bureau of the place, then those above it. Returns the ref of the one that the place alone makes certain."""
    county = divisions.county_of(code)
    line = divisions.path(county.code if county is not None else code)
    place = "".join(step.name for step in line)
    certain = ""
    for distance, step in enumerate(reversed(line)):
        unit = directory.find(step.code[:6])
        if unit is None or unit.removed:
            continue
        if distance == 0:
            level = "county" if county is not None else getattr(step, "level", "prefecture")
            weight = {"county": 0.8, "prefecture": 0.6, "province": 0.4}.get(level, 0.4)
            found.setdefault(unit.ref, []).append(Reason(level, weight, {"place": place}))
            certain = unit.ref if county is not None else ""
        else:
            found.setdefault(unit.ref, []).append(Reason("above", 0.4 - 0.1 * distance, {"place": place}))
    return certain


def _by_brand(found: dict[str, list[Reason]], brand_id: UUID) -> None:
    for code, ground in hooks.places_of(brand_id):
        unit = directory.bureau_of(code)
        if unit is not None:
            data = {"place": unit.place, "ground": ground}
            found.setdefault(unit.ref, []).append(Reason("made_here", 0.3, data))
    rows = (
        Route.objects.filter(brand_id=brand_id, state=Route.State.ANSWERED, answered_at__gt=clock.now() - LOOKED_BACK)
        .values("unit_ref")
        .annotate(n=Count("id"))
        .order_by("-n", "unit_ref")[:3]
    )
    for row in rows:
        weight = round(min(0.25, 0.1 + 0.03 * row["n"]), 3)
        found.setdefault(row["unit_ref"], []).append(Reason("went_here", weight, {"n": row["n"]}))


def _of_province(unit: DirectoryUnit, own: str, kind: str, loads: dict[str, int]) -> list[Reason]:
    if not unit.enrolled:
        return [Reason("away", 0.0, {"name": unit.province_name})]
    if unit.province_code == own:
        return [Reason("own", -0.2)]
    found = []
    terms = terms_between(own, unit.province_code, kind)
    if terms.agreement_id is not None:
        data = {"name": unit.province_name, "title": terms.agreement_title, "days": terms.acceptance_days}
        found.append(Reason("agreement", 0.1, data))
    if loads:
        ordered = sorted(loads.values())
        median = ordered[len(ordered) // 2]
        n = loads.get(unit.province_code, 0)
        code, weight = ("busy", -0.1) if n > median else ("free", 0.05)
        found.append(Reason(code, weight, {"name": unit.province_name, "n": n, "median": median}))
    return found


def _loads() -> dict[str, int]:
    """Numbered letters that each province still owes something on. For the office, from envelopes."""
    rows = (
        Delivery.objects.filter(~Q(letter__document_no=""), addressee__startswith="province:", state__in=OWED)
        .order_by()
        .values_list("addressee")
        .annotate(n=Count("id"))
    )
    return {party.removeprefix("province:"): n for party, n in rows}
