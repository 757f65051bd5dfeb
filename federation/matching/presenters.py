"""What pages show of matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from federation.letters.words import party_names
from federation.matching import kinds, selectors, sources, words
from federation.matching.models import (
    Match,
    MatchStep,
    Pair,
    ProbeNote,
    Series,
    SeriesAsk,
    SeriesMember,
    TallyRelease,
)
from federation.matching.services import ladder
from kernel import clock

TONES = {"open": "neutral", "said": "accent", "declined": "neutral", "withdrawn": "neutral", "told": "good"}
SHAPES = {"open": "ring", "said": "half", "declined": "cross", "withdrawn": "back", "told": "tick"}
Step = MatchStep.State


@dataclass(frozen=True)
class MatchRow:
    """A match in a list: what it is on, our records, how far the two have come, and whether it waits for us."""

    match: Match
    kind: str
    records: list[sources.Described]
    reached: int
    waits: bool
    words: str


def label(kind: str) -> str:
    """A kind in words."""
    return str(kinds.LABELS.get(kind, kind))


def rows(matches: Iterable[Match]) -> list[MatchRow]:
    """Matches of a list, with a handful of questions for all of them."""
    matches = list(matches)
    records = {match.pk: selectors.records_of(match) for match in matches}
    known = sources.described(pair for found in records.values() for pair in found)
    made = []
    for match in matches:
        steps = list(match.steps.all())
        reached = max((step.rung for step in steps if step.state == Step.TOLD), default=0)
        waits = match.state == Match.State.OPEN and any(
            step.other == "said" and step.state == Step.OPEN for step in steps
        )
        mine = [known[pair] for pair in records[match.pk] if pair in known]
        made.append(MatchRow(match, label(match.kind), mine, reached, waits, _standing(match, steps, waits)))
    return made


def _standing(match: Match, steps: Sequence[MatchStep], waits: bool) -> str:
    if match.state == Match.State.CLOSED:
        return str(words.CLOSED_WHY.get(match.why, match.get_state_display()))
    if match.state == Match.State.PAUSED:
        return str(words.CLOSED_WHY["unreachable"])
    if waits:
        return _("对方已请求，等本省表示")
    if any(step.state == Step.SAID for step in steps):
        return _("本省已请求，等对方表示")
    told = [step for step in steps if step.state == Step.TOLD]
    if told:
        return _("已互告：{rung}").format(rung=told[-1].get_rung_display())
    return _("双方都还没有表示")


@dataclass(frozen=True)
class Rung:
    """One rung on the page. can: steps that this person may take now. ours: what we would tell, or told."""

    step: MatchStep
    tone: str
    shape: str
    is_next: bool
    may: bool
    can: list[str]
    ours: list[tuple[str, str]] = field(default_factory=list)
    theirs: list[tuple[str, str]] = field(default_factory=list)
    other: str = ""
    late: bool = False


def rungs(match: Match, person: Any) -> list[Rung]:
    """The whole ladder, lowest first."""
    found = []
    before_told = True
    decides = selectors.may_decide(person)
    running = match.state == Match.State.OPEN
    for step in match.steps.all():
        may = decides or step.rung == MatchStep.Rung.NUMBER
        is_next = running and before_told and step.state != Step.TOLD
        can = []
        if is_next and may:
            can += [verb for verb in ("say", "decline") if step.state in MatchStep.MOVES[verb][0]]
        if running and may and step.state == Step.SAID:
            can.append("withdraw")
        found.append(
            Rung(
                step=step, tone=TONES[step.state], shape=SHAPES[step.state], is_next=is_next, may=may, can=can,
                ours=_ours(match, step, is_next), theirs=_learned(step), other=_other(step),
                late=step.state == Step.TOLD and not step.said and step.rung in (2, 3),
            )
        )  # fmt: skip
        before_told = step.state == Step.TOLD
    return found


def _other(step: MatchStep) -> str:
    if step.state == Step.TOLD:
        return ""
    return {"said": _("对方已同意"), "declined": _("对方暂不同意"), "withdrawn": _("对方已收回")}.get(step.other, "")


def _ours(match: Match, step: MatchStep, is_next: bool) -> list[tuple[str, str]]:
    if step.rung == MatchStep.Rung.GOODS:
        if step.said:
            return facts(step.said)
        return facts(ladder.facts_of(match).model_dump(mode="json")) if is_next else []
    if step.rung == MatchStep.Rung.UNIT and step.said:
        return liaison(step.said)
    return []


def _learned(step: MatchStep) -> list[tuple[str, str]]:
    if step.state != Step.TOLD:
        return []
    told = step.told
    if step.rung == MatchStep.Rung.NUMBER:
        return [(_("涉及省份"), _("{n} 个，含本省").format(n=told.get("provinces")))]
    if step.rung == MatchStep.Rung.GOODS:
        found = facts(told.get("facts") or {})
        return [*found, (_("品牌和产品"), _("品牌方不同意亮明"))] if told.get("without_brand") else found
    if step.rung == MatchStep.Rung.UNIT:
        return liaison(told.get("liaison") or {})
    return [(_("授权"), _("对方已授权查看，见“授权”"))]


def facts(said: dict[str, Any]) -> list[tuple[str, str]]:
    """The second rung in words; what is empty is left out."""
    weeks = " – ".join(dict.fromkeys(filter(None, (said.get("first_week"), said.get("last_week")))))
    lines = [
        (_("品牌"), "、".join(said.get("brand_names") or ())),
        (_("产品"), "、".join(said.get("product_names") or ())),
        (_("记录"), _("{n} 件").format(n=said["finds"]) if said.get("finds") is not None else ""),
        (_("时间"), week_words(weeks)),
    ]
    return [(name, text) for name, text in lines if text]


def week_words(weeks: str) -> str:
    """ "2026-W40 – 2026-W41" as people say it."""
    return " – ".join(
        _("{year} 年第 {week} 周").format(year=each[:4], week=int(each[6:])) for each in weeks.split(" – ") if each
    )


def liaison(said: dict[str, Any]) -> list[tuple[str, str]]:
    """The third rung in words."""
    if not said:
        return []
    party = f"province:{said['province_code']}"
    return [
        (_("省份"), party_names([party])[party]),
        (_("单位"), said.get("unit_name", "")),
        (_("联系人"), " ".join(filter(None, (said.get("name", ""), said.get("phone", ""))))),
    ]


def series_members(ask: SeriesAsk) -> list[list[tuple[str, str]]]:
    """Those that agreed to be named."""
    return [liaison(each) for each in ask.members]


@dataclass(frozen=True)
class PairRow:
    """A match as the office sees it. reached: the highest rung that was told. names: of the two, once they agreed."""

    pair: Pair
    kind: str
    reached: int
    asked: int
    waits_on: str
    names: list[str]
    days: int


def pair_rows(pairs: Iterable[Pair]) -> list[PairRow]:
    """Matches of the office's list."""
    made = []
    for pair in pairs:
        steps = list(pair.steps.all())
        reached = max((step.rung for step in steps if step.state == "told"), default=0)
        said = [step for step in steps if step.state == "said"]
        asks = [each for each in pair.brand_asks.all() if each.state == "asked"]
        if pair.state != Pair.State.OPEN:
            waits = str(words.CLOSED_WHY.get(pair.why or "unreachable", ""))
        elif asks:
            waits = _("等品牌方答复")
        elif said:
            waits = _("一方已请求，等另一方")
        else:
            waits = _("等双方表示")
        days = (clock.now() - pair.found_at) // timedelta(days=1)
        names = [name for _code, name in sorted(selectors.named(pair).items())]
        made.append(PairRow(pair, label(pair.kind), reached, len(said), waits, names, days))
    return made


