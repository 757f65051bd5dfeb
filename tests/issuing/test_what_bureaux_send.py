"""Notices, originals, sealed samples, objections, recognition: letters from provinces and the brand's answers."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from harness import people

from appraisal.desk.models import DeskItem
from appraisal.issuing import selectors, services, sources
from appraisal.issuing.models import LetterHolder, Mailing, Notice, Objection, OpinionLetter, ReuseOffer, Sample
from audit.trail import Actor
from evidence.services import make_views
from federation.contracts.addresses import Address
from federation.contracts.appraisal import VerdictValue
from federation.contracts.opinions import (
    NoticeItemV1,
    NoticeOfficerV1,
    NoticeV1,
    ObjectionV1,
    OriginalReceivedV1,
    ReuseAcceptedV1,
    ReuseAskedV1,
    SampleBackV1,
    SampleSentV1,
)
from federation.letters.delivery import deliver_everywhere
from federation.letters.post import post
from federation.parties.selectors import Uncovered
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS

BY = Actor(None, "陈队长")


def say(world, code, message, *, thread=None, **more):
    """A province writes to the house, and it arrives."""
    from django.db import transaction

    with context.province(code), transaction.atomic():
        to = Address.organisation(world.house.organisation.pk)
        post(message, to, thread=thread or uuid7(), by=BY, **more)
    deliver_everywhere()


def notice(world, task, number="桂市监辨〔2026〕3号"):
    """A notice about a task's items, the party's name hidden."""
    with context.seat(BRANDS):
        item = task.items.get()
    message = NoticeV1(
        notice_id=uuid7(), request_id=task.request_id, organisation_id=world.house.organisation.pk,
        type="identification",
        items=(NoticeItemV1(item_id=item.item_id, position=1, name="酒"),), questions=("是否你单位生产？",),
        reply_due_at=clock.now() + timedelta(days=14), unit_name="青秀区局",
        officers=(NoticeOfficerV1(name="陈某"), NoticeOfficerV1(name="李某")), phone="0771", liability_notice="如实",
        issued_by_name="韦某", issued_at=clock.now(),
    )  # fmt: skip
    say(world, "gx", message, document_no=number)
    with context.seat(BRANDS):
        return Notice.objects.get(notice_id=message.notice_id)


def test_letter_answers_the_notice_by_number_only_and_the_notice_may_be_returned(world):
    """O-01 on the brand's side. Edge case 13: the party's name is hidden, the letter cites the notice's number."""
    task = world.answered(world.ask())
    row = notice(world, task)
    assert (row.state, row.task_id) == (Notice.State.RECEIVED, task.pk)
    with context.seat(BRANDS):
        letter = services.make(acting=world.acting(), task_id=task.pk)
        services.submit(acting=world.acting(), letter_id=letter.pk)
    world.certificate()
    with context.seat(BRANDS):
        letter = services.issue(acting=world.acting(), letter_id=letter.pk)
        assert "桂市监辨〔2026〕3号" in letter.facts
        assert "party" not in letter.facts
        assert Notice.objects.get(pk=row.pk).state == Notice.State.ANSWERED
        with pytest.raises(MoveRefused):
            services.return_notice(acting=world.acting(), notice_id=row.pk, step="declined", reason="不出具")
    assert [body["step"] for body in world.sent("opinion.notice_answered")] == ["received", "answered"]
    other = notice(world, world.ask(), "桂市监辨〔2026〕4号")
    with context.seat(BRANDS):
        with pytest.raises(BadInput):
            services.return_notice(acting=world.acting(), notice_id=other.pk, step="flawed", reason="")
        services.return_notice(acting=world.acting(), notice_id=other.pk, step="flawed", reason="商品与照片不符")
    (back,) = world.sent("opinion.notice_returned")
    assert back["reason"] == "商品与照片不符"


def test_letter_says_of_each_item_what_its_verdict_says_and_leaves_open_ones_out(world):
    """Edge case 4: a conclusion for each row; rows without one stay open."""
    task = world.answered(world.ask(count=3), only=2)
    with context.seat(BRANDS):
        letter = services.make(acting=world.acting(), task_id=task.pk)
        assert letter.items.count() == 2
        open_item = task.items.exclude(pk__in=letter.items.values("item_id")).get()
        with pytest.raises(BadInput):
            services.make(acting=world.acting(), task_id=task.pk, item_ids=[open_item.pk])


