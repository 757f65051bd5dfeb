"""Read-only pages from a real standby that streams from the run's PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import Post, Unit, User
from provinces import context
from provinces.database import replicas
from provinces.database.base import POOL
from runtime.embedded import EmbeddedPostgres
from runtime.ports import free_port

LIST = "/requests/"


def standby_of(cluster, folder: Path) -> EmbeddedPostgres:
    made = EmbeddedPostgres(folder / "postgres", free_port(), durable=False, settings={"log_statement": "none"})
    made.password_file.write_text(Path(cluster.place, "postgres.password").read_text())
    made.password_file.chmod(0o600)
    made.data_dir.mkdir(mode=0o700)
    who = made.run_as
    if who is not None:
        os.chown(made.data_dir, who.uid, who.gid)
    subprocess.run(
        [str(made.install_dir / "bin" / "pg_basebackup"), "-d", cluster.superuser_url, "-D", str(made.data_dir), "-R",
         "--checkpoint=fast", "--wal-method=stream", "--no-sync", "--no-manifest"],
        env=made.environment, cwd="/", user=who.uid if who else None, group=who.gid if who else None, check=True,
    )  # fmt: skip
    made.start()
    return made


def where() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inet_server_port(), current_user::text")
        return cursor.fetchone()


@pytest.mark.slow
def test_lists_come_from_the_standby_until_one_writes_or_it_is_gone(border, settings, client_for, monkeypatch):
    folder = Path(border.place).parent / f"standby-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    primary = int(connection.settings_dict["PORT"])
    standby = standby_of(border, folder)
    settings.REPLICA_URLS = [f"postgresql://127.0.0.1:{standby.port}/{border.database_name}"]
    asked: list[int] = []
    borrow = POOL.borrow
    monkeypatch.setattr(POOL, "borrow", lambda key, connect: (asked.append(int(key[1])), borrow(key, connect))[1])
    try:
        with context.province("gx"):
            unit = Unit.objects.create(code="1", name="局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450103")
            chen = User.objects.create_user("chen", name="陈", unit=unit)
            Post.objects.create(user=chen, unit=unit, role=Post.Role.OFFICER)
            with replicas.reading():
                assert where() == (standby.port, "czj_gx"), "the province's own login, on the standby"
            assert where()[0] == primary
        client = client_for("gx", user=chen)
        until = time.monotonic() + 10
        while standby_lags(standby, border.database_name, chen) and time.monotonic() < until:
            time.sleep(0.05)

        asked.clear()
        assert client.get(LIST).status_code == 200
        assert standby.port in asked and primary in asked, "the page from the standby, who asks from the primary"
        asked.clear()
        assert client.get("/notices/").status_code == 200
        assert standby.port not in asked, "not a declared page"

        asked.clear()
        client.post("/notices/read/")
        assert "fresh" in client.cookies and client.cookies["fresh"]["max-age"] == 20
        client.get(LIST)
        assert standby.port not in asked, "after one's own change the primary is read"
        del client.cookies["fresh"]
        client.get(LIST, headers={"X-Live": "1"})
        assert standby.port not in asked, "a page that fetches itself after an event too"

        from appraisal.requests import selectors

        search = selectors.search_requests
        monkeypatch.setattr(
            selectors, "search_requests",
            lambda person, **more: (Unit.objects.filter(pk=unit.pk).update(name="局局"), search(person, **more))[1],
        )  # fmt: skip
        assert client.get(LIST).status_code == 200, "a page that writes after all is asked again at the primary"
        with context.province("gx"):
            assert Unit.objects.get(pk=unit.pk).name == "局局"
        monkeypatch.setattr(selectors, "search_requests", search)

        standby.stop()
        asked.clear()
        assert client.get(LIST).status_code == 200
        assert primary in asked
    finally:
        settings.REPLICA_URLS = []
        connection.close()
        POOL.close_idle()
        standby.stop()
        shutil.rmtree(folder, ignore_errors=True)


def standby_lags(standby: EmbeddedPostgres, database: str, person: User) -> bool:
    import psycopg2

    opened = psycopg2.connect(standby.url(), dbname=database)
    try:
        with opened.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM gx.accounts_session WHERE user_id = %s", [str(person.pk)])
            return not cursor.fetchone()[0]
    finally:
        opened.close()


@pytest.mark.parametrize(("behind", "asked"), [(0, True), (9, True), (11, False), (None, False)])
def test_a_standby_that_is_behind_is_left_alone(settings, behind, asked):
    settings.REPLICA_URLS = ["postgresql://127.0.0.1:1/x"]

    class Told:
        autocommit = False

        def cursor(self):
            return self

        def __enter__(self):
            return self

        def __exit__(self, *exc):
            return None

        def execute(self, sql):
            assert "pg_last_wal_replay_lsn" in sql

        def fetchone(self):
            return (behind,)

    known = replicas.Replicas(("postgresql://127.0.0.1:1/x",))
    (place,) = known.candidates()
    assert known.is_fresh(place, Told()) is asked
    assert bool(known.candidates()) is asked
