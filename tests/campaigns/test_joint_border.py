"""A joint action over two provinces, with a right holder's people: by letter, each province its own file."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from harness import people
from harness.campaigns_world import people_of

from accounts.models import Unit
from appraisal.desk import services as desk
from appraisal.desk.models import DeskPosting
from federation.letters.models import LetterBody
from federation.parties.models import Authorisation, Membership
from kernel import clock
from kernel.errors import BadInput
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS
from tenants.campaigns import presenters, selectors, veil
from tenants.campaigns.models import JointAction, JointProvince, JointTarget, PeopleAsked
from tenants.campaigns.services import escorting, going, planning, reporting


@pytest.fixture
def two(border) -> SimpleNamespace:
    """广西 leads; 贵州 is invited; 岚壑春 is asked for people. A plan with a target in each province."""
    people.divisions()
    house = people.brand_house()
    gx, gz = people.bureau("gx"), people.bureau("gz", "520382")
    with context.province("gx"):
        ours = people_of(gx)
        hour = clock.now() + timedelta(days=1)
        action = planning.plan(by=ours.desk, name="两省集中行动", code_name="春雷", zero_hour=hour)
        here = planning.add_target(
            by=ours.desk, action_id=action.pk, unit_id=ours.county.pk, officer_ids=[ours.chen.pk], party_name="甲店",
            address="甲路", division_code=people.NANNING,
        )  # fmt: skip
        there = planning.add_target(
            by=ours.desk, action_id=action.pk, province="gz", party_name="乙店", address="乙路", division_code="520382"
        )
    with context.province("gz"):
        theirs = people_of(gz)
    return SimpleNamespace(house=house, ours=ours, theirs=theirs, action=action, here=here, there=there, hour=hour)


def the_hour_comes(two: SimpleNamespace) -> None:
    """In both provinces, as time would bring it."""
    for code in ("gx", "gz"):
        with context.province(code):
            JointAction.objects.update(zero_hour=clock.now() - timedelta(seconds=1))
            going.mind()


def test_an_invited_province_gets_its_own_targets_answers_marks_and_reports_and_late_results_arrive(two, run_letters):
    with context.province("gx"):
        going.announce(by=two.ours.desk, action_id=two.action.pk)
        province = JointProvince.objects.get(action=two.action)
        assert province.state == "invited" and province.document_no.startswith("gx市监协行〔")
        body = LetterBody.objects.get(letter_id=province.letter_id).body
        assert "乙路" in body and "甲路" not in body, "targets of that province only"
    run_letters()
    with context.province("gz"):
        file = JointAction.objects.get(origin="province:gx")
        (target,) = file.targets.all()
        assert (file.answer, target.party_name, file.document_no) == ("waiting", "乙店", province.document_no)
        reporting.answer(by=two.theirs.desk, action_id=file.pk, accept=True)
        planning.change_target(
            by=two.theirs.desk, target_id=target.pk, unit_id=two.theirs.county.pk, officer_ids=[two.theirs.chen.pk]
        )
        going.mark(by=two.theirs.chen, target_id=target.pk, kind="received")
        with pytest.raises(Exception, match="牵头"):
            going.move_hour(by=two.theirs.desk, action_id=file.pk, zero_hour=two.hour + timedelta(days=1))
    run_letters()
    with context.province("gx"):
        province.refresh_from_db()
        row = veil.see_one(two.ours.desk, selectors.access_target(two.ours.desk, two.there.pk))
        assert (province.state, row.received) == ("accepted", "陈队长")
        moved = two.hour + timedelta(hours=2)
        going.move_hour(by=two.ours.desk, action_id=two.action.pk, zero_hour=moved, why="大雨")
    run_letters()
    with context.province("gz"):
        file.refresh_from_db()
        assert (file.zero_hour, file.hour) == (moved, 2)
        assert veil.see_one(two.theirs.desk, selectors.access_target(two.theirs.desk, target.pk)).mark_again
    the_hour_comes(two)
    with context.province("gz"):
        going.end_target(by=two.theirs.chen, target_id=target.pk, outcome="found", words="查获 3 箱，检查另编号")
    run_letters()
    with context.province("gx"):
        row = veil.see_one(two.ours.desk, selectors.access_target(two.ours.desk, two.there.pk))
        assert (row.state, row.outcome, row.words) == ("ended", "found", "查获 3 箱，检查另编号")
        going.end_target(by=two.ours.chen, target_id=two.here.pk, outcome="nothing", words="未见")
        going.close(by=two.ours.desk, action_id=two.action.pk, words="完成")
    run_letters()
    with context.province("gz"):
        file.refresh_from_db()
        assert file.state == "closed"
        going.report_late(by=two.theirs.chen, target_id=target.pk, outcome="found", words="次日又查获 2 箱")
    run_letters()
    with context.province("gx"):
        assert JointTarget.objects.get(pk=two.there.pk).words == "次日又查获 2 箱", "late results after the end"


def test_a_province_that_did_not_answer_stands_out_and_its_target_is_ended_with_the_reason(two, run_letters):
    with context.province("gx"):
        going.announce(by=two.ours.desk, action_id=two.action.pk)
        JointProvince.objects.update(due_at=clock.now() - timedelta(minutes=1))
        assert [each["late"] for each in presenters.provinces(two.action)] == [True]
        assert [each.party for each in going.silent_provinces(two.action)] == ["province:gz"]
    the_hour_comes(two)
    with context.province("gx"):
        going.end_target(by=two.ours.chen, target_id=two.here.pk, outcome="nothing", words="未见")
        going.end_target(by=two.ours.desk, target_id=two.there.pk, outcome="dropped", words="对方未答复")
        closed = going.close(by=two.ours.desk, action_id=two.action.pk, words="完成")
        assert closed.state == "closed"


def test_a_right_holder_sends_people_by_county_and_hour_and_an_authority_that_ran_out_the_day_before_is_refused(
    two, run_letters
):
    with context.province("gx"):
        going.announce(by=two.ours.desk, action_id=two.action.pk)
        asked = escorting.ask(
            by=two.ours.desk, target_id=two.here.pk, organisation_id=two.house.organisation.pk, goods="白酒"
        )
    run_letters()
    day = clock.local_date(two.hour)
    with context.seat(BRANDS):
        posting = DeskPosting.objects.get(ask_id=asked.pk)
        said = " ".join(str(value) for value in vars(posting).values())
        assert posting.county_code == people.NANNING and "甲店" not in said and "甲路" not in said
    with context.owner():
        wang = Membership.objects.get(user=two.house.wang)
        Authorisation.objects.filter(membership=wang).update(valid_until=day - timedelta(days=1))
    seat = people.desk(two.house, two.house.lin)
    with context.seat(BRANDS):
        with pytest.raises(BadInput) as refused:
            desk.send_people(desk=seat, posting_id=posting.pk, user_ids=[two.house.wang.pk])
        assert refused.value.code == "posting_without_authority", "it ran out the day before"
        desk.send_people(desk=seat, posting_id=posting.pk, user_ids=[two.house.lin.pk])
    run_letters()
    with context.province("gx"):
        row = veil.see_one(two.ours.chen, selectors.access_target(two.ours.chen, two.here.pk))
        (escort,) = row.escorts
        assert escort.valid and escort.authority_no == "授 lin"
        until = PeopleAsked.objects.get(pk=asked.pk).people[0]["valid_until"]
        late = clock.at_start(clock.today()) + timedelta(days=320)
        going.move_hour(by=two.ours.desk, action_id=two.action.pk, zero_hour=late)
        (escort,) = veil.see_one(two.ours.chen, selectors.access_target(two.ours.chen, two.here.pk)).escorts
        assert not escort.valid and until in escort.why, "the hour moved past the last day"
    run_letters()
    with context.seat(BRANDS):
        posting.refresh_from_db()
        assert (posting.revision, posting.meet_at) == (2, late)
    with context.province("gx"):
        going.call_off(by=two.ours.wei, action_id=two.action.pk, why="取消")
    run_letters()
    with context.seat(BRANDS):
        posting.refresh_from_db()
        assert posting.state == "called_off"
    with context.province("gz"):
        assert JointAction.objects.get().state == "called_off"
        told: Any = Notice.objects.filter(code="joint_action").values_list("title", flat=True)
        assert Unit.objects.exists() and not any("乙店" in title for title in told)
