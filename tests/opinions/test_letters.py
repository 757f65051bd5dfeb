"""O-03 to O-08, O-10: letters held, reviewed, put to the party, relied on elsewhere; and what follows a fall."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from harness import people

from appraisal.opinions import hooks, selectors
from appraisal.opinions.models import (
    HeldLetter,
    Mailing,
    Objection,
    Reliance,
    ReuseOffer,
    Review,
    Sample,
    WithdrawalAlert,
)
from appraisal.opinions.services import letters, objections, reuse, reviews, samples
from evidence.models import Exhibit
from federation.contracts.opinions import (
    FileV1,
    ObjectionAnsweredV1,
    OpinionSupersededV1,
    OpinionWithdrawnV1,
    OriginalMailedV1,
    OriginalScannedV1,
    ReuseConfirmedV1,
    ReuseDeclinedV1,
    ReuseItemV1,
    ReuseOfferedV1,
    SampleOpenedV1,
    SampleReceivedV1,
    SampleReturnedV1,
)
from federation.letters.models import LetterBody
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused, NotFound404
from kernel.ids import uuid7
from papers import services as papers
from provinces import context

State = HeldLetter.State


def bodies(kind):
    return [json.loads(each.body) for each in LetterBody.objects.filter(letter__kind=kind).order_by("letter_id")]


def told_title(user, code):
    from notify.models import Notice

    return list(Notice.objects.filter(user_id=user.pk, code=code).values_list("title", flat=True))


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


# The original ---------------------------------------------------------------------------------------------------------


def mailed(world, held, **more):
    pk = more.pop("mailing_id", uuid7())
    said = {"courier": "顺丰", "waybill_no": "SF1", "sent_on": clock.now(), "who": "林工", "at": clock.now()} | more
    step = said.pop("step", "sent")
    world.says(OriginalMailedV1(mailing_id=pk, letter_id=held.letter_id, step=step, **said), held.request_id)
    return pk


def test_edge_6_a_lost_original_keeps_its_mailing_and_a_new_one_names_it(world):
    """Edge 6, O-06."""
    held = world.certificate(world.ask())
    lost = mailed(world, held)
    mailed(world, held, mailing_id=lost, step="failed", reason="拒收")
    again = mailed(world, held, waybill_no="SF2", replaces=lost)
    with context.province("gx"):
        rows = {each.pk: each for each in Mailing.objects.all()}
        assert (rows[lost].state, rows[lost].waybill_no, rows[lost].reason) == ("failed", "SF1", "拒收")
        assert (rows[again].state, rows[again].replaces_id) == ("sent", lost)


def test_an_original_is_received_under_the_code_printed_on_it(world):
    """O-05, O-06: bound to the electronic one by the same code; both sides see the state."""
    held = world.certificate(world.ask())
    pk = mailed(world, held)
    with context.province("gx"):
        with pytest.raises(BadInput) as refusal:
            letters.receive_original(by=world.chen, mailing_id=pk, received_on=clock.today(), check_code="abcd efgh jkln")
        assert refusal.value.code == "wrong_number"
        done = letters.receive_original(
            by=world.chen, mailing_id=pk, received_on=clock.today(), check_code="abcd efgh jklm"
        )
        assert done.state == Mailing.State.RECEIVED
        (said,) = bodies("opinion.original_received")
        assert (said["result"], said["mailing_id"]) == ("accepted", str(pk))


def test_a_returned_original_blocks_adoption_until_a_good_one_is_received(world):
    held = world.certificate(world.ask())
    pk = mailed(world, held)
    with context.province("gx"):
        letters.give_back(by=world.chen, held_id=held.pk, code="seal_missing", mailing_id=pk)
        assert selectors.open_return(held)
        review = reviews.open_review(by=world.li, held_id=held.pk)
        assert any("退回" in each for each in reviews.missing(review))
    good = mailed(world, held, waybill_no="SF9", replaces=pk)
    with context.province("gx"):
        letters.receive_original(by=world.chen, mailing_id=good, received_on=clock.today(), check_code="ABCDEFGHJKLM")
        assert not selectors.open_return(held)


def test_a_scan_is_held_against_the_letter_by_its_code(world):
    held = world.certificate(world.ask())
    scan = world.file(people.jpeg("scan"), "image/jpeg")
    for code, fits in (("WRONG", False), ("ABCD-EFGH-JKLM", True)):
        message = OriginalScannedV1(
            letter_id=held.letter_id, scan_sha256=scan.sha256, check_code=code, code_read="by_machine", who="林工",
            at=clock.now(),
        )  # fmt: skip
        world.says(message, held.request_id, scan)
        with context.province("gx"):
            held.refresh_from_db()
            assert held.scan_code_ok is fits and held.scan_id


# Samples --------------------------------------------------------------------------------------------------------------


def send_sample(world, request, **more):
    said = {"description": "一瓶", "seal_no": "FQ-1", "courier": "顺丰", "waybill_no": "S1", "sent_on": clock.today()}
    with context.province("gx"):
        return samples.send(by=world.chen, request_id=request.pk, **(said | more))


def test_a_sealed_sample_goes_there_is_opened_on_record_and_comes_back(world):
    """Item 4: both sides see each step."""
    request = world.ask()
    sample = send_sample(world, request)
    now = {"who": "林工", "at": clock.now()}
    world.says(
        SampleReceivedV1(sample_id=sample.pk, received_on=clock.now(), seal_no_found="FQ-1", unbroken=True, **now),
        request.pk,
    )
    photo = world.file(people.jpeg("opened"), "image/jpeg")
    world.says(
        SampleOpenedV1(sample_id=sample.pk, opened_at=clock.now(), witnesses="林某、王某",
                       files=(FileV1(sha256=photo.sha256, what="opened"),), **now),
        request.pk,
        photo,
    )  # fmt: skip
    back = SampleReturnedV1(
        sample_id=sample.pk, seal_no="L-9", courier="顺丰", waybill_no="S2", sent_on=clock.now(), **now
    )
    world.says(back, request.pk)
    with context.province("gx"):
        samples.come_back(by=world.chen, sample_id=sample.pk, received_on=clock.today(), unbroken=True)
        found = Sample.objects.get(pk=sample.pk)
        assert (found.state, found.unbroken, found.witnesses) == (Sample.State.BACK, True, "林某、王某")
        assert found.photos.get().when == "opened"
        assert bodies("opinion.sample_back")[0]["unbroken"] is True


def test_a_broken_or_strange_seal_is_alarmed_and_no_proof_of_the_same_item(world):
    request = world.ask()
    sample = send_sample(world, request)
    world.says(
        SampleReceivedV1(
            sample_id=sample.pk,
            received_on=clock.now(),
            seal_no_found="FQ-7",
            unbroken=True,
            who="林工",
            at=clock.now(),
        ),
        request.pk,
    )
    paper = world.paper(request)
    sealed = paper.items[0].model_copy(update={"seal_no": "FQ-1", "photo_sha256s": ()})
    held = world.certificate(request, items=(sealed,), exam_mode="physical")
    with context.province("gx"):
        assert Sample.objects.get(pk=sample.pk).unbroken is False
        assert told_title(world.chen, "sample_broken")
        assert reviews.open_review(by=world.li, held_id=held.pk).checks["same_item"]["found"] == "no"
    with pytest.raises(Conflict) as refusal:
        send_sample(world, request)
    assert refusal.value.code == "seal_no_used"


# Objections -----------------------------------------------------------------------------------------------------------


def test_the_party_objects_by_its_code_and_the_brand_must_answer_before_it_is_dismissed(world):
    """O-08."""
    request = world.ask()
    held = world.certificate(request)
    telling = world.told(held)
    with context.province("gx"):
        code = selectors.objection_code(telling.pk)
        assert selectors.telling_by_code(code.upper()).pk == telling.pk
        with pytest.raises(NotFound404):
            selectors.telling_by_code(code[:-1] + "x")
        paper = people.sealed_photo(world.chen, "发票")
        made = objections.lodge(
            telling=telling, text="这是从代理商买的", grey_market=True, contact="138", exhibits=[paper]
        )
        assert told_title(world.chen, "objection_lodged")
        with pytest.raises(MoveRefused):
            objections.decide(by=world.chen, objection_id=made.pk, uphold=False, words="不成立")
        objections.forward(by=world.chen, objection_id=made.pk)
        (said,) = bodies("opinion.objection")
        assert said["grey_market"] and len(said["files"]) == 1
        assert "138" not in json.dumps(said) and "张某某" not in json.dumps(said, ensure_ascii=False)
    world.says(
        ObjectionAnsweredV1(objection_id=made.pk, letter_id=held.letter_id, outcome="stands", text="编号不存在",
                            who="林工", at=clock.now()),
        request.pk,
    )  # fmt: skip
    with context.province("gx"):
        done = objections.decide(by=world.chen, objection_id=made.pk, uphold=False, words="凭证与商品不符")
        assert (done.state, done.outcome, done.answer) == (Objection.State.DISMISSED, "stands", "编号不存在")
        assert selectors.blocking([request.pk]) == []


def test_the_paper_for_the_party_names_conclusions_and_the_address_and_no_feature(world):
    held = world.certificate(world.ask())
    telling = world.told(held)
    with context.province("gx"):
        paper = papers.make(by=world.chen, kind="party_notice", matter_id=telling.pk)
        said = json.dumps(paper.content, ensure_ascii=False)
        assert held.opinion_no in said and "假冒" in said and selectors.objection_code(telling.pk) in said
        assert "张某某" in said and "烫金" not in said


def test_edge_9_grey_market_papers_block_closing_until_the_objection_is_handled(world):
    """Edge 9: also when an officer wrote it down; and no review accepts meanwhile."""
    request = world.ask()
    held = world.certificate(request)
    world.told(held)
    with context.province("gx"):
        made = objections.write_down(by=world.chen, held_id=held.pk, text="有进货票", grey_market=True)
        assert [each.pk for each in selectors.blocking([request.pk])] == [made.pk]
    with pytest.raises(Conflict) as refusal:
        world.reviewed(held)
    assert "异议" in refusal.value.detail
    with context.province("gx"):
        objections.decide(by=world.chen, objection_id=made.pk, uphold=True, words="凭证真实")
        assert selectors.blocking([request.pk]) == []


def test_an_objection_after_its_term_is_taken_and_marked_late_and_twice_is_once(world):
    held = world.certificate(world.ask())
    telling = world.told(held)
    pk = uuid7()
    with context.province("gx"), clock.frozen(telling.objection_until + timedelta(hours=1)):
        said = {"telling": telling, "text": "x", "grey_market": False, "contact": "", "objection_id": pk}
        assert objections.lodge(**said).late
        assert objections.lodge(**said).pk == pk
        assert Objection.objects.count() == 1


# Recognition ----------------------------------------------------------------------------------------------------------


def offered(world, request, **more):
    """An offer of a letter that another province has, for all items of a request."""
    with context.province("gx"):
        ids = list(request.items.values_list("pk", flat=True))
    items = tuple(
        ReuseItemV1(item_id=pk, position=n, product_name="陈酿", value="counterfeit", basis="same_code")
        for n, pk in enumerate(ids, start=1)
    )
    message = ReuseOfferedV1(
        offer_id=uuid7(), request_id=request.pk, letter_id=uuid7(), opinion_no="岚辨 5 号",
        right_holder=world.house.organisation.name, issued_on=clock.today(), items=items, explained="防伪码相同",
        at=clock.now(), **more,
    )  # fmt: skip
    world.says(message, request.pk)
    return message


def confirm(world, request, message, **more):
    said = {"letter_id": message.letter_id, "opinion_no": message.opinion_no} | more
    files = []
    if said.get("state", "formal") == "formal":
        pdf = world.file(b"%PDF-1.7 reused")
        files, said["pdf_sha256"] = [pdf], pdf.sha256
    paper = world.paper(request, **said)
    # The first province's items and photos have other ids than ours.
    paper = paper.model_copy(
        update={"items": tuple(each.model_copy(update={"item_id": uuid7()}) for each in paper.items)}
    )
    world.says(
        ReuseConfirmedV1(
            offer_id=message.offer_id,
            request_id=request.pk,
            items=message.items,
            paper=paper,
            who="林工",
            at=clock.now(),
        ),
        request.pk,
        *files,
    )


def test_an_opinion_that_exists_is_accepted_after_a_review_of_ones_own(world):
    """O-10: offered, confirmed by the brand, reviewed here, accepted."""
    request = world.ask(count=3)
    message = offered(world, request)
    with context.province("gx"):
        with pytest.raises(Conflict) as refusal:
            reuse.accept(by=world.chen, offer_id=message.offer_id)
        assert refusal.value.code == "reuse_not_confirmed"
    confirm(world, request, message)
    with context.province("gx"):
        offer = ReuseOffer.objects.get(pk=message.offer_id)
        assert offer.state == ReuseOffer.State.CONFIRMED and len(offer.items) == 3
        held = offer.held
        assert held.came == "reuse" and {each.item.request_id for each in held.items.all()} == {request.pk}
        with pytest.raises(Conflict) as refusal:
            reuse.accept(by=world.chen, offer_id=offer.pk)
        assert refusal.value.code == "reuse_needs_review"
    world.told(held)
    world.reviewed(held)
    with context.province("gx"):
        assert reuse.accept(by=world.chen, offer_id=offer.pk).state == ReuseOffer.State.ACCEPTED
        assert len(bodies("opinion.reuse_accepted")[0]["item_ids"]) == 3
    # A withdrawal follows it here.
    world.says(
        OpinionWithdrawnV1(letter_id=message.letter_id, reason="辨认有误", who="林工", at=clock.now()), request.pk
    )
    with context.province("gx"):
        assert ReuseOffer.objects.get(pk=offer.pk).state == ReuseOffer.State.LAPSED
        assert WithdrawalAlert.objects.filter(letter=held).exists()


def test_edge_11_reuse_of_a_letter_that_is_not_formal_is_refused_at_once(world):
    """Edge 11."""
    request = world.ask()
    message = offered(world, request)
    confirm(world, request, message, state="preliminary")
    with context.province("gx"):
        offer = ReuseOffer.objects.get(pk=message.offer_id)
        assert offer.state == ReuseOffer.State.REFUSED and "正式" in offer.reason
        assert "正式" in bodies("opinion.reuse_refused")[0]["reason"]


def test_edge_10_goods_that_are_only_similar_are_no_ground_for_reuse(world):
    """Edge 10: same item or a confirmed same-run link."""
    request = world.ask()
    message = offered(world, request)
    confirm(world, request, message)
    with context.province("gx"):
        offer = ReuseOffer.objects.get(pk=message.offer_id)
        offer.items = [{**each, "basis": "similar"} for each in offer.items]
        offer.save()
        with pytest.raises(Conflict) as refusal:
            reuse.accept(by=world.chen, offer_id=offer.pk)
        assert refusal.value.code == "reuse_only_similar"
    second = world.ask()
    message = offered(world, second)
    world.says(
        ReuseDeclinedV1(offer_id=message.offer_id, request_id=second.pk, code="only_similar", who="林工",
                        at=clock.now()),
        second.pk,
    )  # fmt: skip
    with context.province("gx"):
        declined = ReuseOffer.objects.get(pk=message.offer_id)
        assert declined.state == ReuseOffer.State.DECLINED and "相似" in declined.reason


def test_an_offer_is_refused_with_a_reason_and_the_brand_hears_it(world):
    request = world.ask()
    message = offered(world, request)
    with context.province("gx"):
        with pytest.raises(BadInput):
            reuse.refuse(by=world.chen, offer_id=message.offer_id, reason="")
        reuse.refuse(by=world.chen, offer_id=message.offer_id, reason="批号不同")
        assert bodies("opinion.reuse_refused")[0]["reason"] == "批号不同"
        ask_id = reuse.ask(by=world.chen, request_id=request.pk, opinion_no="岚辨 5 号", check_code="ABCD")
        assert bodies("opinion.reuse_asked")[0]["ask_id"] == str(ask_id)


def test_edge_12_a_letter_of_a_brand_that_left_is_still_reviewed_with_its_authority_as_it_was(world):
    """Edge 12."""
    held = world.certificate(world.ask())
    with context.owner():
        type(world.house.organisation).objects.filter(pk=world.house.organisation.pk).update(state="left")
    with context.province("gx"):
        checks = reviews.open_review(by=world.li, held_id=held.pk).checks
        assert checks["authorisation"]["found"] == "yes" and "退出" in checks["subject"]["words"]


def test_edge_3_the_letter_and_the_verdict_both_stay_and_the_letter_speaks_of_its_verdict(world):
    """Edge 3, the bureau's half: what a letter concludes names the verdict it repeats, and older verdicts stay."""
    held = world.certificate(world.ask())
    with context.province("gx"):
        assert held.items.get().verdict_id is not None