def test_original_that_failed_keeps_its_row_and_a_bad_one_comes_back_with_the_reason(world):
    """O-06. Edge cases 5 and 6."""
    letter = world.formal()
    with context.seat(BRANDS):
        acting = world.acting()
        said = {"acting": acting, "letter_id": letter.pk, "courier": "顺丰", "sent_on": clock.now()}
        first = services.mail(waybill_no="SF1", **said)
        assert services.mail(waybill_no="SF1", **said).pk == first.pk
        with pytest.raises(Conflict):
            services.mail(waybill_no="SF2", **said)
        services.fail(acting=acting, mailing_id=first.pk, reason="机关拒收")
        second = services.mail(waybill_no="SF2", **said)
        assert (second.replaces_id, Mailing.objects.get(pk=first.pk).state) == (first.pk, "failed")
        with pytest.raises(BadInput) as refusal:
            services.bind_scan(acting=acting, letter_id=letter.pk, file=io.BytesIO(b"%PDF-1.7 x"), code="AAAA")
        assert refusal.value.code == "code_differs"
        scan = services.bind_scan(
            acting=acting, letter_id=letter.pk, file=io.BytesIO(b"%PDF-1.7 x"), code=letter.check_code.lower()
        )
    assert [body["step"] for body in world.sent("opinion.original_mailed")] == ["sent", "failed", "sent"]
    assert world.sent("opinion.original_scanned")[0]["scan_sha256"] == scan.sha256
    message = OriginalReceivedV1(
        letter_id=letter.pk, mailing_id=second.pk, received_on=clock.now(), result="returned",
        reason_code="seal_missing", reason="没有盖章", who="陈某", at=clock.now(),
    )  # fmt: skip
    say(world, "gx", message)
    with context.seat(BRANDS):
        assert Mailing.objects.get(pk=second.pk).state == "returned"
        third = services.mail(waybill_no="SF3", **said)
        assert third.replaces_id == second.pk
    say(world, "gz", message.model_copy(update={"mailing_id": third.pk, "result": "accepted"}))
    with context.seat(BRANDS):
        assert Mailing.objects.get(pk=third.pk).state == "sent", "a province that holds no letter moved its mailing"
    say(world, "gx", message.model_copy(update={"mailing_id": third.pk, "result": "accepted", "reason_code": ""}))
    with context.seat(BRANDS):
        assert Mailing.objects.get(pk=third.pk).state == "received"


def test_sealed_sample_is_received_opened_and_sent_back_on_record(world):
    task = world.ask()
    with context.seat(BRANDS):
        item = task.items.get()
    sample_id = uuid7()
    sent = SampleSentV1(
        sample_id=sample_id, organisation_id=world.house.organisation.pk, request_id=task.request_id,
        item_ids=(item.item_id,), description="未开封一瓶", seal_no="桂封 7", courier="邮政", waybill_no="EMS1",
        sent_on=clock.now(), who="陈某", at=clock.now(),
    )  # fmt: skip
    say(world, "gx", sent)
    with context.seat(BRANDS):
        acting = world.acting()
        row = Sample.objects.get(sample_id=sample_id)
        assert row.task_id == task.pk
        with pytest.raises(BadInput):
            services.receive_sample(acting=acting, sample_id=row.pk, seal_no_found="桂封 8", unbroken=True)
        services.receive_sample(acting=acting, sample_id=row.pk, seal_no_found="桂封 7", unbroken=True)
        with pytest.raises(BadInput):
            services.open_sample(acting=acting, sample_id=row.pk, witnesses="林某、王某")
        data = people.jpeg("seal")
        from evidence import services as evidence

        photo = evidence.receive(
            io.BytesIO(data), declared_sha256=hashlib.sha256(data).hexdigest(), captured_at=None, source="chat",
            by=acting.person, owner_prefix=f"org-{acting.organisation.pk}",
        )  # fmt: skip
        services.open_sample(acting=acting, sample_id=row.pk, witnesses="林某、王某", photos=[photo])
    assert world.sent("opinion.sample_opened") == [], "the letter left before its photo was ready"
    with context.seat(BRANDS):
        make_views(photo.pk)
        services.return_sample(
            acting=acting, sample_id=row.pk, seal_no="岚封 1", courier="邮政", waybill_no="EMS2", sent_on=clock.now()
        )
    (opened,) = world.sent("opinion.sample_opened")
    assert (opened["witnesses"], len(opened["files"])) == ("林某、王某", 1)
    assert world.sent("opinion.sample_returned")[0]["seal_no"] == "岚封 1"
    say(
        world,
        "gx",
        SampleBackV1(sample_id=sample_id, received_on=clock.now(), unbroken=True, who="陈某", at=clock.now()),
    )
    with context.seat(BRANDS):
        assert Sample.objects.get(pk=row.pk).state == Sample.State.BACK
    # What was examined by sample is stated by its seal.
    world.answered(task)
    with context.seat(BRANDS):
        letter = services.make(acting=world.acting(), task_id=task.pk)
        assert (letter.exam_mode, letter.items.get().seal_no) == ("physical", "桂封 7")


