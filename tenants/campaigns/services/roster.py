"""值班表: turns are set one by one or a week at a time; substitutes stand in; gaps are shown, not guessed."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from audit import trail
from kernel import clock
from kernel.errors import BadInput, Problem
from tenants.campaigns import selectors
from tenants.campaigns.errors import TurnOverlaps
from tenants.campaigns.models import DutyRule, DutyTurn

LONGEST = timedelta(days=8)
MOST_LINES = 400


@transaction.atomic
def add_turn(
    *,
    by: User,
    unit_id: UUID,
    person_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    rank: int = DutyTurn.Rank.FIRST,
    by_phone: bool = True,
) -> DutyTurn:
    """Put somebody on duty. Said twice it is there once. Raises TurnOverlaps, BadInput, NotAllowed, NotFound404."""
    unit = selectors.roster_unit(by, unit_id, to_write=True)
    person = selectors.colleague(unit, person_id)
    if rank not in DutyTurn.Rank.values:
        raise BadInput(_("班次请选主班、副班或备班。"), code="duty_rank_unknown", rank=rank)
    if ends_at <= starts_at or ends_at - starts_at > LONGEST:
        raise BadInput(_("结束要晚于开始，一班最长 8 天。请改时间。"), code="duty_turn_times")
    same = DutyTurn.objects.filter(unit=unit, person=person, starts_at=starts_at, ends_at=ends_at, rank=rank).first()
    if same is not None:
        return same
    _refuse_overlap(unit, person, starts_at, ends_at)
    turn = DutyTurn.objects.create(
        unit=unit,
        person=person,
        starts_at=starts_at,
        ends_at=ends_at,
        rank=rank,
        by_phone=by_phone,
        set_by=by,
    )
    trail.record(turn, "set", by=by)
    return turn


def _refuse_overlap(unit: Unit, person: User, starts_at: datetime, ends_at: datetime) -> None:
    held = DutyTurn.objects.filter(unit=unit, person=person, starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if held is not None:
        raise TurnOverlaps(
            name=person.display_name, begins=_minute(held.starts_at), ends=_minute(held.ends_at), turn_id=held.pk
        )


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SHANGHAI):%m-%d %H:%M}"


@transaction.atomic
def remove_turn(*, by: User, turn_id: UUID) -> None:
    """Take a turn away. What was rung in it stays told."""
    turn = selectors.access_turn(by, turn_id, to_write=True)
    trail.record(turn, "remove", by=by, data={"person": str(turn.person_id)})
    turn.delete()


@transaction.atomic
def substitute(*, by: User, turn_id: UUID, person_id: UUID | None, why: str = "") -> DutyTurn:
    """Somebody stands in for the one whose turn it is; None: nobody any more. Either of the two may say so."""
    turn = selectors.access_turn(by, turn_id, to_write="own")
    if person_id is None:
        turn.substitute, turn.substitute_why = None, ""
    else:
        stand_in = selectors.colleague(turn.unit, person_id)
        if stand_in.pk == turn.person_id:
            raise BadInput(_("替班人不能是本人。请另选一位。"), code="duty_substitute_self")
        turn.substitute, turn.substitute_why = stand_in, why.strip()[:200]
    turn.save(update_fields=["substitute", "substitute_why"])
    trail.record(turn, "substitute", by=by, why=why)
    return turn


@transaction.atomic
def set_minutes(*, by: User, unit_id: UUID, minutes: int) -> DutyRule:
    """How long one person has before the next is rung."""
    unit = selectors.roster_unit(by, unit_id, to_write=True)
    if not 1 <= minutes <= 60:
        raise BadInput(_("请填 1 至 60 之间的分钟数。"), code="duty_minutes_wrong")
    rule, _made = DutyRule.objects.update_or_create(unit=unit, defaults={"answer_minutes": minutes, "set_by": by})
    trail.record(rule, "set", by=by, data={"minutes": minutes})
    return rule


@transaction.atomic
def copy_week(*, by: User, unit_id: UUID, monday: date) -> tuple[int, int]:
    """The week before `monday` once more, a week later. Returns how many were made and how many did not fit."""
    unit = selectors.roster_unit(by, unit_id, to_write=True)
    begin = clock.at_start(monday)
    before = DutyTurn.objects.filter(unit=unit, starts_at__gte=begin - timedelta(days=7), starts_at__lt=begin)
    made = left = 0
    for turn in before.select_related("person"):
        starts_at, ends_at = turn.starts_at + timedelta(days=7), turn.ends_at + timedelta(days=7)
        taken = DutyTurn.objects.filter(
            unit=unit, person_id=turn.person_id, starts_at__lt=ends_at, ends_at__gt=starts_at
        ).exists()
        if taken or not turn.person.is_active:
            left += 1
            continue
        row = DutyTurn.objects.create(
            unit=unit,
            person_id=turn.person_id,
            starts_at=starts_at,
            ends_at=ends_at,
            rank=turn.rank,
            by_phone=turn.by_phone,
            set_by=by,
        )
        trail.record(row, "set", by=by)
        made += 1
    return made, left


@dataclass(frozen=True)
class Pasted:
    """What became of pasted lines. refused: (line number, the line, what to do)."""

    made: int = 0
    known: int = 0
    refused: list[tuple[int, str, str]] = field(default_factory=list)


_RANKS = {"": 0, "主班": 0, "副班": 1, "备班": 2, "first": 0, "second": 1, "third": 2, "1": 0, "2": 1, "3": 2}
_HOURS = re.compile("(\\d{1,2})[:\uff1a](\\d{2})\\s*(?:-|–|—|~|\uff5e|至)+\\s*(\\d{1,2})[:\uff1a](\\d{2})")
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")


@transaction.atomic
def paste(*, by: User, unit_id: UUID, text: str) -> Pasted:
    """Lines copied from a sheet: day, hours, who (name or account), class. Each by itself; those wrong are told.

    `2026-03-02  08:30-08:30  陈队长  主班`; hours that end at or before they begin run into the next day.
    """
    unit = selectors.roster_unit(by, unit_id, to_write=True)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise BadInput(_("没有可导入的行。请从表格复制“日期、时段、姓名、班次”四列后粘贴。"), code="duty_paste_empty")
    if len(lines) > MOST_LINES:
        raise BadInput(_("一次最多粘贴 {most} 行。请分几次。"), code="duty_paste_long", most=MOST_LINES)
    made = known = 0
    refused: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        try:
            starts_at, ends_at, person, rank = _line(unit, line)
            if DutyTurn.objects.filter(unit=unit, person=person, starts_at=starts_at, ends_at=ends_at).exists():
                known += 1
                continue
            add_turn(by=by, unit_id=unit.pk, person_id=person.pk, starts_at=starts_at, ends_at=ends_at, rank=rank)
            made += 1
        except Problem as problem:
            if not (number == 1 and problem.code == "duty_paste_day"):  # the head of the table
                refused.append((number, line.strip()[:120], problem.detail))
    return Pasted(made, known, refused)


def _line(unit: Unit, line: str) -> tuple[datetime, datetime, User, int]:
    cells = [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter="\t" if "\t" in line else ","))]
    if len(cells) == 1:
        cells = line.replace("\uff0c", " ").split()
    cells += [""] * (4 - len(cells))
    found = _DAY.search(cells[0])
    if found is None:
        raise BadInput(_("日期没有看懂。请写成 2026-03-02。"), code="duty_paste_day")
    hours = _HOURS.search(cells[1])
    if hours is None:
        raise BadInput(_("时段没有看懂。请写成 08:30-17:30。"), code="duty_paste_hours")
    year = int(found[1]) if found[1] else clock.today().year
    try:
        day = date(year, int(found[2]), int(found[3]))
        begins, ends = time(int(hours[1]) % 24, int(hours[2])), time(int(hours[3]) % 24, int(hours[4]))
    except ValueError as error:
        raise BadInput(_("没有这一天或这个钟点。请改正。"), code="duty_paste_day_wrong") from error
    starts_at = datetime.combine(day, begins, clock.SHANGHAI)
    ends_at = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, clock.SHANGHAI)
    rank = _RANKS.get(cells[3].lower())
    if rank is None:
        raise BadInput(_("班次没有看懂。请写主班、副班或备班。"), code="duty_paste_rank")
    return starts_at, ends_at, selectors.colleague_named(unit, cells[2]), rank


def gap_words(gap: tuple[datetime, datetime]) -> str:
    """A gap in the roster in one line."""
    return _now("%(begins)s 至 %(ends)s 无人值班") % {"begins": _minute(gap[0]), "ends": _minute(gap[1])}
