"""Both sides of the border at once: a notice out, a signed letter back, its original, an objection, its fall."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from harness import people

from accounts.models import User
from appraisal.desk import services as desks
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.issuing import models as issued
from appraisal.issuing import services as issuing
from appraisal.opinions.models import HeldLetter, Mailing, Notice, Objection, ReuseOffer, Sample, WithdrawalAlert
from appraisal.opinions.services import letters, objections, reuse, reviews, samples
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery
from federation.parties.selectors import acting_organisations
from kernel import clock
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def brand(world):
    """`brand.does(function, …)`: 林工 acts in the brands seat, and letters travel after."""
    desk = people.desk(world.house, world.house.lin)

    def acting():
        return acting_organisations(User.objects.get(pk=world.house.lin.pk))[0]

    def does(function, **said):
        with context.seat(BRANDS):
            made = function(acting=acting(), **said)
        deliver_everywhere()
        return made

    def answers(request):
        with context.seat(BRANDS):
            task = DeskTask.objects.get(request_id=request.pk)
            desks.claim(desk=desk, task_id=task.pk)
            points = {world.house.checkpoint.pk: ("different", "毛糙")}
            rows = [
                ItemAnswer(item_id=item.pk, value=VerdictValue.COUNTERFEIT, reasons="烫金边缘毛糙", checkpoints=points)
                for item in task.items.all()
            ]
            desks.answer(desk=desk, task_id=task.pk, answers=rows)
        deliver_everywhere()
        return task

    def formal(request):
        task = answers(request)
        letter = does(issuing.make, task_id=task.pk)
        does(issuing.submit, letter_id=letter.pk)
        does(issuing.issue_demonstration)
        return does(issuing.issue, letter_id=letter.pk)

    return SimpleNamespace(does=does, answers=answers, formal=formal)


def test_from_notice_to_adopted_letter_to_its_withdrawal(world, brand):
    """The whole way: 通知书, 意见书 with a signature that holds, original, told, objection, 采信, withdrawn."""
    request = world.ask()
    notice = world.notice(request)
    letter = brand.formal(request)
    with context.province("gx"):
        assert Notice.objects.get(pk=notice.pk).state == Notice.State.ANSWERED
        assert Notice.objects.get(pk=notice.pk).taken_up_at
        held = HeldLetter.objects.get(letter_id=letter.pk)
        assert (held.state, held.notice_id, held.opinion_no) == ("formal", notice.pk, letter.number)
        assert notice.document_no in held.facts and "张某某" not in held.facts
        assert letters.verify(by=world.chen, held_id=held.pk).verified["sound"] is True
    # The original, under its code.
    mailing = brand.does(issuing.mail, letter_id=letter.pk, courier="顺丰", waybill_no="SF1", sent_on=clock.now())
    with context.province("gx"):
        row = Mailing.objects.get()
        assert row.pk == mailing.pk
        code = held.check_code
        letters.receive_original(by=world.chen, mailing_id=row.pk, received_on=clock.today(), check_code=code)
    deliver_everywhere()
    with context.seat(BRANDS):
        assert issued.Mailing.objects.get().state == "received"
    # Told, objected to, answered.
    world.told(held)
    with context.province("gx"):
        objection = objections.write_down(by=world.chen, held_id=held.pk, text="有进货票", grey_market=True)
        objections.forward(by=world.chen, objection_id=objection.pk)
    deliver_everywhere()
    with context.seat(BRANDS):
        theirs = issued.Objection.objects.get()
    brand.does(issuing.answer_objection, objection_id=theirs.pk, outcome="stands", text="批号不存在")
    with context.province("gx"):
        assert Objection.objects.get().state == Objection.State.ANSWERED
        objections.decide(by=world.chen, objection_id=objection.pk, uphold=False, words="凭证与商品不符")
        review = reviews.open_review(by=world.li, held_id=held.pk)
        assert {code: each["found"] for code, each in review.checks.items()} == {
            "subject": "yes", "authorisation": "yes", "registration": "yes", "same_item": "yes",
            "content": "unknown", "corroborated": "unknown",
        }, "a demonstration certificate has no legal effect, so a person says"  # fmt: skip
    world.reviewed(held)
    # It falls, and the matter is listed.
    brand.does(issuing.withdraw, letter_id=letter.pk, reason="辨认有误")
    with context.province("gx"):
        assert HeldLetter.objects.get(pk=held.pk).state == "withdrawn"
        assert [each.kind for each in WithdrawalAlert.objects.all()] == ["request"]
    with context.owner():
        held_up = Delivery.objects.filter(state__in=Delivery.UNSETTLED).exclude(failure_code="")
        assert not held_up.exists(), "every letter arrived"


def test_a_sealed_sample_there_and_back_between_both_sides(world, brand):
    """Item 4, the other way round."""
    request = world.ask()
    with context.province("gx"):
        sample = samples.send(
            by=world.chen, request_id=request.pk, description="一瓶", seal_no="FQ-1", courier="顺丰", waybill_no="S1",
            sent_on=clock.today(),
        )  # fmt: skip
    deliver_everywhere()
    with context.seat(BRANDS):
        theirs = issued.Sample.objects.get()
        assert theirs.seal_no == "FQ-1"
    brand.does(issuing.receive_sample, sample_id=theirs.pk, seal_no_found="FQ-1", unbroken=True)
    brand.does(
        issuing.return_sample, sample_id=theirs.pk, seal_no="L-1", courier="顺丰", waybill_no="S2", sent_on=clock.now()
    )
    with context.province("gx"):
        found = Sample.objects.get(pk=sample.pk)
        assert (found.state, found.unbroken, found.back_seal_no) == (Sample.State.ON_WAY_BACK, True, "L-1")
        samples.come_back(by=world.chen, sample_id=sample.pk, received_on=clock.today(), unbroken=True)
    deliver_everywhere()
    with context.seat(BRANDS):
        assert issued.Sample.objects.get().state == "back"


def test_reuse_by_number_of_goods_that_are_only_alike_is_declined_and_the_officer_is_told(world, brand):
    """Edge 10, both sides: another request for the same product is not the same item."""
    letter = brand.formal(world.ask())
    second = world.ask()
    with context.province("gx"):
        held = HeldLetter.objects.get(letter_id=letter.pk)
        reuse.ask(by=world.chen, request_id=second.pk, opinion_no=held.opinion_no, check_code=held.check_code)
    deliver_everywhere()
    with context.province("gx"):
        from notify.models import Notice as Told

        assert not ReuseOffer.objects.exists()
        assert Told.objects.filter(user_id=world.chen.pk, code="reuse_declined").exists()


def test_the_samples_notice_is_told_once_and_its_letter_adopted(world, brand):
    """What a newcomer finds: a notice that waits, and a letter that was adopted."""
    from appraisal.opinions import sample
    from appraisal.opinions.models import Review
    from provinces import seats

    with context.province("gx"):
        User.objects.filter(pk=world.li.pk).update(username="ning")
    with clock.frozen(clock.now() - timedelta(hours=4)):
        brand.answers(world.ask())
    brand.formal(world.ask())
    stage = SimpleNamespace(now=clock.now(), enter=lambda name: context.seat(seats.named_seat(name)))
    for _twice in range(2):
        sample.fill(stage)
        with context.province("gx"):
            assert Notice.objects.get().state == Notice.State.ISSUED
            assert Review.objects.get().state == "accepted"
