"""公函 over the border: issued by three, taken on or returned, answered until it is closed; each side its own row."""

from __future__ import annotations

import pytest
from harness.clocks import owed
from harness.correspondence_world import RENHUAI, a_clue, issued

from audit.models import IssuedNumber
from federation.contracts.official import OfficialReceiptV1
from federation.letters.models import Delivery, Letter, LetterBody
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from notify.models import Notice
from provinces import context
from tenants.clues.models import Clue, ClueSource
from tenants.correspondence import selectors
from tenants.correspondence.errors import AddresseeAtHome, SamePerson
from tenants.correspondence.models import LetterApproval, OfficialLetter
from tenants.correspondence.services import drafting, issuing, recalling, receiving, results
from tenants.correspondence.services.drafting import To


def test_a_clue_goes_to_another_province_becomes_a_clue_there_and_its_end_comes_back(two, run_letters):
    """F-03, F-11, F-12, T4: number, three names, receipt, result; open until the matter is closed."""
    with context.province("gx"):
        ours = two.ours
        made = drafting.draft(by=ours.chen, kind_code="clue_transfer", clue_id=two.clue.pk, to=To(unit_ref=RENHUAI))
        assert (made.peer_name, made.peer_party) == ("仁怀市市场监督管理局", "province:gz")
        assert "红棚酒坊" in made.title and made.summary == two.clue.content, "taken from the clue"
        drafting.submit(by=ours.chen, letter_id=made.pk)
        with pytest.raises(SamePerson):
            issuing.check(by=_dispatcher_too(ours.chen, ours.county), letter_id=made.pk)
        issuing.check(by=ours.desk, letter_id=made.pk)
        with pytest.raises(NotAllowed):
            issuing.issue(by=ours.desk, letter_id=made.pk)
        sent = issuing.issue(by=ours.nong, letter_id=made.pk)
        assert sent.state == "sent" and sent.document_no == f"gx青市监线移〔{clock.today().year}〕1号"
        assert [each.step for each in sent.approvals.all()] == ["drafted", "checked", "issued"]
        assert sent.files.filter(sealed=True).exists() and sent.accept_by and sent.feedback_by
        envelope = Letter.objects.get(pk=sent.post_id)
        assert (envelope.document_no, envelope.kind) == (sent.document_no, "official.clue_transfer")
        with pytest.raises(Conflict):
            drafting.change(by=ours.chen, letter_id=made.pk, title="改过的事由")
    run_letters()
    with context.province("gz"):
        theirs = two.theirs
        came = OfficialLetter.objects.get(direction="in")
        assert (came.own_unit_id, came.document_no, came.state) == (theirs.county.pk, sent.document_no, "delivered")
        assert came.files.filter(sealed=True).get().sha256 == _sealed_sha(sent)
        assert Notice.objects.filter(code="official_arrived", user_id=theirs.desk.pk).exists()
        with pytest.raises(NotAllowed):
            receiving.accept(by=theirs.li, letter_id=came.pk)
        taken = receiving.accept(by=theirs.nong, letter_id=came.pk)
        clue = Clue.objects.get()
        assert taken.taken_as == clue.number and taken.clue_id == clue.pk and clue.desk_unit_id == theirs.county.pk
        assert (clue.source_kind, clue.subject_name) == ("transfer_in", "红棚酒坊")
        assert clue.products.get().brand_name == "岚壑春"
        assert ClueSource.objects.get().ref == sent.document_no
    run_letters()
    with context.province("gx"):
        made = selectors.letter(two.ours.chen, made.pk)
        assert (made.state, made.taken_as, made.received_name) == ("accepted", clue.number, "仁怀市市场监督管理局 农某")
    with context.province("gz"):
        results.tell(by=two.theirs.nong, letter_id=came.pk, words="已到现场，正在清点。")
        with pytest.raises(Conflict):
            results.from_clue(by=two.theirs.nong, letter_id=came.pk)
        Clue.objects.update(state="ended", result="true", outcome="filed", ending_words="属实，已立案。")
        results.on_clue(Clue.objects.get(), "end")
        assert Notice.objects.filter(code="official_to_answer").exists()
        results.from_clue(by=two.theirs.nong, letter_id=came.pk)
    run_letters()
    with context.province("gx"):
        made = selectors.letter(two.ours.chen, made.pk)
        assert made.state == "closed" and [each.final for each in made.results.all()] == [False, True]
        assert Delivery.objects.get(letter_id=made.post_id).state == "answered"


def _sealed_sha(letter: OfficialLetter) -> str:
    with context.province("gx"):
        found: str = letter.files.get(sealed=True).sha256
        return found


def _dispatcher_too(person, unit):
    from accounts.models import Post

    Post.objects.create(user=person, unit=unit, role="dispatcher")
    return person


