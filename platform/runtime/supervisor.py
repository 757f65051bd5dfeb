"""Start the parts of the product in order, watch them, restart what dies, stop them in order.

Why not a library: honcho starts a Procfile all at once and stops all when one ends; supervisor and circus restart and
log, but know an order only as a number, not "ready before the next", and circus brings ZeroMQ and tornado; systemd is
not on every machine. What is special here (progress with times, orphans of a killed run, one instance a checkout) would
have been on top of each of them.

One thread, no polling while all is quiet: the loop sleeps until a part prints, a child ends or a signal comes.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

import psutil

from runtime.faults import RuntimeFault
from runtime.processes import Record, RunAs, end, end_group, marked, read_records, spawn

MARK = "CHAZHENJIA_RUN"
ASK_READY_EVERY_S = 0.1
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
CALM_AFTER_S = 60.0
TRIES_AT_START = 3
LOG_LIMIT_BYTES = 10 * 1024 * 1024
TAIL_LINES = 20
QUIET_LEVELS = ("debug", "info")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process, or with `once=True` one step that must end with exit code 0 before the next part starts.

    zh, en: what a person calls it ("数据库", "database").
    argv: the command line, or a function that makes it (called after `prepare`, before every start).
    env: added to the environment of the supervisor; a function is called like `argv`. clean_env: not added but alone.
    prepare: called before every start. ready: asked until it says yes, at most a second or two each time.
    ready_line: ready when a printed line contains this. Neither of the two: ready as soon as it runs.
    gate: the next part waits until this one is ready. stop_timeout_s: after that it is killed with all its children.
    console: its lines appear in the terminal, not only in its log file.
    nice: how far it stands back when others want the processor (0 to 19).
    """

    name: str
    zh: str
    en: str
    argv: Sequence[str] | Callable[[], Sequence[str]]
    env: Mapping[str, str] | Callable[[], Mapping[str, str]] = field(default_factory=dict)
    clean_env: bool = False
    cwd: Path | str | None = None
    prepare: Callable[[], None] | None = None
    ready: Callable[[], bool] | None = None
    ready_line: str | None = None
    ready_timeout_s: float = 180.0
    stop_signal: int = signal.SIGTERM
    stop_timeout_s: float = 15.0
    run_as: RunAs | None = None
    once: bool = False
    gate: bool = True
    console: bool = True
    nice: int = 0


def shown(line: bytes) -> str | None:
    """A line as the terminal shows it, JSON told in words; None for one of a log that is for the file alone."""
    words = line.decode(errors="replace")
    if not words.startswith('{"time":'):
        return words
    try:
        told = json.loads(words)
    except ValueError:
        return words
    if told.get("level") in QUIET_LEVELS:
        return None
    more = " ".join(str(told[name]) for name in ("route", "status", "error") if told.get(name))
    return f"{told.get('level')} {told.get('logger')}: {told.get('event')} {more}".rstrip()


