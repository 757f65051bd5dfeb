"""Clocks while a right holder is waited for: which stand still is dated data, when they did follows from events.

Source: `data/clocks.csv`, each row with its own.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisal.opinions.models import ClockEvent, Notice
from kernel import clock
from kernel.clock import ClockStanding, ClockState, Pause, Term

_TABLE = Path(__file__).parent / "data" / "clocks.csv"
VERIFICATION, DECISION, SEIZURE = "verification", "decision", "seizure"
CLOCKS = {
    VERIFICATION: gettext_lazy("核查期限"),
    DECISION: gettext_lazy("办案期限"),
    SEIZURE: gettext_lazy("查封扣押期限"),
}
VERIFICATION_TERM = Term(15, clock.Unit.WORKING_DAY)
"""市场监督管理行政处罚程序规定 art. 18: 15 working days to check a lead, before an extension by the head."""


@dataclass(frozen=True)
class Rule:
    """One row of the table."""

    clock: str
    waiting_for: str
    pauses: bool
    from_day: date
    until_day: date | None
    verified: bool
    source: str
    note: str


@dataclass(frozen=True)
class Spell:
    """Waiting for one right holder: `begin` to `end`, or still. notice_no and name: of whom."""

    notice_id: UUID
    notice_no: str
    name: str
    waiting_for: str
    begin: datetime
    end: datetime | None


@dataclass(frozen=True)
class Note:
    """What to tell an officer of one clock. verified: whether the rule's wording was checked."""

    clock: str
    words: str
    tone: str
    verified: bool
    source: str


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The table. Raises ValueError on a bad row."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_rule(row) for row in csv.DictReader(file))


def _rule(row: dict[str, str]) -> Rule:
    if row["clock"] not in CLOCKS or row["pauses"] not in ("yes", "no") or row["verified"] not in ("yes", "no"):
        raise ValueError(f"not a rule of a clock: {row}")
    return Rule(
        clock=row["clock"],
        waiting_for=row["waiting_for"],
        pauses=row["pauses"] == "yes",
        from_day=date.fromisoformat(row["from_day"]),
        until_day=date.fromisoformat(row["until_day"]) if row["until_day"] else None,
        verified=row["verified"] == "yes",
        source=row["source"],
        note=row["note"],
    )


def rule_on(clock_code: str, waiting_for: str, day: date) -> Rule | None:
    """The rule that held on a day; None where the table is silent, and then nothing stands still."""
    held = [
        each
        for each in rules()
        if each.clock == clock_code
        and each.waiting_for == waiting_for
        and each.from_day <= day
        and (each.until_day is None or day <= each.until_day)
    ]
    return max(held, key=lambda each: each.from_day) if held else None


def spells_of(request_ids: Collection[UUID]) -> list[Spell]:
    """When right holders were waited for, by notices of these requests. An end that was struck out is none."""
    rows = (
        ClockEvent.objects.filter(notice__request_id__in=request_ids)
        .select_related("notice")
        .order_by("notice_id", "recorded_at", "id")
    )
    by_notice: dict[UUID, list[ClockEvent]] = defaultdict(list)
    for row in rows:
        by_notice[row.notice_id].append(row)
    return sorted((_spell(events) for events in by_notice.values()), key=lambda each: each.begin)


def _spell(events: list[ClockEvent]) -> Spell:
    struck = {each.strikes_id for each in events if each.kind == ClockEvent.Kind.STRIKE}
    begin = next(each for each in events if each.kind == ClockEvent.Kind.BEGIN)
    ends = [each for each in events if each.kind == ClockEvent.Kind.END and each.pk not in struck]
    notice = begin.notice
    return Spell(
        notice.pk, notice.document_no, notice.organisation_name, notice.type, begin.at, ends[-1].at if ends else None
    )


def pauses(clock_code: str, spells: Iterable[Spell]) -> tuple[Pause, ...]:
    """The spells that stop a clock, by the rule of the day each began."""
    found = []
    for spell in spells:
        rule = rule_on(clock_code, spell.waiting_for, clock.local_date(spell.begin))
        if rule is not None and rule.pauses:
            reason = _("等待%(name)s辨认（%(number)s）") % {"name": spell.name, "number": spell.notice_no}
            found.append(Pause(spell.begin, spell.end, reason))
    return tuple(found)


def pauses_of(clock_code: str, request_ids: Callable[[], Collection[UUID]]) -> tuple[Pause, ...]:
    """The same, of requests. Asks nothing where no rule ever stops this clock for a right holder."""
    waits = {str(each) for each in Notice.Type.values}
    if not any(each.pauses for each in rules() if each.clock == clock_code and each.waiting_for in waits):
        return ()
    return pauses(clock_code, spells_of(request_ids()))


def verification(begin: datetime, spells: Iterable[Spell], *, met_at: datetime | None = None) -> ClockState:
    """核查期限 as facts."""
    return ClockState(start=begin, term=VERIFICATION_TERM, pauses=pauses(VERIFICATION, spells), met_at=met_at)


def verification_words(state: ClockState, *, now: datetime | None = None) -> tuple[str, str]:
    """Where 核查期限 stands: (words, tone)."""
    now = now or clock.now()
    read = state.read(now)
    last = clock.local_date(read.due_at).isoformat()
    if read.standing is ClockStanding.MET:
        return (_("核查期限：已作出是否立案的决定。"), "good") if not read.late else (_("核查期限：超期决定。"), "seal")
    if read.standing is ClockStanding.OVERDUE:
        return _("核查期限已于 %(day)s 届满，请报负责人处理。") % {"day": last}, "seal"
    if read.standing is ClockStanding.PAUSED:
        return _("核查期限暂停计算：等待权利人答复。现在恢复则 %(day)s 届满。") % {"day": last}, "neutral"
    return _("核查期限 %(day)s 届满（15 个工作日）。") % {"day": last}, "neutral"


def notes(request_ids: Collection[UUID], *, now: datetime | None = None) -> list[Note]:
    """While somebody is waited for: what that does to each clock, and whether the rule was checked."""
    now = now or clock.now()
    waiting = [each for each in spells_of(request_ids) if each.end is None]
    if not waiting:
        return []
    first = waiting[0]
    found = []
    for code, name in CLOCKS.items():
        rule = rule_on(code, first.waiting_for, clock.local_date(first.begin))
        if rule is None:
            continue
        if rule.pauses:
            words = _("%(clock)s自 %(day)s 起暂停计算，等待%(name)s答复。")
        else:
            words = _("%(clock)s照常计算，等待%(name)s答复不暂停。")
        said = words % {"clock": name, "day": clock.local_date(first.begin).isoformat(), "name": first.name}
        found.append(Note(code, said, "neutral" if rule.pauses else "wait", rule.verified, rule.source))
    return found
