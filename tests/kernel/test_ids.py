"""Identifiers grow with time and never repeat."""

import os
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kernel import ids
from kernel.ids import uuid7, uuid7_time


def test_ids_of_one_process_only_grow_and_carry_version_and_variant():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(u.version, u.variant) for u in made} == {(7, "specified in RFC 4122")}


def test_an_id_tells_when_it_was_made():
    before = datetime.now(UTC)
    told = uuid7_time(uuid7())
    assert before - timedelta(milliseconds=2) <= told <= datetime.now(UTC) + timedelta(milliseconds=2)


def test_a_clock_that_goes_back_does_not_make_ids_go_back(monkeypatch):
    first = uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000_000_000_000)
    assert uuid7() > first


def test_threads_get_different_ids():
    made: list = []

    def work():
        made.extend([uuid7() for _ in range(2_000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000


def test_a_forked_child_does_not_count_on_from_its_parent(monkeypatch):
    """Two children that shared the last value could meet; each starts from fresh random bits instead."""
    uuid7()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(write, bytes([ids._generator._last_ms == 0]))
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 1) == b"\x01"


def test_the_time_of_another_version_is_refused():
    with pytest.raises(ValueError, match="not 7"):
        uuid7_time(uuid4())
