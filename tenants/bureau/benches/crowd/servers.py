"""Pages and worker as `up` starts them, and the clients that call them from processes of their own."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil

from runtime import ports
from runtime.browser import ROOT
from runtime.up import answers

CALLER = Path(__file__).with_name("caller.py")
START_S = 60
TURNS = 5
WARMED_PER_S = 10
LEAST = 3
"""Answers that a median stands on."""


@dataclass
class Served:
    """The port of the pages, and the processes."""

    port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def memory_mb(self) -> dict[str, float]:
        """What each part holds with its children, shared pages once: PSS."""
        return {
            name: sum(each.memory_full_info().pss for each in _family(process.pid)) / 1e6
            for name, process in self.processes.items()
        }


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    limits = {"API_CALLS_PER_MINUTE": "100000"}
    return os.environ | {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "config.settings"} | limits | more


@contextmanager
def served(*, worker: bool = True, **more: str) -> Iterator[Served]:
    """Two web processes and a worker, with the addresses of this bench's own servers."""
    there = Served(ports.free_port())
    gunicorn = ["gunicorn", "config.wsgi:application", "--config", "python:config.serving", "--log-level", "error"]
    commands = {"web": [*gunicorn, "--bind", f"127.0.0.1:{there.port}"]}
    if worker:
        commands["worker"] = [
            "celery", "-A", "config.celery", "worker", "--loglevel", "ERROR", "--pool", "threads", "--concurrency", "4",
            "--exclude-queues", "recognition-first,recognition", "--without-gossip", "--without-mingle",
        ]  # fmt: skip
    try:
        for name, words in commands.items():
            there.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *words], env=environment(**more), cwd=ROOT,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL if name == "worker" else None,
            )  # fmt: skip
        until = time.monotonic() + START_S
        while not answers(there.port, os.environ["DOMAIN"], "/accounts/login/"):
            if there.processes["web"].poll() is not None or time.monotonic() > until:
                raise RuntimeError("the pages are not served")
            time.sleep(0.1)
        yield there
    finally:
        for process in there.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in there.processes.values():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass
class Heard:
    """What clients heard. times: durations in ms of good answers (2xx) by page; ends: statuses and silences by page.

    rates: good answers a second of each turn, where several were heard.
    """

    times: dict[str, list[float]]
    ends: dict[str, Counter[str]]
    spent_s: float
    rates: list[float] = field(default_factory=list)

    @classmethod
    def together(cls, several: Sequence[Heard]) -> Heard:
        """What was heard in several turns."""
        times: dict[str, list[float]] = {}
        ends: dict[str, Counter[str]] = {}
        for each in several:
            for name, spent in each.times.items():
                times.setdefault(name, []).extend(spent)
            for name, counted in each.ends.items():
                ends.setdefault(name, Counter()).update(counted)
        return cls(times, ends, sum(each.spent_s for each in several))

    @property
    def good(self) -> int:
        return sum(map(len, self.times.values()))

    @property
    def per_s(self) -> float:
        """Good answers a second: those that came before the reader had given up."""
        return self.good / self.spent_s

    def median_ms(self, name: str) -> float:
        return statistics.median(self.times[name])

    def p95_ms(self, name: str | None = None) -> float:
        every = self.times[name] if name else [each for page in self.times.values() for each in page]
        return statistics.quantiles(every, n=20)[18] if len(every) > 1 else (every or [0.0])[0]

    def against(self, before: Heard, *, beside: str = "") -> dict[str, float]:
        """By page: how many times its median before the median is. What was hardly heard in either is left out.

        beside: the page to whose own median both are held where they were not heard turn by turn.
        """
        slower = self.median_ms(beside) / before.median_ms(beside) if beside else 1.0
        return {
            name: self.median_ms(name) / before.median_ms(name) / slower
            for name in sorted(self.times)
            if min(len(each.times.get(name, ())) for each in (self, before)) >= LEAST
        }

    def times_fewer(self, before: Heard) -> float:
        """How many times as many answers a second were heard before: the median over the pairs of turns.

        A machine that is busy for half a minute halves what one turn hears, and says nothing of the pages.
        """
        return statistics.median(theirs / ours for ours, theirs in zip(self.rates, before.rates, strict=True))

    def ended(self) -> Counter[str]:
        return sum(self.ends.values(), Counter())

    def refuse_errors(self) -> None:
        """Raises RuntimeError if any page answered with an error of its own or sent its reader away.

        Then nothing was measured.
        """
        for name, ends in self.ends.items():
            bad = {status: count for status, count in ends.items() if status[0] in "345" and status != "503"}
            if bad:
                raise RuntimeError(f"{name} answered {bad}")


def call(
    served: Served, calls: Sequence[Mapping[str, Any]], *, seconds: float, people: int = 0, rate: float = 0.0,
    patience_s: float = 10.0, processes: int = 2, pause_s: float = 0.0, seed: int = 0,
) -> Heard:  # fmt: skip
    """Have client processes call. people: so many, each again when answered; rate: so many calls a second anyway.

    seed: another one makes other choices of `calls`.
    """
    plan = {
        "port": served.port, "seconds": seconds, "patience_s": patience_s, "calls": list(calls), "pause_s": pause_s,
        "people": people // processes, "rate": rate / processes,
    }  # fmt: skip
    clients = [
        subprocess.Popen([sys.executable, str(CALLER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(processes)
    ]
    for number, client in enumerate(clients):
        assert client.stdin is not None
        client.stdin.write(json.dumps(plan | {"seed": seed * processes + number}).encode())
        client.stdin.close()
    heard = []
    for client in clients:
        assert client.stdout is not None
        said = json.loads(client.stdout.read())
        client.wait()
        heard.append(
            Heard(said["times"], {name: Counter(each) for name, each in said["ends"].items()}, said["spent_s"])
        )
    return replace(Heard.together(heard), spent_s=max(each.spent_s for each in heard))


def turns(there: Served, kinds: Sequence[Sequence[Mapping[str, Any]]], seconds: float) -> list[Heard]:
    """Two people at a time: what a page takes when nobody waits for anybody.

    Each kind of calls gets its turns, one after the other, so that a machine which is busy for a while slows all.
    """
    for calls in kinds:
        # Every province's connections, plans and caches.
        call(there, calls, seconds=len(calls) / WARMED_PER_S, people=4)
    heard = [[call(there, calls, seconds=seconds, people=2, seed=turn) for calls in kinds] for turn in range(TURNS)]
    kept = [replace(Heard.together(each), rates=[turn.per_s for turn in each]) for each in zip(*heard, strict=True)]
    for each in kept:
        each.refuse_errors()
    return kept
