"""A letter is written with the change it tells of, arrives once, in order, and only where it is addressed."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from harness.broker import use_broker

from federation.contracts.addresses import Address
from federation.letters import delivery, selectors
from federation.letters.errors import (
    AddresseeIsSender,
    AddresseeMissing,
    AddresseeSuspended,
    AddresseeUnknown,
    AttachmentNotYours,
    DocumentNoWrong,
    Misused,
    NotNamed,
    SenderRefused,
)
from federation.letters.models import Delivery, Letter, LetterBody
from federation.letters.post import post
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE, province_seat
from watching import metrics

from .conftest import CHEN, LIN, TEA, WINE, NoteV1

GX, GD = province_seat("gx"), province_seat("gd")
TO_WINE, TO_TEA, TO_GD, TO_GX = (
    Address.organisation(WINE),
    Address.organisation(TEA),
    Address.province("gd"),
    Address.province("gx"),
)


def the_delivery(seat) -> Delivery:
    with context.seat(seat):
        return Delivery.objects.select_related("letter").get()


def test_a_letter_from_a_province_arrives_once_at_the_organisation_it_names(desk):
    letter = desk.send("请看酒标", TO_WINE)
    assert desk.deliver(BRANDS) == 1
    assert desk.deliver(BRANDS) == 0
    assert desk.noted(BRANDS) == ["请看酒标"]
    (envelope,) = desk.envelopes
    assert (envelope.letter_id, envelope.sender, envelope.addressee) == (letter.pk, TO_GX, TO_WINE)
    assert (envelope.sequence, envelope.by_name) == (1, "陈队长")
    assert the_delivery(GX).state == Delivery.State.DELIVERED


def test_an_answer_goes_back_to_the_province(desk):
    desk.send("像是假的", TO_GX, seat=BRANDS, sender=TO_WINE, by=LIN)
    assert desk.deliver(GX) == 1
    assert desk.noted(GX) == ["像是假的"]


def test_a_letter_leaves_only_if_its_transaction_commits(desk):
    with pytest.raises(RuntimeError), context.seat(GX), transaction.atomic():
        post(NoteV1(text="x"), to=TO_WINE, thread=uuid7(), by=CHEN)
        raise RuntimeError
    assert desk.deliver(BRANDS) == 0


def test_outside_a_transaction_post_refuses(desk):
    with context.seat(GX), pytest.raises(Misused):
        post(NoteV1(text="x"), to=TO_WINE, thread=uuid7(), by=CHEN)


def test_the_clock_of_the_kind_is_on_the_delivery_in_working_days(desk):
    with clock.frozen(clock.datetime(2026, 9, 30, 4, tzinfo=clock.UTC)):  # 国庆 comes between
        desk.send("x", TO_WINE)
    due = the_delivery(GX).due_at
    assert (
        due == clock.due_at(clock.datetime(2026, 9, 30, 4, tzinfo=clock.UTC), clock.Term(5, clock.Unit.WORKING_DAY)).at
    )
    assert due > clock.datetime(2026, 10, 8, tzinfo=clock.UTC)


def test_letters_of_a_matter_are_numbered_for_each_addressee(desk):
    thread = uuid4()
    desk.send("1", TO_WINE, thread=thread)
    desk.send("2", [TO_WINE, TO_TEA], thread=thread)
    with context.seat(GX):
        rows = Delivery.objects.order_by("letter_id", "addressee").values_list("addressee", "sequence")
        assert sorted(rows) == sorted([(str(TO_WINE), 1), (str(TO_WINE), 2), (str(TO_TEA), 1)])


def test_a_failed_letter_holds_up_its_own_matter_and_no_other(desk):
    thread = uuid4()

    def behave(message, envelope):
        if message.text == "毒":
            raise ValueError("secret contents")

    desk.behave = behave
    for text, matter in (("一", thread), ("毒", thread), ("三", thread), ("别的事", uuid4())):
        desk.send(text, TO_WINE, thread=matter)
    desk.deliver(BRANDS)
    assert sorted(desk.noted(BRANDS)) == ["一", "别的事"]
    with context.seat(GX):
        row = Delivery.objects.get(tries=1)
        assert row.failure_code == "receiver_failed.ValueError"
    desk.behave = lambda message, envelope: None
    with clock.frozen(clock.now() + timedelta(seconds=2)):
        desk.deliver(BRANDS)
    assert [text for text in desk.noted(BRANDS) if text != "别的事"] == ["一", "毒", "三"]


def test_what_a_failing_receiver_wrote_is_rolled_back(desk):
    from audit.models import Trail

    def behave(message, envelope):
        Trail.objects.create(record_label="half", record_id=envelope.letter_id, verb="x", by_name="x")
        raise ValueError

    desk.behave = behave
    desk.send("x", TO_WINE)
    desk.deliver(BRANDS)
    with context.seat(BRANDS):
        assert not Trail.objects.filter(record_label="half").exists()


def test_after_six_tries_a_letter_is_dead_and_a_person_can_retry_or_send_it_back(desk):
    from federation.letters import services

    from .conftest import ZHAO

    def behave(message, envelope):
        if message.text != "后":
            raise KeyError

    desk.behave = behave
    thread = uuid4()
    for text in ("坏", "后"):
        desk.send(text, TO_WINE, thread=thread)
    with clock.frozen(clock.now()) as tick:
        for wait in (*delivery.BACK_OFF, timedelta()):
            assert desk.deliver(BRANDS) == 0
            tick(wait - timedelta(milliseconds=1) if wait else wait)
            assert desk.deliver(BRANDS) == 0
            tick(timedelta(milliseconds=1))
        with context.seat(OFFICE):
            (stuck,) = selectors.stuck()
            assert (stuck.tries, stuck.state) == (6, Delivery.State.DEAD)
            services.retry(stuck, by=ZHAO)
        desk.deliver(BRANDS)
        for wait in delivery.BACK_OFF:
            tick(wait)
            desk.deliver(BRANDS)
        assert desk.noted(BRANDS) == []
        with context.seat(BRANDS):
            (stuck,) = selectors.stuck([TO_WINE])
            services.send_back(stuck, by=LIN, reason="种类有误")
        desk.deliver(BRANDS)
    assert desk.noted(BRANDS) == ["后"]
    with context.seat(GX):
        row = Delivery.objects.get(state=Delivery.State.RETURNED)
        assert row.return_reason == "种类有误"


def test_attachments_lie_under_the_addressees_prefix_byte_for_byte(desk):
    photo = desk.store.put("gx/exhibit/aa/1", b"jpeg bytes")
    desk.send("x", [TO_WINE, TO_GD], attachments=[photo])
    desk.deliver(BRANDS)
    desk.deliver(GD)
    keys = [envelope.attachment(photo.sha256).object_key for envelope in desk.envelopes]
    assert [key.partition("/")[0] for key in keys] == [f"org-{WINE}", "gd"]
    for envelope in desk.envelopes:
        assert desk.store.path(envelope.attachments[0].object_key).read_bytes() == b"jpeg bytes"


def test_a_file_that_changed_on_the_way_is_not_accepted(desk):
    photo = desk.store.put("gx/exhibit/aa/1", b"jpeg bytes")
    desk.send("x", TO_WINE, attachments=[photo])
    desk.store.path("gx/exhibit/aa/1").write_bytes(b"other bytes")
    counted = metrics.STORED_DIFFERS.labels("brands")
    before = counted._value.get()
    desk.deliver(BRANDS)
    assert desk.noted(BRANDS) == []
    assert the_delivery(GX).failure_code == "attachment_differs"
    assert counted._value.get() == before + 1, "and the operator hears of it"


def test_nobody_sends_files_of_others(desk):
    photo = desk.store.put("gd/exhibit/aa/1", b"jpeg bytes")
    with pytest.raises(AttachmentNotYours):
        desk.send("x", TO_WINE, attachments=[photo])


def test_a_manifest_written_past_the_post_office_cannot_fetch_files_of_others(desk, monkeypatch):
    photo = desk.store.put("gd/exhibit/aa/1", b"jpeg bytes")
    monkeypatch.setattr("federation.letters.post.own_prefix", lambda party: "")
    desk.send("x", TO_WINE, attachments=[photo])
    desk.deliver(BRANDS)
    assert the_delivery(GX).failure_code == "attachment_not_yours"
    assert the_delivery(GX).state == Delivery.State.DEAD


@pytest.mark.guard("G14")
@pytest.mark.parametrize(
    ("to", "error"),
    [
        ([], AddresseeMissing),
        (Address.organisation(uuid4()), AddresseeUnknown),
        (Address.province("zz"), AddresseeUnknown),
        (TO_GX, AddresseeIsSender),
        ([TO_WINE, Address.province("zz")], AddresseeUnknown),
    ],
)
def test_nobody_means_nobody_when_writing(desk, to, error, trials):
    trials(1)
    with pytest.raises(error):
        desk.send("x", to)
    with context.seat(GX):
        assert not Letter.objects.exists()


@pytest.mark.guard("G14")
def test_a_suspended_organisation_is_refused_when_writing_and_gets_nothing_later(desk, organisations, trials):
    trials(1)
    desk.send("x", TO_WINE)
    organisations[WINE] = "suspended"
    with pytest.raises(AddresseeSuspended):
        desk.send("y", TO_WINE)
    assert desk.deliver(BRANDS) == 0
    assert desk.noted(BRANDS) == []
    row = the_delivery(GX)
    assert (row.state, row.failure_code) == (Delivery.State.DEAD, "addressee_suspended")


@pytest.mark.guard("G14")
def test_the_sweep_finds_letters_to_parties_that_are_gone_and_the_office_sees_them(desk, organisations, trials):
    trials(1)
    from federation.letters import tasks

    desk.send("x", TO_TEA)
    del organisations[TEA]
    with context.seat(OFFICE):
        tasks.sweep.run()
        (stuck,) = selectors.stuck()
    assert stuck.failure_code == "addressee_unknown"


@pytest.mark.guard("G14")
@pytest.mark.parametrize("change", ["state = 'suspended'", "schema_name = 'xx'"], ids=["suspended", "renamed"])
def test_a_province_suspended_or_renamed_gets_nothing_more(desk, change, trials):
    from federation.letters import tasks
    from provinces.hosts import DIRECTORY

    trials(1)
    desk.send("x", TO_GD)
    try:
        with desk.superuser() as cursor:
            cursor.execute(f"UPDATE provinces_province SET {change} WHERE schema_name = 'gd'")
            cursor.execute("UPDATE provinces_directoryversion SET version = version + 1")
        DIRECTORY.clear()
        with pytest.raises((AddresseeUnknown, AddresseeSuspended)):
            desk.send("y", TO_GD)
        with context.seat(OFFICE):
            tasks.sweep.run()
        assert desk.deliver(GD) == 0
        assert the_delivery(GX).state == Delivery.State.DEAD
        assert desk.envelopes == []
    finally:
        with desk.superuser() as cursor:
            cursor.execute("UPDATE provinces_province SET state = 'active', schema_name = 'gd' WHERE name = '广东'")
            cursor.execute("UPDATE provinces_directoryversion SET version = version + 1")
        DIRECTORY.clear()


@pytest.mark.guard("G14")
def test_a_receiver_is_refused_a_letter_that_does_not_name_it(desk, trials):
    trials(1)
    desk.send("x", TO_GD)
    with context.seat(GD):
        (waiting,) = delivery.due_now(10)
        message, envelope, _ = delivery.unpack(waiting)
    with context.seat(GX), pytest.raises(NotNamed):
        delivery.hand_over(message, envelope)
    assert desk.envelopes == []


def test_nobody_writes_in_the_name_of_another(desk):
    with pytest.raises(SenderRefused):
        desk.send("x", TO_WINE, sender=TO_GD)
    with pytest.raises(SenderRefused):
        desk.send("x", TO_GX, seat=BRANDS, sender=TO_GD)
    with pytest.raises(Misused):
        desk.send("x", TO_GX, seat=BRANDS)


def test_a_kind_without_numbers_takes_none(desk):
    with pytest.raises(DocumentNoWrong):
        desk.send("x", TO_WINE, document_no="桂市监协查〔2026〕1号")


def test_an_expired_letter_is_not_delivered(desk):
    desk.send("x", TO_WINE, expires_at=clock.now() - timedelta(seconds=1))
    desk.deliver(BRANDS)
    assert the_delivery(GX).failure_code == "letter_expired"


def test_two_workers_at_once_deliver_each_letter_once(desk):
    for number in range(30):
        desk.send(str(number), TO_WINE, thread=uuid4() if number % 2 else WINE)

    def work():
        try:
            desk.deliver(BRANDS)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    desk.deliver(BRANDS)
    noted = desk.noted(BRANDS)
    assert sorted(noted, key=int) == [str(number) for number in range(30)]
    assert [text for text in noted if int(text) % 2 == 0] == [str(number) for number in range(0, 30, 2)]


def test_letters_of_one_matter_written_at_once_get_different_places(desk):
    thread = uuid4()
    workers = []
    for _ in range(4):

        def work():
            try:
                for _ in range(5):
                    desk.send("x", TO_WINE, thread=thread)
            finally:
                connection.close()

        workers.append(Thread(target=work))
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with context.seat(GX):
        assert sorted(Delivery.objects.values_list("sequence", flat=True)) == list(range(1, 21))


@pytest.fixture
def broker_down(desk):
    """Nobody listens where the broker should be."""
    before = settings.BROKER_URL
    use_broker("redis://127.0.0.1:1/0")
    yield
    use_broker(before)


def test_a_broker_that_is_down_does_not_hinder_the_letter(desk, caplog, broker_down, monkeypatch):
    # A tool that configures logging for itself, earlier in the run, switches the loggers of others off.
    monkeypatch.setattr(logging.getLogger("kernel.soon"), "disabled", False)
    caplog.set_level(logging.WARNING, logger="kernel.soon")  # and a worker raises the root's level
    desk.send("x", TO_WINE)
    assert "no broker took letters.deliver() for brands" in caplog.text
    assert desk.deliver(BRANDS) == 1


def test_a_crossing_costs_four_statements_to_write_and_three_to_deliver(desk):
    def statements(captured):
        return [query["sql"].split()[0] for query in captured if query["sql"].split()[0] not in ("BEGIN", "COMMIT")]

    # The first letter since the directory changed also asks whether a party was restored.
    desk.send("x", TO_WINE)
    assert desk.deliver(BRANDS) == 1
    with context.seat(GX), CaptureQueriesContext(connection) as sent, transaction.atomic():
        post(NoteV1(text="x"), to=TO_WINE, thread=uuid7(), by=CHEN)
    with context.seat(BRANDS), CaptureQueriesContext(connection) as got:
        assert delivery.deliver_waiting() == 1
    assert statements(sent) == ["SELECT", "INSERT", "INSERT", "INSERT"]
    # Look, claim, (what the receiver does), sign; and after the commit look whether more has come.
    assert statements(got) == ["SELECT", "SELECT", "INSERT", "UPDATE", "SELECT"]


def test_the_body_is_kept_apart_from_the_envelope(desk):
    desk.send("正文", TO_WINE)
    with context.seat(GX):
        assert LetterBody.objects.get().body == '{"text":"正文"}'
        assert "正文" not in str(Letter.objects.values().get())
