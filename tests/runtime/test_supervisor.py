"""The supervisor: order of start and stop, restart of what dies, one instance a checkout, nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from runtime.processes import Record, marked, read_records
from runtime.supervisor import MARK

# Three tiny parts and a step. Each writes what happens to it into one file, so that the order can be read there.
HOUSE = '''
import sys
from pathlib import Path
from runtime.faults import RuntimeFault
from runtime.supervisor import Part, Supervisor

home = Path(sys.argv[1])
DUMMY = """
import os, signal, sys, time
from pathlib import Path
name, home = sys.argv[1], Path(sys.argv[2])
def note(word):
    with (home / "order").open("a") as out:
        out.write(f"{word} {name}\\\\n")
def end(*_):
    note("asked")
    while (home / f"{name}.waits").exists():
        time.sleep(0.05)
    note("stop")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
time.sleep(0.2)
note("start")
(home / f"{name}.up").write_text(str(os.getpid()))
print(f"{name} speaking", flush=True)
while True:
    time.sleep(60)
"""
def dummy(name, **more):
    up = home / f"{name}.up"
    return Part(name=name, zh=name, en=name, argv=[sys.executable, "-c", DUMMY, name, str(home)],
                prepare=lambda: up.unlink(missing_ok=True), ready=up.exists, **more)
parts = [dummy("first"), dummy("second")]
if "step-fails" in sys.argv:
    step = "print('no room'); raise SystemExit(3)"
else:
    step = f"open({str(home / 'order')!r}, 'a').write('step step\\\\n')"
parts.append(Part(name="step", zh="step", en="step", argv=[sys.executable, "-c", step], once=True))
if "deaf" in sys.argv:
    deaf = "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); print('listening', flush=True); time.sleep(60)"
    parts.append(Part(name="deaf", zh="deaf", en="deaf", argv=[sys.executable, "-c", deaf],
                      ready_line="listening", stop_timeout_s=0.5))
parts.append(dummy("third", gate=False))
if "crew" in sys.argv:
    parts.append(dummy("fourth", gate=False))
try:
    sys.exit(Supervisor(parts, home, facts={"web": "http://localhost:1"}).run())
except RuntimeFault as fault:
    print(fault.code, fault)
    sys.exit(9)
'''


class Run:
    """One supervisor in a process of its own, its output in a file."""

    def __init__(self, home, *words):
        self.home = home
        self.output_file = home / f"output-{time.monotonic_ns()}"
        path = os.pathsep.join(part for part in sys.path if part)
        with self.output_file.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", HOUSE, str(home), *words],
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": path},
            )

    @property
    def output(self):
        return self.output_file.read_text()

    @property
    def heard(self):
        file = self.home / "order"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def order(self):
        return [line for line in self.heard if not line.startswith("asked")]

    def wait_for(self, ready, timeout_s=15):
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if ready():
                return
            time.sleep(0.05)
        raise AssertionError(f"not within {timeout_s} s:\n{self.output}")

    def wait_ready(self):
        self.wait_for(lambda: "everything ready" in self.output)
        return self

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        return self.process.wait(15)


def pid_of(home, name):
    return int((home / f"{name}.up").read_text())


def living(home):
    return marked(MARK, str(home))


@pytest.fixture
def start(tmp_path):
    runs = []

    def begin(*words):
        runs.append(Run(tmp_path, *words))
        return runs[-1]

    yield begin
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
            run.process.wait()
    for process in living(tmp_path):
        process.kill()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_parts_start_in_order_and_stop_in_reverse(start, tmp_path, how):
    run = start().wait_ready()
    assert run.order == ["start first", "start second", "step step", "start third"]
    assert re.search(r"^\[1/4\] first就绪 first ready \(\d+\.\d s\)$", run.output, re.M)
    assert "second | second speaking" in run.output
    assert "second speaking" in (tmp_path / "log" / "second.log").read_text()
    assert run.stop(how) == 0
    assert run.order[4:] == ["stop third", "stop second", "stop first"]
    assert living(tmp_path) == []
    assert read_records(tmp_path / "run") == []


def test_a_killed_part_is_started_again_and_the_others_go_on(start, tmp_path):
    run = start().wait_ready()
    first, second = pid_of(tmp_path, "first"), pid_of(tmp_path, "second")
    os.kill(second, signal.SIGKILL)
    run.wait_for(lambda: (tmp_path / "second.up").exists() and pid_of(tmp_path, "second") != second)
    assert pid_of(tmp_path, "first") == first
    assert "second ended unexpectedly (-9), restarting in 0.5 s" in run.output
    os.kill(pid_of(tmp_path, "second"), signal.SIGKILL)
    run.wait_for(lambda: "restarting in 1.0 s" in run.output)
    assert run.stop() == 0


def test_a_second_instance_is_refused_and_told_where_the_first_is(start, tmp_path):
    first = start().wait_ready()
    second = start()
    assert second.process.wait(10) == 9
    assert "runtime_already_running" in second.output
    assert str(first.process.pid) in second.output
    assert "http://localhost:1" in second.output
    assert len(first.order) == 4
    assert first.stop() == 0


def test_after_kill_9_of_everything_the_next_start_works(start, tmp_path):
    run = start().wait_ready()
    run.process.kill()
    run.process.wait()
    run.wait_for(lambda: not living(tmp_path))
    again = start().wait_ready()
    assert again.stop() == 0


def test_an_orphan_of_an_earlier_run_is_ended_and_a_stranger_is_not(start, tmp_path):
    (tmp_path / "run").mkdir()
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    known, by_mark, stranger = (
        subprocess.Popen(sleep, env={**os.environ, **mark}, start_new_session=True)
        for mark in ({}, {MARK: str(tmp_path)}, {})
    )
    try:
        Record.of("known", known.pid, sleep, signal.SIGTERM).write(tmp_path / "run")
        # Same id, other start time: the id was given to somebody else since.
        record = Record("stranger", stranger.pid, psutil.Process(stranger.pid).create_time() - 500, " ".join(sleep), 15)
        record.write(tmp_path / "run")
        (tmp_path / "run" / "broken.json").write_text(json.dumps({"name": "brok"})[:-4])
        run = start().wait_ready()
        assert known.wait(5) == -signal.SIGTERM
        assert by_mark.wait(5) == -signal.SIGTERM
        assert stranger.poll() is None
        assert run.stop() == 0
    finally:
        for process in (known, by_mark, stranger):
            process.kill()
            process.wait()


def test_a_failed_step_is_named_and_everything_is_stopped(start, tmp_path):
    run = start("step-fails")
    assert run.process.wait(15) == 1
    assert "no room" in run.output
    assert "runtime_start_failed" in run.output
    assert run.order == ["start first", "start second", "stop second", "stop first"]
    assert living(tmp_path) == []


def test_a_part_that_does_not_stop_is_killed_after_its_time(start, tmp_path):
    run = start("deaf").wait_ready()
    assert run.stop() == 0
    assert "deaf killed" in run.output
    assert run.order[-1] == "stop first"
    assert living(tmp_path) == []


def test_whatever_nothing_waits_for_is_asked_at_once_and_the_servers_go_when_all_of_it_is_over(start, tmp_path):
    run = start("crew").wait_ready()
    (tmp_path / "fourth.waits").touch()
    run.process.send_signal(signal.SIGTERM)
    run.wait_for(lambda: "stop third" in run.heard)
    assert "asked fourth" in run.heard
    assert not {"stop fourth", "asked second", "asked first"} & set(run.heard)
    (tmp_path / "fourth.waits").unlink()
    assert run.process.wait(15) == 0
    assert run.heard[-5:] == ["stop fourth", "asked second", "stop second", "asked first", "stop first"]


def test_a_signal_during_the_start_stops_what_was_started(start, tmp_path):
    run = start()
    run.wait_for(lambda: "start first" in run.order)
    assert run.stop() == 0
    assert run.order[-1] == "stop first"
    assert living(tmp_path) == []
