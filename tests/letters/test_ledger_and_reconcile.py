"""The chain tells of every letter once, and two parties can see whether they agree."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction

from federation.contracts.addresses import Address
from federation.letters import ledger, receipts, selectors, tasks
from federation.letters.models import Delivery, LedgerEntry
from kernel.errors import BadInput, MoveRefused, NotFound404
from provinces import context
from provinces.seats import BRANDS, OFFICE, province_seat

from .conftest import LIN, TEA, WINE

GX, GD = province_seat("gx"), province_seat("gd")
FROM_GX, TO_GD = Address.province("gx"), Address.province("gd")
TO_WINE, TO_TEA = Address.organisation(WINE), Address.organisation(TEA)


def test_the_chain_holds_each_letter_once_whatever_is_appended_when(desk):
    sent = []
    for number in range(5):
        sent.append(desk.send(str(number), TO_WINE).pk)
        with context.seat(GX):
            ledger.append(FROM_GX, limit=1 + number % 2)
    with context.seat(GX):
        ledger.append(FROM_GX)
        assert ledger.append(FROM_GX) == 0
        lines = LedgerEntry.objects.order_by("position")
        assert [(line.position, line.letter_id) for line in lines] == list(enumerate(sent, 1))
        found = ledger.verify(FROM_GX)
        assert (found.holds, found.lines, found.head) == (True, 5, lines[4].entry_hash)
    with context.seat(OFFICE):
        assert ledger.verify(FROM_GX).holds


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE letters_letterbody SET body = '{}' WHERE letter_id = %s", "body"),
        ("UPDATE letters_letter SET body_sha256 = repeat('0', 64) WHERE id = %s", "entry_hash"),
        ("UPDATE letters_ledgerentry SET previous_hash = repeat('0', 64) WHERE letter_id = %s", "previous_hash"),
        ("DELETE FROM letters_ledgerentry WHERE letter_id = %s", "position"),
    ],
)
def test_a_rewritten_letter_shows_in_its_senders_chain(desk, statement, why):
    letters = [desk.send(str(number), TO_WINE) for number in range(3)]
    with context.seat(GX):
        ledger.append(FROM_GX)
    with desk.superuser() as cursor:
        cursor.execute(statement, [str(letters[1].pk)])
    with context.seat(GX):
        found = ledger.verify(FROM_GX)
    assert (found.broken_at, found.why) == (2, why)


def test_the_sweep_wakes_parties_and_ledgers(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(tasks, "soon", lambda task, *args, seat, queue: asked.append((task.name, seat, *args)))
    desk.send("1", TO_WINE)
    desk.send("2", [TO_TEA, TO_GD])
    asked.clear()
    with context.seat(OFFICE):
        tasks.sweep.run()
    assert sorted(asked) == [
        ("letters.append_to_ledger", "gx", "province:gx"),
        ("letters.deliver", "brands"),
        ("letters.deliver", "gd"),
    ]


def reconcile(a, b) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile", a=str(a), b=str(b), stdout=out)
    except SystemExit as left:
        return int(left.code), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.guard("G8")
def test_two_parties_agree_on_what_was_sent_returned_and_is_on_its_way(desk, trials):
    for number in range(3):
        desk.send(str(number), TO_WINE)
    desk.send("答复", FROM_GX, seat=BRANDS, sender=TO_WINE, by=LIN)
    desk.deliver(BRANDS)
    desk.deliver(GX)
    desk.send("在途", TO_WINE)
    desk.send("给茶", TO_TEA)
    code, words = reconcile(FROM_GX, TO_WINE)
    assert code == 0, words
    assert "发出 4 封，收到 3 封，在途 1 封" in words
    assert "发出 1 封，收到 1 封，在途 0 封" in words
    trials(6)


@pytest.mark.guard("G8")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("UPDATE letters_delivery SET received_digest = '' WHERE letter_id = %s", "发出未到"),
        ("UPDATE letters_delivery SET received_digest = repeat('0', 64) WHERE letter_id = %s", "内容不一致"),
        ("UPDATE letters_letter SET body_sha256 = repeat('0', 64) WHERE id = %s", "内容不一致"),
    ],
)
def test_a_letter_that_was_lost_or_changed_is_named_by_the_reconciliation(desk, fault, words, trials):
    lost, *_ = [desk.send(str(number), TO_WINE) for number in range(3)]
    desk.deliver(BRANDS)
    with desk.superuser() as cursor:
        cursor.execute(fault, [str(lost.pk)])
    code, told = reconcile(FROM_GX, TO_WINE)
    assert code == 1
    assert f"{words}: {lost.pk}" in told
    trials(1)


@pytest.mark.guard("G8")
def test_every_letter_ends_received_or_returned_with_a_reason_at_its_sender(desk, trials):
    from federation.letters import delivery, services
    from kernel import clock

    def behave(message, envelope):
        if int(message.text) % 3 == 0:
            raise ValueError

    desk.behave = behave
    for number in range(9):
        desk.send(str(number), TO_WINE)
    with clock.frozen(clock.now()) as tick:
        for wait in (*delivery.BACK_OFF, delivery.BACK_OFF[0]):
            desk.deliver(BRANDS)
            tick(wait)
    with context.seat(BRANDS):
        for dead in selectors.stuck():
            services.send_back(dead, by=LIN, reason="看不懂")
    with context.seat(GX):
        states = [(row.state, row.return_reason) for row in selectors.sent(FROM_GX)]
    assert sorted(states) == sorted([("delivered", "")] * 6 + [("returned", "看不懂")] * 3)
    code, told = reconcile(FROM_GX, TO_WINE)
    assert code == 0, told
    trials(len(states))


def test_receipts_follow_one_another_and_are_seen_by_the_sender(desk):
    letter = desk.send("x", TO_GD)
    desk.deliver(GD)
    with context.seat(GD):
        receipts.opened(letter.pk)
        receipts.opened(letter.pk)
        receipts.accepted(letter.pk)
        receipts.opened(letter.pk)
        with pytest.raises(MoveRefused):
            receipts.returned(letter.pk, "晚了")
        receipts.answered(letter.pk)
    with context.seat(GX):
        row = selectors.sent(FROM_GX, thread=letter.thread).get()
        assert row.state == Delivery.State.ANSWERED
        assert row.delivered_at <= row.opened_at <= row.accepted_at <= row.answered_at


def test_a_letter_is_returned_with_a_reason_only(desk):
    letter = desk.send("x", TO_GD)
    desk.deliver(GD)
    with context.seat(GD), transaction.atomic():
        with pytest.raises(BadInput):
            receipts.returned(letter.pk, " ")
        receipts.returned(letter.pk, "不属本省管辖")
    with context.seat(GX):
        assert selectors.sent().get().return_reason == "不属本省管辖"


def test_only_the_addressee_writes_receipts(desk):
    letter = desk.send("x", TO_GD)
    desk.deliver(GD)
    for seat in (GX, BRANDS, OFFICE):
        with context.seat(seat), pytest.raises(NotFound404):
            receipts.accepted(letter.pk)


def test_a_letter_not_delivered_yet_has_no_receipt(desk):
    letter = desk.send("x", TO_GD)
    with context.seat(GD), pytest.raises(MoveRefused):
        receipts.accepted(letter.pk)


def test_of_two_organisations_each_writes_its_own_receipt(desk):
    letter = desk.send("x", [TO_WINE, TO_TEA], thread=uuid4())
    desk.deliver(BRANDS)
    with context.seat(BRANDS):
        with pytest.raises(BadInput):
            receipts.opened(letter.pk)
        receipts.opened(letter.pk, TO_TEA)
    with context.seat(GX):
        assert dict(Delivery.objects.values_list("addressee", "state")) == {
            str(TO_WINE): "delivered",
            str(TO_TEA): "opened",
        }
