"""Terms end on the day the table says, and paused time does not count."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock
from kernel.clock import (
    SHANGHAI,
    ClockStanding,
    ClockState,
    DayKind,
    Extension,
    OfficeHours,
    Pause,
    Term,
    Unit,
    add_working_days,
    due_at,
    local_date,
    national_calendar,
    wall_minutes,
    working_minutes_between,
)


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


def last_of(*parts: int) -> datetime:
    return datetime.combine(date(*parts), time(23, 59, 59, 999999), SHANGHAI)


def test_the_table_moves_holidays_and_makeup_weekends():
    calendar = national_calendar()
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))  # a Saturday, made up
    assert calendar.is_working_day(date(2026, 11, 20))
    assert not calendar.is_working_day(date(2026, 11, 21))
    assert calendar.years == {2024, 2025, 2026}


def test_the_day_of_the_event_does_not_count_unless_asked():
    friday = date(2026, 11, 20)
    assert add_working_days(friday, 1).date == date(2026, 11, 23)
    assert add_working_days(friday, 1, count_event_day=True).date == friday
    assert add_working_days(friday, 0).date == friday


def test_a_term_over_the_october_holiday_ends_on_the_makeup_saturday():
    assert add_working_days(date(2026, 9, 30), 3).date == date(2026, 10, 10)


def test_a_term_into_a_year_without_a_table_is_provisional():
    due = add_working_days(date(2026, 12, 30), 3)
    assert (due.date, due.provisional) == (date(2027, 1, 4), True)
    assert not add_working_days(date(2026, 12, 28), 3).provisional
    loaded = national_calendar().with_year(
        2027, {date(2027, 1, 1): DayKind.HOLIDAY, date(2027, 1, 2): DayKind.MAKEUP_WORKDAY}
    )
    due = add_working_days(date(2026, 12, 30), 3, loaded)
    assert (due.date, due.provisional) == (date(2027, 1, 4), False)


def test_the_day_is_the_one_in_china():
    late_evening_utc = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # already Saturday in China
    assert local_date(late_evening_utc) == date(2026, 11, 21)
    assert add_working_days(late_evening_utc, 1, count_event_day=True).date == date(2026, 11, 23)


@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(0, 120), st.integers(0, 120))
def test_working_days_add_up(start, a, b):
    first = add_working_days(start, a).date
    assert add_working_days(first, b).date == add_working_days(start, a + b).date


@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(1, 120))
def test_exactly_n_working_days_lie_in_a_term_of_n(start, n):
    due = add_working_days(start, n).date
    days = [start + timedelta(days=i) for i in range(1, (due - start).days + 1)]
    assert sum(national_calendar().is_working_day(day) for day in days) == n
    assert national_calendar().is_working_day(due)


def test_each_unit_ends_in_its_own_way():
    start = china(2026, 11, 20, 15, 4, 5)
    assert due_at(start, Term(2, Unit.WORKING_DAY)).at == last_of(2026, 11, 24)
    assert due_at(start, Term(2, Unit.CALENDAR_DAY)).at == last_of(2026, 11, 22)
    assert due_at(start, Term(24, Unit.HOUR)).at == china(2026, 11, 21, 15, 4, 5)
    assert due_at(start, Term(30, Unit.MINUTE)).at == china(2026, 11, 20, 15, 34, 5)


def test_office_minutes_and_wall_minutes_of_a_late_request_are_both_known():
    sent, answered = china(2026, 11, 19, 23, 50), china(2026, 11, 20, 9, 0)
    assert wall_minutes(sent, answered) == 550
    assert working_minutes_between(sent, answered) == 30
    over_lunch = working_minutes_between(china(2026, 11, 20, 11, 50), china(2026, 11, 20, 14, 10))
    assert over_lunch == 20
    assert working_minutes_between(china(2026, 11, 20, 17, 0), china(2026, 11, 23, 9, 0)) == 60  # a weekend between
    assert working_minutes_between(answered, sent) == wall_minutes(answered, sent) == 0


def test_office_hours_are_read_from_a_setting_and_refused_when_out_of_order():
    hours = OfficeHours.parse("08:00-12:00, 15:00-18:00")
    assert working_minutes_between(china(2026, 11, 20, 0), china(2026, 11, 21, 0), hours) == 420
    for bad in ("12:00-08:00", "08:00-12:00,11:00-13:00", "all day", ""):
        with pytest.raises(ValueError):
            OfficeHours.parse(bad)


def test_waiting_for_the_brand_does_not_count():
    # Fifteen working days from 2 November; the notice went out on the 5th, the opinion came on the 12th.
    clock_state = ClockState(
        start=china(2026, 11, 2, 9),
        term=Term(15, Unit.WORKING_DAY),
        pauses=(Pause(china(2026, 11, 5, 10), china(2026, 11, 12, 16), "待权利人辨认"),),
    )
    read = clock_state.read(china(2026, 11, 13, 9))
    # 23 November without the pause; 6, 9, 10, 11 and 12 November fell out.
    assert (read.standing, read.due_at) == (ClockStanding.RUNNING, last_of(2026, 11, 30))


def test_hours_are_prolonged_by_the_union_of_the_pauses():
    start = china(2026, 11, 20, 8)
    pauses = (
        Pause(china(2026, 11, 20, 9), china(2026, 11, 20, 10), "a"),
        Pause(china(2026, 11, 20, 9, 30), china(2026, 11, 20, 10, 30), "b"),
        Pause(china(2026, 11, 20, 7), china(2026, 11, 20, 8, 15), "began before the term"),
        Pause(china(2026, 11, 20, 23), china(2026, 11, 20, 23, 30), "after the term"),
    )
    assert due_at(start, Term(4, Unit.HOUR), pauses=pauses).at == china(2026, 11, 20, 13, 45)


def test_a_paused_clock_is_paused_and_not_overdue_however_long_it_waits():
    waiting = ClockState(
        start=china(2026, 11, 16, 9),
        term=Term(3, Unit.WORKING_DAY),
        pauses=(Pause(china(2026, 11, 19, 10), None, "待补拍"),),  # on the very last day
    )
    for day in (20, 21, 25, 30):
        assert waiting.read(china(2026, 11, day, 12)).standing is ClockStanding.PAUSED
    ended = ClockState(waiting.start, waiting.term, (Pause(china(2026, 11, 19, 10), china(2026, 11, 28, 9), "待补拍"),))
    assert ended.read(china(2026, 11, 28, 12)).due_at == last_of(2026, 11, 30)  # the 28th is a Saturday


def test_a_pause_that_begins_too_late_does_not_bring_a_term_back():
    state = ClockState(china(2026, 11, 20, 8), Term(1, Unit.HOUR), (Pause(china(2026, 11, 20, 10), None, "late"),))
    assert state.read(china(2026, 11, 20, 11)).standing is ClockStanding.OVERDUE


def test_an_extension_adds_to_the_term_and_meeting_it_late_is_told():
    state = ClockState(china(2026, 11, 16, 9), Term(2, Unit.WORKING_DAY), extension=Extension(2, "案情复杂", "韦处"))
    assert state.read(china(2026, 11, 19)).due_at == last_of(2026, 11, 20)
    met = ClockState(state.start, state.term, extension=state.extension, met_at=china(2026, 11, 20, 20))
    assert (met.read(china(2026, 12, 1)).standing, met.read(china(2026, 12, 1)).late) == (ClockStanding.MET, False)
    late = ClockState(state.start, state.term, met_at=china(2026, 11, 20, 20))
    assert (late.read(china(2026, 12, 1)).standing, late.read(china(2026, 12, 1)).late) == (ClockStanding.MET, True)
    assert late.read(china(2026, 11, 19)).standing is ClockStanding.OVERDUE  # as it stood before it was met


def test_a_corrected_table_corrects_the_date():
    state = ClockState(china(2026, 11, 19, 9), Term(1, Unit.WORKING_DAY))
    known = {day: kind for day, kind in national_calendar().exceptions.items() if day.year == 2026}
    corrected = national_calendar().with_year(2026, known | {date(2026, 11, 20): DayKind.HOLIDAY})
    assert state.read(state.start).due_at == last_of(2026, 11, 20)
    assert state.read(state.start, corrected).due_at == last_of(2026, 11, 23)


def test_naive_moments_and_empty_terms_are_refused():
    with pytest.raises(ValueError):
        due_at(datetime(2026, 11, 20), Term(1, Unit.HOUR))
    with pytest.raises(ValueError):
        Term(0, Unit.HOUR)
    with pytest.raises(ValueError):
        due_at(china(2026, 11, 20), Term(1, Unit.HOUR), pauses=[Pause(china(2026, 11, 20, 1), None, "open")])


def test_the_clock_of_the_process_can_be_held_and_moved():
    with clock.frozen(china(2026, 12, 31, 23, 59)) as tick:
        assert clock.now() == datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
        assert clock.today() == date(2026, 12, 31)
        tick(timedelta(minutes=1))
        assert clock.today() == date(2027, 1, 1)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
