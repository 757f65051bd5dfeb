"""O-03 to O-06: letters held and reviewed; what follows a fall."""

from datetime import timedelta
from decimal import Decimal

import pytest
from harness import people
from harness.opinion_world import told_title

from appraisal.opinions import hooks, selectors
from appraisal.opinions.models import (
    HeldLetter,
    Reliance,
    Review,
    WithdrawalAlert,
)
from appraisal.opinions.services import letters, reviews
from evidence.models import Exhibit
from federation.contracts.opinions import (
    OpinionSupersededV1,
    OpinionWithdrawnV1,
)
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotFound404
from kernel.ids import uuid7
from provinces import context

State = HeldLetter.State


# Held -----------------------------------------------------------------------------------------------------------------


def test_a_letter_that_comes_is_sealed_as_evidence_of_its_request(world):
    """O-03, O-04: preliminary first, then formal with its file; each item's conclusion as the letter says it."""
    request = world.ask(count=2)
    first = world.certificate(request, state="preliminary", waits_for="signature")
    assert (first.state, first.pdf_id) == (State.PRELIMINARY, None)
    second = world.certificate(request, letter_id=first.letter_id, opinion_no=first.opinion_no)
    with context.province("gx"):
        assert (second.pk, second.state) == (first.pk, State.FORMAL)
        kept = Exhibit.objects.get(pk=second.pdf_id)
        assert (kept.kind, kept.source, kept.legal_kind) == ("document", "letter", "documentary")
        assert kept.original_key.startswith("gx/original/") and kept.custody.filter(act="received").exists()
        assert [each.value for each in second.items.all()] == ["counterfeit"] * 2
        assert selectors.door_to_exhibit(world.chen, kept) and not selectors.door_to_exhibit(world.mo, kept)
        with pytest.raises(NotFound404):
            selectors.access_letter(world.mo, second.pk)


def test_a_file_that_is_not_what_was_signed_does_not_pass_the_check_and_cannot_be_accepted(world):
    """Any changed byte shows: what is no signed paper is never sound."""
    held = world.certificate(world.ask())
    with context.province("gx"):
        found = letters.verify(by=world.chen, held_id=held.pk)
        assert found.verified["sound"] is False
        review = reviews.open_review(by=world.li, held_id=held.pk)
        assert review.checks["content"]["found"] == "no"


def test_a_letter_about_goods_of_another_request_is_not_taken_in(world):
    request, other = world.ask(), world.ask()
    paper = world.paper(other)
    from federation.contracts.opinions import CertificateV1

    world.says(CertificateV1(request_id=request.pk, paper=paper, who="林工", at=clock.now()), request.pk)
    with context.province("gx"):
        assert not HeldLetter.objects.exists()


def test_edge_4_a_letter_on_420_bottles_and_a_list_of_423_leave_three_open(world):
    """Edge 4: conclusion per item row; three rows stay open."""
    request = world.ask(quantity="420")
    held = world.certificate(request)

    def ground(asked):
        item = asked.items.get()
        goods = hooks.Goods(item_id=item.pk, name="陈酿", quantity=Decimal(423), unit="瓶", source="财物清单")
        return hooks.Ground(goods=(goods,))

    hooks.grounds(ground)
    try:
        world.told(held)
        review = world.reviewed(held)
        with context.province("gx"):
            rows = [(each.quantity, each.covered, each.adopted, each.value) for each in review.items.all()]
            assert rows == [(420, True, True, "counterfeit"), (3, False, False, "")]
    finally:
        hooks._grounds.remove(ground)


# Review ---------------------------------------------------------------------------------------------------------------


def test_the_six_checks_are_filled_from_the_records_and_say_which(world):
    """O-07."""
    held = world.certificate(world.ask())
    with context.province("gx"):
        review = reviews.open_review(by=world.li, held_id=held.pk)
        assert reviews.open_review(by=world.li, held_id=held.pk).pk == review.pk
        found = {code: each["found"] for code, each in review.checks.items()}
        assert found == {
            "subject": "yes", "authorisation": "yes", "registration": "yes", "same_item": "yes",
            "content": "unknown", "corroborated": "no",
        }  # fmt: skip
        assert all(each["source"] for each in review.checks.values())
        with pytest.raises(Conflict) as refusal:
            reviews.accept(by=world.li, review_id=review.pk)
        assert refusal.value.code == "review_incomplete" and "告知当事人" in refusal.value.detail


def test_a_check_that_the_records_contradict_needs_a_note_to_be_answered_with_yes(world):
    held = world.certificate(world.ask())
    with context.province("gx"):
        review = reviews.open_review(by=world.li, held_id=held.pk)
        with pytest.raises(BadInput) as refusal:
            reviews.answer(by=world.li, review_id=review.pk, answers={"corroborated": "yes"}, notes={})
        assert refusal.value.code == "note_missing"


def test_an_accepted_letter_is_relied_on_by_its_matters_and_reviewed_once(world):
    held = world.certificate(world.ask())
    world.told(held)
    review = world.reviewed(held)
    with context.province("gx"):
        assert review.state == Review.State.ACCEPTED and review.reviewer == world.li
        assert list(Reliance.objects.values_list("kind", flat=True)) == ["request"]
        with pytest.raises(MoveRefused):
            reviews.refuse(by=world.li, review_id=review.pk, reason="改主意")


def test_edge_1_a_mark_that_lapsed_or_is_under_renewal_is_warned_of_and_left_to_the_reviewer(world):
    """Edge 1."""
    from federation.contracts.opinions import TrademarkV1

    for standing in ("lapsed", "under_renewal"):
        mark = TrademarkV1(name="岚壑春", reg_no="12345678", nice_classes=(33,), standing=standing)
        held = world.certificate(world.ask(), trademarks=(mark,))
        with context.province("gx"):
            said = reviews.open_review(by=world.li, held_id=held.pk).checks["registration"]
            assert said["found"] == "unknown" and ("续展" in said["words"])


