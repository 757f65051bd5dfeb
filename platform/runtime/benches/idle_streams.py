"""Bench `idle_streams`: what an open event stream costs, against a socket that the same server holds and no more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psutil
from django.conf import settings

from runtime import ports
from runtime.bench import Option, Result, Stage, bench
from runtime.browser import ROOT

STREAMS, WARM = 1_000, 50
PROVINCES = 34
SETTLE_S = 2.0
HEARD_WITHIN_S = 30.0

Scope = dict[str, Any]


async def bare(scope: Scope, receive: Any, send: Any) -> None:
    """An ASGI application that answers a head and holds the connection."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        continue


@bench("idle_streams", options=(Option("--streams", "how many open streams", int, default=STREAMS),))
def idle_streams(stage: Stage) -> Result:
    """Memory (PSS) of so many open streams over all provinces, after the first fifty, against bare idle sockets.

    Then one event is written to each party: how long until every stream has heard it.
    """
    from notify import live
    from provinces import context
    from provinces.seats import province_seat

    count = int(stage.options["streams"])
    parties = [f"p{number:02}" for number in range(1, PROVINCES + 1)]

    def ticket(number: int) -> tuple[str, str]:
        code = parties[number % PROVINCES]
        host = f"{code}.{settings.DOMAIN_NAME}"
        with context.seat(province_seat(code)):  # a name to sign for: no query, so no schema is needed
            return host, live.sign(person_id=str(uuid4()), parties=[code], host=host)

    def tell() -> None:
        for code in parties:
            live._write(code, {"kind": "bench", "topics": "bench", "data": "{}"})

    held: dict[str, float] = {}
    heard_s = 0.0
    servers = {
        "bare": ["uvicorn", "runtime.benches.idle_streams:bare", "--log-level", "error", "--port", "{port}"],
        "streams": ["django", "events", "--port", "{port}"],
    }
    for name, words in servers.items():
        with _serving(name, words) as (process, port):
            # Signed before the loop runs, since a seat is held by a thread; a ticket is good for a minute.
            lines = [ticket(number) if name == "streams" else ("bare", "") for number in range(count + WARM)]
            held[name], heard = asyncio.run(_Crowd(port, lines).hold(process, tell if name == "streams" else None))
            heard_s = max(heard_s, heard)
    ours, plain = held["streams"] / count, held["bare"] / count
    return Result(
        n=count,
        ratio=ours / plain,
        reference=f"bare sockets held by the same server: {plain / 1000:.1f} kB each",
        figures={"stream_kb": ours / 1000, "socket_kb": plain / 1000, "all_heard_within_s": heard_s},
    )


@contextmanager
def _serving(name: str, words: Sequence[str]) -> Iterator[tuple[psutil.Process, int]]:
    port = ports.free_port()
    command = [word.format(port=port) for word in words]
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    server = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=os.environ | {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not ports.is_listening(port):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{name} is not served")
            time.sleep(0.1)
        yield psutil.Process(server.pid), port
    finally:
        server.terminate()
        server.wait(30)


class _Crowd:
    """Open streams of this process. lines: host and ticket of each."""

    def __init__(self, port: int, lines: Sequence[tuple[str, str]]) -> None:
        self.port, self.lines = port, lines
        self.open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def hold(self, process: psutil.Process, tell: Callable[[], None] | None) -> tuple[float, float]:
        """Bytes that all but the first streams take, and seconds until all had heard what `tell` told."""
        await self._add(self.lines[:WARM])
        await asyncio.sleep(SETTLE_S)
        before = process.memory_full_info().pss
        await self._add(self.lines[WARM:])
        await asyncio.sleep(SETTLE_S)
        taken = process.memory_full_info().pss - before
        heard_s = 0.0
        if tell is not None:
            began = time.perf_counter()
            tell()
            heard = (reader.readuntil(b"data: ") for reader, _writer in self.open)
            await asyncio.wait_for(asyncio.gather(*heard), HEARD_WITHIN_S)
            heard_s = time.perf_counter() - began
        for _reader, writer in self.open:
            writer.close()
        return taken, heard_s

    async def _add(self, lines: Sequence[tuple[str, str]]) -> None:
        for host, signed in lines:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(f"GET /events?ticket={signed} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEARD_WITHIN_S)
            if b" 200 " not in head.partition(b"\r\n")[0]:
                raise RuntimeError(f"a stream was refused: {head!r}")
            await reader.readuntil(b": hello\n\n")
            self.open.append((reader, writer))
