"""A joint action: hidden until the hour, marks, results, an end for each target (N-25, C-25)."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from harness import people
from harness.campaigns_world import MONDAY, a_clue, people_of
from openpyxl import load_workbook

from accounts.models import User
from kernel import clock
from kernel.errors import NotAllowed, NotFound404, Problem
from notify.models import Notice
from provinces import context
from tenants.campaigns import presenters, selectors, sheet, veil
from tenants.campaigns.errors import HourNotCome, TargetsOpen, TargetsWithoutHolder
from tenants.campaigns.models import JointAction, TargetMark
from tenants.campaigns.services import bundling, going, planning
from tenants.clues.models import Clue, ClueMatter, Feedback

HOUR = MONDAY + timedelta(hours=20)


def a_plan(world: Any, **more: Any) -> JointAction:
    return planning.plan(by=world.desk, name="春雷集中行动", code_name="春雷", zero_hour=HOUR, **more)


def a_target(world: Any, action: JointAction, who: list[User] | None = None, **more: Any) -> Any:
    facts = {
        "party_name": "红棚酒行",
        "address": "青秀区某路 12 号",
        "unit_id": world.county.pk,
        "division_code": "450103",
    }
    return planning.add_target(
        by=world.desk, action_id=action.pk, officer_ids=[each.pk for each in who or [world.chen, world.li]],
        **facts | more,
    )  # fmt: skip


def announced(world: Any, **more: Any) -> tuple[JointAction, Any]:
    action = a_plan(world, **more)
    target = a_target(world, action)
    return going.announce(by=world.desk, action_id=action.pk), target


def seen(person: User, target: Any) -> veil.Seen:
    return veil.see_one(person, selectors.access_target(person, target.pk))


def refused(code: str, work: Any) -> None:
    with pytest.raises(Problem) as problem:
        work()
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("level", "who_sees"),
    [
        ("planners", {"desk"}),
        ("leaders", {"desk", "wei"}),
        ("unit_heads", {"desk", "wei", "nong"}),
        ("officers", {"desk", "wei", "nong", "chen"}),
        ("all", {"desk", "wei", "nong", "chen"}),
    ],
)
def test_names_and_addresses_open_below_the_chosen_level_only_and_to_all_at_the_very_second_of_the_hour(
    world, level, who_sees
):
    them = {name: getattr(world, name) for name in ("desk", "wei", "nong", "chen")}
    with clock.frozen(MONDAY) as tick:
        action, target = announced(world, opens_to=level)
        assert {name for name, person in them.items() if not seen(person, target).hidden} == who_sees
        tick(timedelta(hours=20) - timedelta(seconds=1))
        assert {name for name, person in them.items() if not seen(person, target).hidden} == who_sees
        tick(timedelta(seconds=1))
        assert all(seen(person, target).address for person in them.values()), "within a second, with nothing run"
        refused("not_found", lambda: selectors.access_target(world.mo, target.pk))
    assert action.state == "announced"


def test_a_draft_is_known_to_planners_and_heads_of_the_leading_unit_alone(world):
    with clock.frozen(MONDAY):
        action = a_plan(world)
        a_target(world, action)
        assert selectors.actions_of(world.desk).exists() and selectors.actions_of(world.wei).exists()
        for person in (world.chen, world.nong, world.mo):
            with pytest.raises(NotFound404):
                selectors.access_action(person, action.pk)
        assert not Notice.objects.filter(code="joint_action").exists()


def test_nobody_is_told_a_name_by_a_notice_and_targets_need_a_holder_before_it_is_announced(world):
    with clock.frozen(MONDAY):
        action = a_plan(world)
        target = a_target(world, action, unit_id=None, who=[world.chen])
        with pytest.raises(TargetsWithoutHolder) as told:
            going.announce(by=world.desk, action_id=action.pk)
        assert told.value.data["numbers"] == [1]
        planning.change_target(by=world.desk, target_id=target.pk, unit_id=world.county.pk)
        going.announce(by=world.desk, action_id=action.pk)
        notices = list(Notice.objects.filter(code="joint_action"))
        assert notices and not any("红棚" in f"{each.title}{each.body}{each.url}" for each in notices)


def test_marks_are_one_tap_work_late_and_twice_is_once(world):
    with clock.frozen(MONDAY) as tick:
        _action, target = announced(world)
        tapped = clock.now()
        tick(timedelta(hours=3))
        first = going.mark(by=world.chen, target_id=target.pk, kind="received", at=tapped)
        again = going.mark(by=world.chen, target_id=target.pk, kind="received", at=tapped, mark_id=first.pk)
        assert first.pk == again.pk and TargetMark.objects.count() == 1
        row = seen(world.desk, target)
        assert row.received == "陈队长" and row.received_at == tapped, "by the phone's clock"
        future = going.mark(by=world.li, target_id=target.pk, kind="in_place", at=clock.now() + timedelta(days=1))
        assert future.at == clock.now(), "a phone that runs fast marks no future"
        with pytest.raises(NotAllowed):
            going.mark(by=world.desk, target_id=target.pk, kind="received")


def test_a_moved_hour_needs_every_mark_again_and_what_was_marked_for_the_old_one_does_not_count(world):
    with clock.frozen(MONDAY) as tick:
        action, target = announced(world)
        going.mark(by=world.chen, target_id=target.pk, kind="received", hour=1)
        going.move_hour(by=world.desk, action_id=action.pk, zero_hour=HOUR + timedelta(hours=2), why="大雨")
        assert seen(world.desk, target).received == "" and seen(world.desk, target).mark_again
        going.mark(by=world.chen, target_id=target.pk, kind="received", hour=1)
        assert seen(world.desk, target).mark_again, "one that was tapped on the old plan and came late"
        going.mark(by=world.chen, target_id=target.pk, kind="received", hour=2)
        assert seen(world.desk, target).received == "陈队长"
        tick(timedelta(hours=21))
        assert seen(world.chen, target).hidden is False, "level officers"
        refused("joint_hour_not_come", lambda: going.start(by=world.chen, target_id=target.pk))
        tick(timedelta(hours=2))
        refused(
            "joint_hour_has_come",
            lambda: going.move_hour(by=world.desk, action_id=action.pk, zero_hour=HOUR + timedelta(hours=9)),
        )


def test_called_off_before_the_hour_stays_hidden_for_good(world):
    with clock.frozen(MONDAY) as tick:
        action, target = announced(world, opens_to="planners")
        going.call_off(by=world.wei, action_id=action.pk, why="线索失实")
        tick(timedelta(days=3))
        assert seen(world.chen, target).hidden and not seen(world.desk, target).hidden
        refused("joint_action_over", lambda: going.start(by=world.chen, target_id=target.pk))


def test_an_inspection_starts_in_one_tap_at_the_hour_results_stand_on_the_board_and_the_action_closes_with_every_end(
    border,
):
    people.divisions()
    bureau = people.bureau("gx")
    with context.province("gx"), clock.frozen(MONDAY) as tick:
        world = people_of(bureau)
        clue = a_clue(world)
        action = a_plan(world)
        (target,) = bundling.bundle(by=world.desk, action_id=action.pk, clue_ids=[clue.pk])
        planning.change_target(by=world.desk, target_id=target.pk, officer_ids=[world.chen.pk, world.li.pk])
        second = a_target(world, action, who=[world.mo], unit_id=world.other.pk, party_name="绿棚")
        planning.add_seat(
            by=world.desk, action_id=action.pk, department="公安局", name="某警长", phone="110", duty="警戒"
        )
        going.announce(by=world.desk, action_id=action.pk)
        with pytest.raises(HourNotCome):
            going.start(by=world.chen, target_id=target.pk)
        tick(timedelta(hours=20))
        assert going.mind() == 1 and going.mind() == 0, "the hour is told once"
        opened = going.start(by=world.chen, target_id=target.pk)
        assert going.start(by=world.li, target_id=target.pk).pk == opened.pk, "twice is once"
        assert ClueMatter.objects.filter(clue=clue, kind="inspection", record_id=opened.pk).exists()
        assert opened.site.place == "南宁市青秀区某路 12 号"
        added = a_target(world, action, party_name="后来的", who=[world.mo], unit_id=world.other.pk)
        row = seen(world.mo, added)
        assert row.late_added and row.address, "a target added after the hour is open at once"
        assert Notice.objects.filter(user_id=world.mo.pk, code="joint_action", urgent=True).exists()
        going.end_target(by=world.chen, target_id=target.pk, outcome="found")
        refused("joint_words_missing", lambda: going.end_target(by=world.mo, target_id=second.pk, outcome="absent"))
        going.end_target(by=world.mo, target_id=second.pk, outcome="absent", words="大门紧锁")
        with pytest.raises(TargetsOpen) as told:
            going.close(by=world.desk, action_id=action.pk, words="完成")
        assert told.value.data["numbers"] == [3], "nothing open without an end"
        going.end_target(by=world.desk, target_id=added.pk, outcome="dropped", words="来不及")
        action = going.close(by=world.desk, action_id=action.pk, words="完成")
        late = going.report_late(by=world.mo, target_id=second.pk, outcome="found", words="次日补查 3 箱")
        assert late.outcome == "found", "late results"
        book = load_workbook(io.BytesIO(sheet.workbook(world.desk, action).read()))
        text = "\n".join(str(cell) for page in book for line in page.iter_rows(values_only=True) for cell in line)
        for words in ("红棚酒行", "公安局", "某警长", "次日补查", "完成"):
            assert words in text
        board = presenters.board(world.desk, action)
        assert (board.count, board.ended) == (3, 3)


def test_clues_of_one_enterprise_make_one_target_and_the_campaigns_office_hears_the_end_of_each(world):
    with clock.frozen(MONDAY):
        clues = [a_clue(world, f"B-{n}") for n in range(2)] + [a_clue(world, "B-9", subject_name="绿棚")]
        campaign = bundling.open_campaign(by=world.nong, name="春茶专项")
        ids = [each.pk for each in clues]
        assert bundling.add_clues(by=world.nong, campaign_id=campaign.pk, clue_ids=ids) == 3
        assert bundling.add_clues(by=world.nong, campaign_id=campaign.pk, clue_ids=ids) == 0
        action = planning.plan(by=world.nong, name="春茶", code_name="春茶", zero_hour=HOUR, campaign=campaign)
        made = bundling.bundle(by=world.nong, action_id=action.pk, clue_ids=ids)
        assert [target.clues.count() for target in made] == [2, 1], "C-25"
        refused("joint_clue_taken", lambda: bundling.bundle(by=world.nong, action_id=action.pk, clue_ids=ids[:1]))
        Clue.objects.filter(pk=ids[0]).update(state="ended", outcome="filed", result="true")
        clue = Clue.objects.get(pk=ids[0])
        bundling.on_clue(clue, "end")
        assert Feedback.objects.get(clue=clue, target="campaign").shown["outcome"] == "filed", "C-24"
        assert Notice.objects.filter(user_id=world.nong.pk, code="campaign_feedback").exists()