class _Running:
    """A part, its process now, and what happened to it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.output: IO[bytes] | None = None
        self.rest = b""
        self.started_at = 0.0
        self.is_ready = False
        self.said_ready = False
        self.falls = 0
        self.start_again_at: float | None = None
        self.restarts = 0

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs `parts` with their logs, records and lock under `home` (the folder `var/`).

    parts: a list, or a function that makes it once this is known to be the only instance (ports can be chosen then).
    on_ready: called once when all parts are ready; print the addresses there.
    facts: shown to a second start that is refused, such as the address of the pages.
    """

    def __init__(
        self,
        parts: Sequence[Part] | Callable[[], Sequence[Part]],
        home: Path,
        *,
        on_ready: Callable[[], None] | None = None,
        facts: Mapping[str, str] | None = None,
        out: TextIO | None = None,
    ) -> None:
        self._make_parts = parts if callable(parts) else lambda: parts
        self.parts: list[_Running] = []
        self.home = home.absolute()
        self.run_dir = self.home / "run"
        self.log_dir = self.home / "log"
        self.on_ready = on_ready
        self.facts = dict(facts or {})
        self.out = out or sys.stdout
        self._width = 0
        self._logs: dict[str, IO[bytes]] = {}
        self._stopping: int | None = None
        self._hurry = False
        self._wake_read, self._wake_write = -1, -1
        self._lock: IO[str] | None = None

    # Saying

    def say(self, line: str) -> None:
        """One line for the person at the terminal. A closed terminal is no reason to die."""
        with contextlib.suppress(OSError, ValueError):
            print(line, file=self.out, flush=True)

    def _progress(self, running: _Running, verb_zh: str, verb_en: str) -> None:
        number = self.parts.index(running) + 1
        took = time.monotonic() - running.started_at
        self.say(f"[{number}/{len(self.parts)}] {running.part.zh}{verb_zh} {running.part.en} {verb_en} ({took:.1f} s)")

    # One instance

    def acquire(self) -> None:
        """Take the lock of this checkout. Raises RuntimeFault `runtime_already_running`; the kernel frees it for us."""
        self.run_dir.mkdir(parents=True, exist_ok=True)
        self.log_dir.mkdir(parents=True, exist_ok=True)
        # A lock of the kernel ends with its holder, however that ends; a file with a number in it does not.
        lock = (self.run_dir / "up.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            try:
                holder = json.loads(lock.read() or "{}")
            except ValueError:
                holder = {}
            lock.close()
            where = ", ".join(f"{name} {value}" for name, value in holder.get("facts", {}).items()) or "-"
            raise RuntimeFault(
                "runtime_already_running",
                zh=f"已经在运行（进程 {holder.get('pid', '?')}；{where}）：请用它，或先在它的终端按 Ctrl-C。",
                en=f"Already running (process {holder.get('pid', '?')}; {where}): use it, or end it with Ctrl-C first.",
                **holder,
            ) from None
        self._lock = lock
        self._write_facts()

    def _write_facts(self) -> None:
        if self._lock is not None:
            self._lock.seek(0)
            self._lock.truncate()
            json.dump({"pid": os.getpid(), "facts": self.facts}, self._lock)
            self._lock.flush()

    def _lay_out(self) -> None:
        """Make the parts. Raises ValueError if two have the same name."""
        parts = list(self._make_parts())
        names = [part.name for part in parts]
        if len(set(names)) != len(names):
            raise ValueError(f"Two parts have the same name: {names}")
        self.parts = [_Running(part) for part in parts]
        self._width = max((len(name) for name in names), default=0)
        self._write_facts()

    def end_orphans(self) -> int:
        """End what an earlier, killed run of this checkout left running. Only safe while the lock is held."""
        count = 0
        for record in reversed(read_records(self.run_dir)):
            process = record.process()
            if process:
                count += end([process], how=record.stop_signal)
            (self.run_dir / f"{record.name}.json").unlink(missing_ok=True)
        count += end(marked(MARK, str(self.home)))
        if count:
            self.say(f"已清理上次留下的 {count} 个进程 ended {count} processes left by an earlier run")
        return count

    # One part

    def _environment(self, part: Part) -> dict[str, str]:
        added = part.env() if callable(part.env) else part.env
        return {**({} if part.clean_env else os.environ), **added, MARK: str(self.home)}

    def _launch(self, running: _Running) -> None:
        part = running.part
        running.started_at = time.monotonic()
        running.is_ready = running.said_ready = False
        running.start_again_at = None
        if part.prepare:
            part.prepare()
        argv = list(part.argv() if callable(part.argv) else part.argv)
        running.process = spawn(
            argv,
            env=self._environment(part),
            stdout=subprocess.PIPE,
            cwd=part.cwd,
            death_signal=part.stop_signal,
            run_as=part.run_as,
        )
        running.output = running.process.stdout
        if running.output is not None:
            os.set_blocking(running.output.fileno(), False)
        with contextlib.suppress(psutil.Error, OSError):
            # The process may be over already; then there is nothing to know again.
            if part.nice:
                psutil.Process(running.process.pid).nice(part.nice)
            Record.of(part.name, running.process.pid, argv, part.stop_signal).write(self.run_dir)

    def _log(self, name: str) -> IO[bytes]:
        log = self._logs.get(name)
        file = self.log_dir / f"{name}.log"
        if log is not None and log.tell() > LOG_LIMIT_BYTES:
            log.close()
            file.replace(file.with_suffix(".log.1"))
            log = None
        if log is None:
            log = file.open("ab", buffering=0)
            log.seek(0, os.SEEK_END)
            self._logs[name] = log
        return log

    def _read(self, running: _Running) -> None:
        """Move what a part has printed to its log and, line by line, to the terminal."""
        if running.output is None:
            return
        while True:
            try:
                chunk = running.output.read(65536)
            except OSError:
                chunk = b""
            if chunk is None:
                return
            if not chunk:
                running.output.close()
                running.output = None
                chunk, running.rest = running.rest, b""
                chunk = chunk + b"\n" if chunk else b""
                if not chunk:
                    return
            self._log(running.part.name).write(chunk)
            *lines, running.rest = (running.rest + chunk).split(b"\n")
            if running.part.ready_line and running.part.ready_line.encode() in b"\n".join(lines):
                running.said_ready = True
            if running.part.console:
                for line in lines:
                    if (words := shown(line)) is not None:
                        self.say(f"{running.part.name:<{self._width}} | {words}")
            if running.output is None:
                return

    def _tail(self, name: str) -> str:
        with contextlib.suppress(OSError):
            lines = (self.log_dir / f"{name}.log").read_text(errors="replace").splitlines()
            return "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])
        return ""

    # The loop

    def _pump(self, timeout_s: float | None) -> None:
        """Sleep until something happens, `timeout_s` at most; move output."""
        outputs = {running.output.fileno(): running for running in self.parts if running.output is not None}
        try:
            able, _, _ = select.select([self._wake_read, *outputs], [], [], timeout_s)
        except InterruptedError:
            return
        for descriptor in able:
            if descriptor == self._wake_read:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_read, 4096)
            else:
                self._read(outputs[descriptor])

    def _start_all(self) -> None:
        for running in self.parts:
            self._launch(running)
            if running.part.once or running.part.gate:
                self._await(running)
        for running in self.parts:
            self._await(running)

    def _await(self, running: _Running) -> None:
        """Wait until `running` is ready (a step: until it is over).

        Raises RuntimeFault `runtime_start_failed`, also if another part falls meanwhile; `_Stop` on a signal.
        """
        tries = 1
        while not running.is_ready:
            if self._stopping is not None:
                raise _Stop
            self._look_ready(running)
            if running.is_ready:
                return
            late = time.monotonic() - running.started_at > running.part.ready_timeout_s and not running.part.once
            if late or (running.process is not None and running.process.poll() is not None):
                self._read(running)
                self._put_away(running)
                if late or running.part.once or tries == TRIES_AT_START:
                    raise self._failure(running, late=late)
                tries += 1
                self._launch(running)
            for other in self.parts:
                if other.is_ready and not other.part.once and not other.alive:
                    self._fallen(other)
                if other.start_again_at is not None and other.start_again_at <= time.monotonic():
                    self._launch(other)
                if other is not running and not other.is_ready and other.alive:
                    self._look_ready(other)
            self._pump(ASK_READY_EVERY_S)

    def _look_ready(self, running: _Running) -> None:
        part = running.part
        if running.process is None or running.is_ready:
            return
        code = running.process.poll()
        if part.once:
            if code != 0:
                return
            self._read(running)
            self._put_away(running)
        else:
            said = part.ready_line is None or running.said_ready
            if code is not None or not said or not (part.ready is None or part.ready()):
                return
        running.is_ready = True
        self._progress(running, "完成" if part.once else "就绪", "done" if part.once else "ready")

    def _failure(self, running: _Running, *, late: bool) -> RuntimeFault:
        part = running.part
        why_zh = f"{part.ready_timeout_s:.0f} 秒内没有就绪" if late else "没有启动成功"
        why_en = f"was not ready within {part.ready_timeout_s:.0f} s" if late else "did not start"
        tail = self._tail(part.name)
        return RuntimeFault(
            "runtime_start_failed",
            zh=f"{part.zh}{why_zh}。日志 log/{part.name}.log 的末尾：\n{tail}\n",
            en=f"{part.en} {why_en}: mend what the lines above say and start again.",
            part=part.name,
        )

    def _put_away(self, running: _Running) -> None:
        """Clear the rest of a part that ended: children that it left, its record."""
        if running.process is not None:
            end_group(running.process.pid)
            running.process.wait()
        if running.output is not None:
            self._read(running)
        if running.output is not None:
            running.output.close()
            running.output = None
        running.process = None
        (self.run_dir / f"{running.part.name}.json").unlink(missing_ok=True)

    def _fallen(self, running: _Running) -> None:
        """A part that was up has ended by itself: plan its restart, later each time it falls soon again."""
        code = running.process.poll() if running.process is not None else None
        if time.monotonic() - running.started_at > CALM_AFTER_S:
            running.falls = 0
        wait_s = min(FIRST_WAIT_S * 2**running.falls, LONGEST_WAIT_S)
        running.falls += 1
        running.restarts += 1
        self._put_away(running)
        running.is_ready = False
        running.start_again_at = time.monotonic() + wait_s
        self.say(
            f"!! {running.part.zh}意外退出（{code}），{wait_s:.1f} 秒后重新启动 "
            f"{running.part.en} ended unexpectedly ({code}), restarting in {wait_s:.1f} s"
        )

    def _watch(self) -> None:
        while self._stopping is None:
            now = time.monotonic()
            for running in self.parts:
                if running.part.once:
                    continue
                if running.process is not None and not running.alive:
                    self._fallen(running)
                elif running.start_again_at is not None and running.start_again_at <= now:
                    self._relaunch(running)
                elif running.alive and not running.is_ready:
                    self._look_ready(running)
            waits = [running.start_again_at - now for running in self.parts if running.start_again_at is not None]
            if any(running.alive and not running.is_ready for running in self.parts):
                waits.append(ASK_READY_EVERY_S)
            self._pump(max(0.0, min(waits)) if waits else None)

    def _relaunch(self, running: _Running) -> None:
        """Start a fallen part again. What cannot be prepared now (a full disk) is tried again later."""
        try:
            self._launch(running)
        except (RuntimeFault, OSError) as fault:
            self.say(f"!! {running.part.name}: {fault}")
            running.falls += 1
            running.start_again_at = time.monotonic() + min(FIRST_WAIT_S * 2**running.falls, LONGEST_WAIT_S)

    def _stop_all(self) -> None:
        """Stop in reverse order. What nothing waited for (gate=False) is asked at once, of the rest each when the one
        before it is over. A second signal cuts the patience to a second.
        """
        self.say("正在停止 stopping …")
        there = [running for running in reversed(self.parts) if running.process is not None]
        asked = {running.part.name: self._ask_to_stop(running) for running in there if not running.part.gate}
        for running in there:
            began = asked[running.part.name] if running.part.name in asked else self._ask_to_stop(running)
            while running.alive:
                patience_s = min(running.part.stop_timeout_s, 1.0) if self._hurry else running.part.stop_timeout_s
                left = patience_s - (time.monotonic() - began)
                if left <= 0:
                    self.say(f"!! {running.part.zh}没有按时停止，强行结束 {running.part.en} killed")
                    break
                self._pump(min(left, 0.25))
            self._put_away(running)
            self.say(f"    {running.part.zh}已停止 {running.part.en} stopped ({time.monotonic() - began:.1f} s)")

    def _ask_to_stop(self, running: _Running) -> float:
        """The moment of asking. To the leader only: a worker's children end their task first if nobody tells them."""
        if running.alive:
            assert running.process is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.process.pid, running.part.stop_signal)
        return time.monotonic()

    # Signals

    def _on_signal(self, number: int, _frame: object) -> None:
        if number == signal.SIGCHLD:
            return
        if self._stopping is not None:
            self._hurry = True
        self._stopping = number

    def run(self) -> int:
        """Start everything, watch until Ctrl-C, SIGTERM or SIGHUP, stop. Only in the main thread.

        Returns the exit code: 1 if a part did not start (it is said which, and all is stopped).
        Raises RuntimeFault if another instance runs.
        """
        self.acquire()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        wakeup_before = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        handlers_before = {number: signal.signal(number, self._on_signal) for number in watched}
        code = 0
        began = time.monotonic()
        try:
            try:
                self.end_orphans()
                self._lay_out()
                self._start_all()
                self.say(f"全部就绪 everything ready ({time.monotonic() - began:.1f} s)")
                if self.on_ready:
                    self.on_ready()
                self._watch()
            except _Stop:
                pass
            except RuntimeFault as fault:
                self.say(f"!! {fault}")
                code = 1
            finally:
                self._stop_all()
        finally:
            for number, handler in handlers_before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup_before)
            os.close(self._wake_read)
            os.close(self._wake_write)
            for log in self._logs.values():
                log.close()
            if self._lock is not None:
                self._lock.close()
                self._lock = None
        self.say("已停止 stopped")
        return code


class _Stop(Exception):
    """A signal came while parts were still starting."""


__all__ = ["MARK", "Part", "Supervisor"]
