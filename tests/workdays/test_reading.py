"""X-11, X-12 of 11-operations: the table of holidays is dated data, loaded a year at a time."""

from __future__ import annotations

from datetime import date

import pytest
from harness.holidays import WHOLE

from kernel.clock import DayKind
from kernel.errors import BadInput
from workdays import reading


def checked(text: str, year: int = 2027) -> list[reading.Day]:
    return reading.check(year, reading.read_lines(text), this_year=2026, oldest=2024)


def test_what_offices_paste_is_read_as_spans_and_single_days_with_any_sign_between():
    days = checked(WHOLE.lstrip())
    kinds = {each.day: (each.kind, each.name) for each in days}
    assert kinds[date(2027, 2, 11)] == (DayKind.HOLIDAY, "春节")
    assert kinds[date(2027, 2, 14)] == (DayKind.MAKEUP_WORKDAY, "春节")
    assert kinds[date(2027, 4, 5)] == (DayKind.HOLIDAY, "清明")
    assert len(days) == 3 + 7 + 1 + 1 + 3 + 7 and [each.day for each in days] == sorted(kinds)


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("2027-13-01 放假 元旦", "workdays_line", "第 2 行"),
        ("2027-06-30至2027-06-01 放假", "workdays_line", "第 2 行"),
        ("2027-06-30 庆祝", "workdays_line", "第 2 行"),
        ("元旦放假", "workdays_line", "元旦放假"),
        ("2026-06-01 放假", "workdays_other_year", "2026-06-01"),
        ("2027-06-07 上班", "workdays_makeup_on_weekday", "2027-06-07"),
        ("2027-04-05 放假", "workdays_twice", "2027-04-05"),
    ],
)
def test_a_line_that_cannot_be_is_named_with_what_to_do(line, code, word):
    first, *rest = WHOLE.strip().splitlines()
    with pytest.raises(BadInput) as refused:
        checked("\n".join([first, line, *rest]))
    assert refused.value.code == code and word in refused.value.detail


@pytest.mark.parametrize(
    ("text", "year", "code"),
    [
        ("2027-01-01 放假 元旦", 2027, "workdays_cut"),
        ("", 2027, "workdays_cut"),
        (WHOLE, 2031, "workdays_year"),
        (WHOLE, 2001, "workdays_year"),
    ],
)
def test_a_table_that_was_cut_or_is_of_another_time_is_refused(text, year, code):
    with pytest.raises(BadInput) as refused:
        checked(text.lstrip(), year)
    assert refused.value.code == code
