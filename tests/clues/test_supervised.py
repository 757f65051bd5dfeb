"""督办 of cases and of letters, as of clues: one order, one deadline, one list (C-23)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from appraisal.opinions.models import Notice
from appraisal.requests.models import AppraisalRequest
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from kernel.ids import uuid7
from notify.models import Notice as Told
from tenants.cases.models import Case, CaseHandler, CaseProposal
from tenants.clues.models import ClueAlarm, Supervision
from tenants.clues.services import alarms, supervising, working
from tenants.clues.services.dispatching import dispatch

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def case(bureau: Any, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Of the brigade, from an inspection that a clue began."""
    monkeypatch.setattr("divisions.selectors.division", lambda code: None)  # no tables in this database
    clue = bureau.clue()
    dispatch(by=bureau.meng, clue_id=clue.pk)
    working.sign_for(by=bureau.chen, clue_id=clue.pk)
    inspection = working.begin_inspection(by=bureau.chen, clue_id=clue.pk)
    cause = {"cause_code": "trademark_sale", "cause_day": clock.today()}
    proposal = CaseProposal.objects.create(
        unit=bureau.bri, source="inspection", inspection=inspection, party_name="城东烟酒店", summary="售假",
        proposed_by=bureau.chen, **cause,
    )  # fmt: skip
    made = Case.objects.create(
        number="桂测立〔2026〕1号", proposal=proposal, unit=bureau.bri, title="城东烟酒店售假案", cause_name="销售假货",
        cause_rule="商标法", filed_by=bureau.he, **cause,
    )  # fmt: skip
    CaseHandler.objects.create(case=made, user=bureau.chen, name="陈某")
    return made


@pytest.fixture
def notice(bureau: Any, case: Case) -> Notice:
    """Issued to a right holder, waiting for the answer."""
    inspection = case.proposal.inspection
    assert inspection is not None
    asked = AppraisalRequest.objects.create(
        number="S1", site=inspection.site, unit=bureau.bri, officer=bureau.chen, brand_name="岚壑春",
        organisation_id=uuid7(), organisation_name="某酒业",
    )  # fmt: skip
    return Notice.objects.create(
        state="issued", unit=bureau.bri, request=asked, organisation_id=asked.organisation_id,
        organisation_name="某酒业", document_no="桂测市监协查〔2026〕7号", phone="1", liability_notice="告知",
        drafted_by=bureau.ning, issued_at=clock.now(),
    )  # fmt: skip


def told(person: Any, code: str) -> int:
    return Told.objects.filter(user_id=person.pk, code=code).count()


@pytest.mark.parametrize("on", ["case", "notice"])
def test_a_case_and_a_letter_are_supervised_with_number_day_reminder_and_end_c23(
    bureau: Any, case: Case, notice: Notice, tick: Any, on: str
) -> None:
    give = supervising.order_case if on == "case" else supervising.order_notice
    target: dict[str, Any] = {"case_id": case.pk} if on == "case" else {"letter_id": notice.pk}
    worker = bureau.chen if on == "case" else bureau.ning
    asked: dict[str, Any] = {**target, "demand": "三日内报告", "due_on": FRIDAY}
    with pytest.raises(NotAllowed):
        give(by=bureau.chen, **asked)
    with pytest.raises(NotFound404):
        give(by=bureau.lu, **asked)
    with pytest.raises(BadInput):
        give(by=bureau.wei, **{**asked, "due_on": date(2026, 3, 1)})
    row = give(by=bureau.wei, **asked)
    second = give(by=bureau.wei, **asked)
    serials = [int(each.number.rpartition("〕")[2].removesuffix("号")) for each in (row, second)]
    assert row.number.startswith("桂测督办〔2026〕") and serials[1] == serials[0] + 1
    assert told(worker, "clue_supervised") == 2 and told(bureau.wei, "clue_supervised") == 0
    if on == "notice":
        assert (row.letter_number, row.letter_subject) == (notice.document_no, "某酒业")
    with pytest.raises(NotFound404):
        supervising.answer(by=bureau.lu, supervision_id=row.pk, words="不是我的")
    with pytest.raises(NotAllowed):
        supervising.lift(by=bureau.he, supervision_id=row.pk)  # who owes the answer does not lift an order from above
    supervising.lift(by=bureau.wei, supervision_id=second.pk)
    tick(days=5)
    alarms.round_of_alarms()
    alarms.round_of_alarms()
    assert told(worker, "clue_supervision_due") == 1 and told(bureau.wei, "clue_supervision_due") == 1
    assert ClueAlarm.objects.get(about=row.pk).clue is None and supervising.is_overdue(row)
    supervising.answer(by=worker, supervision_id=row.pk, words="已查两处")
    assert told(bureau.wei, "clue_supervision_answered") == 1
    supervising.refuse(by=bureau.wei, supervision_id=row.pk, reason="没有说明货源", due_on=date(2026, 3, 12))
    supervising.answer(by=worker, supervision_id=row.pk, words="货源已查明")
    assert supervising.lift(by=bureau.wei, supervision_id=row.pk).state == "lifted"


