"""One tap asks every right holder; answers come back to the lots, also late."""

from decimal import Decimal

import pytest
from harness import people

from appraisal.desk.models import DeskTask
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest, RequestItem
from federation.contracts.appraisal import VerdictValue
from kernel.errors import BadInput, NotAllowed
from kernel.ids import uuid7
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS
from tenants.inspections import selectors, services
from tenants.inspections.models import Inspection, Lot, LotQuestion
from tenants.inspections.value import valuation, value_of, verdict_of

SUPPLIED = {"supplier_answer": "refused", "price_basis": "labelled", "price_labelled_yuan": "10"}


@pytest.fixture
def house_of(world):
    """`house_of("和砚斋")`: one more brand house with one product."""
    return lambda name: people.brand_house(name, suffix=f"-{name}")


def test_11_brands_of_which_3_are_not_enrolled_are_asked_by_one_tap(world, house_of, opened, lot, post_goes):
    houses = [house_of(f"品牌{number}") for number in range(7)]
    with context.province("gx"):
        inspection = opened()
        for house in (world.house, *houses):
            for _each in range(2):
                lot(inspection, "6", product_id=str(house.product.pk), claimed_brand="")
        lot(inspection, "6", product_id=str(world.unserved.pk), claimed_brand="云上坡")
        lot(inspection, "6", claimed_brand="清溪")
        lot(inspection, "6", claimed_brand="杏沐")
        lot(inspection, "0", claimed_brand="杏沐")
        lot(inspection, "3", claimed_brand="")
        lot(inspection, "3", claimed_brand="岚壑春")  # enrolled, but which product?
        todo = services.plan(inspection)
        assert (len(todo.asked), [each.name for each in todo.unserved]) == (8, ["云上坡", "清溪", "杏沐"])
        assert [len(each) for each in (todo.empty, todo.unnamed, todo.unchosen)] == [1, 1, 1]
        sent = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        assert len(sent) == 11
        assert {each.site_id for each in sent} == {inspection.site_id}
        assert sum(each.state == AppraisalRequest.State.UNSERVED for each in sent) == 3
        assert LotQuestion.objects.count() == 19
    post_goes()
    with context.seat(BRANDS):
        tasks = DeskTask.objects.all()
        assert tasks.count() == 8
        assert {task.items.count() for task in tasks} == {2}


def test_only_what_is_new_is_asked_when_tapped_again(world, opened, lot):
    with context.province("gx"):
        inspection = opened()
        lot(inspection, "6", product_id=str(world.product.pk))
        assert len(services.ask_everyone(by=world.chen, inspection_id=inspection.pk)) == 1
        assert services.ask_everyone(by=world.chen, inspection_id=inspection.pk) == []
        lot(inspection, "1", product_id=str(world.product.pk))
        (again,) = services.ask_everyone(by=world.li, inspection_id=inspection.pk)
        assert again.items.count() == 1
        empty = opened()
        with pytest.raises(BadInput) as refused:
            services.ask_everyone(by=world.chen, inspection_id=empty.pk)
        assert refused.value.code == "nobody_to_ask"