def requests_named(ids: Iterable[str]) -> list[sources.Described]:
    """Our requests of a series."""
    return list(sources.described(("request", UUID(each)) for each in ids).values())


def noted(notes: Iterable[ProbeNote]) -> list[tuple[ProbeNote, str, str]]:
    """Comparisons by hand with the province's title and the kind."""
    notes = list(notes)
    names = party_names([f"province:{note.province}" for note in notes])
    return [(note, names[f"province:{note.province}"], label(note.kind)) for note in notes]


def released(rows_: Iterable[TallyRelease]) -> list[tuple[TallyRelease, str, str]]:
    """What was let through, with the province's title and the kind."""
    found = list(rows_)
    names = party_names([f"province:{row.province}" for row in found])
    return [(row, names[f"province:{row.province}"], label(row.kind)) for row in found]


def member_rows(series: Series) -> list[tuple[str, SeriesMember]]:
    """Provinces of a series: by name those that agreed, the others by a number."""
    members = list(series.members.all())
    named = [each for each in members if each.state == SeriesMember.State.AGREED]
    names = party_names([f"province:{each.province}" for each in named])
    made, count = [], 0
    for each in members:
        if each in named:
            made.append((names[f"province:{each.province}"], each))
        else:
            count += 1
            made.append((_("省份 {n}").format(n=count), each))
    return made


def raiser(series: Series) -> str:
    """Which organisation raised a series; empty for one that was found."""
    if series.raised_by is None:
        return ""
    party = f"organisation:{series.raised_by}"
    return party_names([party])[party]
