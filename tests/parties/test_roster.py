"""Who is rung, and when somebody can be."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from harness import people

from accounts.models import User
from federation.parties import selectors
from federation.parties.models import DutyAbsence, DutySlot, Membership, Organisation
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

MONDAY = datetime(2026, 3, 2, tzinfo=clock.SHANGHAI)


@pytest.fixture
def house(border):
    found = people.brand_house()
    with context.owner():
        DutySlot.objects.all().delete()
    return found


def slot(house, person, weekday, starts, ends, rank=0):
    with context.owner():
        DutySlot.objects.create(
            organisation=house.organisation,
            membership=Membership.objects.get(user=person),
            weekday=weekday,
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            rank=rank,
        )


def away(person, begin, end, substitute=None):
    with context.owner():
        DutyAbsence.objects.create(
            membership=Membership.objects.get(user=person),
            from_at=begin,
            until_at=end,
            substitute=Membership.objects.get(user=substitute) if substitute else None,
        )


def names(house, at):
    with context.seat(BRANDS):
        return [person.user.title for person in selectors.on_duty(house.organisation, at)]


def following(house, at):
    with context.seat(BRANDS):
        found = selectors.next_on_duty(house.organisation, at)
    return found and found.astimezone(clock.SHANGHAI)


def hours(number):
    return timedelta(hours=number)


def test_those_on_duty_come_by_rank_and_hours_are_beijings(house):
    slot(house, house.wang, 0, "08:30", "18:00", rank=1)
    slot(house, house.lin, 0, "08:30", "18:00", rank=0)
    assert names(house, MONDAY + hours(9)) == ["林工", "王工"]
    assert names(house, MONDAY + hours(8)) == []
    assert names(house, MONDAY + hours(18)) == []


def test_a_slot_past_midnight_belongs_to_the_day_it_began(house):
    slot(house, house.lin, 0, "20:00", "06:00")
    assert names(house, MONDAY + hours(23)) == ["林工"]
    assert names(house, MONDAY + hours(29)) == ["林工"]
    assert names(house, MONDAY + hours(5)) == []


def test_a_substitute_stands_in_and_without_one_the_next_moves_up(house):
    slot(house, house.lin, 0, "08:00", "18:00", rank=0)
    away(house.lin, MONDAY + hours(9), MONDAY + hours(12), substitute=house.wang)
    away(house.lin, MONDAY + hours(14), MONDAY + hours(15))
    assert names(house, MONDAY + hours(8.5)) == ["林工"]
    assert names(house, MONDAY + hours(9)) == ["王工"]
    assert names(house, MONDAY + hours(12)) == ["林工"]
    assert names(house, MONDAY + hours(14)) == []


def test_two_who_stand_in_for_each_other_ring_nobody_twice_and_end(house):
    slot(house, house.lin, 0, "08:00", "18:00", rank=0)
    slot(house, house.wang, 0, "08:00", "18:00", rank=1)
    away(house.lin, MONDAY, MONDAY + hours(24), substitute=house.wang)
    assert names(house, MONDAY + hours(9)) == ["王工"]
    away(house.wang, MONDAY, MONDAY + hours(24), substitute=house.lin)
    assert names(house, MONDAY + hours(9)) == []


def test_next_on_duty_is_now_or_the_next_beginning_or_the_end_of_an_absence(house):
    slot(house, house.lin, 1, "08:30", "18:00")
    assert following(house, MONDAY + hours(20)) == MONDAY + timedelta(days=1, hours=8.5)
    assert following(house, MONDAY + hours(34)) == MONDAY + hours(34)
    away(house.lin, MONDAY, MONDAY + timedelta(days=1, hours=10))
    assert following(house, MONDAY + hours(20)) == MONDAY + timedelta(days=1, hours=10)


def test_without_a_roster_nobody_is_next(house):
    assert following(house, MONDAY) is None


def test_a_member_of_a_former_agent_is_not_rung(house):
    with context.owner():
        agency = Organisation.objects.create(name="正信代理", uscc="9" * 18, kind="agency")
        qin = User.objects.create_user("qin", name="覃某", title="覃工")
        Membership.objects.create(user=qin, organisation=agency, role="appraiser")
    slot(house, qin, 0, "08:00", "18:00")
    assert names(house, MONDAY + hours(9)) == []
