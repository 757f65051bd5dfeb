"""O-05, O-07: the original by mail, the sealed sample sent and returned."""

from datetime import timedelta

import pytest
from harness import people
from harness.opinion_world import bodies, told_title

from appraisal.opinions import selectors
from appraisal.opinions.models import (
    HeldLetter,
    Mailing,
    Sample,
)
from appraisal.opinions.services import letters, reviews, samples
from federation.contracts.opinions import (
    FileV1,
    OriginalMailedV1,
    OriginalScannedV1,
    SampleOpenedV1,
    SampleReceivedV1,
    SampleReturnedV1,
)
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from provinces import context

State = HeldLetter.State


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
            letters.receive_original(
                by=world.chen, mailing_id=pk, received_on=clock.today(), check_code="abcd efgh jkln"
            )
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
        for wrong in (clock.today() - timedelta(days=400), people.tomorrow()):
            with pytest.raises(BadInput, match="收回日期"):
                samples.come_back(by=world.chen, sample_id=sample.pk, received_on=wrong, unbroken=True)
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
