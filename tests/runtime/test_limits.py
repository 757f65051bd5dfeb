"""No call waits for ever: every client and pool has its limit, and each is in docs/operators/limits.md."""

from __future__ import annotations

import ast
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings

from config.celery import app
from provinces import limits
from provinces.grants.common import SETTINGS
from provinces.limits import Clock, TaskTooLong, limit_of

ROOT = Path(__file__).resolve().parents[2]
# What opens a connection or waits for another process: the words by which its time is bounded, one of which it needs.
CLIENTS = {
    "Redis.from_url": [{"socket_connect_timeout", "socket_timeout"}],
    "from_url": [{"socket_connect_timeout", "socket_timeout"}],
    "psycopg2.connect": [{"connect_timeout"}],
    "HTTPConnection": [{"timeout"}],
    "HTTPSConnection": [{"timeout"}],
    "urlopen": [{"timeout"}],
    "requests.get": [{"timeout"}],
    "requests.post": [{"timeout"}],
    "PoolManager": [{"timeout"}],
    "HTTPConnectionPool": [{"timeout"}],
    "HTTPSConnectionPool": [{"timeout"}],
    "boto3.client": [{"config"}],
    "Config": [{"connect_timeout", "read_timeout"}],
    "create_connection": [{"timeout"}],
    "SMTP": [{"timeout"}],
}
WITHOUT = {
    # Not of what serves people: set-up by an operator at a terminal, who sees that it waits.
    ("platform/provinces/provisioning.py", "psycopg2.connect"),
    # Django's own: another wrapper of this process, whose settings carry the time.
    ("*", "connections.create_connection"),
    # uvicorn's settings, not botocore's.
    ("platform/notify/management/commands/events.py", "uvicorn.Config"),
}


def calls():
    for folder in ("platform", "federation", "appraisal", "tenants", "billing_free"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            where = file.relative_to(ROOT).as_posix()
            if "/migrations/" in where or "bench" in where or "/sample/" in where:
                continue
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call):
                    yield where, ast.unparse(node.func), {word.arg for word in node.keywords}


def test_no_client_is_made_without_a_time_out():
    looked_at, open_ended = 0, []
    for where, name, words in calls():
        wanted = CLIENTS.get(name) or CLIENTS.get(".".join(name.split(".")[-2:])) or CLIENTS.get(name.split(".")[-1])
        if wanted is None or {(where, name), ("*", name)} & WITHOUT:
            continue
        looked_at += 1
        if not any(each <= words for each in wanted) and None not in words:
            open_ended.append(f"{where}: {name}({', '.join(sorted(map(str, words)))})")
    assert looked_at >= 8 and not open_ended


def test_settings_bound_database_cache_and_broker():
    database = settings.DATABASES["default"]["OPTIONS"]
    assert database["connect_timeout"] <= 10 and database["tcp_user_timeout"] <= 60_000
    assert {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} <= set(SETTINGS)
    assert {"socket_connect_timeout", "socket_timeout"} <= set(settings.CACHES["default"]["OPTIONS"])
    assert {"socket_connect_timeout", "socket_timeout"} <= set(settings.CELERY_BROKER_TRANSPORT_OPTIONS)
    assert settings.DATABASE_WAIT_S < 10 and settings.WEB_PATIENCE_S < 30


def test_every_task_has_a_limit_and_none_is_given_out_twice_while_it_runs():
    app.loader.import_default_modules()
    names = [name for name in app.tasks if not name.startswith("celery.")]
    assert len(names) > 40
    for name in names:
        limit = limit_of(name)
        assert 0 < limit.soft_s < limit.hard_s < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"], name


def test_a_task_past_its_time_ends_where_it_stands(settings, monkeypatch):
    settings.TASK_LIMITS = {"": (100, 200), "slow.": (0.05, 100)}
    monkeypatch.setattr(limits, "LOOK_EVERY_S", 0.02)
    clock = Clock()
    with pytest.raises(TaskTooLong), clock.watch("slow.task"):
        while True:
            time.sleep(0.01)
    with clock.watch("other.task"):
        time.sleep(0.1)


def test_a_process_whose_task_hangs_takes_no_more_and_ends_when_the_others_have(settings, monkeypatch):
    settings.TASK_LIMITS = {"": (100, 200), "hang.": (0.02, 0.05)}
    monkeypatch.setattr(limits, "LOOK_EVERY_S", 0.02)
    done: list[str] = []
    monkeypatch.setattr(limits.os, "kill", lambda pid, number: done.append("told to stop"))
    monkeypatch.setattr(limits.os, "_exit", lambda code: done.append(f"ended {code}"))
    monkeypatch.setattr(limits.logging, "shutdown", lambda: None)
    monkeypatch.setattr(limits.ctypes.pythonapi, "PyThreadState_SetAsyncExc", lambda who, what: 1)
    clock, go_on = Clock(), threading.Event()

    def other() -> None:
        with clock.watch("other.task"):
            go_on.wait()

    thread = threading.Thread(target=other)
    thread.start()
    with clock.watch("hang.task"):
        while not done:
            time.sleep(0.01)
        assert done == ["told to stop"]
        go_on.set()
        thread.join()
        while len(done) < 2:
            time.sleep(0.01)
    assert done[1] == f"ended {limits.EXIT_CODE}"


def test_each_limit_is_in_the_table_for_operators():
    table = (ROOT / "docs/operators/limits.md").read_text()
    for word in (
        "WEB_THREADS", "WEB_WAITING", "WEB_UPLOADS", "WEB_PATIENCE_S", "WEB_LONGEST_S", "EVENTS_STREAMS", "TASK_LIMITS",
        "DATABASE_POOL_SIZE", "DATABASE_WAIT_S", "DATABASE_CONNECT_S", "statement_timeout", "lock_timeout",
        "idle_in_transaction_session_timeout", "visibility_timeout", "MAX_UPLOAD_BYTES", "MAX_FILE_BYTES",
        "DATA_UPLOAD_MAX_MEMORY_SIZE", "graceful_timeout", "backlog", "REPLICA_STALE_S",
    ):  # fmt: skip
        assert word in table, word
