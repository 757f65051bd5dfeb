"""移送: decided, drafted, sent with its annexes, answered, asked again, taken back. B-03, N-29 to N-32, edge case 9."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from harness.linkage_rows import make_case, platform_of

from accounts.models import User
from connections.models import Connection
from gateway import outbound
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from notify.models import Notice
from tenants.cases import services as cases
from tenants.cases.models import Case
from tenants.linkage import selectors, terms
from tenants.linkage.models import Outgoing, Referral, ReferralStep
from tenants.linkage.services import alarms, mapping, referring, sending
from tenants.parcels import services as parcels
from tenants.parcels.models import Parcel
from tenants.parcels.services.receipts import Said

State = Referral.State


def test_a_referral_is_drafted_from_the_heads_decision_and_sent_with_its_annexes(
    bureau: Any, case: Case, platform: Connection, prepare: Any, tick: Any
) -> None:
    """Only the decision opens it; letter, report and goods list are needed; sent within 24 hours; one a case."""
    with pytest.raises(NotAllowed):
        referring.prepare(by=bureau.he, case_id=case.pk, police_org="x", suspected_crime="y", facts="z")
    with pytest.raises(NotFound404):
        referring.prepare(by=bureau.lu, case_id=case.pk, police_org="x", suspected_crime="y", facts="z")
    draft = prepare(annexes=["letter"])
    assert [each["name"] for each in draft.team] == ["陈某", "宁某"] and draft.suspects[0]["name"] == "南宁某酒行"
    with pytest.raises(BadInput) as missing:
        referring.send(by=bureau.chen, referral_id=draft.pk)
    assert missing.value.code == "annexes_missing" and "调查报告" in missing.value.detail
    with pytest.raises(Conflict):
        cases.close(by=bureau.he, case_id=case.pk, outcome="referred", words="移送")
    referring.amend(
        by=bureau.chen, referral_id=draft.pk, annexes=["letter", "report", "goods"], facts="补充", police_org="公安局"
    )
    with pytest.raises(Conflict):
        prepare()
    tick(hours=20)
    sent = referring.send(by=bureau.chen, referral_id=draft.pk)
    assert sent.state == State.SENT and sent.document_no == f"桂测移〔{clock.today().year}〕1号"
    first = terms.clocks_of(sent, {})[0]
    assert (first.rule.code, first.late) == ("send", False)
    message = Outgoing.objects.get()
    assert (message.kind, message.state, message.source["referral.document_no"]) == (
        "referral",
        "waiting",
        sent.document_no,
    )


def test_receipt_decision_and_outcome_come_once_in_any_order(
    bureau: Any, prepare: Any, platform: Connection, tick: Any
) -> None:
    """The same message twice is once; a receipt after the decision moves nothing back; numbers are kept."""
    referral = referring.send(by=bureau.chen, referral_id=prepare().pk)
    tick(hours=10)
    said: dict[str, Any] = {"referral_id": referral.pk, "by": bureau.chen, "connection_id": platform.pk}
    filed = referring.arrived(kind="filed", at=clock.now(), number="公立字 8 号", external_id="x-2", **said)
    assert referring.arrived(kind="filed", at=clock.now(), number="公立字 8 号", external_id="x-2", **said) == filed
    with pytest.raises(Conflict):
        referring.arrived(kind="not_filed", at=clock.now(), external_id="x-2", **said)
    receipt_at = clock.now() - timedelta(hours=5)
    referring.arrived(kind="receipt", at=receipt_at, number="回 1", words="王警官", external_id="x-1", **said)
    referral.refresh_from_db()
    assert (referral.state, referral.received_at, referral.receipt_no) == (State.FILED, receipt_at, "回 1")
    with pytest.raises(MoveRefused):
        referring.arrived(kind="upheld", at=clock.now(), **said)
    referring.arrived(kind="outcome", at=clock.now(), data={"detained": 2, "arrested": "1"}, **said)
    for wrong in ({"detained": -1}, {"fined": 3}, {}):
        with pytest.raises(BadInput):
            referring.arrived(kind="outcome", at=clock.now(), data=wrong, **said)
    for kind, at in (
        ("receipt", clock.now() + timedelta(days=1)),
        ("filed", clock.now() - timedelta(days=9)),
        ("sent", clock.now()),
    ):
        with pytest.raises(BadInput):
            referring.arrived(kind=kind, at=at, **said)
    referral.refresh_from_db()
    assert referral.outcome == {"detained": 2, "arrested": 1}
    owed = terms.next_clock(referral, {})
    assert owed is not None and owed.rule.code == "handover"
    referring.hand_over(by=bureau.chen, referral_id=referral.pk, words="全部移交，双方清点")
    assert terms.next_clock(selectors.locked(referral.pk), {}) is None
    assert Notice.objects.filter(user_id=bureau.ning.pk, code="linkage_arrived").exists()


def test_a_refusal_is_asked_again_within_its_terms_and_people_are_reminded_once(
    bureau: Any, prepare: Any, platform: Connection, tick: Any
) -> None:
    """Reconsideration within three days, then supervision; what is owed is told before and after, each once."""
    referral = referring.send(by=bureau.chen, referral_id=prepare().pk)
    said: dict[str, Any] = {"referral_id": referral.pk, "by": bureau.chen}
    tick(hours=1)
    referring.arrived(kind="receipt", at=clock.now(), **said)
    tick(days=5)
    referral.refresh_from_db()
    owed = terms.next_clock(referral, {})
    assert owed is not None and (owed.rule.code, owed.rule.ours, owed.late) == ("decision", False, True)
    assert alarms.remind() == 1 and alarms.remind() == 0
    referring.arrived(kind="not_filed", at=clock.now(), number="不立 3 号", words="情节轻微", **said)
    tick(days=2, hours=30)
    assert alarms.remind() == 1, "the police's term is met, ours is nearly over"
    referring.reconsider(by=bureau.chen, referral_id=referral.pk, reason="货值已达标准")
    referring.arrived(kind="upheld", at=clock.now(), **said)
    tick(days=4)
    assert alarms.remind() == 1
    urgent = Notice.objects.filter(user_id=bureau.he.pk, code="linkage_term").latest("pk")
    assert urgent.urgent and "期限已过" in urgent.title
    referring.supervise(by=bureau.chen, referral_id=referral.pk, reason="请监督立案")
    referring.arrived(kind="opinion", at=clock.now(), words="通知公安机关立案", **said)
    referring.arrived(kind="filed", at=clock.now(), **said)
    kinds = list(ReferralStep.objects.values_list("kind", flat=True))
    assert kinds == ["sent", "receipt", "not_filed", "reconsider", "upheld", "supervise", "opinion", "filed"]
    assert list(Outgoing.objects.values_list("kind", flat=True)) == ["referral", "reconsideration", "supervision"]


def test_what_went_out_is_withdrawn_within_three_working_days_or_a_person_hears(
    bureau: Any, case: Case, prepare: Any, platform: Connection, tick: Any
) -> None:
    """Edge case 9: the head decides otherwise after it went out. What has not gone does not go."""
    referral = referring.send(by=bureau.chen, referral_id=prepare().pk)
    sending.went(Outgoing.objects.get(), by=bureau.chen, channel="pull")
    cases.decide_referral(by=bureau.he, case_id=case.pk, decision="not_refer", reason="复核后未达标准")
    referral.refresh_from_db()
    assert referral.state == State.WITHDRAWN
    withdrawal = Outgoing.objects.get(kind="withdrawal")
    assert withdrawal.withdraws is not None and withdrawal.source["message.reason"] == "复核后未达标准"
    assert clock.local_date(withdrawal.due_at).isoformat() == "2026-03-05", "Monday and three working days"
    tick(days=4)
    sending.sweep()
    sending.sweep()
    told = Notice.objects.filter(code="linkage_escalated").values_list("user_id", flat=True)
    assert sorted(told) == sorted(each.pk for each in (bureau.chen, bureau.he, bureau.ning, bureau.wei))
    withdrawal.refresh_from_db()
    assert withdrawal.escalated_at is not None
    with pytest.raises(BadInput):
        sending.settle(by=bureau.he, message=withdrawal, words=" ")
    settled = sending.settle(by=bureau.he, message=withdrawal, words="机要送达，李某签收")
    assert settled.state == "settled"
    cases.decide_referral(by=bureau.he, case_id=case.pk, decision="refer", reason="新证据")
    again = referring.send(by=bureau.chen, referral_id=prepare().pk)
    referring.withdraw(by=bureau.he, referral_id=again.pk, reason="撤回")
    last = Outgoing.objects.filter(referral=again)
    assert list(last.values_list("state", flat=True)) == ["cancelled"], "nothing had gone, so nothing is withdrawn"


def test_a_message_that_the_platform_sends_back_returns_the_referral(
    bureau: Any, prepare: Any, platform: Connection, tick: Any
) -> None:
    """By a receipt, in words; amended, it goes again. Another message may be tried again as it is."""
    mapping.configure(by=bureau.huang, connection=platform, channel="parcel")

    def parcel() -> Parcel:
        tick(minutes=1)
        return parcels.write(platform, by=bureau.he, kinds=["referral"])

    def answer(made: Parcel, effect: str, **said: str) -> None:
        parcels.acknowledge(by=bureau.he, parcel=made, said=[Said(effect=effect, **said)])

    referral = referring.send(by=bureau.chen, referral_id=prepare().pk)
    first, message = parcel(), Outgoing.objects.get()
    assert (message.state, message.reference) == ("sent", "1")
    for _ in range(2):
        answer(first, "rejected", kind="referral", id=str(message.pk), code="no_list", reason="缺涉案物品清单")
    referral.refresh_from_db()
    message.refresh_from_db()
    assert (referral.state, message.state, message.words) == ("returned", "refused", "no_list 缺涉案物品清单")
    returned = referral.steps.get(kind="returned")
    assert returned.words == "no_list 缺涉案物品清单" and referral.steps.count() == 2, "told twice is once"
    assert Notice.objects.filter(user_id=bureau.ning.pk, code__in=["linkage_refused", "linkage_arrived"]).count() == 2
    with pytest.raises(Conflict) as refused:
        sending.try_again(by=bureau.chen, message=message)
    assert refused.value.code == "referral_returned"
    referring.amend(
        by=bureau.chen, referral_id=referral.pk, annexes=["letter", "report", "goods"], facts="补充", police_org="南宁"
    )
    referral = referring.send(by=bureau.chen, referral_id=referral.pk)
    second = parcel()
    assert second.counts == {"referral": 1}
    answer(first, "rejected", kind="referral", id=str(message.pk), reason="还是缺")
    referral.refresh_from_db()
    assert referral.state == "sent", "of the message before this one"
    referring.arrived(referral_id=referral.pk, kind="not_filed", at=referral.sent_at, by=bureau.chen)
    referring.reconsider(by=bureau.chen, referral_id=referral.pk, reason="再议")
    third, asked = parcel(), Outgoing.objects.get(kind="reconsideration")
    answer(third, "rejected", reason="整包读不出")
    asked.refresh_from_db()
    referral.refresh_from_db()
    assert (asked.state, referral.state) == ("refused", "reconsidering")
    answer(third, "same")
    asked.refresh_from_db()
    assert asked.state == "refused", "of the whole parcel: it says nothing of this one"
    sending.try_again(by=bureau.chen, message=asked)
    fourth = parcel()
    assert fourth.counts == {"referral": 1}
    answer(fourth, "rejected", kind="referral", id=str(asked.pk))
    answer(fourth, "made", kind="referral", id=str(asked.pk))
    asked.refresh_from_db()
    assert asked.state == "sent", "the last word counts"
    answer(fourth, "rejected", kind="referral", id="not an id")


def test_a_platform_that_fetches_leaves_no_message_of_another_behind(
    bureau: Any, prepare: Any, platform: Connection, security: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep takes up what is to be pushed, however much waits to be fetched before it."""
    other = platform_of(bureau.huang, security, name="市平台")
    monkeypatch.setattr(outbound, "check_url", lambda url, **more: url)
    mapping.configure(by=bureau.huang, connection=other, channel="push", endpoint="https://police.example/in")
    first = referring.send(by=bureau.chen, referral_id=prepare().pk)
    pushed = make_case(bureau.chen, bureau.ning, head=bureau.he)
    cases.decide_referral(by=bureau.he, case_id=pushed.pk, decision="refer", reason="达到标准")
    second = referring.send(by=bureau.chen, referral_id=prepare(case_id=pushed.pk, connection_id=other.pk).pk)
    referring.arrived(referral_id=second.pk, kind="not_filed", at=second.sent_at, by=bureau.chen)
    referring.reconsider(by=bureau.chen, referral_id=second.pk, reason="再议")
    assert [each.referral_id for each in Outgoing.objects.order_by("pk")] == [first.pk, second.pk, second.pk]
    assert [each.referral_id for each in selectors.to_push(clock.now())] == [second.pk]
    Connection.objects.filter(pk=other.pk).update(state="off")
    assert not selectors.to_push(clock.now())


