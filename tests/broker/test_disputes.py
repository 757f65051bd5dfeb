"""Two provinces and one matter: negotiation, agreement, the way up, the decision; in whatever order letters cross."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from harness.clocks import owed

from federation.broker import hooks
from federation.broker.models import Dispute
from federation.broker.services import disputes, open_dispute
from federation.broker.services.daily import mind_the_clock
from federation.contracts.addresses import Address
from federation.contracts.broker import DisputeDecidedV1
from federation.letters.models import Delivery, LetterBody
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed
from kernel.ids import uuid7
from provinces import context
from provinces.seats import OFFICE

pytestmark = pytest.mark.xdist_group("logins")  # its login belongs to the servers that all workers share
State, Kind = Dispute.State, "case"
MARKER = "假酒窝点在仁怀"


def open_at(side, other: str, matter, **more) -> Dispute:
    with context.province(side.code):
        return open_dispute(
            letter_id=None, kind=Kind, reason=more.pop("reason", "当事人住所地在对方"), other=other, by=side.meng,
            matter_id=matter, **more,
        )  # fmt: skip


def at(code: str, pk=None) -> Dispute:
    with context.province(code):
        return Dispute.objects.get(pk=pk) if pk else Dispute.objects.get()


def words_at(code: str) -> list[tuple[str, str, str]]:
    with context.province(code):
        return [(each.province, each.kind, each.text) for each in Dispute.objects.get().words.all()]


@pytest.fixture
def told():
    """What apps above were told."""
    seen: list[tuple[str, str, str]] = []

    def note(row: Dispute) -> None:
        seen.append((context.required().name, row.state, row.designated or row.agreed_on))

    hooks.on_decided(note)
    yield seen
    hooks._on_decided.remove(note)


def test_two_who_name_each_other_have_one_dispute_with_both_filings_side_by_side(bureaux, deliver):
    """Edge 10 and two provinces naming each other: both open at once, the earlier is the opener at both sides."""
    matter, now = uuid7(), clock.now()
    filed = {"gx": now - timedelta(days=9), "gz": now - timedelta(days=7)}
    with clock.frozen(now) as tick:
        first = open_at(
            bureaux.gx, "gz", matter, claim="mine", own_filed_at=filed["gx"], own_filed_no="桂立〔2026〕1号",
            reason="我方先立案",
        )  # fmt: skip
        tick(timedelta(seconds=1))
        second = open_at(bureaux.gz, "gx", matter, claim="mine", own_filed_at=filed["gz"], reason="违法行为地在我方")
        assert first.pk == second.pk
        deliver()
        for code in ("gx", "gz"):
            row = at(code)
            assert (row.first, row.second, row.state) == ("gx", "gz", State.NEGOTIATING)
            assert (row.first_filed_at, row.second_filed_at) == (filed["gx"], filed["gz"])
            assert row.first_filed_no == "桂立〔2026〕1号"
            assert row.due_at == first.due_at
        assert sorted(words_at("gx")) == sorted(words_at("gz")) and len(words_at("gx")) == 2
        assert clock.local_date(first.due_at) == clock.add_working_days(now, 7).date
        # Once more is one's own say in it, not another dispute.
        open_at(bureaux.gz, "gx", matter, reason="补充意见")
        deliver()
        assert len(words_at("gx")) == 3
    with context.seat(OFFICE):
        assert Dispute.objects.count() == 1


def test_the_office_learns_that_there_is_a_dispute_and_nothing_of_what_it_is_about(bureaux, deliver):
    """F-21: envelopes only."""
    open_at(bureaux.gx, "gz", uuid7(), reason=MARKER, title=MARKER, own_filed_no=MARKER)
    deliver()
    with context.seat(OFFICE):
        row = Dispute.objects.get()
        assert (row.first, row.second, row.state, row.title) == ("gx", "gz", State.NEGOTIATING, "")
        assert not any(MARKER in body for body in LetterBody.objects.values_list("body", flat=True))


def test_what_both_agree_on_ends_it_and_of_two_agreements_that_crossed_the_earlier_holds(bureaux, deliver, told):
    """Proposals are answered by the head; the desk alone may not bind the bureau."""
    now, matter = clock.now(), uuid7()
    with clock.frozen(now) as tick:
        open_at(bureaux.gx, "gz", matter)
        deliver()
        assert owed("broker.dispute_opened") == ["province:gz"]
        for side, names in ((bureaux.gx, "gz"), (bureaux.gz, "gx")):
            with context.province(side.code):
                disputes.say(Dispute.objects.get(), "proposal", "请你方管辖", by=side.meng, names=names)
        deliver()
        with context.province("gx"):
            with pytest.raises(NotAllowed) as refused:
                disputes.say(Dispute.objects.get(), "agree", "", by=bureaux.gx.meng)
            assert refused.value.code == "leader_only"
        for side in (bureaux.gz, bureaux.gx):  # gz first agrees that gz takes it, then gx that gx does
            tick(timedelta(seconds=1))
            with context.province(side.code):
                assert disputes.say(Dispute.objects.get(), "agree", "", by=side.wei).agreed_on == side.code
        deliver()
    assert {(at(code).state, at(code).agreed_on) for code in ("gx", "gz")} == {(State.AGREED, "gz")}
    assert not owed("broker.dispute_opened")
    assert {each for each in told if each[0] == "gx"} == {("gx", State.AGREED, "gx"), ("gx", State.AGREED, "gz")}
    with context.province("gx"), pytest.raises(MoveRefused):
        disputes.say(Dispute.objects.get(), "statement", "还有意见", by=bureaux.gx.meng)
    with pytest.raises(Conflict) as over:
        open_at(bureaux.gx, "gz", matter)
    assert over.value.code == "dispute_over"


def test_without_a_seat_of_the_superior_its_paper_is_entered_by_hand(bureaux, deliver, told):
    """The superior is not on the system: the head reports on paper, each side enters the decision it got."""
    open_at(bureaux.gx, "gz", uuid7())
    deliver()
    with context.province("gx"):
        row = disputes.raise_up(Dispute.objects.get(), by=bureaux.gx.wei)
        assert row.on_paper
        with pytest.raises(BadInput):
            disputes.decided_on_paper(row, by=bureaux.gx.wei, designated="gz", document_no="", reason="住所地")
        disputes.decided_on_paper(
            row, by=bureaux.gx.wei, designated="gz", document_no="国市监指定〔2026〕3号", reason="住所地"
        )
    deliver()
    assert at("gx").state == State.DECIDED and at("gz").on_paper and at("gz").state == State.ESCALATED
    assert told == [("gx", State.DECIDED, "gz")]


def test_without_agreement_it_goes_up_after_seven_working_days_and_the_superiors_decision_stands(
    bureaux, samr, deliver, told
):
    """Both report what they themselves have said; the decision has a number and reaches both; others decide nothing."""
    now = clock.now()
    with clock.frozen(now) as tick:
        row = open_at(bureaux.gx, "gz", uuid7(), reason="应由贵州管辖")
        deliver()
        with context.province("gz"):
            mine = Dispute.objects.get()
            disputes.say(
                mine, "statement", "销售地在广西", by=bureaux.gz.meng, filed_at=now, filed_no="黔立〔2026〕2号"
            )
            with pytest.raises(BadInput):
                disputes.say(mine, "proposal", "第三方", by=bureaux.gz.meng, names="gd")
            with pytest.raises(BadInput):
                disputes.say(mine, "agree", "", by=bureaux.gz.wei)
        deliver()
        with context.province("gx"):
            mind_the_clock()
            assert Dispute.objects.get().state == State.NEGOTIATING
        tick(row.due_at - now + timedelta(seconds=1))
        for code in ("gx", "gz"):
            with context.province(code):
                mind_the_clock()
                mind_the_clock()
                assert Dispute.objects.get().state == State.ESCALATED
        deliver()
        assert sorted(words_at("samr")) == sorted(words_at("gx")) == sorted(words_at("gz"))
        with context.province("samr"):
            held = Dispute.objects.get()
            assert (held.state, held.raised_why, held.second_filed_no) == ("escalated", "term_over", "黔立〔2026〕2号")
            with pytest.raises(NotAllowed):
                disputes.decide(held, by=samr.ren, designated="gz", reason="住所地")
            with pytest.raises(BadInput):
                disputes.decide(held, by=samr.guo, designated="gd", reason="住所地")
        with context.province("gz"), transaction.atomic():  # a province cannot write the superior's decision
            post(
                DisputeDecidedV1(dispute_id=held.pk, designated="gx", reason="假的", by_name="假", at=now),
                Address.province("gx"), thread=uuid7(), by=bureaux.gz.wei, document_no="国市监指定〔2026〕9号",
            )  # fmt: skip
        deliver()
        assert at("gx").state == State.ESCALATED
        with context.province("gx"):
            assert Delivery.objects.get(letter__kind="broker.dispute_decided").failure_code == "not_theirs_to_say"
        with context.province("samr"):
            disputes.decide(held, by=samr.guo, designated="gz", reason="当事人住所地", conditions="广西移送证据")
            with pytest.raises(MoveRefused):
                disputes.decide(held, by=samr.guo, designated="gx", reason="改主意")
        deliver()
    for code in ("gx", "gz"):
        row = at(code)
        assert (row.state, row.designated, row.decision_reason) == (State.DECIDED, "gz", "当事人住所地")
        assert row.decision_no == f"国市监指定〔{clock.today().year}〕1号"
    assert set(told) == {("gx", State.DECIDED, "gz"), ("gz", State.DECIDED, "gz")}
    with context.seat(OFFICE):
        row = Dispute.objects.get()
        assert (row.state, row.designated, row.title) == (State.DECIDED, "gz", "")


def test_an_agreement_that_crosses_the_way_up_ends_it_at_all_three(bureaux, samr, deliver):
    """Of two steps the higher stands everywhere: the agreement takes it from the superior's table."""
    open_at(bureaux.gx, "gz", uuid7())
    deliver()
    with context.province("gx"):
        disputes.say(Dispute.objects.get(), "proposal", "请你方管辖", by=bureaux.gx.meng, names="gz")
    deliver()
    with context.province("gx"):
        raised = disputes.raise_up(Dispute.objects.get(), by=bureaux.gx.wei)
        assert raised.first_raised_no == f"桂市监报〔{clock.today().year}〕1号"
    with context.province("gz"):
        disputes.say(Dispute.objects.get(), "agree", "我方办理", by=bureaux.gz.wei)
    deliver()
    assert {at(code).state for code in ("gx", "gz")} == {State.AGREED}
    with context.province("samr"):
        held = Dispute.objects.get()
        assert (held.state, held.agreed_on) == (State.AGREED, "gz")
        with pytest.raises(MoveRefused):
            disputes.decide(held, by=samr.guo, designated="gx", reason="不必")


def test_a_dispute_needs_another_province_that_can_hear_and_a_reason(bureaux):
    """Every refusal says what to do."""
    for other, reason, code in (
        ("gx", "应由对方管辖", "dispute_party_wrong"),
        ("xx", "应由对方管辖", "dispute_party_wrong"),
        ("gz", " ", "reason_missing"),
    ):
        with pytest.raises(BadInput) as refused:
            open_at(bureaux.gx, other, uuid7(), reason=reason)
        assert refused.value.code == code