def test_objection_must_be_answered_and_may_end_the_letter(world):
    """O-08 on the brand's side; edge case 9 names grey-market papers."""
    letter = world.formal()
    message = ObjectionV1(
        objection_id=uuid7(), letter_id=letter.pk, text="有进货票据", grey_market=True,
        answer_by=clock.now() + timedelta(days=7), who="陈某", at=clock.now(),
    )  # fmt: skip
    say(world, "gz", message)
    with context.seat(BRANDS):
        assert not Objection.objects.exists(), "a province that does not hold the letter objected to it"
    say(world, "gx", message)
    with context.seat(BRANDS):
        acting, row = world.acting(), Objection.objects.get()
        assert selectors.counts(acting)["objections"] == 1
        said = {"acting": acting, "objection_id": row.pk}
        with pytest.raises(BadInput):
            services.answer_objection(outcome="stands", text=" ", **said)
        with pytest.raises(Conflict):
            services.answer_objection(outcome="new_letter", text="更正", **said)
        services.answer_objection(outcome="withdrawn", text="确系平行进口", **said)
        with pytest.raises(MoveRefused):
            services.answer_objection(outcome="stands", text="再答", **said)
    assert world.sent("opinion.objection_answered")[0]["outcome"] == "withdrawn"
    assert world.sent("opinion.withdrawn")[0]["letter_id"] == str(letter.pk)
    assert world.read(letter).state == OpinionLetter.State.WITHDRAWN


@pytest.fixture
def same_code(monkeypatch):
    """A source that says what a test puts into it."""
    told: list[sources.Match] = []
    monkeypatch.setattr(sources, "_sources", [lambda task: told])
    return told


def test_recognition_elsewhere_rests_on_the_same_item_or_run_and_ends_with_the_letter(world, same_code):
    """O-10. Edge cases 7, 10 and 11."""
    letter = world.formal()
    task = world.ask(world.gz)
    with context.seat(BRANDS):
        before, item = letter.items.get().item, task.items.get()
        ask = ReuseAskedV1(
            ask_id=uuid7(), request_id=task.request_id, item_ids=(item.item_id,), opinion_no=letter.number,
            check_code=letter.check_code, who="吴某", at=clock.now(),
        )  # fmt: skip
    # Goods that are only similar: nothing says they are the same.
    say(world, "gz", ask)
    assert world.sent("opinion.reuse_declined")[-1]["code"] == "only_similar"
    say(world, "gz", ask.model_copy(update={"check_code": "AAAA-AAAA-AAAA"}))
    assert world.sent("opinion.reuse_declined")[-1]["code"] == "unknown"
    same_code.append(sources.Match(item.pk, before.pk, "same_code", "瓶盖码相同"))
    with context.seat(BRANDS):
        assert services.look_for_reuse() == 1
        assert services.look_for_reuse() == 0
        offer = ReuseOffer.objects.get()
        assert services.confirm(acting=world.acting(), offer_id=offer.pk).state == "confirmed"
        services.confirm(acting=world.acting(), offer_id=offer.pk)
    (offered,) = world.sent("opinion.reuse_offered")
    assert (offered["opinion_no"], offered["items"][0]["basis"]) == (letter.number, "same_code")
    (confirmed,) = world.sent("opinion.reuse_confirmed")
    assert confirmed["paper"]["pdf_sha256"]
    accepted = ReuseAcceptedV1(
        offer_id=offer.pk, letter_id=letter.pk, request_id=task.request_id, item_ids=(item.item_id,), who="吴某",
        at=clock.now(),
    )  # fmt: skip
    say(world, "gz", accepted)
    with context.seat(BRANDS):
        assert LetterHolder.objects.get(because="reuse").relies
        services.withdraw(acting=world.acting(), letter_id=letter.pk, reason="样品混淆")
        assert ReuseOffer.objects.get().state == "lapsed"
    assert len(world.sent("opinion.withdrawn")) == 2, "both provinces are told"
    say(world, "gz", ask.model_copy(update={"ask_id": uuid7()}))
    assert world.sent("opinion.reuse_declined")[-1]["code"] == "withdrawn"


def test_what_may_not_be_recognised_elsewhere(world, same_code):
    """Edge case 11 for a preliminary letter; a genuine item says nothing of the next one, whatever its code."""
    genuine = world.formal(value=VerdictValue.GENUINE)
    preliminary = world.preliminary()
    task = world.ask(world.gz)
    with context.seat(BRANDS):
        item: DeskItem = task.items.get()
        for letter in (genuine, preliminary):
            same_code.append(sources.Match(item.pk, letter.items.get().item_id, "same_code"))
        assert services.look_for_reuse() == 0
        with pytest.raises(services.NotReusable):
            services.require_reusable(preliminary)
    ask = ReuseAskedV1(
        ask_id=uuid7(), request_id=task.request_id, item_ids=(item.item_id,), opinion_no=preliminary.number,
        check_code=preliminary.check_code, who="吴某", at=clock.now(),
    )  # fmt: skip
    say(world, "gz", ask)
    assert world.sent("opinion.reuse_declined")[-1]["code"] == "not_formal"


def test_who_is_not_authorised_there_cannot_confirm_a_reuse(world, same_code):
    """Edge case 2 for the second province."""
    letter = world.formal()
    task = world.ask(world.gz)
    with context.owner():
        paper = world.house.authorisations["lin"]
        paper.territory = ["gx"]
        paper.save(update_fields=["territory"])
    with context.seat(BRANDS):
        same_code.append(sources.Match(task.items.get().pk, letter.items.get().item_id, "same_run"))
        assert services.look_for_reuse() == 1
        with pytest.raises(Uncovered):
            services.confirm(acting=world.acting(), offer_id=ReuseOffer.objects.get().pk)