def test_what_is_over_is_not_supervised_and_no_longer_reminded_of(
    bureau: Any, case: Case, notice: Notice, tick: Any
) -> None:
    asked: dict[str, Any] = {"by": bureau.wei, "demand": "快办", "due_on": FRIDAY}
    supervising.order_case(case_id=case.pk, **asked)
    supervising.order_notice(letter_id=notice.pk, **asked)
    Case.objects.update(state="closed")
    Notice.objects.update(state="answered")
    with pytest.raises(Conflict) as closed:
        supervising.order_case(case_id=case.pk, **asked)
    with pytest.raises(Conflict) as answered:
        supervising.order_notice(letter_id=notice.pk, **asked)
    assert (closed.value.code, answered.value.code) == ("case_over", "letter_over")
    with pytest.raises(NotFound404):
        supervising.order_letter(letter_kind="postcard", letter_id=notice.pk, **asked)
    tick(days=5)
    alarms.round_of_alarms()
    assert not told(bureau.wei, "clue_supervision_due")


def test_an_order_is_on_exactly_one_thing(bureau: Any, case: Case) -> None:
    facts: dict[str, Any] = {"demand": "快办", "ordered_by": bureau.wei, "due_on": FRIDAY}
    for on in ({}, {"clue": bureau.clue(), "case": case}, {"case": case, "letter_id": uuid7()}, {"letter_id": uuid7()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Supervision.objects.create(**facts, **on)


def test_one_list_shows_orders_on_all_three_and_each_page_its_own(
    bureau: Any, case: Case, notice: Notice, client_for: Any, tick: Any
) -> None:
    head, officer = client_for("gx", user=bureau.wei), client_for("gx", user=bureau.chen)
    stranger = client_for("gx", user=bureau.lu)
    here = {"case": f"/cases/{case.pk}/", "notice": f"/opinions/notices/{notice.pk}/"}
    give = {"case": f"/clues/supervised/case/{case.pk}/", "notice": f"/clues/supervised/notice/{notice.pk}/"}
    clue = bureau.clue()
    supervising.order(by=bureau.wei, clue_id=clue.pk, demand="查", due_on=FRIDAY + timedelta(days=4))
    for on, path in here.items():
        assert give[on] in head.get(path).content.decode() and give[on] not in officer.get(path).content.decode()
        assert officer.get(give[on]).status_code == 403 and stranger.get(give[on]).status_code == 404
        assert head.get(give[on]).status_code == 200
        seen = head.post(give[on], {"demand": f"快办 {on}", "due_on": "2026-03-06"}, follow=True)
        assert f"快办 {on}" in seen.content.decode() and "解除督办" in seen.content.decode()
        seen = officer.get(path).content.decode()
        assert f"快办 {on}" in seen and "回复督办" in seen and "解除督办" not in seen
    tick(days=5)
    text = head.get("/clues/supervised/").content.decode()
    places = [text.index(each) for each in ("超期未回复", case.number, notice.document_no, "进行中", clue.number)]
    assert places == sorted(places), "what is overdue stands first"
    rows = {each["case_id"] or each["letter_id"] or each["clue_id"]: each for each in
            head.get("/api/v1/supervisions/").json()["results"]}  # fmt: skip
    assert set(rows) == {str(case.pk), str(notice.pk), str(clue.pk)} and rows[str(case.pk)]["overdue"]
    assert stranger.get("/api/v1/supervisions/").json()["results"] == []
    asked = {"demand": "再办", "due_on": "2026-03-20"}
    for path in (f"cases/{case.pk}", f"opinions/notices/{notice.pk}"):
        made = head.post(f"/api/v1/{path}/supervise/", asked, content_type="application/json")
        assert made.status_code == 200 and made.json()["number"].startswith("桂测督办"), made.content
        assert stranger.post(f"/api/v1/{path}/supervise/", asked, content_type="application/json").status_code == 404
