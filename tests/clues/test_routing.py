"""Whose is it, with the reason, and what follows from the desks' own choices (C-17 to C-20, C-27, C-28)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from divisions.models import DivisionHistory
from divisions.resolving import current
from kernel.errors import BadInput, NotAllowed
from tenants.clues import routing
from tenants.clues.models import Clue, Competence, CompetenceSuggestion
from tenants.clues.routing.coverage import Fault, check
from tenants.clues.routing.learning import decide_suggestion
from tenants.clues.services import competence
from tenants.clues.services.dispatching import dispatch
from tenants.clues.services.placing import choose_division

Violation = Clue.Violation


def test_inside_a_county_a_clue_goes_to_the_section_or_brigade_by_its_matter_c19(bureau: Any) -> None:
    trademark = bureau.clue()
    assert (trademark.proposed_unit, trademark.holder_unit) == (bureau.bri, bureau.top)
    assert trademark.proposed_officer == bureau.chen
    assert "青秀大队" in trademark.proposal["zh"] and trademark.proposal["en"] != trademark.proposal["zh"]
    assert trademark.proposal["runner_up"]["name"] == "青秀知识产权股"
    patent = bureau.clue(violations=[Violation.INFRINGED_PATENT])
    assert patent.proposed_unit == bureau.ip
    unlicensed = bureau.clue("南宁市青秀区新竹街道竹溪大道 3 号", violations=[Violation.NO_LICENCE])
    assert unlicensed.proposed_unit == bureau.xz, "the station of the township named"
    elsewhere = bureau.clue("南宁市西乡塘区北湖路 3 号")
    assert elsewhere.proposed_unit == bureau.xxt, "a county bureau without sections is the unit itself"
    explained = routing.explain(trademark)
    assert [each["unit_name"] for each in explained][:2] == ["青秀大队", "青秀知识产权股"]


def test_where_a_prefecture_has_no_counties_the_prefecture_unit_has_it_edge_3(bureau: Any) -> None:
    for code, name in (("441900", "东莞"), ("442000", "中山"), ("460400", "儋州"), ("620200", "嘉峪关")):
        unit = type(bureau.top).objects.create(
            code=f"T-{code}", name=f"{name}市局", kind="municipal_bureau", division_code=code
        )
        clue = bureau.clue(f"{name}市迎宾路 3 号")
        clue.desk_unit = unit
        proposal = routing.propose(clue)
        assert (clue.division_code, clue.division_level) == (code, "prefecture")
        assert (proposal.unit, proposal.rule, proposal.open) == (unit, "prefecture_without_counties", "")


def test_a_development_zone_decides_the_unit_and_the_legal_division_stays_edge_4(bureau: Any) -> None:
    clue = bureau.clue("南宁高新技术产业开发区科园大道 5 号")
    assert clue.division_why["zone"], "the text names a zone"
    assert (clue.proposed_unit, clue.proposal["rule"]) == (bureau.hitech, "zone_bureau")
    assert clue.division_code == "450107" and "450107" in clue.division_code
    rule = competence.lay_down(
        by=bureau.huang, unit_id=bureau.xxt.pk, zone=clue.division_why["zone"], officer_id=bureau.lu.pk
    )
    again = bureau.clue("南宁高新技术产业开发区科园大道 6 号")
    assert (again.proposed_unit, again.proposed_officer) == (bureau.xxt, bureau.lu), "what is laid down goes first"
    competence.end_rule(by=bureau.huang, rule_id=rule.pk)
    assert bureau.clue("南宁高新技术产业开发区科园大道 7 号").proposed_unit == bureau.hitech


def test_several_addresses_stay_with_their_roles_and_the_one_chosen_edge_6(bureau: Any) -> None:
    clue = bureau.clue(
        "店铺：南宁市青秀区民族大道1号；发货地址：广东省广州市白云区石井街道3号；注册地址：桂林市秀峰区中山路2号"
    )
    places = clue.division_why["places"]
    assert len(places) == 3 and {each["code"] for each in places} == {"450103", "440111", "450302"}
    assert [each["code"] for each in places if each["chosen"]] == [clue.division_code]
    assert clue.division_code == "450103"


def test_without_any_address_an_online_clue_stays_at_the_desk_edge_7(bureau: Any) -> None:
    clue = bureau.clue(
        "", content="网店名为某某酒行，只有平台店名", channel="online", subject_account="某平台：某某酒行"
    )
    assert (clue.proposed_unit, clue.proposal["open"], clue.holder_unit) == (None, "platform", bureau.top)
    with pytest.raises(BadInput) as refused:
        dispatch(by=bureau.meng, clue_id=clue.pk)
    assert refused.value.code == "no_proposal"


def test_an_open_address_is_never_decided_by_the_machine_edge_1(bureau: Any) -> None:
    clue = bureau.clue("鼓楼区中山路 12 号")
    assert (clue.division_level, clue.proposed_unit, clue.proposal["open"]) == ("ambiguous", None, "place")
    assert len(clue.division_why["candidates"]) >= 4
    raw = clue.address_raw
    chosen = choose_division(by=bureau.meng, clue_id=clue.pk, code="450103")
    assert (chosen.proposed_unit, chosen.address_raw, chosen.division_method) == (bureau.bri, raw, "by_hand")
    assert chosen.division_why["candidates"], "what could have been meant stays beside it"
    outside = choose_division(by=bureau.meng, clue_id=clue.pk, code="320106")
    assert (outside.proposed_unit, outside.proposal["open"]) == (None, "out")
    assert outside.out_of_province["division_code"] == "320106"


def test_a_gap_and_a_double_are_listed_and_mended_in_one_step_c20(bureau: Any) -> None:
    found = check("450000")
    gaps = {each.division_code: each for each in found.findings if each.fault == Fault.GAP}
    assert "450103" not in gaps and "450107" not in gaps and "450302" in gaps
    assert gaps["450105"].units[0] == bureau.nn, "the nearest bureau above would do"
    assert found.divisions > 100 and found.sound == found.divisions - len(gaps)
    twin = type(bureau.bri).objects.create(
        code="T-bri2", name="青秀二大队", kind="enforcement_brigade", parent=bureau.qx, division_code="450103"
    )
    doubles = [each for each in check("450000").findings if each.fault == Fault.DOUBLE]
    assert [each.division_code for each in doubles] == ["450103"]
    assert set(doubles[0].units) == {bureau.bri, twin}
    competence.mend(by=bureau.meng, division_code="450105", matters=["all"], unit_id=bureau.nn.pk)
    competence.mend(by=bureau.meng, division_code="450103", matters=list(doubles[0].matters), unit_id=bureau.bri.pk)
    after = {each.division_code: each.fault for each in check("450000").findings}
    assert "450105" not in after and "450103" not in after
    with pytest.raises(NotAllowed):
        competence.mend(by=bureau.chen, division_code="450105", matters=["all"], unit_id=bureau.nn.pk)
    with pytest.raises(NotAllowed):
        competence.lay_down(by=bureau.he, division_code="450107", unit_id=bureau.xxt.pk)


def test_a_rule_on_a_division_abolished_last_month_counts_for_its_successor_and_is_listed(
    bureau: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = Competence.objects.create(
        division_code="450199", matter="all", unit=bureau.ip, made_by=bureau.huang, valid_from=date(2026, 1, 1)
    )
    monkeypatch.setattr(
        "tenants.clues.routing.deciding.DivisionHistory.objects",
        _Rows([("450199", ["450103"])]),
    )
    clue = bureau.clue()
    assert clue.proposed_unit == bureau.ip, "the old code's rule goes on for what took its place"
    stale = [each for each in check("450000").findings if each.fault == Fault.STALE]
    assert [(each.rule, each.successors) for each in stale] == [(rule, ("450103",))]
    competence.renew(by=bureau.huang, rule_id=rule.pk, division_code="450103")
    assert not [each for each in check("450000").findings if each.fault == Fault.STALE]
    assert DivisionHistory and current


class _Rows:
    """History rows as the owner would have loaded them; a province's login may not write them."""

    def __init__(self, rows: list[tuple[str, list[str]]]) -> None:
        self.rows = rows

    def all(self) -> _Rows:
        return self

    def filter(self, **_more: object) -> _Rows:
        return self

    def values_list(self, *_names: str) -> list[tuple[str, list[str]]]:
        return self.rows


