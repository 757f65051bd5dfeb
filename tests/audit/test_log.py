"""The sealed log: written with what it tells of, placed after commit, provable at any size."""

from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit import log, merkle
from audit.models import LogEntry, LogNode
from kernel.canonical import NotCanonical
from provinces import context
from provinces.context import province
from provinces.seats import named_seat


def seal(count, kind="test"):
    return [log.append(kind, uuid4(), {"number": number}) for number in range(count)]


def test_an_entry_goes_with_the_transaction_that_wrote_it(border):
    with province("gx"):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            seal(1)
            raise ZeroDivisionError
        assert log.sequence() == 0
        with transaction.atomic():
            (entry,) = seal(1)
            assert entry.position is None
        assert log.sequence() == 1
        assert LogEntry.objects.get().position == 0


def test_the_leaf_is_the_hash_of_the_canonical_text_that_is_kept(gx):
    (entry,) = seal(1)
    kept = LogEntry.objects.get()
    assert bytes(kept.leaf_hash) == merkle.leaf_hash(kept.body.encode()) == entry.leaf_hash
    assert kept.content == {"number": 0}
    assert kept.body.startswith('{"at":"') and f'"record_id":"{kept.record_id}"' in kept.body


def test_what_has_no_single_spelling_is_refused(gx):
    with pytest.raises(NotCanonical):
        log.append("test", uuid4(), {"latitude": 22.8})
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("batch", [1, 7, 2000])
def test_places_are_dense_and_every_proof_holds_at_every_size(gx, batch):
    for count in (1, 4, 12):
        seal(count)
        assert log.sequence(limit=batch) == count
    entries = list(LogEntry.objects.order_by("position"))
    assert [entry.position for entry in entries] == list(range(17))
    assert LogNode.objects.count() == 17 - (17).bit_count()
    for size in (1, 5, 16, 17):
        for index in range(0, size, 3):
            found = log.inclusion("gx", index, size)
            assert found.leaf == bytes(entries[index].leaf_hash)
            assert found.root == log.root_of("gx", size)
        proof = log.consistency("gx", size, 17)
        assert merkle.consistent(size, 17, log.root_of("gx", size), log.root_of("gx", 17), proof)


def test_each_seat_has_a_log_of_its_own(border):
    for seat, count in ((context.province_seat("gx"), 3), (context.province_seat("gd"), 2)):
        with context.seat(seat):
            seal(count)
            log.sequence()
            assert log.size_of(seat.name) == count
    for name, count in (("brands", 4), ("office", 1)):
        with context.seat(named_seat(name)):
            seal(count)
            log.sequence()
            assert log.size_of(name) == count
            assert [entry.position for entry in LogEntry.objects.filter(log=name).order_by("position")] == list(
                range(count)
            )


def test_an_entry_that_commits_late_comes_after_those_already_placed(border):
    """Ids are given before commit: reading on from the last id would lose it."""
    with province("gx"):
        early = log.append("test", uuid4(), {})
        log.sequence()
        late = LogEntry(id=_older_id(early.pk), log="gx", kind="test", record_id=uuid4(), at=early.at)
        late.body = log.body_of(late, {}).decode()
        late.leaf_hash = merkle.leaf_hash(late.body.encode())
        late.save(force_insert=True)
        assert late.pk < early.pk
        assert log.sequence() == 1
        assert LogEntry.objects.get(pk=late.pk).position == 1


def _older_id(pk):
    return UUID(int=pk.int - (5000 << 80))


LOGINS = ["gx", "brands_seat", "office_seat"]
CHANGES = {
    "reword an entry": lambda: LogEntry.objects.update(body="{}"),
    "exchange its hash": lambda: LogEntry.objects.update(leaf_hash=bytes(32)),
    "delete an entry": lambda: LogEntry.objects.all()._raw_delete(connection.alias),
    "change a node": lambda: LogNode.objects.update(hash=bytes(32)),
    "delete a node": lambda: LogNode.objects.all()._raw_delete(connection.alias),
}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("change", CHANGES)
def test_no_login_that_serves_can(login, change, request):
    request.getfixturevalue(login)
    seal(2)
    log.sequence()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        CHANGES[change]()


def test_one_transaction_nudges_once(border, monkeypatch):
    nudged = []
    monkeypatch.setattr("audit.tasks.sequence.apply_async", lambda args: nudged.append(1))
    with province("gx"), transaction.atomic():
        seal(3)
        assert not nudged
    assert nudged == [1]
    monkeypatch.setattr("audit.tasks.sequence.apply_async", _broker_is_down)
    with province("gx"):
        seal(1)
        assert log.sequence() == 4


def _broker_is_down(args):
    raise ConnectionError("no broker")
