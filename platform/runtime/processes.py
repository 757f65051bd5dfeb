"""Processes that were started by us: know them again, and end them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psutil

LEASH = Path(__file__).with_name("leash.py")
START_TIME_SLACK_S = 1.0


@dataclass(frozen=True)
class RunAs:
    """The user a part runs as."""

    uid: int
    gid: int
    home: str = "/"


def leashed(argv: Sequence[str], *, death_signal: int = signal.SIGTERM, run_as: RunAs | None = None) -> list[str]:
    """The command line that runs `argv` and ends it by `death_signal` when the calling thread's process ends."""
    who = (str(run_as.uid), str(run_as.gid)) if run_as else ("-", "-")
    return [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(death_signal)), *who, *argv]


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    stdout: IO[Any] | int,
    cwd: Path | str | None = None,
    death_signal: int = signal.SIGTERM,
    run_as: RunAs | None = None,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a process group of its own, leashed to this process. stderr goes where stdout goes."""
    return subprocess.Popen(
        leashed(argv, death_signal=death_signal, run_as=run_as),
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        start_new_session=True,
    )


@dataclass(frozen=True)
class Record:
    """What is written down about a started process, so that a later start knows it again.

    created_at: seconds since 1970, as the kernel tells it. A process id alone proves nothing: ids come round again.
    """

    name: str
    pid: int
    created_at: float
    command: str
    stop_signal: int

    @classmethod
    def of(cls, name: str, pid: int, command: Sequence[str], stop_signal: int) -> Record:
        return cls(name, pid, psutil.Process(pid).create_time(), " ".join(command), int(stop_signal))

    def write(self, folder: Path) -> None:
        (folder / f"{self.name}.json").write_text(json.dumps(asdict(self)) + "\n")

    def process(self) -> psutil.Process | None:
        """The recorded process if it lives: same id, same start time, and a command line that it was given."""
        with contextlib.suppress(psutil.Error, OSError):
            found = psutil.Process(self.pid)
            if (
                abs(found.create_time() - self.created_at) > START_TIME_SLACK_S
                or found.status() == psutil.STATUS_ZOMBIE
            ):
                return None
            words = found.cmdline()
            # Servers rewrite their title, so one shared word is enough beside the start time.
            if not words or any(word and word in self.command for word in words) or found.name() in self.command:
                return found
        return None


def read_records(folder: Path) -> list[Record]:
    """All records in `folder`; a file that was cut off by a crash is skipped."""
    records = []
    for file in sorted(folder.glob("*.json")):
        with contextlib.suppress(ValueError, TypeError):
            records.append(Record(**json.loads(file.read_text())))
    return records


def marked(variable: str, value: str) -> list[psutil.Process]:
    """Living processes, this one's ancestors and itself left out, that were started with `variable=value`."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        if process.pid in mine:
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(variable) == value and lives(process):
                found.append(process)
    return found


def working_in(folder: Path) -> list[psutil.Process]:
    """Living processes whose working folder is `folder`. Database servers stand in their data folder."""
    wanted = os.path.realpath(folder)
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and os.path.realpath(process.cwd()) == wanted:
                found.append(process)
    return found


def lives(process: psutil.Process) -> bool:
    """False for a process that is gone, and for one that is over but that its new parent never asks about."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end(processes: Iterable[psutil.Process], *, how: int = signal.SIGTERM, patience_s: float = 10.0) -> int:
    """End `processes`: by `how`, and after `patience_s` seconds by SIGKILL. Returns how many there were."""
    living = list(processes)
    for process in living:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(how)
    wait_until(lambda: not any(map(lives, living)), timeout_s=patience_s)
    stubborn = [process for process in living if lives(process)]
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until(lambda: not any(map(lives, stubborn)), timeout_s=5)
    return len(living)


def end_group(leader_pid: int) -> None:
    """Kill what is left of the process group that `leader_pid` led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGKILL)


def wait_until(ready: Callable[[], bool], *, timeout_s: float, alive: Callable[[], bool] = lambda: True) -> bool:
    """Ask `ready` twenty times a second. False if the time is over or `alive` says no."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if ready():
            return True
        if not alive():
            return False
        time.sleep(0.05)
    return False
