"""Guard `logs`: no credential, no name, no number and no word of a case in logs, error reports, traces, figures.

The main job is done from both sides with marks in all that people write; everything that can go wrong goes wrong with
marks in its errors; every kind of credential is used in all the places where one is put by mistake. Then whatever left
by way of the log, Sentry, OpenTelemetry and Prometheus is searched. The same walk shows that it is one trace.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import brotli
import pytest
import sentry_sdk
from django.db import IntegrityError, connection, transaction
from harness import people
from harness.receiver import Receiver, receiving
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client import generate_latest

from accounts.credentials import TABLE
from accounts.models import User
from evidence import services as evidence
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery
from gateway.tokens import make_token
from provinces import context
from provinces.seats import BRANDS, OFFICE, named_seat
from watching import exporting, logs, reports, services, tracing
from watching.tasks import look

OPENS_NOTHING = {"event_cursor"}
"""A place in a feed, bound to its host; who has it and no token reads nothing."""
MARK = re.compile(rb"Zqw[a-z]+x")


def mark(what: str) -> str:
    return f"Zqw{what}x"


class Lines(logging.Handler):
    """Every line as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logs.JsonFormatter())
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@dataclass
class Sinks:
    """Where things are told."""

    lines: Lines
    sentry: Receiver
    collector: Receiver
    secrets: dict[str, str] = field(default_factory=dict)

    def spans(self) -> list[Any]:
        found = []
        for headers, body in self.collector.posts:
            said = ExportTraceServiceRequest.FromString(_open(headers, body))
            found += [span for r in said.resource_spans for s in r.scope_spans for span in s.spans]
        return found

    def events(self) -> list[dict[str, Any]]:
        found = []
        for headers, body in self.sentry.posts:
            parts = [json.loads(line) for line in _open(headers, body).splitlines() if line.startswith(b"{")]
            found += [part for part in parts if "level" in part]
        return found

    def everything(self) -> bytes:
        posts = [*self.sentry.posts, *self.collector.posts]
        said = [_open(headers, body) for headers, body in posts]
        figures = [generate_latest(), exporting.text()]
        return b"\n".join(["\n".join(self.lines.told).encode(), *said, *figures])


def _open(headers: dict[str, str], body: bytes) -> bytes:
    unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(headers.get("content-encoding", ""))
    return unpack(body) if unpack is not None else body


@pytest.fixture
def sinks(border, monkeypatch) -> Iterator[Sinks]:
    taken = lambda held, headers, body: (200, {}, b"{}")  # noqa: E731
    lines = Lines()
    with receiving(taken) as sentry, receiving(taken) as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.port}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
        assert tracing.start() and reports.start(f"http://key@127.0.0.1:{sentry.port}/1")
        logging.getLogger().addHandler(lines)
        try:
            yield Sinks(lines, sentry, collector)
        finally:
            logging.getLogger().removeHandler(lines)
            sentry_sdk.get_client().close(timeout=2)
            sentry_sdk.init()
            tracing.stop()


def main_job(client_for: Any, bureau: Any, house: Any) -> None:
    """陈队长 asks, 林工 answers; everything that people write is marked."""
    with context.province("gx"):
        User.objects.filter(pk=bureau.chen.pk).update(name=mark("name"), title=mark("title"))
        headers = {"Authorization": f"Bearer {make_token(user=bureau.chen, seat='gx', name='walk')[1]}"}
    with context.seat(BRANDS):
        theirs = {"Authorization": f"Bearer {make_token(user=house.lin, seat='brands', name='walk')[1]}"}
    gx, brands = client_for("gx"), client_for("brands")

    def post(client: Any, path: str, body: Any, said: dict[str, str]) -> Any:
        return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=said).json()

    site = post(gx, "sites/", {"county_code": people.NANNING, "place": mark("place")}, headers)
    item = post(gx, f"sites/{site['id']}/items/", {"product_id": str(house.product.pk)}, headers)
    data = people.jpeg("walk")
    sent = {"file": io.BytesIO(data), "sha256": hashlib.sha256(data).hexdigest(), "shot_code": "front_label"}
    sent["file"].name = mark("file") + ".jpg"
    photo = gx.post(f"/api/v1/items/{item['id']}/photos/", {**sent, "source": "camera"}, headers=headers).json()
    with context.province("gx"):
        evidence.make_views(photo["exhibit"]["id"])
    [request] = post(gx, f"sites/{site['id']}/send/", {}, headers)
    deliver_everywhere()
    [row] = brands.get("/api/v1/queue/", headers=theirs).json()["results"]
    task = post(brands, f"tasks/{row['id']}/claim/", {}, theirs)
    points = brands.get(f"/api/v1/products/{house.product.pk}/checkpoints/", headers=theirs).json()["results"]
    answer = {
        "item_id": task["items"][0]["id"],
        "value": "counterfeit",
        "reasons": mark("reasons") + " 烫金边缘毛糙",
        "checkpoints": [{"checkpoint_id": each["id"], "result": "different"} for each in points],
    }
    post(brands, f"tasks/{task['id']}/answer/", {"answers": [answer]}, theirs)
    deliver_everywhere()
    seen = gx.get(f"/api/v1/requests/{request['id']}/?q={mark('query')}", headers=headers).json()
    assert seen["state"] == "answered"


