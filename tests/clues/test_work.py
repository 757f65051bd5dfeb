"""One holder, one clock, an end: from the desk to the unit and back (C-15 to C-17, C-22, C-23, C-27)."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from audit import trail
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404, Problem
from kernel.ids import uuid7
from notify.models import Notice
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueAlarm, ClueMatter, Dispatch, JurisdictionDecision
from tenants.clues.services import alarms, asking, assessing, clocks, competence, disputes, supervising, working
from tenants.clues.services.dispatching import DispatchedAlready, dispatch, recall, screen
from tenants.inspections.models import Inspection

State = Clue.State


def told(person: Any, code: str) -> int:
    return Notice.objects.filter(user_id=person.pk, code=code).count()


def verifying(bureau: Any, **more: Any) -> Clue:
    clue = bureau.clue(**more)
    dispatch(by=bureau.meng, clue_id=clue.pk)
    working.sign_for(by=bureau.chen, clue_id=clue.pk)
    working.set_verifiers(by=bureau.chen, clue_id=clue.pk, officer_ids=[bureau.chen.pk, bureau.ning.pk])
    clue.refresh_from_db()
    return clue


def test_a_clue_goes_by_one_call_with_receipt_and_trail_from_the_desk_to_its_end_c17(bureau: Any, tick: Any) -> None:
    clue = bureau.clue()
    assert told(bureau.meng, "clue_arrived") == 0, "whoever enters it need not be told"
    sent = dispatch(by=bureau.meng, clue_id=clue.pk)
    clue.refresh_from_db()
    assert (sent.unit, sent.officer, sent.followed) == (bureau.bri, bureau.chen, True)
    assert (clue.holder_unit, clue.holder, clue.competent_unit) == (bureau.bri, bureau.chen, bureau.bri)
    assert clock.local_date(sent.sign_by) == date(2026, 3, 3), "one working day for the receipt"
    assert clue.due_at == sent.sign_by and told(bureau.chen, "clue_dispatched") == 1
    with pytest.raises(NotFound404):
        working.sign_for(by=bureau.lu, clue_id=clue.pk)
    tick(hours=3)
    signed = working.sign_for(by=bureau.ning, clue_id=clue.pk)
    assert (signed.state, signed.holder) == (State.VERIFYING, bureau.chen)
    assert signed.verify_by == date(2026, 3, 23), "15 working days from registration"
    assert signed.due_at == clock.at_end(date(2026, 3, 23))
    with pytest.raises(BadInput) as alone:
        working.end(by=bureau.chen, clue_id=clue.pk, result="true", outcome="filed", words="已立案")
    assert alone.value.code == "verifiers_missing"
    with pytest.raises(BadInput):
        working.set_verifiers(by=bureau.chen, clue_id=clue.pk, officer_ids=[bureau.chen.pk])
    bureau.ning.officer_cert_until = date(2026, 1, 1)
    bureau.ning.save()
    with pytest.raises(BadInput) as lapsed:
        working.set_verifiers(by=bureau.chen, clue_id=clue.pk, officer_ids=[bureau.chen.pk, bureau.ning.pk])
    assert lapsed.value.code == "certificate_lapsed"
    working.set_verifiers(by=bureau.chen, clue_id=clue.pk, officer_ids=[bureau.chen.pk, bureau.su.pk])
    with pytest.raises(BadInput) as contrary:
        working.end(by=bureau.chen, clue_id=clue.pk, result="untrue", outcome="filed", words="x")
    assert contrary.value.code == "ending_contradicts"
    filed = {"by": bureau.chen, "clue_id": clue.pk, "result": "true", "outcome": "filed", "words": "查获假酒，已立案"}
    for more, code in (({}, "case_missing"), ({"outside_number": "1"}, "outside_number_wrong"),
                       ({"case_ids": [clue.pk]}, "case_not_of_clue")):  # fmt: skip
        with pytest.raises(BadInput) as unnamed:
            working.end(**filed, **more)
        assert unnamed.value.code == code
    ended = working.end(**filed, outside_number=" 南青市监案〔2026〕9 号 ")
    assert ended.outside_number == "南青市监案〔2026〕9 号"
    assert (ended.state, ended.due_at) == (State.ENDED, None)
    assert [each.verb for each in trail.of(ended)] == ["register", "dispatch", "sign_for", "set_verifiers", "end"]
    with pytest.raises(NotAllowed):
        working.reopen(by=bureau.chen, clue_id=clue.pk, reason="新证据")
    again = working.reopen(by=bureau.wei, clue_id=clue.pk, reason="新证据")
    assert (again.state, again.holder_unit, again.outcome) == (State.SCREENED, bureau.top, "")
    assert again.verify_by == date(2026, 3, 23), "the term runs anew from the day of reopening"


def test_the_second_desk_is_told_who_was_first(bureau: Any) -> None:
    clue = bureau.clue()
    dispatch(by=bureau.meng, clue_id=clue.pk)
    with pytest.raises(DispatchedAlready) as refused:
        dispatch(by=bureau.wei, clue_id=clue.pk, unit_id=bureau.xxt.pk)
    assert isinstance(refused.value, MoveRefused) and refused.value.code == "dispatched_already"
    assert bureau.meng.display_name in refused.value.detail and "青秀大队" in refused.value.detail
    with pytest.raises(NotAllowed):
        dispatch(by=bureau.chen, clue_id=clue.pk, unit_id=bureau.xxt.pk)
    recall(by=bureau.wei, clue_id=clue.pk, reason="派错了")
    clue.refresh_from_db()
    assert (clue.state, clue.holder_unit, clue.holder) == (State.SCREENED, bureau.top, None)
    assert dispatch(by=bureau.wei, clue_id=clue.pk, unit_id=bureau.xxt.pk).unit == bureau.xxt


def test_a_unit_returns_to_the_desk_only_and_hands_down_only_inside_its_house_c27(bureau: Any) -> None:
    clue = bureau.clue()
    dispatch(by=bureau.meng, clue_id=clue.pk, unit_id=bureau.qx.pk)
    with pytest.raises(BadInput) as outside:
        working.hand_down(by=bureau.he, clue_id=clue.pk, unit_id=bureau.xxt.pk)
    assert outside.value.code == "outside_the_house"
    inside = working.hand_down(by=bureau.he, clue_id=clue.pk, unit_id=bureau.ip.pk, officer_id=bureau.su.pk)
    assert (inside.holder_unit, inside.holder, inside.competent_unit) == (bureau.ip, bureau.su, bureau.qx)
    with pytest.raises(BadInput):
        working.send_back(by=bureau.su, clue_id=clue.pk, reason="not_competent")
    back = working.send_back(by=bureau.su, clue_id=clue.pk, reason="wrong_place", right_unit_name="西乡塘区局")
    assert (back.state, back.holder_unit, back.holder) == (State.RETURNED, bureau.top, None)
    assert told(bureau.meng, "clue_returned") == 1
    row = back.dispatches.first()
    assert (row.ending, row.right_unit_name) == (Dispatch.Ending.RETURNED, "西乡塘区局")


def test_two_units_that_refuse_each_other_open_a_dispute_and_the_holder_stays_edge_10(bureau: Any, tick: Any) -> None:
    clue = bureau.clue()
    dispatch(by=bureau.meng, clue_id=clue.pk, unit_id=bureau.bri.pk)
    working.send_back(by=bureau.chen, clue_id=clue.pk, reason="not_competent", words="在西乡塘")
    dispatch(by=bureau.meng, clue_id=clue.pk, unit_id=bureau.xxt.pk)
    tick(hours=1)
    disputed = working.send_back(by=bureau.lu, clue_id=clue.pk, reason="not_competent", words="在青秀")
    assert (disputed.state, disputed.holder_unit) == (State.DISPUTED, bureau.xxt)
    row = disputed.disputes.get()
    assert (row.first_unit, row.second_unit, row.superior) == (bureau.bri, bureau.xxt, bureau.nn)
    assert row.due_on == date(2026, 3, 11), "seven working days"
    assert disputed.due_at == clock.at_end(row.due_on)
    with pytest.raises(Conflict):
        dispatch(by=bureau.meng, clue_id=clue.pk, unit_id=bureau.bri.pk)
    with pytest.raises(NotAllowed):
        disputes.designate(by=bureau.meng, clue_id=clue.pk, unit_id=bureau.bri.pk, reason="地址在青秀")
    disputes.designate(by=bureau.wei, clue_id=clue.pk, unit_id=bureau.bri.pk, reason="地址在青秀")
    clue.refresh_from_db()
    decision = clue.jurisdictions.first()
    assert (clue.holder_unit, decision.basis) == (bureau.bri, JurisdictionDecision.Basis.DESIGNATED)
    assert clue.disputes.get().settled_at is not None
    with pytest.raises(Conflict) as stays:
        working.send_back(by=bureau.chen, clue_id=clue.pk, reason="not_competent", words="还是不归我管")
    assert stays.value.code == "designated_stays"


def test_units_that_settle_within_the_term_check_it_without_a_designation(bureau: Any) -> None:
    clue = bureau.clue()
    for unit, person in ((bureau.bri, bureau.chen), (bureau.xxt, bureau.lu)):
        dispatch(by=bureau.meng, clue_id=clue.pk, unit_id=unit.pk)
        working.send_back(by=person, clue_id=clue.pk, reason="not_competent", words="不归我管")
    taken = disputes.settle(by=bureau.lu, clue_id=clue.pk)
    assert (taken.state, taken.competent_unit) == (State.VERIFYING, bureau.xxt)


def test_days_of_testing_do_not_count_and_15_more_are_the_heads_to_give(bureau: Any, tick: Any) -> None:
    clue = verifying(bureau)
    tick(days=2)
    clocks.pause(by=bureau.chen, clue_id=clue.pk, kind="testing", reason="送检")
    with pytest.raises(Conflict):
        clocks.pause(by=bureau.chen, clue_id=clue.pk, kind="testing", reason="再送")
    tick(days=7)
    assert alarms.round_of_alarms().reckoned == 1, "an open pause moves the day on"
    clocks.resume(by=bureau.chen, clue_id=clue.pk)
    clue.refresh_from_db()
    assert clue.verify_by == date(2026, 3, 30), "five working days were taken out"
    asked = asking.ask_extension(by=bureau.chen, clue_id=clue.pk, reason="当事人失联")
    with pytest.raises(NotAllowed):
        asking.decide(by=bureau.chen, ask_id=asked.pk, approve=True)
    with pytest.raises(BadInput):
        asking.decide(by=bureau.he, ask_id=asked.pk, approve=False)
    asking.decide(by=bureau.he, ask_id=asked.pk, approve=True)
    clue.refresh_from_db()
    assert clue.verify_by == date(2026, 4, 21), "15 working days more, 清明 left out"
    with pytest.raises(Conflict) as twice:
        asking.ask_extension(by=bureau.chen, clue_id=clue.pk, reason="再延")
    assert twice.value.code == "extended_once"


def test_not_to_file_is_the_heads_decision(bureau: Any) -> None:
    clue = verifying(bureau)
    still = working.end(by=bureau.chen, clue_id=clue.pk, result="untrue", outcome="no_filing", words="现场未发现")
    assert still.state == State.VERIFYING
    ask = selectors.asks_waiting_for(bureau.he).get()
    with pytest.raises(Conflict):
        working.end(by=bureau.chen, clue_id=clue.pk, result="untrue", outcome="no_filing", words="现场未发现")
    asking.decide(by=bureau.he, ask_id=ask.pk, approve=False, answer="再查仓库")
    again = working.end(by=bureau.chen, clue_id=clue.pk, result="untrue", outcome="no_filing", words="仓库也没有")
    asking.decide(by=bureau.he, ask_id=again.asks.get(state="asked").pk, approve=True)
    clue.refresh_from_db()
    assert (clue.state, clue.outcome, clue.ending_words) == (State.ENDED, "no_filing", "仓库也没有")


def test_a_panel_of_several_sections_says_its_opinions_and_the_desk_concludes_c16(bureau: Any) -> None:
    from openpyxl import load_workbook

    from tenants.clues.reports import assessments_workbook

    clue = bureau.clue()
    with pytest.raises(BadInput) as one:
        assessing.open_assessment(by=bureau.meng, clue_id=clue.pk, member_ids=[bureau.chen.pk, bureau.ning.pk])
    assert one.value.code == "panel_one_section"
    row = assessing.open_assessment(by=bureau.meng, clue_id=clue.pk, member_ids=[bureau.chen.pk, bureau.lu.pk])
    assert row.due_on == date(2026, 3, 5), "three working days, as this bureau has not set its own"
    assert selectors.clue(bureau.lu, clue.pk).state == State.ASSESSING, "a member sees it on the own phone"
    with pytest.raises(BadInput):
        assessing.conclude(by=bureau.meng, assessment_id=row.pk, advice="dispatch", opinion="查")
    assessing.say(by=bureau.lu, assessment_id=row.pk, opinion="=有前科")
    with pytest.raises(NotFound404):
        assessing.say(by=bureau.su, assessment_id=row.pk, opinion="我也说")
    assessing.conclude(by=bureau.meng, assessment_id=row.pk, advice="dispatch", opinion="有价值，核查")
    clue.refresh_from_db()
    assert clue.state == State.SCREENED
    with pytest.raises(Conflict):
        assessing.say(by=bureau.chen, assessment_id=row.pk, opinion="晚了")
    import io

    sheet = load_workbook(io.BytesIO(assessments_workbook(selectors.assessments_seen_by(bureau.meng)))).active
    line = [str(cell.value) for cell in sheet[2]]
    assert clue.number in line[0] and "陆某（西乡塘区局）" in line[4] and line[5].startswith("陆某")


def test_an_inspection_begins_from_the_clue_in_one_tap_with_what_is_known(
    bureau: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("divisions.selectors.division", lambda code: None)  # no tables in this database
    clue = verifying(bureau, subject_name="某某酒行", subject_code="91450100MA5N0X0A1B")
    begun = working.begin_inspection(by=bureau.chen, clue_id=clue.pk)
    assert (begun.site.county_code, begun.site.place) == ("450103", clue.address_raw)
    assert clue.matters.get(kind=ClueMatter.Kind.INSPECTION).record_id == begun.pk
    assert working.begin_inspection(by=bureau.ning, clue_id=clue.pk) == begun, "not a second one while it is open"
    assert Inspection.objects.count() == 1


def test_reminders_come_once_each_and_again_for_a_date_that_was_moved_c22(bureau: Any, tick: Any) -> None:
    clue = verifying(bureau)
    due = clue.verify_by
    seen = []
    for _day in range(25):
        alarms.round_of_alarms()
        alarms.round_of_alarms()
        seen = list(ClueAlarm.objects.values_list("kind", flat=True))
        tick(days=1)
    assert seen == ["halfway", "in_three_days", "tomorrow", "today", "overdue"]
    assert told(bureau.chen, "clue_overdue") == 1 and told(bureau.he, "clue_overdue") == 1
    assert told(bureau.meng, "clue_overdue") == 1, "the desk hears of what is overdue"
    assert ClueAlarm.objects.filter(for_day=due).count() == 5
    asked = asking.ask_extension(by=bureau.chen, clue_id=clue.pk, reason="补充调查")
    asking.decide(by=bureau.he, ask_id=asked.pk, approve=True)
    tick(days=12)
    alarms.round_of_alarms()
    assert ClueAlarm.objects.exclude(for_day=due).count() == 1


def test_a_clue_whose_officer_left_is_the_unit_heads_never_nobodys_edge_9(bureau: Any, tick: Any) -> None:
    clue = verifying(bureau)
    tick(days=30)
    bureau.chen.is_active = False
    bureau.chen.save()
    assert alarms.round_of_alarms().rescued == 1
    clue.refresh_from_db()
    assert (clue.holder_unit, clue.holder) == (bureau.bri, bureau.he)
    assert told(bureau.he, "clue_back_to_head") == 1 and told(bureau.he, "clue_overdue") == 1
    assert alarms.round_of_alarms().rescued == 0, "once"
    bureau.bri.is_active = False
    bureau.bri.save()
    bureau.he.posts.all().delete()
    alarms.round_of_alarms()
    clue.refresh_from_db()
    assert (clue.holder_unit, clue.holder) == (bureau.qx, bureau.wei), "a closed unit's clue is its bureau's"


def test_a_year_without_holidays_makes_the_date_provisional_and_tells_the_administrator_edge_14(
    bureau: Any, tick: Any
) -> None:
    last = max(clock.national_calendar().years)
    with clock.frozen(clock.at_start(date(last, 12, 25)) + timedelta(hours=3)):
        clue = bureau.clue()
        assert clue.verify_by_provisional and clue.verify_by is not None and clue.verify_by.year == last + 1
        alarms.round_of_alarms()
        alarms.round_of_alarms()
        bureau.clue()
        alarms.round_of_alarms()
    assert told(bureau.huang, "holiday_table_missing") == 1, "once a year, not once a clue"


def test_an_order_from_above_has_a_number_a_deadline_and_an_end_c23(bureau: Any, tick: Any) -> None:
    clue = verifying(bureau)
    with pytest.raises(NotAllowed):
        supervising.order(by=bureau.chen, clue_id=clue.pk, demand="快办", due_on=date(2026, 3, 6))
    row = supervising.order(by=bureau.wei, clue_id=clue.pk, demand="三日内报告", due_on=date(2026, 3, 6))
    clue.refresh_from_db()
    assert row.number.startswith("桂测督办〔2026〕") and clue.due_at == clock.at_end(date(2026, 3, 6))
    tick(days=5)
    alarms.round_of_alarms()
    assert supervising.is_overdue(row) and told(bureau.wei, "clue_supervision_due") == 1
    supervising.answer(by=bureau.chen, supervision_id=row.pk, words="已查两处")
    supervising.refuse(by=bureau.wei, supervision_id=row.pk, reason="没有说明货源", due_on=date(2026, 3, 12))
    supervising.answer(by=bureau.chen, supervision_id=row.pk, words="货源已查明")
    lifted = supervising.lift(by=bureau.wei, supervision_id=row.pk)
    clue.refresh_from_db()
    assert lifted.state == "lifted" and clue.due_at == clock.at_end(clue.verify_by)


def test_a_bureau_sets_its_own_terms_but_not_the_laws(bureau: Any) -> None:
    competence.set_terms(by=bureau.huang, sign_days=2, assess_days=5)
    clue = bureau.clue()
    sent = dispatch(by=bureau.meng, clue_id=clue.pk)
    assert clock.local_date(sent.sign_by) == date(2026, 3, 4)
    with pytest.raises(BadInput):
        competence.set_terms(by=bureau.huang, verify_days=60)
    with pytest.raises(NotAllowed):
        competence.set_terms(by=bureau.chen, sign_days=9)


def test_whatever_is_done_in_whatever_order_an_open_clue_has_a_holder_c15(bureau: Any, tick: Any) -> None:
    rng = random.Random(20260302)
    units = [bureau.units[key] for key in ("bri", "ip", "xxt")]
    done: set[str] = set()
    steps = 0
    for _run in range(3):
        clue = bureau.clue()
        for _step in range(40):
            near = selectors.people_of_unit(clue.holder_unit)
            who, unit = rng.choice([bureau.meng, bureau.wei, *near[:2], *near[:2], bureau.he]), rng.choice(units)
            name, act = rng.choice(_acts(clue, who, unit, rng))
            try:
                act()
            except Problem:
                continue
            done.add(name)
            steps += 1
            tick(minutes=rng.choice((5, 600)))
            clue.refresh_from_db()
            assert clue.holder_unit_id is not None and clue.holder_unit.is_active, name
            if clue.state in Clue.OPEN:
                assert clue.due_at is not None, f"{name}: an open clue owes something by a day"
                assert clue.holder is None or clue.holder.is_active, name
                assert clue.dispatches.filter(ending="").count() == (clue.state == State.DISPATCHED), name
            else:
                assert clue.outcome and clue.ended_at and clue.due_at is None, name
    assert len(done) >= 8 and steps > 25, (done, steps)


def _acts(clue: Clue, who: Any, unit: Any, rng: random.Random) -> list[tuple[str, Any]]:
    pk, reason = clue.pk, rng.choice(("not_competent", "wrong_place"))
    ask = clue.asks.filter(state="asked").first()
    acts = {
        "dispatch": lambda: dispatch(by=who, clue_id=pk, unit_id=unit.pk),
        "accept": lambda: dispatch(by=who, clue_id=pk),
        "screen": lambda: screen(by=who, clue_id=pk),
        "recall": lambda: recall(by=who, clue_id=pk, reason="重派"),
        "sign_for": lambda: working.sign_for(by=who, clue_id=pk),
        "send_back": lambda: working.send_back(by=who, clue_id=pk, reason=reason, words="不归我管"),
        "hand_down": lambda: working.hand_down(by=who, clue_id=pk, unit_id=unit.pk),
        "designate": lambda: disputes.designate(by=who, clue_id=pk, unit_id=unit.pk, reason="定"),
        "settle": lambda: disputes.settle(by=who, clue_id=pk),
        "verifiers": lambda: working.set_verifiers(
            by=who, clue_id=pk, officer_ids=[each.pk for each in selectors.possible_verifiers(clue)[:2]]
        ),
        "pause": lambda: clocks.pause(by=who, clue_id=pk, kind="testing", reason="送检"),
        "resume": lambda: clocks.resume(by=who, clue_id=pk),
        "end": lambda: working.end(by=who, clue_id=pk, result="true", outcome="closed", words="办完"),
        "ask": lambda: working.end(by=who, clue_id=pk, result="untrue", outcome="no_filing", words="没有"),
        "decide": lambda: asking.decide(by=who, ask_id=ask.pk if ask else uuid7(), approve=True),
        "reopen": lambda: working.reopen(by=who, clue_id=pk, reason="再查"),
        "supervise": lambda: supervising.order(by=who, clue_id=pk, demand="快", due_on=clock.today()),
    }
    likely = {
        State.DISPATCHED: ("recall", "sign_for", "sign_for", "send_back", "send_back", "hand_down"),
        State.VERIFYING: (
            "send_back",
            "send_back",
            "verifiers",
            "verifiers",
            "pause",
            "end",
            "ask",
            "decide",
            "resume",
        ),
        State.DISPUTED: ("designate", "settle", "dispatch"),
        State.ENDED: ("reopen", "dispatch", "sign_for"),
    }.get(clue.state, ("dispatch", "accept", "screen", "end", "supervise"))
    return [(name, acts[name]) for name in likely]
