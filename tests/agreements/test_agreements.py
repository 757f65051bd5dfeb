"""Agreements between provinces: consent first, then terms; groups, revisions, leaving, running out, being hidden."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from harness import people
from harness.clocks import owed

from federation.agreements import selectors
from federation.agreements.errors import (
    AnswerTwice,
    GroupEmpty,
    GroupNotInForce,
    MembersMissing,
    NotAsked,
    NotTheLeader,
    PartiesWrong,
)
from federation.agreements.models import Agreement, Answer, Revision
from federation.agreements.services import agreeing
from federation.agreements.services.agreeing import Wanted
from federation.contracts import agreements as contracts
from federation.contracts.addresses import Address
from federation.contracts.clues import ClueAskV1
from federation.letters.models import Delivery
from federation.letters.post import Envelope
from federation.published.models import OpenAgreement
from kernel import clock
from kernel.ids import uuid7
from notify.models import Notice
from provinces import context
from provinces.seats import OFFICE

NATIONAL = (5, 30, True, "national")


def bureaux(*codes: str) -> dict[str, people.Bureau]:
    return {code: people.bureau(code) for code in codes}


def wanted(*parties: str, days: int = 365, **more: object) -> Wanted:
    fields = {
        "title": "协作协议", "scope": ["clue_transfer", "assistance"], "acceptance_days": 3, "feedback_days": 20,
        "assistance_days": 10, "valid_from": clock.today(), "valid_until": clock.today() + timedelta(days=days),
    }  # fmt: skip
    return Wanted(parties=parties, **(fields | more))


def terms(at: str, one: str, other: str, kind: str = "clue_transfer") -> tuple[int, int, bool, str]:
    seat = context.seat(OFFICE) if at == "office" else context.province(at)
    with seat:
        found = selectors.terms_between(one, other, kind)
    return found.acceptance_days, found.feedback_days, found.direct, found.source


def say(code: str, bureau: people.Bureau, agreement_id, *, consent: bool = True, why: str = "") -> None:
    with context.province(code):
        revision = Revision.objects.filter(agreement_id=agreement_id).order_by("-number").first()
        agreeing.answer(by=bureau.wei, revision=revision, consent=consent, why=why)


def state(code: str, agreement_id) -> str:
    with context.province(code):
        return Agreement.objects.get(pk=agreement_id).state


def test_nothing_flows_by_an_agreement_until_every_party_has_consented_and_then_its_terms_hold(border, run_letters):
    """F-07, F-08: proposal, consent by a leader, in force at both and at the office; other kinds keep the defaults."""
    both = bureaux("gx", "gd")
    with context.province("gx"):
        with pytest.raises(NotTheLeader):
            agreeing.propose(by=both["gx"].chen, form="pair", wanted=wanted("gx", "gd"))
        with pytest.raises(PartiesWrong):
            agreeing.propose(by=both["gx"].wei, form="pair", wanted=wanted("gx", "xx"))
        made = agreeing.propose(
            by=both["gx"].wei, form="pair",
            wanted=wanted("gx", "gd", direct=False, recognitions=[("test_report", ["gd"], None, "盖 CMA 章")]),
        )  # fmt: skip
    run_letters()
    assert [terms(at, "gx", "gd") for at in ("gx", "gd", "office")] == [NATIONAL] * 3
    with context.province("gd"):
        assert [row.agreement_id for row in selectors.unanswered()] == [made.pk]
        assert Notice.objects.filter(user_id=both["gd"].wei.pk, code="agreement").count() == 1
        assert selectors.members_of(made.pk) == ()
        with pytest.raises(GroupNotInForce):
            agreeing.recipients(made.pk)
    assert owed("agreement.proposed") == ["province:gd"], "the office only keeps a register"
    say("gd", both["gd"], made.pk)
    assert not owed("agreement.proposed")
    assert terms("gd", "gx", "gd") == NATIONAL  # its own consent alone does not make it binding there
    run_letters()
    assert [terms(at, "gx", "gd") for at in ("gx", "gd", "office")] == [(3, 20, False, "agreement")] * 3
    assert terms("gx", "gd", "gx", "assistance") == (3, 10, False, "agreement")
    assert terms("gx", "gx", "gd", "case_transfer") == NATIONAL
    assert terms("gx", "gx", "fj") == NATIONAL
    with context.province("gx"):
        assert selectors.recognised("gd", "gx", "test_report").conditions == "盖 CMA 章"
        assert selectors.recognised("gx", "gd", "test_report") is None
        assert selectors.recognised("gd", "gx", "verdict") is None
        assert [row.others for row in selectors.groups_open_to_me()] == [("gd",)]
    with context.province("gd"), pytest.raises(AnswerTwice):
        agreeing.answer(by=both["gd"].wei, revision=Revision.objects.get(agreement_id=made.pk), consent=True)


def test_a_refusal_or_a_withdrawal_leaves_nothing_in_force(border, run_letters):
    """F-07: one party of a pair refuses with a reason; another proposal is taken back."""
    both = bureaux("gx", "gd")
    with context.province("gx"):
        made = agreeing.propose(by=both["gx"].wei, form="pair", wanted=wanted("gx", "gd"))
        back = agreeing.propose(by=both["gx"].wei, form="pair", wanted=wanted("gx", "gd"))
    run_letters()
    say("gd", both["gd"], made.pk, consent=False, why="期限太短")
    with context.province("gx"):
        agreeing.withdraw(by=both["gx"].wei, revision=Revision.objects.get(agreement_id=back.pk))
    run_letters()
    assert {state(code, pk) for code in both for pk in (made.pk, back.pk)} == {"dropped"}
    assert not owed("agreement.proposed"), "what was taken back waits for no answer"
    with context.province("gd"), pytest.raises(NotAsked):
        agreeing.answer(by=both["gd"].wei, revision=Revision.objects.get(agreement_id=back.pk), consent=True)
    assert terms("gd", "gx", "gd") == NATIONAL


def test_a_group_begins_with_its_quorum_takes_in_who_consents_later_and_refuses_when_all_others_left(
    border, run_letters
):
    """F-04, F-05: quorum, late consent, a revision binds nobody unasked, leaving; a group of one sends to nobody."""
    three = bureaux("gx", "gd", "gz")
    with context.province("gx"):
        group = agreeing.propose(
            by=three["gx"].wei, form="group", topic="pan_pearl_delta", visibility="open",
            wanted=wanted("gx", "gd", "gz", quorum=2, scope=["bulletin"]),
        )  # fmt: skip
    run_letters()
    say("gd", three["gd"], group.pk)
    run_letters()
    with context.province("gd"):
        assert selectors.members_of(group.pk) == ("gd", "gx")
    with context.province("gz"):
        assert group.pk not in {row.id for row in selectors.groups_open_to_me()}
    say("gz", three["gz"], group.pk)
    run_letters()
    for code in three:
        with context.province(code):
            assert selectors.members_of(group.pk) == ("gd", "gx", "gz")
    with context.province("fj"):  # open to be seen, by its register entry alone
        assert [row.members for row in OpenAgreement.objects.all()] == [["gd", "gx", "gz"]]
        assert not Agreement.objects.exists()

    with context.province("gx"):
        held = Agreement.objects.get(pk=group.pk)
        with pytest.raises(MembersMissing):
            agreeing.amend(by=three["gx"].wei, agreement=held, wanted=wanted("gx", "gd", scope=["bulletin"]))
        agreeing.amend(
            by=three["gx"].wei, agreement=held,
            wanted=wanted("gx", "gd", "gz", quorum=2, scope=["bulletin"], acceptance_days=1),
        )  # fmt: skip
    run_letters()
    say("gd", three["gd"], group.pk)
    run_letters()
    assert terms("gz", "gx", "gd", "bulletin")[0] == 3, "the old terms hold until the last member has consented"
    say("gz", three["gz"], group.pk)
    run_letters()
    assert [terms(code, "gx", "gz", "bulletin")[0] for code in three] == [1, 1, 1]

    with context.province("gx"), transaction.atomic():
        # What is issued has its recipients fixed: who leaves afterwards gets it all the same.
        to = agreeing.recipients(group.pk)
        from federation.letters.post import post

        letter = post(
            ClueAskV1(clue_id=uuid4(), question_id=uuid4(), number="1", text="某", reply_by=clock.today(),
                      at=clock.now()),
            to, thread=uuid7(), by=three["gx"].wei,
        )  # fmt: skip
    for code in ("gd", "gz"):
        with context.province(code):
            agreeing.leave(by=three[code].wei, agreement=Agreement.objects.get(pk=group.pk), why="另有安排")
    run_letters()
    with context.province("gx"):
        assert Delivery.objects.filter(letter_id=letter.pk).count() == 2
        assert state_of(group.pk) == "ended"
        with pytest.raises(GroupEmpty):
            agreeing.recipients(group.pk)
        with pytest.raises(GroupNotInForce):
            agreeing.recipients(uuid4())
        assert selectors.members_of(group.pk) == ()
    assert terms("gx", "gx", "gd", "bulletin") == NATIONAL


def state_of(agreement_id) -> str:
    return Agreement.objects.get(pk=agreement_id).state


def test_edge_11_an_agreement_that_has_run_out_leaves_the_national_defaults_and_its_members_were_told_before(
    border, run_letters
):
    """Edge case 11; F-07: warned once 30 days before, then defaults on both sides; a new revision renews it."""
    both = bureaux("gx", "gd")
    with context.province("gx"):
        made = agreeing.propose(by=both["gx"].wei, form="pair", wanted=wanted("gx", "gd", days=31))
    run_letters()
    say("gd", both["gd"], made.pk)
    run_letters()
    with clock.frozen(clock.now() + timedelta(days=2)):
        for code in both:
            with context.province(code):
                assert (agreeing.mind(), agreeing.mind()) == (1, 0)
                assert Notice.objects.filter(user_id=both[code].wei.pk, title__contains="到期").count() == 1
    with clock.frozen(clock.now() + timedelta(days=32)):
        assert terms("gd", "gx", "gd") == NATIONAL, "by the day, before any job has run"
        with context.province("gx"):
            agreeing.mind()
            assert state_of(made.pk) == "expired"
            agreeing.amend(by=both["gx"].wei, agreement=Agreement.objects.get(pk=made.pk), wanted=wanted("gx", "gd"))
        run_letters()
        say("gd", both["gd"], made.pk)
        run_letters()
        assert [terms(code, "gx", "gd")[0] for code in both] == [3, 3]
        assert state("gx", made.pk) == "in_force"


def test_a_hidden_agreement_is_unknown_to_everybody_but_its_members(border, run_letters):
    """F-04: members only; neither the office nor another province has a row or a letter of it."""
    both = bureaux("gx", "gd")
    with context.province("gx"):
        made = agreeing.propose(
            by=both["gx"].wei, form="theme", topic="online_trade", visibility="members", wanted=wanted("gx", "gd")
        )
    run_letters()
    say("gd", both["gd"], made.pk)
    run_letters()
    assert terms("gd", "gx", "gd")[3] == "agreement"
    with context.seat(OFFICE):
        assert not Agreement.objects.exists() and not OpenAgreement.objects.exists()
        assert not Delivery.objects.filter(addressee="office", letter__kind__startswith="agreement.").exists()
    with context.province("gz"):
        assert not Agreement.objects.exists() and not OpenAgreement.objects.exists()
    assert terms("office", "gx", "gd") == NATIONAL


def test_the_letters_of_an_agreement_come_to_one_end_in_any_order(gz):
    """Guard G7's rule for agreements: consents, entry and departure in every order that the senders allow."""
    ids = {name: uuid7() for name in ("agreement", "revision")}
    moment = clock.now()

    def envelope(sender: str) -> Envelope:
        return Envelope(
            letter_id=uuid7(), kind="", version=1, sender=Address.province(sender), addressee=Address.province("gz"),
            thread=ids["agreement"], in_reply_to=None, sequence=1, written_at=moment, document_no="", attachments=(),
        )  # fmt: skip

    both = {"agreement_id": ids["agreement"], "revision_id": ids["revision"], "who": "某"}
    proposal = contracts.AgreementProposedV1(
        **both, number=1, form="group", title="组", visibility="office", parties=("fj", "gd", "gx", "gz"), quorum=3,
        terms=contracts.TermsV1(scope=("bulletin",), acceptance_days=1, feedback_days=1, assistance_days=1,
                                direct=True),
        valid_from=clock.today(), valid_until=clock.today(), at=moment,
    )  # fmt: skip
    entry = contracts.AgreementInForceV1(
        agreement_id=ids["agreement"], revision_id=ids["revision"], consented=("fj", "gd", "gx"), at=moment
    )
    word = contracts.AgreementAnsweredV1(**both, answer="consented", at=moment)
    gone = contracts.AgreementLeftV1(
        agreement_id=ids["agreement"], why="某", who="某", at=moment + timedelta(seconds=1)
    )
    steps = [
        lambda: agreeing.proposed(proposal, envelope("gx")),
        lambda: agreeing.entered(entry, envelope("gx")),
        lambda: agreeing.answered(word, envelope("gd")),
        lambda: agreeing.left(gone, envelope("gd")),
        lambda: agreeing.answered(word, envelope("fj")),
    ]
    ends, orders = set(), 0
    for order in itertools.permutations(range(5)):  # of which every second one
        if order.index(0) > order.index(1) or order.index(2) > order.index(3):
            continue
        orders += 1
        if orders % 2:
            continue
        with transaction.atomic():
            for place in (*order, order[-1]):
                steps[place]()
            held = Agreement.objects.get(pk=ids["agreement"])
            ends.add((held.state, tuple(held.members), Revision.objects.get().state, Answer.objects.count()))
            transaction.set_rollback(True)
    assert orders == 30 and ends == {("proposed", ("fj", "gx"), "in_force", 3)}, "gz itself may still consent"