def test_edge_2_an_authorisation_that_had_ended_and_goods_outside_the_class_are_found(world):
    """Edge 2, bad input: goods outside the class."""
    from federation.contracts.opinions import TrademarkV1

    request = world.ask()
    paper = world.paper(request)
    ended = paper.authority.model_copy(update={"valid_until": clock.now() - timedelta(days=1)})
    mark = TrademarkV1(name="岚壑春", reg_no="12345678", nice_classes=(25,), standing="in_force")
    held = world.certificate(request, authority=ended, trademarks=(mark,))
    with context.province("gx"):
        checks = reviews.open_review(by=world.li, held_id=held.pk).checks
        assert checks["authorisation"]["found"] == checks["registration"]["found"] == "no"


def test_photos_that_were_never_sent_and_withdrawn_ones_do_not_prove_the_same_item(world):
    request = world.ask()
    paper = world.paper(request)
    foreign = paper.items[0].model_copy(update={"photo_sha256s": ("0" * 64,)})
    held = world.certificate(request, items=(foreign,))
    with context.province("gx"):
        assert reviews.open_review(by=world.li, held_id=held.pk).checks["same_item"]["found"] == "no"
    second = world.ask()
    held = world.certificate(second)
    with context.province("gx"):
        Exhibit.objects.filter(pk=second.items.get().photos.get().exhibit_id).update(state="withdrawn")
        assert reviews.open_review(by=world.li, held_id=held.pk).checks["same_item"]["found"] == "no"


def test_edge_8_opposite_opinions_are_both_kept_and_neither_is_accepted_without_a_reason(world):
    """Edge 8: owner and licensee."""
    licensee = people.brand_house("和砚斋", suffix="2")
    first = world.ask()
    second = world.ask(beside=first, house=licensee)
    with context.province("gx"):
        pair = {first.items.get().pk, second.items.get().pk}

    def same(ids):
        return pair if pair & set(ids) else ()

    hooks.same_goods(same)
    try:
        held = world.certificate(first)
        other = world.certificate(second, "genuine", house=licensee, role="licensee")
        world.told(held)
        with pytest.raises(BadInput) as refusal:
            world.reviewed(held)
        assert refusal.value.code == "opposite_needs_reason"
        with context.province("gx"):
            assert {each.state for each in HeldLetter.objects.all()} == {State.FORMAL}
            shown = Review.objects.get().opposite
            assert [each["opinion_no"] for each in shown] == [other.opinion_no]
        review = world.reviewed(held, reason="被许可人未见过实物，注册人意见有检测印证")
        assert review.state == Review.State.ACCEPTED
    finally:
        hooks._same.remove(same)


def test_edge_11_a_preliminary_or_withdrawn_letter_is_not_accepted(world):
    """Edge 11."""
    request = world.ask()
    early = world.certificate(request, state="preliminary")
    with context.province("gx"):
        review = reviews.open_review(by=world.li, held_id=early.pk)
        assert any("初步" in each for each in reviews.missing(review))
    gone = world.certificate(request)
    world.says(OpinionWithdrawnV1(letter_id=gone.letter_id, reason="辨认有误", who="林工", at=clock.now()), request.pk)
    with context.province("gx"), pytest.raises(Conflict) as refusal:
        reviews.open_review(by=world.li, held_id=gone.pk)
    assert refusal.value.code == "letter_withdrawn"


def test_edge_7_a_withdrawal_lists_and_alerts_every_matter_that_relied_on_it(world):
    """Edge 7: after the penalty too."""
    request = world.ask()
    case = hooks.Matter(kind="case", id=uuid7(), label="立案 1 号 已结案", url="/cases/1/", people=(world.li.pk,))

    def matters(ids):
        return [case] if request.pk in ids else []

    hooks.matters(matters)
    try:
        held = world.certificate(request)
        world.told(held)
        world.reviewed(held)
        world.says(
            OpinionWithdrawnV1(letter_id=held.letter_id, opinion_no=held.opinion_no, reason="辨认有误", who="林工",
                               at=clock.now()),
            request.pk,
        )  # fmt: skip
        with context.province("gx"):
            held.refresh_from_db()
            assert (held.state, held.change_reason) == (State.WITHDRAWN, "辨认有误")
            alerts = {each.kind: each for each in WithdrawalAlert.objects.filter(letter=held)}
            assert set(alerts) == {"request", "case"} and all(each.state == "open" for each in alerts.values())
            for person in (world.chen, world.li, world.wei):
                assert told_title(person, "letter_fell"), person
            letters.handle_alert(by=world.chen, alert_id=alerts["case"].pk, words="已报请重新审查")
            assert [each.kind for each in selectors.open_alerts([request.pk])] == ["request"]
    finally:
        hooks._matters.remove(matters)


def test_a_new_version_replaces_the_old_one_and_its_holders_are_told(world):
    """O-04."""
    request = world.ask()
    held = world.certificate(request)
    world.says(
        OpinionSupersededV1(letter_id=held.letter_id, by_letter_id=uuid7(), by_opinion_no="岚辨 2 号", who="林工",
                            at=clock.now()),
        request.pk,
    )  # fmt: skip
    with context.province("gx"):
        held.refresh_from_db()
        assert (held.state, held.replaced_by_no) == (State.SUPERSEDED, "岚辨 2 号")
        assert told_title(world.chen, "letter_fell")
        assert not WithdrawalAlert.objects.exists(), "nobody had relied on it"
