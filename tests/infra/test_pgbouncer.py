"""PgBouncer in transaction mode, for real: who gets in, what a session keeps, what it costs when it goes away."""

import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from harness.pooler import Pooler

from provinces import context
from provinces.database.base import POOL
from provinces.grants import reset_passwords
from provinces.management.commands.logins import POOLER_ADMIN
from provinces.passwords import login_password, scram_verifier
from provinces.seats import login_name


@pytest.fixture
def auth_file(tmp_path, border):
    """What `manage.py logins --pgbouncer` writes."""
    call_command("logins", pgbouncer=tmp_path / "userlist.txt", stdout=StringIO())
    return tmp_path / "userlist.txt"


def connect(pooler: Pooler, login: str, password: str = "", database: str = ""):
    return psycopg2.connect(
        host="127.0.0.1", port=pooler.port, dbname=database or settings.DATABASES["default"]["NAME"],
        user=login, password=password or login_password(login), connect_timeout=10,
    )  # fmt: skip


def test_the_list_of_logins_holds_no_password_and_lets_each_login_in_as_itself_alone(auth_file, border):
    text = auth_file.read_text()
    assert auth_file.stat().st_mode & 0o777 == 0o640
    assert '"czj_gx" "SCRAM-SHA-256$' in text and "czj_owner" not in text
    assert not any(login_password(login_name(name)) in text for name in ("gx", "gd", "brands", "office", POOLER_ADMIN))
    with Pooler(border.superuser_url, auth_file=text) as pooler:
        for login in ("czj_gx", "czj_gd", "czj_brands", "czj_office", "czj_public", "czj_courier"):
            opened = connect(pooler, login)
            with opened.cursor() as cursor:
                cursor.execute("SELECT current_user::text, current_setting('search_path')")
                assert cursor.fetchone()[0] == login
            opened.close()
        for login, password in (
            ("czj_gx", login_password("czj_gd")),
            ("czj_owner", "owner of test databases"),
            ("nobody", "x"),
        ):
            with pytest.raises(psycopg2.OperationalError):
                connect(pooler, login, password)


def test_passwords_set_again_are_the_same_verifiers_so_the_list_stays_true(auth_file, border):
    with context.owner():
        reset_passwords()
    with border.superuser() as cursor:
        cursor.execute(
            "SELECT rolname, rolpassword FROM pg_authid WHERE rolname LIKE 'czj%%' AND rolname <> 'czj_owner'"
        )
        kept = {name: verifier for name, verifier in cursor.fetchall() if verifier}
    assert kept["czj_gx"] == scram_verifier("czj_gx") and f'"czj_gx" "{kept["czj_gx"]}"' in auth_file.read_text()


def test_a_new_province_gets_in_once_the_list_was_read_again_and_nobody_is_thrown_out(auth_file, border):
    text = auth_file.read_text()
    without_gd = "".join(line for line in text.splitlines(keepends=True) if "czj_gd" not in line)
    admin = login_name(POOLER_ADMIN)
    with Pooler(border.superuser_url, auth_file=without_gd, admin_users=admin) as pooler:
        before = connect(pooler, "czj_gx")
        with pytest.raises(psycopg2.OperationalError):
            connect(pooler, "czj_gd")
        call_command("logins", pgbouncer=pooler.folder / "userlist.txt", reload=pooler.address, stdout=sys.stderr)
        (pooler.folder / "userlist.txt").chmod(0o644)  # it runs as somebody else here
        console = connect(pooler, admin, database="pgbouncer")
        console.autocommit = True
        with console.cursor() as cursor:
            cursor.execute("RELOAD")
        connect(pooler, "czj_gd").close()
        with before.cursor() as cursor:
            cursor.execute("SELECT current_user::text")
            assert cursor.fetchone() == ("czj_gx",)
        for login in ("czj_gx", "czj_office"):
            with pytest.raises(psycopg2.Error):
                connect(pooler, login, database="pgbouncer").cursor().execute("SHOW CONFIG")


def test_many_threads_of_many_provinces_share_few_connections_and_each_works_for_its_own(border):
    """Three connections a login serve sixteen threads; believed seat, login, search path agree at every step."""
    wrong, done = [], []

    def work(code: str) -> None:
        for _ in range(15):
            with context.province(code), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT current_user::text, current_schema()::text, current_setting('statement_timeout')"
                )
                found = cursor.fetchone()
                if found != (f"czj_{code}", code, "30s"):
                    wrong.append((code, found))
            done.append(code)
        connection.close()

    threads = [threading.Thread(target=work, args=[("gx", "gz", "gd", "fj")[at % 4]]) for at in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong and len(done) == 16 * 15
    with border.superuser() as cursor:
        cursor.execute(
            "SELECT usename, count(*) FROM pg_stat_activity WHERE usename ~ '^czj_(gx|gz|gd|fj)$' AND datname = %s"
            " GROUP BY 1",
            [border.database_name],
        )
        assert all(number <= 3 for _, number in cursor.fetchall())


def test_pages_go_on_after_pgbouncer_was_killed_and_came_back(border, monkeypatch):
    pooler = Pooler(border.superuser_url).start()
    monkeypatch.setattr(settings, "DATABASE_POOLER", pooler.address)
    POOL.close_idle()
    try:
        with context.province("gx"), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        pooler._process.kill()
        pooler._process.wait(10)
        pooler.start()
        with context.province("gx"), connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text")
            assert cursor.fetchone() == ("czj_gx",)
    finally:
        connection.set_seat(None)
        POOL.close_idle()
        pooler.stop()


def test_the_owner_goes_past_it(border):
    with context.owner(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, inet_server_port()")
        assert cursor.fetchone() == ("czj_owner", int(settings.DATABASES["default"]["PORT"]))


def test_the_settings_that_are_delivered_are_settings_that_it_knows(tmp_path, border):
    """Both files of ours are taken by the program, with addresses of this machine."""
    import yaml

    root = Path(__file__).resolve().parents[2] / "infra"
    rendered = yaml.safe_load_all((root / "kubernetes" / "rendered" / "default.yaml").read_text("utf-8"))
    (chart,) = [
        each["data"]["pgbouncer.ini"]
        for each in rendered
        if each["metadata"]["name"] == "czj-pgbouncer" and "data" in each
    ]
    for text in ((root / "compose" / "pgbouncer" / "pgbouncer.ini").read_text("utf-8"), chart):
        pooler = Pooler(border.superuser_url)
        for name in ("postgres", "*"):
            text = text.replace(f"listen_addr = {name}", "listen_addr = 127.0.0.1")
        text = text.replace("listen_port = 6432", f"listen_port = {pooler.port}")
        text = text.replace("/etc/pgbouncer/logins/userlist.txt", str(pooler.folder / "userlist.txt"))
        (pooler.folder / "pgbouncer.ini").write_text(text)
        with pooler:
            time.sleep(0.2)
            said = (pooler.folder / "log").read_text()
            assert "ERROR" not in said and "WARNING" not in said and "unrecognized" not in said, said


def test_a_run_that_asks_for_pgbouncer_where_there_is_none_ends_with_an_error(tmp_path):
    code = "from harness import pooler; pooler.shutil.which = lambda *a, **k: None; pooler.program()"
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{root}/tests:{root}/platform"},
        capture_output=True,
        text=True,
    )
    assert said.returncode != 0 and "install it" in said.stderr
