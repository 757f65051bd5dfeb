"""The pool: bounded, fair, alive after a fork and after PostgreSQL ended its sessions."""

import gc
import os
import socket
import threading
import time

import psycopg2
import pytest
from django.db import connection

from provinces import context
from provinces.database.base import POOL
from provinces.database.pool import Pool
from provinces.database.session import Session, SessionCursor, leaves_nothing
from provinces.errors import PoolExhausted


@pytest.fixture
def open_one(database):
    """A function that opens a connection as the superuser."""
    return lambda: psycopg2.connect(database.superuser_url, connection_factory=Session, cursor_factory=SessionCursor)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def line() -> int:
    """Our end of the connection. Behind a pooler two connections may be served by one backend."""
    with connection.cursor(), socket.socket(fileno=os.dup(connection.connection.fileno())) as end:
        return end.getsockname()[1]


def test_the_same_connection_comes_back_to_the_same_login_only(border):
    with context.province("gx"):
        first = backend()
    with context.province("gd"):
        assert backend() != first
    with context.province("gx"):
        assert backend() == first


def test_what_a_borrower_set_is_gone_for_the_next(border):
    with context.province("gx"), connection.cursor() as cursor:
        cursor.execute("SET search_path = pg_catalog; SET statement_timeout = 0; SELECT pg_advisory_lock(77); LISTEN x")
    with context.province("gx"), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("gx, public", "30s")
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_listening_channels()")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "sql",
    [
        "SET search_path = x",
        "  reset all",
        "SELECT 1; SET x = 1",
        "SELECT set_config('search_path', 'x', false)",
        "select PG_ADVISORY_LOCK(1)",
        'SELECT U&"set\\005fconfig"(1)',
        "WITH x AS (SELECT pg_try_advisory_lock(1)) SELECT * FROM x",
        "LISTEN x",
        "DO $$ BEGIN END $$",
        "PREPARE p AS SELECT 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "SELECTED",
    ],
)
def test_what_may_outlast_a_transaction_is_noticed(sql):
    assert not leaves_nothing(sql)


def test_reading_and_writing_rows_costs_no_wipe(open_one):
    pool = Pool(1)
    held = pool.borrow("a", open_one)
    held.touched, held.wiped_at = False, time.monotonic()
    before = held.wiped_at
    held.cursor().execute("SELECT 1")
    pool.give_back(held)
    assert held.wiped_at == before
    held = pool.borrow("a", open_one)
    held.cursor().execute("SET statement_timeout = 0")
    pool.give_back(held)
    assert held.wiped_at > before
    pool.close_idle()


def test_an_open_transaction_is_rolled_back_before_it_goes_to_the_next(open_one):
    pool = Pool(2)
    held = pool.borrow("a", open_one)
    held.cursor().execute("BEGIN; SELECT 1")
    pool.give_back(held)
    assert pool.borrow("a", open_one).info.transaction_status == 0
    held.close()


def test_the_total_is_bounded_and_the_wait_ends_with_a_plain_refusal(open_one):
    pool = Pool(2, timeout_s=0.2, share=2)
    held = [pool.borrow("a", open_one), pool.borrow("b", open_one)]
    with pytest.raises(PoolExhausted):
        pool.borrow("c", open_one)
    pool.give_back(held.pop())
    third = pool.borrow("c", open_one)
    assert pool.counts() == {"borrowed": 2, "idle": 0}
    pool.give_back(third)
    pool.give_back(held.pop())
    pool.close_idle()


def test_one_login_cannot_take_the_connections_of_all(open_one):
    pool = Pool(4, timeout_s=0.2)
    flood = [pool.borrow("gx", open_one), pool.borrow("gx", open_one)]
    with pytest.raises(PoolExhausted):
        pool.borrow("gx", open_one)
    flood.append(pool.borrow("gd", open_one))
    for each in flood:
        pool.give_back(each)
    pool.close_idle()


def test_who_waits_longest_goes_first_but_a_full_login_holds_up_nobody(open_one):
    pool = Pool(2, timeout_s=5, share=1)
    first, order = pool.borrow("gx", open_one), []

    def ask(key: str) -> None:
        got = pool.borrow(key, open_one)
        order.append(key)
        pool.give_back(got)

    waiting = threading.Thread(target=ask, args=["gx"])
    waiting.start()
    time.sleep(0.1)
    ask("gd")
    pool.give_back(first)
    waiting.join(5)
    assert order == ["gd", "gx"]
    pool.close_idle()


def test_a_thread_that_dies_with_its_connection_leaves_room(open_one):
    pool = Pool(1, timeout_s=3, share=1)
    threading.Thread(target=lambda: pool.borrow("gx", open_one)).start()
    time.sleep(0.2)
    gc.collect()
    pool.give_back(pool.borrow("gd", open_one))
    pool.close_idle()


def test_a_failed_opening_gives_its_place_back(open_one):
    pool = Pool(1, timeout_s=0.2, share=1)

    def refuse() -> None:
        raise psycopg2.OperationalError("no")

    for _ in range(3):
        with pytest.raises(psycopg2.OperationalError):
            pool.borrow("gx", refuse)
    pool.give_back(pool.borrow("gx", open_one))
    pool.close_idle()


def test_a_province_lives_on_after_postgresql_ended_its_sessions(border):
    with context.province("gx"):
        before = backend()
    with border.superuser() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename LIKE 'czj%'")
    with context.province("gx"):
        assert backend() != before


def test_idle_connections_of_others_make_room(open_one):
    pool = Pool(2, timeout_s=0.2, share=2)
    for key in ("gx", "gd", "gz", "gx", "fj"):
        pool.give_back(pool.borrow(key, open_one))
    assert pool.counts() == {"borrowed": 0, "idle": 2}
    pool.close_idle()


def test_a_forked_child_opens_connections_of_its_own_and_leaves_the_parents_alone(border):
    with context.province("gx"):
        mine = line()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                held_nothing = context.current() is None and POOL.counts() == {"borrowed": 0, "idle": 0}
                with context.province("gx"):
                    os.write(writing, f"{held_nothing} {line()}".encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        held_nothing, theirs = os.read(reading, 100).decode().split()
        assert held_nothing == "True" and int(theirs) != mine
        assert line() == mine
