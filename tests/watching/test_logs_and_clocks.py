"""What is told and what is not; clocks that jump; what runs out; the files that operators load."""

from __future__ import annotations

import json
import logging
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands
from django.db import IntegrityError, OperationalError
from django.test import RequestFactory

from accounts.credentials import TABLE  # noqa: F401 - the apps are ready
from kernel import clock, ids
from kernel.errors import BadInput
from runtime.supervisor import shown
from watching import clockwatch, exporting, health, hooks, logs, middleware, scrub
from watching.checks import certificates

ROOT = Path(__file__).resolve().parents[2]
SECRETS = [
    "Bearer czj_gx_Ab3dEf6hIj9kLm2nOp5qRs8tUv",
    "13812345678",
    "+86 138-1234-5678",
    "11010119900307123X",
    "91350100M000100Y43",
    "lin@example.com",
    "redis://user:hunter2@db/0",
    "/x/?ticket=eyJhbGciOi",
    "password=hunter2",
    '"token": "abcdef"',
    "czjs_gx_Ab3dEf6hIj9kLm2nOp5qRs8tUv",
    "whsec_Ab3dEf6hIj9kLm2nOp5q",
    "eyJhbGciOiJ9.eyJzdWIi.c2lnbmF0dXJl",
    "654321",
    "陈队长在南宁查获假酒",
    "k3j4h5g6f7d8s9a0q1w2e3r4t5y6u7i8",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_whatever_looks_like_a_secret_or_a_person_is_taken_out_of_a_line(secret):
    told = scrub.text(f"before {secret} after")
    kept = [part for part in re.split(r"[\s=:@\"?/]+", secret) if len(part) > 5 and part not in ("Bearer", "password")]
    assert told.startswith("before") and told.endswith("after") and not [part for part in kept if part in told]


def test_ids_addresses_of_servers_and_digests_stay():
    said = f"letter {ids.uuid7()} to 127.0.0.1:5432, sha {'3f786850e387550fdab836ed7e6dc881de23001b'}"
    assert scrub.text(said) == said


def test_an_error_is_told_by_kind_and_place_and_never_by_what_it_quotes():
    try:
        raise IntegrityError("Key (phone)=(13812345678) already exists")
    except IntegrityError as error:
        record = logging.LogRecord("accounts", logging.ERROR, "x.py", 1, "failed: %s", (error,), _info(error))
    told = json.loads(logs.JsonFormatter().format(record))
    assert told["event"] == "failed: IntegrityError" and told["error"] == "IntegrityError"
    assert any("test_logs_and_clocks.py" in line for line in told["at"]) and "13812345678" not in json.dumps(told)
    assert scrub.error(BadInput(code="photos_missing", name="陈")) == "BadInput photos_missing"
    assert scrub.error(OperationalError("connection refused")) == "OperationalError: connection refused"


def _info(error):
    return type(error), error, error.__traceback__


def test_a_line_carries_what_is_bound_and_forgets_it_with_the_request():
    with logs.bound(request_id="r-1234567", province="gx", user=ids.uuid7(), token="abc"):
        record = logging.LogRecord("gateway", logging.INFO, "x.py", 1, "hello", (), None)
        told = logs.entry(record)
    assert (told["request_id"], told["province"], told["token"]) == ("r-1234567", "gx", scrub.GONE)
    assert list(told)[:4] == ["time", "level", "logger", "event"] and logs.facts() == {}
    line = logs.JsonFormatter().format(record).encode()
    assert shown(line) is None and shown(b"czj is ready") == "czj is ready"


def test_a_request_id_is_taken_from_our_own_proxy_alone(settings):
    from ipaddress import ip_network

    ask = RequestFactory().get("/", headers={"X-Request-ID": "from-the-proxy-1"}, REMOTE_ADDR="10.1.2.3")
    assert middleware.request_id(ask) != "from-the-proxy-1"
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    assert middleware.request_id(ask) == "from-the-proxy-1"
    ask.META["HTTP_X_REQUEST_ID"] = "evil\nline and more"
    assert middleware.request_id(ask) != "evil\nline and more"
    ask.META.update(HTTP_X_REQUEST_ID="from-the-proxy-1", REMOTE_ADDR="203.0.113.9")
    assert middleware.request_id(ask) != "from-the-proxy-1"


# Clocks (bad input: a clock that jumps) -------------------------------------------------------------------------------


def test_a_clock_that_jumps_is_seen_forward_a_day_and_back_an_hour():
    clockwatch.forget()
    assert clockwatch.look(1000.0, 10.0) is None and clockwatch.look(1060.5, 70.0) is None
    assert clockwatch.look(1060.5 + 86_400, 71.0).seconds == pytest.approx(86_399)
    assert clockwatch.look(1060.5 + 86_400 - 3600, 72.0).seconds == pytest.approx(-3601)
    clockwatch.forget()


def test_ids_keep_growing_while_the_clock_goes_forward_a_day_and_back_an_hour(monkeypatch):
    monkeypatch.setattr(ids, "_generator", ids._Generator())  # the ids of other tests stay in today
    made, now = [ids.uuid7()], time.time_ns()
    for shift_s in (86_400, 86_400 - 3600, 0, -3600):
        monkeypatch.setattr(time, "time_ns", lambda shift_s=shift_s: now + shift_s * 10**9)
        made += [ids.uuid7() for _ in range(50)]
    assert made == sorted(made) and len(set(made)) == len(made)


def test_x_10_a_clock_that_runs_beyond_the_holidays_table_alerts(monkeypatch):
    """Edge case 10: the date is provisional, and somebody hears of it before."""
    years = clock.national_calendar().years
    for day, state in (
        (datetime(max(years), 12, 1, tzinfo=UTC), "worse"),
        (datetime(max(years) + 1, 2, 1, tzinfo=UTC), "bad"),
    ):
        with clock.frozen(day):
            found = health.CHECKS["holidays"].probe()
        assert found.state == state and found.figures["czj_calendar_days_left"] < 45


@pytest.mark.parametrize(
    ("left", "state"),
    [(60, "good"), (29, "worse"), (6, "bad"), (0.4, "bad"), (-1, "bad")],
)
def test_a_certificate_is_warned_of_thirty_seven_and_one_days_before(monkeypatch, left, state):
    ends = certificates.Ends("signing", clock.now() + timedelta(days=left))
    monkeypatch.setattr(certificates, "_sources", [lambda: [ends]])
    found = health.CHECKS["certificates"].probe()
    assert found.state == state and found.figures["czj_certificate_days_left"] == pytest.approx(left, abs=0.01)
    if left < 1:
        assert ("到期" in found.said) and str(clock.local_date(ends.at)) in found.said


# Files of operators ---------------------------------------------------------------------------------------------------

METRIC = re.compile(r"\bczj_[a-z_]+")


def test_every_figure_that_rules_and_boards_name_is_told():
    rules = yaml.safe_load((ROOT / "infra/monitoring/alerts.yml").read_text(encoding="utf-8"))
    board = json.loads((ROOT / "infra/monitoring/grafana/board.json").read_text(encoding="utf-8"))
    alerts = [rule for group in rules["groups"] for rule in group["rules"]]
    said = [rule["expr"] for rule in alerts] + [
        target["expr"] for panel in board["panels"] for target in panel["targets"]
    ]
    pages = "\n".join(each.read_text(encoding="utf-8") for each in (ROOT / "infra/runbooks").glob("*.md"))
    named = {name for text in said for name in METRIC.findall(text)}
    assert named and named - exporting.names() == set()
    loose = {name.rstrip("_") for name in METRIC.findall(pages)}
    assert {name for name in loose if not any(known.startswith(name) for known in exporting.names())} == set()


def test_every_alert_leads_to_a_runbook_and_every_runbook_says_four_things():
    rules = yaml.safe_load((ROOT / "infra/monitoring/alerts.yml").read_text(encoding="utf-8"))
    names = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    books = {rule["annotations"]["runbook"] for group in rules["groups"] for rule in group["rules"]}
    pages = {
        f"infra/runbooks/{each.name}": each.read_text(encoding="utf-8")
        for each in (ROOT / "infra/runbooks").glob("*.md")
    }
    assert books <= set(pages) and len(books) >= 10
    for name, text in pages.items():
        if name.endswith("README.md"):
            continue
        assert re.findall(r"^## (.+)$", text, re.M) == ["Symptoms", "First look", "What to do", "It is over when"], name
        assert set(re.findall(r"`([A-Z][A-Za-z]+[a-z])`", text)) & names or name not in books, name


def test_every_command_that_runbooks_name_exists():
    named = set()
    for page in (ROOT / "infra/runbooks").glob("*.md"):
        named |= set(re.findall(r"manage\.py ([a-z_]+)", page.read_text(encoding="utf-8")))
    assert len(named) > 5 and named - set(get_commands()) == set()


def test_a_task_that_fails_is_counted_and_its_line_names_it():
    class Request(dict[str, str]):
        headers = {"czj_seat": "gx"}

    class Task:
        name, request = "letters.deliver", Request()

    before = hooks.metrics.TASKS.labels("letters.deliver", "failed")._value.get()
    hooks._began(task_id="1", task=Task)
    assert logs.facts() == {"task": "letters.deliver", "task_id": "1", "province": "gx"}
    hooks._ended(task=Task, state="FAILURE")
    assert hooks.metrics.TASKS.labels("letters.deliver", "failed")._value.get() == before + 1 and logs.facts() == {}
