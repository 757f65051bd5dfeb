"""Benches: each compares two things in one run and prints one JSON line.

A bench is a function in a module of `runtime.benches`, or in the module `benches` of an app, found by name:

    @bench("provision")
    def provision(stage: Stage) -> Result: ...

It runs in a process of its own whose settings point at an empty PostgreSQL and Valkey of this run, in a temporary
folder that is removed afterwards. Nothing of an installation is touched. One that needs neither says so
(`servers=False`) and starts at once.

A bench may take options of the command line, and one that rates answers instead of comparing times returns a `Score`:

    @bench("barcodes", options=[Option("--file", "the CSV to score", Path, required=True)], servers=False)
    def barcodes(stage: Stage) -> Score:
        rows = read(stage.options["file"])

With `--json` a score is one JSON object with its figures on top, without it a short table.
"""

import json
import os
import pkgutil
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.module_loading import autodiscover_modules

from runtime import ports
from runtime.embedded import EmbeddedPostgres, EmbeddedValkey

SUPERUSER_ENV = "BENCH_SUPERUSER_URL"
OWNER = "czj_owner"
_NOWHERE = "postgresql://nobody@127.0.0.1:1/nowhere"


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a bench on the command line: `--file FILE`. Two benches may share one if they read it alike."""

    flag: str
    help: str
    type: Callable[[str], Any] = str
    default: Any = None
    required: bool = False

    @property
    def name(self) -> str:
        """The key in `Stage.options`: `--my-file` is `my_file`."""
        return self.flag.removeprefix("--").replace("-", "_")


@dataclass(frozen=True, slots=True)
class Result:
    """n: how many measurements. ratio: the figure that has a bound. reference: what it was measured against."""

    n: int
    ratio: float
    reference: str
    figures: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """What an evaluation of a file gives: figures by name, mappings among them allowed."""

    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a bench may use. `prepare()` makes a migrated database without provinces; settings point at it.

    options: the values of the options that the bench declares, by name.
    """

    superuser_url: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def prepare(self) -> None:
        """Create the database, migrate `public` and the template, apply the declared rights."""
        from provinces.provisioning import migrate_all, setup_database

        setup_database(self.superuser_url, os.environ["DATABASE_URL"])
        outcome = migrate_all(processes=1)
        if outcome.failed or outcome.remaining:
            raise RuntimeError(f"the database is not as declared: {outcome}")

    def open_provinces(self, count: int) -> list[str]:
        """Provision provinces p01, p02, … up to `count` of them; those that exist already stay. Returns the codes."""
        from provinces import context
        from provinces.models import Province
        from provinces.provisioning import provision

        with context.owner():
            there = set(Province.objects.values_list("schema_name", flat=True))
        codes = [f"p{number:02}" for number in range(1, count + 1)]
        for number, code in enumerate(codes, 1):
            if code not in there:
                title = f"第{number}省市场监督管理局"
                provision(code, name=code, title=title, agency_word=code, division_code=f"{number:02}0000")
        return codes


Function = Callable[[Stage], Result | Score]


@dataclass(frozen=True, slots=True)
class Bench:
    """A registered function with what it declares."""

    run: Function
    options: tuple[Option, ...] = ()
    servers: bool = True


_REGISTRY: dict[str, Bench] = {}


def bench(name: str, *, options: Sequence[Option] = (), servers: bool = True) -> Callable[[Function], Function]:
    """Register a function under a name. servers: it needs PostgreSQL and Valkey."""

    def register(function: Function) -> Function:
        if name in _REGISTRY:
            raise ValueError(f"two benches are called {name}")
        _REGISTRY[name] = Bench(function, tuple(options), servers)
        return function

    return register


def found() -> dict[str, Bench]:
    """All benches by name."""
    package = import_module("runtime.benches")
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"runtime.benches.{module.name}")
    autodiscover_modules("benches")
    return dict(sorted(_REGISTRY.items()))


def say(what: str) -> None:
    """How far a long bench has come, with the load of the machine, to stderr: stdout is for its one line."""
    load = os.getloadavg()[0]
    print(f"{time.strftime('%H:%M:%S')} load {load:.1f}  {what}", file=sys.stderr, flush=True)


def line(name: str, result: Result) -> str:
    """The one JSON line."""
    shown = asdict(result)
    figures = {key: round(value, 4) if isinstance(value, float) else value for key, value in shown["figures"].items()}
    return json.dumps(
        {
            "name": name,
            "n": result.n,
            "figures": figures,
            "ratio": round(result.ratio, 3),
            "reference": result.reference,
        },
        ensure_ascii=False,
    )


def table(name: str, score: Score) -> str:
    """A score for reading: one figure a line, what lies within a mapping indented."""
    lines = [name]

    def add(figures: Mapping[str, Any], indent: str) -> None:
        for key, value in figures.items():
            if isinstance(value, Mapping):
                lines.append(f"{indent}{key}")
                add(value, indent + "  ")
            else:
                shown = f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else value
                lines.append(f"{indent}{key}: {shown}")

    add(score.figures, "  ")
    return "\n".join(lines)


def run_here(name: str, options: Mapping[str, Any] | None = None, *, as_json: bool = False) -> str:
    """Run one bench in this process, whose environment `run_apart` has made. Returns what is to be printed."""
    outcome = found()[name].run(Stage(os.environ.get(SUPERUSER_ENV, ""), options or {}))
    if isinstance(outcome, Score):
        return json.dumps(outcome.figures, ensure_ascii=False) if as_json else table(name, outcome)
    return line(name, outcome)


def run_apart(name: str, manage: Path, arguments: Sequence[str] = ()) -> int:
    """Run one bench in a child process, against fresh servers if it needs any. Returns its exit status.

    arguments: its options as they stood on the command line.
    """
    command = [sys.executable, str(manage), "bench", name, "--here", *arguments]
    with tempfile.TemporaryDirectory(prefix="czj-bench-") as name_of_folder:
        folder = Path(name_of_folder)
        folder.chmod(0o711)  # the database server may run as another user
        environment = os.environ | {
            "VAR_DIR": str(folder / "var"),
            "DATABASE_PREFIX": "",
            "DOMAIN": "bench.localhost",
            "DEBUG": "false",
            "S3_ENDPOINT_URL": "",
            "PERSON_CALLS_PER_MINUTE": "0",  # one person of a bench does the work of hundreds
        }
        if not found()[name].servers:
            return subprocess.run(command, env=environment | {"DATABASE_URL": _NOWHERE}, check=False).returncode
        postgres = EmbeddedPostgres(folder / "postgres", ports.free_port(), durable=False)
        valkey = EmbeddedValkey(folder / "valkey", ports.free_port(), durable=False)
        with postgres, valkey:
            password = secrets.token_urlsafe(16)
            environment |= {
                "DATABASE_URL": postgres.url("bench", user=OWNER, password=password),
                "BROKER_URL": valkey.url(),
                "CACHE_URL": valkey.url(1),
                SUPERUSER_ENV: postgres.url(),
            }
            return subprocess.run(command, env=environment, check=False).returncode


def median_ms(seconds: Sequence[float]) -> float:
    """Median of durations, in milliseconds."""
    return statistics.median(seconds) * 1000