def test_photos_of_lots_go_along_and_later_ones_follow(world, opened, lot, post_goes):
    with context.province("gx"):
        inspection = opened()
        made = lot(inspection, "6", product_id=str(world.product.pk))
        shelf = people.sealed_photo(world.chen, "shelf")
        services.add_photo(by=world.chen, lot_id=made.pk, exhibit=shelf, shows="shelf")
        services.add_photo(
            by=world.chen, lot_id=made.pk, exhibit=people.sealed_photo(world.chen, "front"), shot_code="front_label"
        )
        (sent,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        services.add_photo(
            by=world.li, lot_id=made.pk, exhibit=people.sealed_photo(world.li, "base"), shot_code="bottle_base"
        )
        services.add_photo(
            by=world.li, lot_id=made.pk, exhibit=people.sealed_photo(world.li, "sealed up"), shows="seized"
        )
    post_goes()
    with context.seat(BRANDS):
        item = DeskTask.objects.get(request_id=sent.pk).items.get()
        assert {photo.shot_code for photo in item.photos.all()} == {"shelf", "front_label", "bottle_base"}


def test_answers_come_back_to_their_lots_and_value_follows(world, opened, lot, lin_answers):
    with context.province("gx"):
        inspection = opened()
        priced = {"product_id": str(world.product.pk), "price_basis": "labelled", "price_labelled_yuan": "1499.00"}
        one, two = lot(inspection, "20", **priced), lot(inspection, "80", **priced)
        (sent,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        items = {each.lot_id: each.item_id for each in LotQuestion.objects.all()}
        version = Inspection.objects.get(pk=inspection.pk).version
    lin_answers(sent, VerdictValue.COUNTERFEIT, only=items[two.pk])
    with context.province("gx"):
        found = valuation(inspection, selectors.lots_of(inspection))
        assert (found.infringing.low, found.unanswered.low) == (Decimal("119920.00"), Decimal("29980.00"))
        assert not found.confirmed.duty
        assert Inspection.objects.get(pk=inspection.pk).version > version
        assert Lot.objects.get(pk=two.pk).version > version
    lin_answers(sent, VerdictValue.GENUINE, only=items[one.pk])
    with context.province("gx"):
        found = valuation(inspection, selectors.lots_of(inspection))
        assert (found.infringing.low, found.cleared.low, found.unanswered.low) == (
            Decimal("119920.00"), Decimal("29980.00"), Decimal(0),
        )  # fmt: skip
        assert Lot.objects.get(pk=one.pk).claimed_brand == "岚壑春"  # what the package says stays apart


def test_a_verdict_that_arrives_after_the_inspection_was_closed_is_kept_and_shown(
    world, opened, lot, complete, lin_answers
):
    with context.province("gx"):
        inspection = complete(opened())
        made = lot(inspection, "20", product_id=str(world.product.pk), **SUPPLIED)
        (sent,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        services.close(by=world.chen, inspection_id=inspection.pk)
        services.sign(by=world.li, inspection_id=inspection.pk)
    lin_answers(sent)
    with context.province("gx"):
        row = selectors.lots_of(inspection).get(pk=made.pk)
        assert verdict_of(row).value == VerdictValue.COUNTERFEIT
        told = Notice.objects.filter(code="verdict_after_inspection")
        assert {each.user_id for each in told} == {world.chen.pk, world.li.pk}


def test_a_cancelled_question_may_be_asked_anew_and_its_late_verdict_does_not_stand(world, opened, lot, lin_answers):
    with context.province("gx"):
        inspection = opened()
        made = lot(inspection, "20", product_id=str(world.product.pk))
        (sent,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        # Answered at the brand before the cancellation arrives there.
        requests.cancel(by=world.chen, request_id=sent.pk, reason="点错了")
        (again,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        assert again.pk != sent.pk
        assert made.questions.count() == 2


def test_an_officer_of_another_unit_lets_the_first_one_ask(world, opened, lot):
    with context.province("gx"):
        inspection = opened(alone=True)
        world.mo.unit = world.bureau.unit.parent
        world.mo.save()
        code, _until = services.make_join_code(by=world.chen, inspection_id=inspection.pk)
        services.join(by=world.mo, code=code)
        made = lot(inspection, "20", product_id=str(world.product.pk))
        with pytest.raises(NotAllowed) as refused:
            services.ask_everyone(by=world.mo, inspection_id=inspection.pk)
        assert refused.value.code == "other_unit_asks"
        services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        photo = people.sealed_photo(world.mo, "of the second officer")
        services.add_photo(by=world.mo, lot_id=made.pk, exhibit=photo)  # reaches the brand all the same
        assert RequestItem.objects.get(lot_question__lot=made).photos.get().exhibit_id == photo.pk


def test_what_was_split_off_may_be_asked_about_by_itself(world, opened, lot):
    with context.province("gx"):
        inspection = opened()
        whole = lot(inspection, "60", product_id=str(world.product.pk))
        services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        part = services.split(by=world.chen, lot_id=whole.pk, device_id=uuid7(), quantity="2")
        (sent,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
        assert sent.items.get().lot_question.lot_id == part.pk
        assert value_of(part).low is None
