"""Guards: tests marked `guard("G4")`, each proved by a fault that is planted on purpose.

`--guard G4` runs only that guard. `--plant NAME` imports tests/planted/NAME.py and plants its fault first; the guard it
names must then fail. `python tests/planted/run.py` does both for every fault.

A fault module has `GUARD` (the guard's name), and `plant()` (called once, Django being set up; patches code by name)
or `plant_database(cluster)` (called when the run's database is ready), or both. `AT` (a pattern) names the addresses it
spoils, where the guard tries only some of all: with and without the fault they are all tried (`--at PATTERN`).
"""

import os
import re
import zlib
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import TypeVar

import pytest

T = TypeVar("T")
PLANTED: list[ModuleType] = []
AT: list[re.Pattern[str]] = []


def size(quick: T, full: T) -> T:
    """How much a guard tries: `quick` in `make test`, `full` when GUARD_SIZE=full."""
    return full if os.environ.get("GUARD_SIZE") == "full" else quick


def one_in(quick: int, full: int, *what: str) -> bool:
    """Whether this one is tried: one of so many, always the same ones, and all that `--at` names."""
    return any(at.search(what[0]) for at in AT) or zlib.crc32(" ".join(what).encode()) % size(quick, full) == 0


def add_options(parser: pytest.Parser) -> None:
    """--guard, --plant and --at."""
    group = parser.getgroup("guards")
    group.addoption("--guard", help="run only the tests marked guard(NAME)")
    group.addoption("--plant", help="plant the fault of tests/planted/NAME.py first")
    group.addoption("--at", help="try every address that matches PATTERN, beside those of the sample")


def plant(config: pytest.Config) -> None:
    """Plant the fault asked for."""
    if pattern := config.getoption("--at"):
        AT.append(re.compile(pattern))
    if name := config.getoption("--plant"):
        fault = import_module(f"planted.{name}")
        PLANTED.append(fault)
        getattr(fault, "plant", lambda: None)()


def plant_in_database(cluster: object) -> None:
    """Let the planted fault change the run's database."""
    for fault in PLANTED:
        getattr(fault, "plant_database", lambda cluster: None)(cluster)


def give_time(items: list[pytest.Item]) -> None:
    """At the full size a guard tries for as long as it needs: hours, on a small machine."""
    for item in items if size(False, True) else ():
        if item.get_closest_marker("guard"):
            item.add_marker(pytest.mark.timeout(0), append=False)  # before its own, which is meant for the quick size


def keep_guard(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is not asked for by --guard."""
    name = config.getoption("--guard")
    if not name:
        return
    asked = [item for item in items if any(name in mark.args for mark in item.iter_markers("guard"))]
    config.hook.pytest_deselected(items=[item for item in items if item not in asked])
    items[:] = asked


@pytest.fixture
def trials(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[[int], None]:
    """`trials(68)`: how many attempts a guard's test has made, added up and printed at the end."""
    names = [mark.args[0] for mark in request.node.iter_markers("guard")]
    return lambda count: [record_property(f"trials {name}", count) for name in names] and None


def print_trials(reporter: pytest.TerminalReporter) -> None:
    """One line for each guard that ran."""
    total: Counter[str] = Counter()
    for reports in reporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name.startswith("trials ") and getattr(report, "when", "") == "call":
                    total[name.removeprefix("trials ")] += value
    for name, count in sorted(total.items()):
        reporter.write_line(f"guard {name}: {count} trials (a clean run means a true rate under {3 / count:.2g})")
