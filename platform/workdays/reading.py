"""From what a person pastes, or a file holds, to the days of a year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from kernel.clock import DayKind
from kernel.errors import BadInput
from kernel.text import half_width

LONGEST_NAME = 40
MOST_DAYS = 120
FEWEST_OFF = 7
"""The fewest weekdays that a whole year's arrangement has off: less is a table that was cut."""
_WORDS = {
    "放假": DayKind.HOLIDAY, "休": DayKind.HOLIDAY, "holiday": DayKind.HOLIDAY,
    "上班": DayKind.MAKEUP_WORKDAY, "班": DayKind.MAKEUP_WORKDAY, "makeup_workday": DayKind.MAKEUP_WORKDAY,
}  # fmt: skip
SAID = {DayKind.HOLIDAY: "放假", DayKind.MAKEUP_WORKDAY: "上班"}
"""How each is written, in whatever language the page is read."""
_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:~|至|到|—|–|\.\.)\s*{_DAY})?[\s,，、;；:：]*(\S+?)(?:[\s,，、;；:：]+(.*))?")


@dataclass(frozen=True)
class Day:
    """One day that is not what its weekday says."""

    day: date
    kind: DayKind
    name: str = ""


def read_lines(text: str) -> list[Day]:
    """Days from lines such as `2027-02-05至2027-02-11 放假 春节` and `2027-02-14,makeup_workday,春节`.

    A first line of column names, empty lines and lines that begin with # are passed over. Raises BadInput
    `workdays_line` (line: from 1, text).
    """
    found: list[Day] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = half_width(raw).strip().strip(",")
        if not line or line.startswith("#") or (not found and line.lower().startswith(("date", "日期"))):
            continue
        match = _LINE.fullmatch(line)
        kind = _WORDS.get(match[7].lower()) if match else None
        try:
            if match is None or kind is None:
                raise ValueError(line)
            first = date(*(int(each) for each in match.groups()[:3]))
            last = date(*(int(each) for each in match.groups()[3:6])) if match[4] else first
            if not timedelta() <= last - first <= timedelta(days=31):
                raise ValueError(line)
        except ValueError as error:
            raise BadInput(
                _("第 {line} 行读不懂：{text}。请按“日期 放假或上班 名称”填写，例如 2027-01-01 放假 元旦。"),
                code="workdays_line",
                line=number,
                text=raw.strip()[:60],
            ) from error
        name = (match[8] or "").strip()[:LONGEST_NAME]
        found += [Day(first + timedelta(days=n), kind, name) for n in range((last - first).days + 1)]
    return found


def check(year: int, days: Sequence[Day], *, this_year: int, oldest: int) -> list[Day]:
    """The days in their order, if they can be a whole year's arrangement.

    Raises BadInput: `workdays_year`, `workdays_other_year`, `workdays_twice`, `workdays_makeup_on_weekday`,
    `workdays_cut`.
    """
    if not oldest <= year <= this_year + 2:
        raise BadInput(
            _("只能录入 {oldest} 年至 {newest} 年的安排。请核对年份。"),
            code="workdays_year",
            oldest=oldest,
            newest=this_year + 2,
        )
    for each in days:
        if each.day.year != year:
            raise BadInput(
                _("{day} 不在 {year} 年。一次录入一年，请删去这一天或改年份。"),
                code="workdays_other_year",
                day=each.day.isoformat(),
                year=year,
            )
        if each.kind is DayKind.MAKEUP_WORKDAY and each.day.weekday() < 5:
            raise BadInput(
                _("{day} 是周一至周五，本来就上班，不必写成调休上班。请核对日期。"),
                code="workdays_makeup_on_weekday",
                day=each.day.isoformat(),
            )
    _refuse_twice(days)
    off = sum(each.kind is DayKind.HOLIDAY and each.day.weekday() < 5 for each in days)
    if off < FEWEST_OFF or len(days) > MOST_DAYS:
        raise BadInput(
            _("{year} 年只有 {off} 个工作日放假，像是没有录全（一年的安排要一次录入）。请核对后重新录入。")
            if off < FEWEST_OFF
            else _("一年的安排最多 {most} 天，现在有 {count} 天。请核对后重新录入。"),
            code="workdays_cut",
            year=year,
            off=off,
            count=len(days),
            most=MOST_DAYS,
        )
    return sorted(days, key=lambda each: each.day)


def _refuse_twice(days: Iterable[Day]) -> None:
    seen: set[date] = set()
    for each in days:
        if each.day in seen:
            raise BadInput(_("{day} 写了两次。请只留一行。"), code="workdays_twice", day=each.day.isoformat())
        seen.add(each.day)
