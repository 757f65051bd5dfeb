"""O-10: an opinion that exists elsewhere, offered, reviewed, taken or refused."""

import pytest
from harness.opinion_world import bodies

from appraisal.opinions.models import (
    HeldLetter,
    ReuseOffer,
    WithdrawalAlert,
)
from appraisal.opinions.services import reuse, reviews
from federation.contracts.opinions import (
    OpinionWithdrawnV1,
    ReuseConfirmedV1,
    ReuseDeclinedV1,
    ReuseItemV1,
    ReuseOfferedV1,
)
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from provinces import context

State = HeldLetter.State


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