def everything_goes_wrong(client_for: Any, monkeypatch: Any) -> None:
    """Errors of pages, of tasks, of the database, with marks in their words and in the variables around them."""

    def broken(*_: object) -> None:
        name = mark("local")
        raise ValueError(mark("error") + name)

    monkeypatch.setattr("watching.selectors.standing", broken)
    monkeypatch.setattr(services, "take_reading", broken)
    door, gx = client_for("", raise_request_exception=False), client_for("gx", raise_request_exception=False)
    page = door.get(f"/status/?name={mark('query')}", headers={"X-Mark": mark("header"), "Referer": mark("referer")})
    assert page.status_code == 500 and page["X-Request-Id"] in page.content.decode()
    gx.post("/accounts/login/", {"login": mark("login"), "password": mark("password")})
    gx.get(f"/{mark('path')}/")
    look.apply(headers={"czj_seat": "gx"}, args=(), kwargs={})
    log = logging.getLogger("accounts")
    try:
        with context.seat(OFFICE), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [mark("value")])
    except Exception as error:
        log.warning("it did not go: %s", error)
        log.error("nor here", exc_info=True)
    log.error("a name %s in a line", f"{mark('name')[:0]}张三 13812345678", exc_info=IntegrityError(mark("detail")))


def every_credential_is_misplaced(client_for: Any, sinks: Sinks) -> int:
    """Each kind, of a province and of the brands' host, where it belongs and where somebody puts it by mistake."""
    number = 0
    for host, who in (("gx", "chen"), ("brands", "lin")):
        client = client_for(host, raise_request_exception=False)
        for name, credential in sorted(TABLE.items()):
            if credential.kinds is not None and named_seat(host).kind not in credential.kinds:
                continue
            with context.seat(named_seat(host)):
                value = str(credential.issue(User.objects.get(username=who)))
            if name not in OPENS_NOTHING:
                sinks.secrets[f"{name} of {host}"] = value
            client.get("/api/v1/me/", headers={"Authorization": f"Bearer {value}"})
            client.get("/", {"token": value}, headers={"Cookie": f"session={value}"})
            logging.getLogger("accounts").warning("refused %s", value)
            number += 3
    return number


def pieces(secret: str) -> list[str]:
    """What of a credential would give it away: the whole, and each long part of it."""
    return [part for part in re.split(r"[.:/?&=\s\"',{}\[\]]+", secret) if len(part) >= 16 and not _is_id(part)]


def _is_id(part: str) -> bool:
    """What is no secret: ids, and the public name of a program (`czj-gx-…`)."""
    return re.fullmatch(r"[0-9a-f-]{32,36}|czj-[a-z]+-[0-9a-f]+", part) is not None or part.isalpha()


@pytest.mark.guard("logs")
def test_nothing_that_is_told_to_operators_names_anybody_or_opens_anything(client_for, sinks, monkeypatch, trials):
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    main_job(client_for, bureau, house)
    tried = every_credential_is_misplaced(client_for, sinks)
    everything_goes_wrong(client_for, monkeypatch)
    sentry_sdk.flush(timeout=5)
    tracing.flush()
    monkeypatch.undo()
    told = sinks.everything()
    found = {each.decode() for each in MARK.findall(told)}
    assert found == set(), [line for line in sinks.lines.told if any(each in line for each in found)][:5]
    leaked = {
        (name, part) for name, secret in sinks.secrets.items() for part in pieces(secret) if part.encode() in told
    }
    assert leaked == set()
    # What should be told, is.
    lines = [json.loads(line) for line in sinks.lines.told]
    answered = [line for line in lines if line["event"] == "request"]
    assert {"requests", "desk"} <= {line["route"].split(":")[0].split(".")[-1] for line in answered} or answered
    assert all(line["request_id"] and "ms" in line and line["status"] for line in answered)
    assert any(line.get("user") == str(bureau.chen.pk) for line in answered)
    events = sinks.events()
    assert {"ValueError"} <= {v["type"] for e in events for v in e.get("exception", {}).get("values", [])}
    assert all(
        set(e)
        <= {
            "event_id",
            "timestamp",
            "level",
            "logger",
            "platform",
            "release",
            "environment",
            "sdk",
            "tags",
            "user",
            "transaction",
            "logentry",
            "exception",
            "contexts",
            "type",
        }
        for e in events
    ), events
    one_trace(sinks.spans())
    trials(tried + len(sinks.lines.told) + len(events))


def one_trace(spans: list[Any]) -> None:
    """Commission and opinion are steps of one trace, over the border and back; no letter says so in what is sealed."""

    def said(span: Any, name: str) -> str:
        return next((each.value.string_value for each in span.attributes if each.key == name), "")

    letters = [span for span in spans if span.name.startswith("letter.")]
    steps = {(span.name, said(span, "kind_of_letter"), said(span, "province")): span for span in letters}
    walk = [
        ("letter.write", "appraisal.commission", "gx"),
        ("letter.deliver", "appraisal.commission", "brands"),
        ("letter.write", "appraisal.opinion", "brands"),
        ("letter.deliver", "appraisal.opinion", "gx"),
    ]
    assert set(walk) <= set(steps), sorted(steps)
    assert len({steps[step].trace_id for step in walk}) == 1
    assert steps[walk[2]].links, "the request in which the answer was given is linked"
    with context.province("gx"):
        row = Delivery.objects.select_related("letter__text").get(letter__kind="appraisal.commission")
        assert tracing.TRACEPARENT.fullmatch(row.traceparent)
        assert row.traceparent[3:35] not in row.letter.text.body + row.letter.text.manifest
