"""Series over several provinces: how many, and who only to those that agree (F-05, F-17)."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from harness import people
from harness.clocks import owed
from harness.matching_world import PHONE, World

from federation.letters.models import LetterBody
from federation.matching import rooms, sources
from federation.matching.models import Match, RaisedSeries, Series, SeriesAsk, SeriesMember
from federation.matching.services import asked, invited, ladder, series
from kernel.errors import BadInput, Conflict, NotFound404
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE


@pytest.fixture
def three(world: World) -> World:
    """Three provinces hold one telephone."""
    world.bureaux["fj"] = people.bureau("fj", "350102")
    for code in ("gx", "gd", "fj"):
        world.record(code, ("phone", PHONE))
    assert world.compare() == 3
    with context.seat(OFFICE):
        series.discover()
    return world


def agree(world: World, code: str) -> None:
    with context.province(code):
        invited.agree(series_id=SeriesAsk.objects.get().pk, by=world.wei(code), phone="0771-5500000")
    world.run_letters()


def ask_of(code: str) -> SeriesAsk:
    with context.province(code):
        return SeriesAsk.objects.get()


def test_matches_over_three_provinces_are_one_series_and_a_fourth_joins_it(three: World) -> None:
    with context.seat(OFFICE):
        (found,) = Series.objects.all()
        assert found.members.count() == 3 and found.pairs.count() == 3
        assert series.discover() == []
    three.bureaux["gz"] = people.bureau("gz", "520382")
    three.record("gz", ("phone", PHONE))
    three.compare()
    with context.seat(OFFICE):
        assert series.discover() == [found]
        assert found.members.count() == 4


def test_two_provinces_are_no_series_unless_a_third_hangs_on_one_of_their_records(world: World) -> None:
    """One record of 广西 holds two values: one matches 广东, the other 福建. The record's name ties them."""
    world.bureaux["fj"] = people.bureau("fj", "350102")
    world.record("gx", ("phone", PHONE), ("plate", "桂A12345"))
    world.record("gd", ("phone", PHONE))
    world.record("fj", ("plate", "桂A12345"))
    world.compare()
    with context.seat(OFFICE):
        assert series.discover() == []
    with context.province("gx"):
        for match in Match.objects.all():
            ladder.say(match_id=match.pk, rung=1, by=world.wei("gx"))
    world.run_letters()
    with context.seat(OFFICE):
        (found,) = series.discover()
        assert set(found.members.values_list("province", flat=True)) == {"gx", "gd", "fj"}


def test_no_province_of_a_series_is_named_before_it_agreed(three: World) -> None:
    with context.seat(OFFICE):
        found = Series.objects.get()
        _row, count = series.propose(series_id=found.pk, by=three.zhao, title="同一电话销售假酒")
        assert count == 3
        with pytest.raises(BadInput, match="too_few_agreed"):
            series.open_room(series_id=found.pk, by=three.zhao)
    three.run_letters()
    agree(three, "gx")
    assert ask_of("gx").members == []
    assert sorted(owed("series.proposed")) == ["province:fj", "province:gd"]
    agree(three, "gd")
    with context.province("fj"):
        invited.decline(series_id=found.pk, by=three.wei("fj"), reason="另案办理")
    three.run_letters()
    assert [each["province_code"] for each in ask_of("gx").members] == ["gd"]
    assert [each["province_code"] for each in ask_of("gd").members] == ["gx"]
    assert ask_of("fj").members == []
    with context.province("fj"):
        bodies = LetterBody.objects.filter(letter__kind__startswith="series.").values_list("body", flat=True)
        assert not any(f'"{code}"' in body for body in bodies for code in ("gx", "gd"))
    with context.province("gx"), pytest.raises(Conflict, match="already_named"):
        invited.withdraw(series_id=found.pk, by=three.wei("gx"))


def test_an_agreement_is_taken_back_while_nobody_was_named(three: World) -> None:
    with context.seat(OFFICE):
        found = Series.objects.get()
        series.propose(series_id=found.pk, by=three.zhao)
    three.run_letters()
    agree(three, "gx")
    with context.province("gx"):
        invited.withdraw(series_id=found.pk, by=three.wei("gx"))
    three.run_letters()
    agree(three, "gd")
    assert ask_of("gd").members == []
    with context.seat(OFFICE):
        assert SeriesMember.objects.get(province="gx").state == "declined"


def test_the_office_opens_a_room_for_those_that_agreed(three: World, monkeypatch: pytest.MonkeyPatch) -> None:
    room: UUID = uuid7()
    opened: list[rooms.RoomProposal] = []

    def open_room(proposal: rooms.RoomProposal, by: object) -> UUID:
        opened.append(proposal)
        return room

    monkeypatch.setattr(rooms, "_open", [open_room])
    with context.seat(OFFICE):
        found = Series.objects.get()
        series.propose(series_id=found.pk, by=three.zhao)
    three.run_letters()
    agree(three, "gx")
    agree(three, "gd")
    with context.seat(OFFICE):
        assert series.open_room(series_id=found.pk, by=three.zhao).joint_case_id == room
        assert {each.province_code for each in opened[0].members} == {"gx", "gd"}
        series.close(series_id=found.pk, by=three.zhao, why="已办结")
    three.run_letters()
    assert ask_of("gx").state == ask_of("fj").state == "closed"


def test_a_brand_raises_a_series_of_its_own_finds_and_sees_provinces_as_a_number(world: World) -> None:
    """Only its own, of two provinces at least; twice is once at the office."""
    world.house = people.brand_house()
    owner = world.house.organisation.pk
    finds = [
        sources.Raisable(
            request_id=uuid7(), province_code=code, request_no=f"{code}1", product_name="陈酿",
            found_on=date(2026, 10, 1),
        )
        for code in ("gx", "gx", "gd")
    ]  # fmt: skip
    sources.register_finds(lambda organisation_id: finds if organisation_id == owner else [])
    ids = [each.request_id for each in finds]
    with context.seat(BRANDS):
        fields = {"organisation_id": owner, "title": "瓶盖同模", "why": "瓶盖有同一处模具伤", "by": world.house.lin}
        for chosen, code in ((ids[:2], "series_one_province"), ([], "series_one_province")):
            with pytest.raises(BadInput, match=code):
                asked.raise_series(request_ids=chosen, **fields)
        with pytest.raises(NotFound404):
            asked.raise_series(request_ids=[*ids, uuid4()], **fields)
        raised = asked.raise_series(request_ids=ids, **fields)
    world.run_letters()
    with context.seat(OFFICE):
        found = Series.objects.get()
        assert (found.pk, found.raised_by, found.requests.count()) == (raised.pk, owner, 3)
        series.propose(series_id=found.pk, by=world.zhao)
    world.run_letters()
    assert len(ask_of("gx").request_ids) == 2
    agree(world, "gx")
    agree(world, "gd")
    with context.seat(BRANDS):
        row = RaisedSeries.objects.get()
        assert (row.provinces, row.agreed, row.standing) == (2, 2, "proposed")
        bodies = LetterBody.objects.filter(letter__kind="series.told").values_list("body", flat=True)
        assert not any("liaison" in body or '"gx"' in body for body in bodies)
