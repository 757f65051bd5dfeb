"""What webhooks cost beside bare posts of the same bodies by the same client to the same receiver."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Unit
from audit.trail import Actor
from connections import services as joining
from gateway import outbound
from kernel.ids import uuid7
from provinces import context
from runtime.bench import Result, Stage, bench
from webhooks import events, sending, services
from webhooks.models import Delivery, Endpoint

EVENTS, OBJECTS, ALONE, ROUNDS = 1000, 250, 20, 3
MACHINE = Actor(None, "系统")
_RECEIVER = """
import asyncio, sys
async def serve(reader, writer):
    try:
        while head := await reader.readuntil(b"\\r\\n\\r\\n"):
            lines = [each.lower().split(b":") for each in head.split(b"\\r\\n")]
            length = next((int(each[1]) for each in lines if each[0] == b"content-length"), 0)
            await reader.readexactly(length)
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
"""A receiver in a process of its own that takes everything."""


@bench("webhooks")
def webhooks(stage: Stage) -> Result:
    """A thousand events from their commit until all are taken, against as many bare posts side by side.

    In one process and without the broker's two hops: what is compared is places, order, signatures and book-keeping.
    """
    stage.prepare()
    stage.open_provinces(1)
    receiver = subprocess.Popen([sys.executable, "-c", _RECEIVER], stdout=subprocess.PIPE, text=True)
    try:
        assert receiver.stdout is not None
        url = f"http://127.0.0.1:{receiver.stdout.readline().strip()}/hook"
        with context.province("p01"):
            return _measure(_endpoint(url), url)
    finally:
        receiver.kill()
        receiver.wait()


def _endpoint(url: str) -> Endpoint:
    events.register(events.EventKind(name="bench.moved", words="bench", door=lambda _user, ids: ids))
    unit = Unit.objects.create(code="b", name="县局", kind=Unit.Kind.COUNTY_BUREAU, division_code="010100")
    connection = joining.create(by=MACHINE, kind="case_system", name="bench")
    joining.make_client(connection, by=MACHINE, name="bench", wanted=["events:read"], unit=unit, roles=["officer"])
    joining.switch_on(connection, by=MACHINE)
    made, _secret = services.make(connection, by=MACHINE, url=url)
    return services.switch_on(made, by=MACHINE)


def _measure(endpoint: Endpoint, url: str) -> Result:
    bare, ours, bare_mean, ours_mean = [], [], [], []
    for _ in range(ROUNDS):
        took, mean = _bare(url)
        bare.append(took)
        bare_mean.append(mean)
        took, mean = _ours(endpoint)
        ours.append(took)
        ours_mean.append(mean)
    all_of_them = statistics.median(ours) / statistics.median(bare)
    until = statistics.median(ours_mean) / statistics.median(bare_mean)
    return Result(
        n=ROUNDS * EVENTS,
        ratio=round(max(all_of_them, until), 2),
        reference="bare POSTs of the same bodies by the same client, as many side by side",
        figures={
            "events_s": round(EVENTS / statistics.median(ours)),
            "posts_s": round(EVENTS / statistics.median(bare)),
            "ratio_events": round(all_of_them, 2),
            "ratio_until_taken": round(until, 2),
            "until_taken_ms": round(statistics.median(ours_mean) * 1000),
            "alone_ms": round(_alone(endpoint) * 1000, 1),
        },
    )


def _bare(url: str) -> tuple[float, float]:
    """Seconds until all are taken, and until one is on average."""
    said = events.emit("bench.moved", about=uuid7(), payload=_payload(0))
    assert said is not None
    body = str(said.payload).encode()
    began, ends = time.perf_counter(), []

    def post(_at: int) -> None:
        outbound.send("POST", url, body=body, headers={"content-type": "application/json"})
        ends.append(time.perf_counter() - began)

    with ThreadPoolExecutor(sending.AT_ONCE) as threads:
        list(threads.map(post, range(EVENTS)))
    return max(ends), statistics.mean(ends)


def _payload(step: int) -> dict[str, Any]:
    links = {"api": "/api/v1/requests/00000000-0000-0000-0000-000000000000/"}
    return {"number": f"桂Q-{step}", "state": "sent", "verb": "send", "links": links}


def _ours(endpoint: Endpoint) -> tuple[float, float]:
    objects = [uuid7() for _ in range(OBJECTS)]
    _settle(endpoint.pk)
    with transaction.atomic():
        for at in range(EVENTS):
            events.emit("bench.moved", about=objects[at % OBJECTS], payload=_payload(at))
    began, real, ends = time.perf_counter(), sending.post, []

    def noted(*positional: Any, **named: Any) -> sending.Tried:
        tried = real(*positional, **named)
        ends.append(time.perf_counter() - began)
        return tried

    sending.post = noted
    try:
        _settle(endpoint.pk)
    finally:
        sending.post = real
    if len(ends) != EVENTS or Delivery.objects.filter(state="waiting").exists():
        raise RuntimeError(f"{len(ends)} of {EVENTS} events were posted")
    return time.perf_counter() - began, statistics.mean(ends)


def _settle(endpoint_id: UUID) -> None:
    events.place()
    sending.deliver(endpoint_id, budget_s=60)


def _alone(endpoint: Endpoint) -> float:
    """Seconds of one event with nothing else about, from its commit until what became of it is written down."""
    took = []
    for at in range(ALONE):
        events.emit("bench.moved", about=uuid7(), payload=_payload(at))
        began = time.perf_counter()
        _settle(endpoint.pk)
        took.append(time.perf_counter() - began)
    return statistics.median(took)
