"""At the same moment: no number twice, no step twice, and nobody waits for the other for ever."""

import random
import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from audit import log, merkle, trail
from audit.models import IssuedNumber, LogEntry
from audit.move import move
from audit.numbering import in_series, issue, issue_many
from audit.trail import Actor
from kernel.errors import MoveRefused
from provinces.context import province

pytestmark = pytest.mark.usefixtures("border")


def together(work, count):
    faults = []

    def run(place):
        try:
            with province("gx"):
                work(place)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults, faults


def test_eight_at_once_with_a_fifth_rolled_back_leave_no_gap_and_no_double():
    def work(place):
        dice = random.Random(place)
        for _ in range(25):
            try:
                with transaction.atomic():
                    issue("桂市监", "协查", year=2026)
                    if dice.random() < 0.2:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                continue

    together(work, 8)
    with province("gx"):
        serials = [row.serial for row in in_series("桂市监", "协查", 2026)]
    assert serials == list(range(1, len(serials) + 1))
    assert 100 < len(serials) < 200


def test_several_series_in_one_transaction_do_not_deadlock():
    kinds = [("桂市监", kind) for kind in ("协查", "移送", "督办", "通报")]

    def work(place):
        dice = random.Random(place)
        for _ in range(15):
            with transaction.atomic():
                issue_many(dice.sample(kinds, len(kinds)), year=2026)

    together(work, 6)
    with province("gx"):
        assert IssuedNumber.objects.count() == 6 * 15 * 4


def test_a_number_is_only_taken_inside_a_transaction():
    with province("gx"), pytest.raises(TransactionManagementError):
        issue("桂市监", "协查")


def test_of_eight_who_take_the_same_step_one_wins_and_seven_are_told():
    with province("gx"), transaction.atomic():
        number = issue("桂市监", "协查", year=2026)
    people = [Actor(uuid4(), f"{place} 号队员") for place in range(8)]
    start, won, refused = threading.Barrier(8), [], []

    def work(place):
        row = IssuedNumber.objects.get(document_no=number)
        start.wait(10)
        try:
            move(row, "void", by=people[place], void_reason=str(place))
            won.append(place)
        except MoveRefused:
            refused.append(place)

    together(work, 8)
    assert (len(won), len(refused)) == (1, 7)
    with province("gx"):
        row = IssuedNumber.objects.get(document_no=number)
        assert row.void_reason == str(won[0])
        assert trail.of(row).get().by_id == people[won[0]].id


def test_entries_sealed_and_placed_by_many_at_once_stand_in_one_dense_tree():
    def work(place):
        for number in range(12):
            log.append("test", uuid4(), {"place": place, "number": number})
            log.sequence()

    together(work, 4)
    with province("gx"):
        log.sequence()
        entries = LogEntry.objects.order_by("position")
        assert [entry.position for entry in entries] == list(range(48))
        tree = merkle.Growing()
        for entry in entries:
            tree.add(bytes(entry.leaf_hash))
        assert log.root_of("gx", 48) == tree.root