def test_choosing_otherwise_three_times_is_suggested_as_a_rule_and_never_takes_effect_alone(
    bureau: Any, tick: Any
) -> None:
    for number in range(3):
        assert not CompetenceSuggestion.objects.exists(), f"after {number}"
        dispatch(by=bureau.meng, clue_id=bureau.clue().pk, unit_id=bureau.ip.pk)
    (row,) = CompetenceSuggestion.objects.all()
    assert (row.unit, row.division_code, row.matter) == (bureau.ip, "450103", "counterfeit_trademark")
    assert len(row.dispatches) == 3
    assert bureau.clue().proposed_unit == bureau.bri, "nothing changes by itself"
    with pytest.raises(NotAllowed):
        decide_suggestion(by=bureau.chen, suggestion_id=row.pk, accept=True)
    decide_suggestion(by=bureau.meng, suggestion_id=row.pk, accept=False, reason="临时安排")
    tick(minutes=1)
    dispatch(by=bureau.meng, clue_id=bureau.clue().pk, unit_id=bureau.ip.pk)
    assert CompetenceSuggestion.objects.count() == 1, "what was refused is not asked again at once"
    for _each in range(2):
        dispatch(by=bureau.meng, clue_id=bureau.clue().pk, unit_id=bureau.ip.pk)
    again = CompetenceSuggestion.objects.get(state="proposed")
    rule = decide_suggestion(by=bureau.huang, suggestion_id=again.pk, accept=True).rule
    assert rule is not None and rule.basis == "learned"
    assert bureau.clue().proposed_unit == bureau.ip


def test_the_coverage_check_is_a_command_too_c20(bureau: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext
    from io import StringIO

    from django.core.management import CommandError, call_command

    from tenants.clues.management.commands import clue_coverage

    monkeypatch.setattr(clue_coverage.context, "owner", lambda: nullcontext())
    monkeypatch.setattr(clue_coverage.context, "province", lambda code: nullcontext())
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("clue_coverage", province="gx", stdout=out)
    assert "gap\t450302" in out.getvalue() and "450103" not in out.getvalue()
