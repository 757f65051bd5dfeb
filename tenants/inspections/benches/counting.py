"""Two phones count two hundred lots: from a tap on one until the other shows it, against a bare echo.

The echo is one row written and its event heard. Events carry ids and no contents, so the other phone fetches what was
counted after it has heard; the echo that fetches its row too is in the figures.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from types import ModuleType
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from audit import trail
from gateway.views import ApiView
from kernel import clock
from kernel.ids import uuid7
from notify import live
from provinces import context
from runtime import ports
from runtime.bench import Result, Stage, bench
from tenants.inspections import merge, services
from tenants.inspections.benches.fanout import World
from tenants.inspections.models import CountOperation

LOTS, TAPS, WARM = 200, 150, 10
HOST = "p01"


class Echo(ApiView):
    """The least that a change which somebody else sees costs here: one row, one event with its id, one fetch."""

    def get(self, request: Request) -> Response:
        row = trail.of(User(pk=request.query_params["of"])).last()
        return Response({"id": str(row.data["id"]) if row else ""})

    def post(self, request: Request) -> Response:
        with transaction.atomic():
            trail.record(request.user, "echo", by=request.user, data={"id": request.data["id"]})
            live.publish(["echo"], "echo", {"id": request.data["id"]})
        return Response({"id": request.data["id"]})


class Phone:
    """One officer's phone: a session, a device, and what it knows."""

    def __init__(self, person: User, inspection_id: Any) -> None:
        self.client = Client(HTTP_HOST=f"{HOST}.{settings.DOMAIN_NAME}", raise_request_exception=True)
        with context.province(HOST):
            self.client.force_login(person)
        self.path, self.device, self.turn, self.cursor = f"/api/v1/inspections/{inspection_id}/", str(uuid7()), 0, 0
        self.log: dict[str, dict[str, merge.Operation]] = {}

    def post(self, where: str, body: Any) -> Any:
        answer = self.client.post(where, json.dumps(body), content_type="application/json")
        if answer.status_code != 200:
            raise RuntimeError(answer.content[:500])
        return answer.json()

    def tap(self, lot: str) -> str:
        """+1 on a lot, sent at once. Returns the operation's id."""
        self.turn += 1
        said = {
            "id": str(uuid7()), "lot_id": lot, "kind": "add", "value": {"delta": "1"}, "turn": self.turn,
            "at": clock.now().isoformat(),
        }  # fmt: skip
        done = self.post(f"{self.path}operations/", {"device_id": self.device, "operations": [said]})
        if done["refused"]:
            raise RuntimeError(done["refused"])
        return str(said["id"])

    def hear(self) -> dict[str, merge.LotState]:
        """Fetch what is new and say anew what its lots hold."""
        while True:
            found = self.client.get(f"{self.path}changes/?since={self.cursor}&limit=500&lots=false").json()
            touched = set()
            for each in found["operations"]:
                operation = merge.Operation(
                    id=each["id"], lot_id=each["lot_id"], kind=each["kind"], value=each["value"], turn=each["turn"],
                    by=each["by"], by_name=each["by_name"],
                )  # fmt: skip
                for lot_id in merge.lots_of(operation):
                    self.log.setdefault(lot_id, {})[operation.id] = operation
                    touched.add(lot_id)
                self.turn = max(self.turn, operation.turn)
            self.cursor = found["cursor"]
            if self.cursor == found["version"]:
                return {lot_id: merge.merge_lot(lot_id, self.log[lot_id].values()) for lot_id in touched}


class Stream:
    """The event stream as a page hears it."""

    def __init__(self, port: int, person: User) -> None:
        with context.province(HOST):
            ticket = live.sign(person_id=str(person.pk), parties=[HOST], host=f"{HOST}.{settings.DOMAIN_NAME}")
            cursor = live.cursor_of(HOST)
            origin = urlsplit(live.endpoint(f"{HOST}.{settings.DOMAIN_NAME}"))
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Host": origin.netloc, "Origin": f"{settings.SCHEME}://{HOST}.{settings.DOMAIN_NAME}"}
        self.connection.request("GET", f"/events?{urlencode({'ticket': ticket, 'after': cursor})}", headers=headers)
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise RuntimeError(f"no event stream: {self.answer.status} {self.answer.read()[:200]!r}")

    def next(self, kind: str) -> dict[str, Any]:
        """The next event of one kind."""
        while True:
            line = self.answer.readline()
            if not line:
                raise RuntimeError("the event stream ended")
            if line.startswith(b"data: {") and line.strip() != b"data: {}":
                said = json.loads(line[6:])
                if said["kind"] == kind:
                    return dict(said["data"])