def test_a_wrong_addressee_returns_it_to_the_sender_with_the_right_one_and_cannot_forward_it(two, run_letters):
    """Edge case 1: the sender readdresses; the returned letter stays as it was."""
    with context.province("gx"):
        sent = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
    run_letters()
    with context.province("gz"):
        came = OfficialLetter.objects.get(direction="in")
        with pytest.raises(BadInput):
            receiving.return_(by=two.theirs.nong, letter_id=came.pk, reason="not_competent")
        receiving.return_(
            by=two.theirs.nong, letter_id=came.pk, reason="not_competent", words="作坊在遵义市区", right_ref="520300"
        )
        assert not Clue.objects.exists()
        with pytest.raises(MoveRefused):
            receiving.accept(by=two.theirs.nong, letter_id=came.pk)
        with pytest.raises(NotFound404):
            drafting.change(by=two.theirs.desk, letter_id=came.pk, to=To(unit_ref="520300"))
    run_letters()
    with context.province("gx"):
        back = selectors.letter(two.ours.chen, sent.pk)
        assert (back.state, back.right_name) == ("returned", "遵义市市场监督管理局")
        made = drafting.again(by=two.ours.chen, letter_id=sent.pk)
        assert (made.peer_ref, made.refers_to_id, made.refers_as) == ("520300", sent.pk, "again")
        assert made.fields == back.fields and made.state == "draft" and not made.document_no


def test_a_cancelled_letter_is_back_at_once_until_it_was_accepted_then_only_with_consent(two, run_letters):
    """Edge case 15."""
    with context.province("gx"):
        first = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
        second = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=a_clue(two.ours, "B-2").pk)
        recalling.recall(by=two.ours.chen, letter_id=first.pk, reason="发重了")
    run_letters()
    with context.province("gz"):
        gone, came = (OfficialLetter.objects.get(origin_id=each.pk) for each in (first, second))
        assert gone.state == "recalled" and owed("official.clue_transfer") == ["province:gz"], "of the other letter"
        receiving.accept(by=two.theirs.nong, letter_id=came.pk)
    run_letters()
    with context.province("gx"):
        assert selectors.any_letter(first.pk).state == "recalled"
        recalling.recall(by=two.ours.chen, letter_id=second.pk, reason="本地已查")
    run_letters()
    with context.province("gz"):
        assert selectors.any_letter(came.pk).state == "accepted", "nothing is taken away"
        recalling.answer(by=two.theirs.nong, letter_id=came.pk, consents=False, words="已到现场")
    run_letters()
    with context.province("gx"):
        kept = selectors.any_letter(second.pk)
        assert (kept.state, kept.recall_refused, kept.recall_asked_at) == ("accepted", "已到现场", None)
        recalling.recall(by=two.ours.chen, letter_id=second.pk, reason="请再考虑")
    run_letters()
    with context.province("gz"):
        recalling.answer(by=two.theirs.nong, letter_id=came.pk, consents=True)
    run_letters()
    with context.province("gx"):
        assert selectors.any_letter(second.pk).state == "recalled" and not owed("official.clue_transfer")


def test_a_sent_letter_is_corrected_by_a_further_one_that_refers_to_it(two, run_letters):
    """F-03: nothing of the first is changed; signing for the correction is all that is owed."""
    with context.province("gx"):
        sent = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
        frozen = OfficialLetter.objects.get(pk=sent.pk).message
        mended = issued(
            two.ours, to=None, kind_code="correction", refers_to_id=sent.pk, refers_as="corrects",
            fields={"reads": "某镇 3 号", "should_read": "某镇 5 号"},
        )  # fmt: skip
        assert mended.peer_ref == RENHUAI and mended.thread == sent.thread
        assert OfficialLetter.objects.get(pk=sent.pk).message == frozen
    run_letters()
    with context.province("gz"):
        came = OfficialLetter.objects.get(kind="correction")
        assert came.refers_to.document_no == sent.document_no and came.refers_as == "corrects"
        receiving.sign_for(by=two.theirs.desk, letter_id=came.pk)
        assert selectors.any_letter(came.pk).state == "closed"
    run_letters()
    with context.province("gx"):
        assert selectors.any_letter(mended.pk).state == "closed"


def test_nobody_speaks_of_a_letter_that_went_to_somebody_else(two, run_letters):
    """A receipt of a third province changes nothing and reads nothing."""
    with context.province("gx"):
        sent = issued(two.ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
        body = LetterBody.objects.get(letter_id=sent.post_id).body
        assert "岚壑春酒业" not in body, "who a clue came from is in no letter"
    said = OfficialReceiptV1(letter_id=sent.pk, step="accepted", unit_name="某局", who="某", at=clock.now())
    with context.province("gx"), pytest.raises(NotFound404):
        receiving.receipt_came(said, _from("province:fj"))


def _from(sender: str):
    from types import SimpleNamespace

    return SimpleNamespace(sender=sender)


def test_numbers_have_no_gap_and_a_void_one_stays_in_sight(two):
    """A letter that is void before it leaves keeps its number; own units are not written to."""
    with context.province("gx"):
        ours = two.ours
        with pytest.raises(AddresseeAtHome):
            drafting.draft(by=ours.chen, kind_code="notice", to=To(unit_ref="450103"), title="甲", summary="乙")
        first = issued(ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk, parts={"seal": "paper"})
        assert (first.state, first.waiting_code) == ("issued", "paper_seal")
        drafting.drop(by=ours.nong, letter_id=first.pk, why="收件单位填错")
        second = issued(ours, to=To(unit_ref=RENHUAI), clue_id=two.clue.pk)
        numbers = list(IssuedNumber.objects.filter(kind_word="线移").order_by("serial").values_list("serial", "state"))
        assert [serial for serial, _state in numbers] == [1, 2] and "void" in numbers[0][1]
        assert second.document_no.endswith("2号")
        assert LetterApproval.objects.filter(letter=first).count() == 3
