"""Health, readiness, status pages, what Prometheus reads; a database that only reads."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from harness import people

from accounts.models import Post
from audit import heads, log
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery
from gateway.tokens import make_token
from kernel import clock
from kernel.ids import uuid7
from notify.models import Notice, Outbound
from provinces import context
from provinces.database.base import POOL
from provinces.seats import BRANDS, OFFICE, PUBLIC
from watching import alive, exporting, health, pages, readiness, services
from watching.board.models import Reading, Standing

HOSTS = ("gx", "brands", "federation", "", "nobody", "courier")


@pytest.fixture(autouse=True)
def fresh():
    readiness.forget()
    yield
    readiness.forget()


@contextmanager
def database_away(monkeypatch):
    def refuse(*_args: object) -> None:
        from django.db import OperationalError

        raise OperationalError("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(POOL, "borrow", refuse)
        readiness.forget()
        yield
    readiness.forget()


@contextmanager
def read_only(cluster):
    """The whole database of this worker takes no writes, as an operator or a failover leaves it."""
    with cluster.superuser() as cursor:
        cursor.execute(f'ALTER DATABASE "{cluster.database_name}" SET default_transaction_read_only = on')
    connection.close()
    POOL.close_idle()
    readiness.forget()
    try:
        yield
    finally:
        with cluster.superuser() as cursor:
            cursor.execute(f'ALTER DATABASE "{cluster.database_name}" RESET default_transaction_read_only')
        connection.close()
        POOL.close_idle()
        readiness.forget()


def test_machines_are_answered_at_every_name_without_sign_in_and_without_details(border, client_for, monkeypatch):
    for host in HOSTS:
        for path in ("/healthz", "/readyz"):
            answer = client_for(host).get(path)
            assert (answer.status_code, set(answer.json())) == (200, {"status"}), (host, path)
        assert client_for(host).post("/healthz").status_code == 405
        assert client_for(host).get("/metrics").status_code == 404, (
            "figures are for operators, at an address of their own"
        )
    with database_away(monkeypatch):
        assert client_for("gx").get("/healthz").status_code == 200
        assert (client_for("gx").get("/readyz").status_code, readiness.reached().database) == (503, False)
        page = client_for("").get("/status/")
        assert page.status_code == 200 and "暂时不可用" in page.content.decode()


def test_while_the_database_is_away_everybody_is_told_to_wait_whoever_asks_it_first(
    border, client_for, monkeypatch, caplog
):
    """Who somebody is stands in the database, and is asked before any page is chosen: that fails plainly too."""
    people.divisions()
    chen = people.bureau("gx").chen
    client = client_for("gx", user=chen, raise_request_exception=False)
    with context.province("gx"):
        _row, token = make_token(user=chen, seat="gx", name="某程序", days=1)
    program = client_for("gx", raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
    connection.close()
    caplog.clear()
    with database_away(monkeypatch):
        for path in ("/", "/requests/", "/me/"):
            page = client.get(path, headers={"Accept": "text/html"})
            assert (page.status_code, page["Retry-After"]) == (503, "5"), path
            shown = page.content.decode()
            assert "系统正在恢复" in shown and page["X-Request-Id"] in shown
        for asked in (client, program):
            said = asked.get("/api/v1/me/")
            assert (said.status_code, said["Retry-After"]) == (503, "5")
            assert (said["Content-Type"], said.json()["code"]) == ("application/problem+json", "unavailable")
    assert not [each for each in caplog.records if each.levelname == "ERROR"], "nobody is called for each request"
    assert client.get("/me/").status_code == 200


def test_without_valkey_or_store_a_process_is_degraded_and_stays_in_service(border, client_for, monkeypatch):
    monkeypatch.setattr(readiness, "_valkey", lambda: False)
    assert client_for("gx").get("/readyz").json() == {"status": "degraded"}
    monkeypatch.setattr(readiness, "_store", lambda: 1 / 0)
    readiness.forget()
    assert client_for("gx").get("/readyz").status_code == 200 and readiness.reached().store is False


def test_x_18_status_pages_show_queues_overdue_storage_backup_and_say_what_to_do(border, client_for):
    """X-18: of one province for its administrators; of all for the office in figures; for everybody a word."""
    people.divisions()
    bureau = people.bureau("gx")
    with context.province("gx"):
        admin = bureau.chen
        Post.objects.filter(user=admin).delete()
        Post.objects.create(user=admin, role=Post.Role.AUDIT_ADMIN)
        reading = services.take_reading()
        assert set(reading.figures) <= set(health.FIGURES) and {"overdue", "letters", "backup"} <= set(reading.states)
        assert services.take_reading().since == reading.since
    page = client_for("gx", user=admin).get("/status/")
    text = page.content.decode()
    assert page.status_code == 200
    for title in (
        "往来",
        "超期事项",
        "证据存储",
        "备份",
        "封存日志",
        "证书与密钥",
        "排队任务",
        "时钟",
        "对接回调",
        "识假结果",
    ):
        assert title in text, title
    said = client_for("gx", user=admin).get("/api/v1/status/").json()
    assert {"state", "version", "checks"} == set(said) and all(each["state"] in health.NAMES for each in said["checks"])
    with context.province("gx"):
        Post.objects.filter(user=admin).update(role=Post.Role.OFFICER)
    assert client_for("gx", user=admin).get("/status/").status_code == 403
    assert client_for("gx", user=admin).get("/api/v1/status/").status_code == 403
    assert client_for("gx").get("/status/").status_code == 302
    # The office.
    with context.seat(BRANDS):
        services.take_reading()
    with context.seat(OFFICE):
        services.take_reading()
        rows = pages.all_rows()
        assert {row["seat"] for row in rows} == {"gx", "brands", "office"}
        assert services.say_standing().state == "good"
    told = exporting.text().decode()
    assert 'czj_reading_age_seconds{province="gx"}' in told and 'czj_up{part="database"} 1.0' in told
    assert "czj_queue_waiting{" in told and 'czj_letters_stuck{province="brands"} 0.0' in told
    # Everybody: one word, no province.
    public = client_for("").get("/status/").content.decode()
    assert "正常" in public and "广西" not in public


def test_a_province_reads_no_other_provinces_figures_and_changes_none(border):
    with context.province("gx"):
        services.take_reading()
    with context.province("gd"):
        assert list(Reading.objects.all()) == []
        assert Reading.objects.filter(seat="gx").update(state="good") == 0
        with pytest.raises(Exception, match="row-level security"):
            Reading.objects.create(seat="gx", state="good", since=clock.now())
    with context.seat(PUBLIC), pytest.raises(Exception, match="permission denied"):
        list(Reading.objects.all())
    with context.province("gx"), pytest.raises(Exception, match="permission denied"):
        Standing.objects.create(state="good", since=clock.now(), looked_at=clock.now())


def test_a_check_that_fails_is_a_finding_and_hides_no_other(gx, monkeypatch):
    broken = health.Check("letters", "往来", lambda: 1 / 0)
    monkeypatch.setitem(health.CHECKS, "letters", broken)
    found = {each.check.name: each.finding for each in health.look("province")}
    assert found["letters"].state == "unknown" and "请" in found["letters"].said and len(found) > 10
    assert health.worst(health.look("province", only=["letters"])) == "worse"


def test_x_09_an_audit_log_that_falls_behind_alarms(gx, monkeypatch):
    """Edge case 9, the alarm: entries without a place, and time that went back."""
    with clock.frozen(clock.now() - timedelta(minutes=20)):
        log.append("test.sealed", uuid7(), {})
    found = health.CHECKS["sealed_log"].probe()
    assert found.state == "bad" and found.figures["czj_sealed_log_lag_seconds"] >= 1190
    log.sequence()
    assert health.CHECKS["sealed_log"].probe().state == "good"
    with clock.frozen(clock.now() - timedelta(hours=1)):
        found = health.CHECKS["sealed_log"].probe()
    assert found.state == "bad" and found.figures["czj_sealed_log_backward"] == 1.0


def test_x_14_a_message_gateway_that_is_down_is_told_and_notices_stand(gx):
    """Edge case 14."""
    notice = Notice.objects.create(user_id=uuid7(), code="x", title="x")
    Outbound.objects.create(notice=notice, channel="sms", created_at=clock.now() - timedelta(hours=1))
    found = health.CHECKS["messages"].probe()
    assert found.state == "worse" and "站内通知不受影响" in found.said and Notice.objects.filter(read_at=None).exists()


def test_a_message_put_off_until_the_morning_is_not_late(gx):
    notice = Notice.objects.create(user_id=uuid7(), code="x", title="x")
    asked, morning = clock.now() - timedelta(hours=8), clock.now() + timedelta(hours=1)
    Outbound.objects.create(notice=notice, channel="sms", created_at=asked, next_try_at=morning)
    assert health.CHECKS["messages"].probe().state == "good"
    with clock.frozen(morning + timedelta(hours=1)):
        assert health.CHECKS["messages"].probe().state == "worse"


def test_heads_of_the_sealed_log_never_go_back_in_time(gx):
    log.append("test.sealed", uuid7(), {})
    first = heads.make()
    log.append("test.sealed", uuid7(), {})
    with clock.frozen(clock.now() - timedelta(hours=1)):
        assert heads.make() is None
    assert heads.make().at > first.at


def test_while_the_database_only_reads_pages_open_changes_wait_and_nothing_is_lost(border, client_for):
    people.divisions()
    bureau = people.bureau("gx")
    client = client_for("gx", user=bureau.chen, raise_request_exception=False)
    _send_heads()
    with read_only(border):
        assert client_for("gx").get("/readyz").json() == {"status": "degraded"}
        for path in ("/", "/requests/", "/me/", "/api/v1/requests/"):
            assert client.get(path).status_code == 200, path
        said = client.post("/api/v1/sites/", {"county_code": people.NANNING}, content_type="application/json")
        assert (said.status_code, said.json()["code"], said["Retry-After"]) == (503, "database_read_only", "5")
        assert "还在本页" in said.json()["detail"]
        page = client.post("/i18n/setlang/", {"language": "en", "next": "/"})
        english = client.post(
            "/api/v1/sites/",
            {"county_code": people.NANNING},
            content_type="application/json",
            headers={"Accept-Language": "en"},
        )
        assert page.status_code in (302, 204) and english.json()["detail"].isascii()
        with pytest.raises(Exception, match="read-only"):
            deliver_everywhere()
    with context.province("gx"):
        waiting = Delivery.objects.filter(state="waiting")
        assert waiting.exists() and not waiting.exclude(tries=0).exists(), "a night counts as no failed try"
    assert deliver_everywhere() > 0 and client_for("gx").get("/readyz").json() == {"status": "ok"}


def _send_heads() -> None:
    """Letters with the head of 广西's sealed log, to those who countersign it."""
    with context.province("gx"):
        log.append("test.sealed", uuid7(), {})
        assert heads.make() is not None


def test_parts_say_that_they_live_and_silence_is_death(settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    with pytest.raises(SystemExit):
        call_command("alive", "beat")
    alive.this_is_beat()
    call_command("alive", "beat")
    with pytest.raises(SystemExit):
        call_command("alive", "beat", silent=-1.0)
    alive._is_beat = False
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(SystemExit):
            call_command("alive", "events", port=nobody.getsockname()[1])
    assert "last sign of life" in capsys.readouterr().out
