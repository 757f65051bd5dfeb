"""The whole product as `manage.py up` starts it, in a folder of its own, for tests that look from outside."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from runtime.processes import spawn

ROOT = Path(__file__).resolve().parents[2]
READY = "全部就绪"
START_S, STOP_S = 600, 90
NOT_HANDED_ON = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "EVENTS_URL", "DATABASE_PREFIX", "DOMAIN", "SECRET_KEY")


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now. All are held until the last is found, so no two are alike."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    found = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return found


class House:
    """`with House(folder) as house:` web, events, workers, beat and their servers, until the end of the block.

    folder: VAR_DIR; a second House on the same folder finds the data of the first. more: added to the environment.
    """

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.web_port, self.events_port, *servers = free_ports(4)
        # Two products that start at the same moment would both find the usual ports free.
        remembered = folder / "ports.json"
        if folder.is_dir() and not remembered.exists():
            remembered.write_text(json.dumps(dict(zip(("postgres", "valkey"), servers, strict=True))))
        self.more = more
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self.process: subprocess.Popen[bytes] | None = None
        self.resting: set[str] = set()

    @classmethod
    def running_in(cls, folder: Path) -> House:
        """One that somebody started with this VAR_DIR; it can be looked at, not stopped."""
        house = cls(folder)
        where = json.loads((folder / "run" / "up.lock").read_text())["facts"]["web"]
        house.web_port = int(where.rpartition(":")[2])
        return house

    @property
    def domain(self) -> str:
        return f"localhost:{self.web_port}"

    def url(self, host: str = "", path: str = "/") -> str:
        """The address of a page. host: "gx", "brands", "federation", or "" for the front door."""
        return f"http://{host + '.' if host else ''}{self.domain}{path}"

    def environment(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in (*NOT_HANDED_ON, "MASTER_KEY")}
        return kept | {
            "VAR_DIR": str(self.folder),
            "WEB_PORT": str(self.web_port),
            "EVENTS_PORT": str(self.events_port),
            "DEMO": "true",
            "DEBUG": "false",
            "SAMPLE_DAYS": "2",
            "WEB_PROCESSES": "1",
            "WORKERS": "2",
            "INTAKE_WORKERS": "1",
            "SANDBOX": "false",
            **self.more,
        }

    def start(self) -> House:
        """Start and wait until everything is up."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # On a leash: it stops when the test run is killed.
        self.process = spawn(
            [sys.executable, str(ROOT / "manage.py"), "up"], env=self.environment(), stdout=subprocess.PIPE, cwd=ROOT
        )
        self._fresh = queue.Queue()
        threading.Thread(target=self._listen, args=(self.process, self._fresh), daemon=True).start()
        try:
            self.wait_for(READY, START_S)
        except BaseException:
            self.stop()
            raise
        return self

    def _listen(self, process: subprocess.Popen[bytes], fresh: queue.Queue[str | None]) -> None:
        assert process.stdout is not None
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip()
            self.lines.append(line)
            fresh.put(line)
        fresh.put(None)

    def wait_for(self, words: str, seconds: float) -> str:
        """The next printed line with these words."""
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._fresh.get(timeout=max(0.01, until - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                tail = "\n".join(self.lines[-40:])
                raise AssertionError(f"{words!r} was not said within {seconds} s:\n{tail}")
            if words in line:
                return line

    def part(self, name: str) -> psutil.Process:
        """The running process of a part: postgres, valkey, web, events, worker, intake, beat."""
        return psutil.Process(json.loads((self.folder / "run" / f"{name}.json").read_text())["pid"])

    def rest(self, name: str) -> None:
        """Let a part do nothing until `wake`: to the others it is one that has very much to do."""
        if self.process is not None:  # never in one that somebody else started
            self.part(name).suspend()
            self.resting.add(name)

    def wake(self, name: str) -> None:
        """Let a part that rests go on."""
        if name in self.resting:
            self.resting.remove(name)
            self.part(name).resume()

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it in order. Returns its exit code."""
        if self.process is None:
            return 0
        for name in tuple(self.resting):
            self.wake(name)
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(how)
        try:
            return process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def __enter__(self) -> House:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()


__all__ = ["House", "free_ports"]
