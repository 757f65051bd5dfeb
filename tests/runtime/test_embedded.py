"""The embedded servers: data survive a kill, a second start finds them, nobody else gets in."""

import os
import signal
import stat
import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.embedded import EmbeddedPostgres, EmbeddedValkey, can_enter
from runtime.ports import Ports, free_port, is_free
from runtime.processes import RunAs, working_in


def rows(server, sql, database="postgres"):
    connection = psycopg2.connect(server.url(database))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def kill(server):
    """End the server at once, as a crash would, and leave what it leaves."""
    process = psutil.Process(server.pid)
    process.kill()
    server._process.wait()


@pytest.fixture
def postgres(tmp_path):
    server = EmbeddedPostgres(tmp_path / "pg", port=free_port())
    yield server
    server.stop()
    server.forget()


@pytest.fixture
def valkey(tmp_path):
    server = EmbeddedValkey(tmp_path / "valkey", port=free_port())
    yield server
    server.stop()


def test_committed_rows_survive_kill_9_and_a_second_start_finds_them(postgres):
    postgres.start()
    rows(postgres, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    kill(postgres)
    postgres.start()
    assert rows(postgres, "SELECT n FROM kept") == [(7,)]
    postgres.stop()
    assert working_in(postgres.data_home) == []
    postgres.start()
    assert rows(postgres, "SELECT n FROM kept") == [(7,)]


def test_a_stale_lock_naming_a_living_stranger_does_not_stop_the_start(postgres):
    postgres.start()
    lock = (postgres.data_home / "postmaster.pid").read_text()
    postgres.stop()
    file = postgres.data_home / "postmaster.pid"
    file.write_text("\n".join([str(os.getpid()), *lock.splitlines()[1:]]) + "\n")
    postgres.start()
    assert postgres.ready()


def test_chinese_text_has_trigrams_and_extensions_are_there(postgres):
    postgres.start()
    for extension in ("pg_trgm", "btree_gist", "vector"):
        rows(postgres, f"CREATE EXTENSION {extension}")
    assert rows(postgres, "SELECT cardinality(show_trgm('茅台'))") == [(3,)]
    assert rows(postgres, "SHOW server_encoding") == [("UTF8",)]


def test_postgres_listens_on_loopback_only_and_asks_for_the_password(postgres):
    postgres.start()
    assert rows(postgres, "SHOW listen_addresses") == [("127.0.0.1",)]
    assert rows(postgres, "SHOW unix_socket_directories") == [("",)]
    assert int(rows(postgres, "SHOW max_connections")[0][0]) >= 300
    assert stat.S_IMODE(postgres.password_file.stat().st_mode) == 0o600
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(postgres.url(user="postgres", password="guess"))


def test_the_owner_owns_its_database_and_is_no_superuser(postgres):
    postgres.start()
    url = postgres.ensure_owner("czj_owner", "chazhenjia")
    assert postgres.ensure_owner("czj_owner", "chazhenjia") == url
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("czj_owner", False)
        cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("czj_owner",)
    connection.close()


def test_test_mode_forces_nothing_to_the_disk(tmp_path):
    server = EmbeddedPostgres(tmp_path / "fast", port=free_port(), durable=False)
    try:
        with server:
            assert rows(server, "SHOW fsync") == [("off",)]
    finally:
        server.forget()


@pytest.mark.parametrize(("memory_gb", "buffers"), [(1, "128MB"), (8, "512MB"), (24, "1024MB")])
def test_the_server_keeps_a_sixteenth_of_the_memory_for_pages(tmp_path, monkeypatch, memory_gb, buffers):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=memory_gb * 2**30))
    assert f"shared_buffers={buffers}" in EmbeddedPostgres(tmp_path / "pg", port=free_port()).argv()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused by PostgreSQL")
def test_as_root_the_server_runs_as_somebody_else_even_below_a_closed_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "pg", port=free_port(), durable=False)
    assert server.run_as is not None
    assert not can_enter(closed, server.run_as)
    try:
        server.start()
        assert psutil.Process(server.pid).uids().real == server.run_as.uid != 0
        assert (closed / "pg").is_symlink()
        rows(server, "CREATE TABLE kept ()")
        server.stop()
        again = EmbeddedPostgres(closed / "pg", port=free_port(), durable=False)
        with again:
            assert rows(again, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == [(1,)]
    finally:
        server.stop()
        server.forget()
    assert not server.data_home.exists()


def test_a_folder_is_closed_to_a_user_if_any_folder_above_is(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a").chmod(0o700)
    stranger = RunAs(uid=64999, gid=64999)
    assert not can_enter(inner, stranger)


def test_queued_work_in_valkey_survives_kill_9(valkey):
    valkey.start()
    client = redis.Redis.from_url(valkey.url())
    client.rpush("queue", "work")
    time.sleep(1.2)  # the append-only file is forced to the disk every second
    kill(valkey)
    valkey.start()
    assert redis.Redis.from_url(valkey.url()).lrange("queue", 0, -1) == [b"work"]


def test_valkey_refuses_who_has_no_password_and_tells_it_to_nobody(valkey):
    valkey.start()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)).ping()
    assert valkey.password not in " ".join(psutil.Process(valkey.pid).cmdline())
    assert stat.S_IMODE((valkey.data_dir / "valkey.conf").stat().st_mode) == 0o600


def test_servers_end_when_the_process_that_started_them_is_killed(tmp_path):
    script = (
        "import sys, time; from runtime.embedded import *; from runtime.ports import free_port\n"
        f"a = EmbeddedPostgres({str(tmp_path / 'pg')!r}, port=free_port(), durable=False).start()\n"
        f"b = EmbeddedValkey({str(tmp_path / 'vk')!r}, port=free_port()).start()\n"
        "print(a.pid, b.pid, flush=True); time.sleep(60)"
    )
    path = os.pathsep.join(part for part in sys.path if part)
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    def alive(pid):
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    deadline = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    EmbeddedPostgres(tmp_path / "pg").forget()
    assert not any(map(alive, pids))


def test_a_taken_port_is_avoided_and_the_choice_is_kept(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        usual = taken.getsockname()[1]
        assert not is_free(usual)
        chosen = Ports(tmp_path / "ports.json").pick("web", usual)
    assert chosen != usual
    assert Ports(tmp_path / "ports.json").pick("web", usual) == chosen
