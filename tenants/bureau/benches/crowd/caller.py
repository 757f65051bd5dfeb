"""One client process: many people's browsers, on plain sockets, so that it takes little from the machine it measures.

    python caller.py < plan.json > answers.json

Plan: port, seconds, people (closed: how many at once, each asking when answered) or rate (open: calls a second, whether
answered or not), patience_s, seed, calls: [{name, weight, host, path, cookie, token, method, body}]. Standard library
only. Answers: by name the durations in ms of good ones (2xx), and how many ended how.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from typing import Any


class Line:
    """A connection that is kept open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def call(self, raw: bytes) -> int:
        """The status of one call. Raises OSError, EOFError."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        assert self.reader is not None
        self.writer.write(raw)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head[9:12])
        if "transfer-encoding: chunked" in head:
            while size := int((await self.reader.readline()).strip() or b"0", 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readline()
        else:
            length = head.partition("content-length:")[2].split("\r\n")[0].strip()
            await self.reader.readexactly(int(length or 0))
        if "connection: close" in head:
            self.close()
        return status

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


def raw_of(call: dict[str, Any]) -> bytes:
    body = json.dumps(call["body"]).encode() if call.get("body") is not None else b""
    lines = [
        f"{call.get('method', 'GET')} {call['path']} HTTP/1.1", f"Host: {call['host']}", "Accept-Encoding: identity",
        "Accept: " + ("application/json" if call.get("token") else "text/html"),
    ]  # fmt: skip
    if call.get("cookie"):
        lines.append(f"Cookie: {call['cookie']}")
    if call.get("token"):
        lines.append(f"Authorization: Bearer {call['token']}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Crowd:
    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.dice = plan, random.Random(plan["seed"])
        self.calls = [(call["name"], raw_of(call)) for call in plan["calls"]]
        self.weights = [call["weight"] for call in plan["calls"]]
        self.times: dict[str, list[float]] = defaultdict(list)
        self.ends: dict[str, Counter[str]] = defaultdict(Counter)
        self.idle: list[Line] = []

    async def one(self, line: Line, asked_at: float) -> None:
        name, raw = self.dice.choices(self.calls, self.weights)[0]
        fresh = line.writer is None
        try:
            try:
                status = await asyncio.wait_for(line.call(raw), self.plan["patience_s"])
            except (OSError, EOFError):
                line.close()
                if fresh:
                    raise
                # A kept connection that the server had closed meanwhile: browsers ask again on a new one.
                status = await asyncio.wait_for(line.call(raw), self.plan["patience_s"])
        except (OSError, EOFError, TimeoutError) as error:
            line.close()
            self.ends[name]["late" if isinstance(error, TimeoutError) else "broken"] += 1
            return
        self.ends[name][str(status)] += 1
        if status < 300:
            self.times[name].append((time.perf_counter() - asked_at) * 1000)

    async def closed(self, until: float) -> None:
        line = Line(self.plan["port"])
        while time.perf_counter() < until:
            await self.one(line, time.perf_counter())
            if self.plan.get("pause_s"):
                await asyncio.sleep(self.plan["pause_s"])
        line.close()

    async def lent(self) -> None:
        line = self.idle.pop() if self.idle else Line(self.plan["port"])
        await self.one(line, time.perf_counter())
        if len(self.idle) < 200:
            self.idle.append(line)
        else:
            line.close()

    async def run(self) -> dict[str, Any]:
        began = time.perf_counter()
        until = began + self.plan["seconds"]
        if people := self.plan.get("people"):
            await asyncio.gather(*(self.closed(until) for _ in range(people)))
        else:
            at, out = began, set()
            while (at := at + self.dice.expovariate(self.plan["rate"])) < until:
                await asyncio.sleep(max(0.0, at - time.perf_counter()))
                task = asyncio.create_task(self.lent())
                out.add(task)
                task.add_done_callback(out.discard)
            if out:
                await asyncio.wait(out)
        return {"spent_s": time.perf_counter() - began, "times": self.times, "ends": self.ends}


if __name__ == "__main__":
    json.dump(asyncio.run(Crowd(json.load(sys.stdin)).run()), sys.stdout)
