"""An urgent clue wakes the roster's first, then the next, then the heads: rows and moments, each step once."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from harness import people
from harness.campaigns_world import MONDAY, a_clue, people_of

from kernel import clock
from kernel.errors import BadInput, Problem
from notify.models import Notice
from provinces import context
from tenants.campaigns.errors import AlreadyAnswered
from tenants.campaigns.models import UrgentCall, UrgentLine
from tenants.campaigns.services import roster, urgent
from tenants.clues.models import Clue


def on_duty(world: Any, who: Any, rank: int = 0, **more: Any) -> Any:
    return roster.add_turn(
        by=world.nong, unit_id=world.county.pk, person_id=who.pk, starts_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(hours=12), rank=rank, **more,
    )  # fmt: skip


def rung(call: UrgentCall) -> list[str]:
    return [line.person_name for line in call.lines.filter(kind="rung")]


def test_the_first_is_rung_then_the_next_then_the_units_head_then_the_bureaus_and_then_the_roster_is_exhausted(world):
    with clock.frozen(MONDAY) as tick:
        on_duty(world, world.chen)
        on_duty(world, world.li, rank=1)
        call = urgent.make_urgent(by=world.nong, clue_id=a_clue(world).pk, reason="正在转移")
        assert rung(call) == ["陈队长"], "the first at once"
        tick(timedelta(minutes=4, seconds=59))
        assert urgent.mind() == 0, "nobody before the minutes are over"
        for names in (["李队"], ["农局"], ["韦处"]):
            tick(timedelta(minutes=5))
            assert urgent.mind() == 1 and urgent.mind() == 0, "each step once"
            assert rung(call)[-1:] == names
        tick(timedelta(minutes=5))
        assert urgent.mind() == 0
        call.refresh_from_db()
        assert call.exhausted_at and call.next_at is None and call.state == "ringing"
        assert Notice.objects.filter(user_id=world.nong.pk, code="urgent_clue", urgent=True).exists()
        tick(timedelta(hours=2))
        assert urgent.mind() == 0, "what is exhausted rings nobody twice"
        roles = list(call.lines.filter(kind="rung").values_list("role", flat=True))
        assert roles == ["first", "second", "unit_head", "bureau_head"]


def test_nobody_on_duty_rings_the_head_at_once_and_says_so_and_terms_stay(world):
    with clock.frozen(MONDAY):
        clue = a_clue(world)
        before = (clue.verify_by, clue.due_at)
        call = urgent.make_urgent(by=world.nong, clue_id=clue.pk, reason="正在转移")
        assert [line.kind for line in call.lines.all()] == ["nobody", "rung"]
        assert rung(call) == ["农局"]
        clue.refresh_from_db()
        assert (clue.verify_by, clue.due_at) == before, "statutory terms are untouched"


def test_one_tap_answers_the_second_is_told_who_was_first_and_nobody_else_is_rung(world):
    with clock.frozen(MONDAY) as tick:
        on_duty(world, world.chen)
        on_duty(world, world.li, rank=1)
        call = urgent.make_urgent(by=world.nong, clue_id=a_clue(world).pk, reason="正在转移")
        urgent.acknowledge(by=world.chen, call_id=call.pk)
        urgent.acknowledge(by=world.chen, call_id=call.pk)
        with pytest.raises(AlreadyAnswered) as told:
            urgent.acknowledge(by=world.li, call_id=call.pk)
        assert "陈队长" in told.value.detail
        tick(timedelta(hours=1))
        assert urgent.mind() == 0
        assert not Notice.objects.filter(user_id=world.chen.pk, code="urgent_clue", read_at=None).exists()


def test_a_substitute_is_rung_in_the_place_of_the_one_whose_turn_it_is_and_a_suspended_person_never(world):
    with clock.frozen(MONDAY):
        turn = on_duty(world, world.chen)
        roster.substitute(by=world.chen, turn_id=turn.pk, person_id=world.li.pk, why="出差")
        call = urgent.make_urgent(by=world.nong, clue_id=a_clue(world).pk, reason="正在转移")
        line = call.lines.get(kind="rung")
        assert (line.person_name, line.instead_of) == ("李队", "陈队长")
        world.li.is_active = False
        world.li.save()
        assert rung(urgent.make_urgent(by=world.nong, clue_id=a_clue(world, "A-2").pk, reason="又一条"))[0] == "农局"


def test_a_false_urgent_is_taken_back_with_a_reason_that_those_who_were_rung_hear(world):
    with clock.frozen(MONDAY) as tick:
        on_duty(world, world.chen)
        clue = a_clue(world)
        call = urgent.make_urgent(by=world.nong, clue_id=clue.pk, reason="正在转移")
        with pytest.raises(BadInput):
            urgent.withdraw(by=world.nong, call_id=call.pk, why=" ")
        with pytest.raises(Problem):
            urgent.withdraw(by=world.chen, call_id=call.pk, why="不想办")
        urgent.withdraw(by=world.nong, call_id=call.pk, why="地址看错")
        clue.refresh_from_db()
        assert clue.priority == Clue.Priority.NORMAL
        assert Notice.objects.get(user_id=world.chen.pk, code="urgent_withdrawn").body == "地址看错"
        tick(timedelta(hours=1))
        assert urgent.mind() == 0


def test_a_clue_that_comes_in_urgent_is_found_by_the_sweep_once_and_one_that_ended_rings_no_more(world):
    with clock.frozen(MONDAY) as tick:
        on_duty(world, world.chen)
        clue = a_clue(world, priority=Clue.Priority.URGENT, priority_why="危及健康")
        urgent.mind()
        urgent.mind()
        call = UrgentCall.objects.get(clue=clue)
        assert rung(call) == ["陈队长"]
        Clue.objects.filter(pk=clue.pk).update(state="ended", outcome="closed")
        tick(timedelta(minutes=6))
        assert urgent.mind() == 0
        call.refresh_from_db()
        assert call.state == "withdrawn"


def test_an_answer_at_the_same_second_as_the_next_ring_one_is_first_and_the_other_sees_it(border):
    people.divisions()
    bureau = people.bureau("gx")
    with context.province("gx"):
        world: SimpleNamespace = people_of(bureau)
        on_duty(world, world.chen)
        on_duty(world, world.li, rank=1)
        call = urgent.make_urgent(by=world.nong, clue_id=a_clue(world).pk, reason="正在转移")
        UrgentCall.objects.filter(pk=call.pk).update(next_at=clock.now())
    start, said = threading.Barrier(3), []

    def run(work: Any) -> None:
        with context.province("gx"):
            start.wait()
            try:
                said.append(work())
            except Problem as problem:
                said.append(problem)

    works = (urgent.mind, lambda: urgent.acknowledge(by=world.chen, call_id=call.pk), urgent.mind)
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with context.province("gx"):
        call.refresh_from_db()
        lines = list(UrgentLine.objects.filter(call=call).order_by("at", "pk").values_list("kind", flat=True))
    assert call.state == "answered" and lines.count("answered") == 1
    assert lines.count("rung") in (1, 2), "the next was rung at most once"


def test_a_week_is_pasted_line_by_line_and_gaps_are_shown(world):
    with clock.frozen(MONDAY):
        got = roster.paste(
            by=world.nong,
            unit_id=world.county.pk,
            text="日期\t时段\t姓名\t班次\n2026-03-02\t08:30-08:30\t陈队长\t主班\n3月3日\t08:30-20:30\tli\t\n"
            "2026-03-04\t八点\t李队\t主班\n2026-03-05\t08:30-20:30\t查无此人\t主班\n2026-02-30\t08:30-20:30\t李队\t",
        )
        assert got.made == 2
        assert [number for number, _line, _why in got.refused] == [4, 5, 6]
        again = roster.paste(by=world.nong, unit_id=world.county.pk, text="2026-03-02\t08:30-08:30\t陈队长\t主班")
        assert (again.made, again.known) == (0, 1), "pasted twice is there once"
        from tenants.campaigns import presenters

        week = presenters.week(world.county, MONDAY.date())
        assert [each.person.title for each in week["now"]] == ["陈队长"]
        assert len(week["gaps"]) == 1, "from Tuesday evening to the end of the week"
        assert roster.copy_week(by=world.nong, unit_id=world.county.pk, monday=MONDAY.date() + timedelta(days=7)) == (
            2, 0,
        )  # fmt: skip