@bench("live_count")
def live_count(stage: Stage) -> Result:
    """From the tap on one phone until the other has merged it, against a bare echo: an event, and nothing fetched."""
    stage.prepare()
    stage.open_provinces(1)
    world = World()
    inspection = world.inspection(LOTS)
    with context.province(HOST):
        code, _until = services.make_join_code(by=world.chen, inspection_id=inspection.pk)
        services.join(by=world.li, code=code)
        lots = [str(each) for each in inspection.lots.values_list("pk", flat=True)]
    _serve_echo()
    port = ports.free_port()
    server = subprocess.Popen(
        [sys.executable, sys.argv[0], "events", "--host", "127.0.0.1", "--port", str(port)], env=os.environ
    )
    try:
        _wait_for(port)
        mine, hers = Phone(world.chen, inspection.pk), Phone(world.li, inspection.pk)
        ours, echo, event = _measure(mine, hers, Stream(port, world.li), lots)
        agreed = _both_at_once(mine, hers, lots)
    finally:
        server.terminate()
        server.wait(10)
        connection.set_seat(None)
    median_s, echo_s, event_s = (statistics.median(each) for each in (ours, echo, event))
    return Result(
        n=TAPS,
        ratio=median_s / event_s,
        reference=f"one row written and its event heard over the same stream, nothing fetched: {event_s * 1000:.1f} ms",
        figures={
            "lots": LOTS,
            "merge_median_ms": median_s * 1000,
            "merge_p95_ms": statistics.quantiles(ours, n=20)[18] * 1000,
            "echo_median_ms": echo_s * 1000,
            "event_median_ms": event_s * 1000,
            "ratio_to_echo_with_fetch": median_s / echo_s,
            "operations_agreed": agreed,
        },
    )


def _measure(mine: Phone, hers: Phone, stream: Stream, lots: list[str]) -> tuple[list[float], ...]:
    """Seconds of the merge, of the echo, and of the echo's event without the fetch, one beside the other."""
    ours, echo, event = [], [], []
    with context.province(HOST):
        author = User.objects.get(username="chen").pk
    hers.hear()
    for number in range(TAPS + WARM):
        lot = lots[number % len(lots)]
        began = time.perf_counter()
        said = mine.tap(lot)
        stream.next("count")
        states = hers.hear()
        merged = time.perf_counter() - began
        if said not in hers.log[lot] or states[lot].quantity is None:
            raise RuntimeError("an event was heard and its operation was not there")
        began = time.perf_counter()
        mine.post("/api/v1/echo/", {"id": said})
        if stream.next("echo")["id"] != said:
            raise RuntimeError("an echo was lost")
        heard = time.perf_counter() - began
        if hers.client.get(f"/api/v1/echo/?of={author}").json()["id"] != said:
            raise RuntimeError("an echo says something else")
        if number >= WARM:
            echo.append(time.perf_counter() - began)
            event.append(heard)
            ours.append(merged)
    return ours, echo, event


def _both_at_once(mine: Phone, hers: Phone, lots: list[str]) -> int:
    """Both tap through all lots at the same time; then they and the server must agree. Returns how many operations."""

    def count(phone: Phone) -> None:
        try:
            for lot in lots:
                phone.tap(lot)
        finally:
            connection.set_seat(None)

    both = [threading.Thread(target=count, args=(phone,)) for phone in (mine, hers)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    mine.cursor = 0
    mine.hear()
    hers.hear()
    with context.province(HOST):
        kept = {str(row.pk): services.as_operation(row) for row in CountOperation.objects.select_related("inspection")}
    found = merge.merge(kept.values())
    for phone in (mine, hers):
        said = merge.merge(each for log in phone.log.values() for each in log.values())
        if said.keys() != found.keys() or any(said[key].quantity != found[key].quantity for key in found):
            raise RuntimeError("a phone and the server do not agree")
    return len(kept)


def _serve_echo() -> None:
    addresses = ModuleType("bench_addresses")
    addresses.urlpatterns = [path("api/v1/echo/", Echo.as_view()), path("", include(settings.URLCONFS["province"]))]  # type: ignore[attr-defined]
    sys.modules[addresses.__name__] = addresses
    settings.URLCONFS = {**settings.URLCONFS, "province": addresses.__name__}


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while not ports.is_listening(port):
        if time.monotonic() > until:
            raise RuntimeError("the event stream did not start")
        time.sleep(0.05)