def test_a_penalty_that_was_told_is_withdrawn_when_the_case_is_opened_again(
    bureau: Any, platform: Connection, security: User
) -> None:
    """Edge case 9, of a penalty: told once, withdrawn once, told again after the new decision."""
    from harness.linkage_rows import make_case

    case = make_case(bureau.chen, bureau.ning, head=bureau.he)
    with pytest.raises(Conflict):
        referring.report_penalty(by=bureau.chen, case_id=case.pk, connection_id=platform.pk)
    cases.close(by=bureau.he, case_id=case.pk, outcome="penalty", words="罚款并没收")
    told = referring.report_penalty(by=bureau.chen, case_id=case.pk, connection_id=platform.pk)
    with pytest.raises(Conflict):
        referring.report_penalty(by=bureau.chen, case_id=case.pk, connection_id=platform.pk)
    sending.went(told, by=bureau.chen, channel="pull")
    cases.reopen(by=bureau.he, case_id=case.pk, reason="复议撤销处罚")
    withdrawal = Outgoing.objects.get(kind="withdrawal")
    assert withdrawal.withdraws == told and withdrawal.due_at is not None
    cases.close(by=bureau.he, case_id=case.pk, outcome="penalty", words="重新处罚")
    referring.report_penalty(by=bureau.chen, case_id=case.pk, connection_id=platform.pk)
    cases.reopen(by=bureau.he, case_id=case.pk, reason="再次撤销")
    assert Outgoing.objects.filter(kind="withdrawal").count() == 1, "the second had not gone"
