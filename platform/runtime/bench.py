"""Benches: each compares two things in one run and prints one JSON line.

A bench is a function in a module of `runtime.benches`, or in the module `benches` of an app, found by name:

    @bench("provision")
    def provision(stage: Stage) -> Result: ...

It runs in a process of its own whose settings point at an empty PostgreSQL and Valkey of this run, in a temporary
folder that is removed afterwards. Nothing of an installation is touched.
"""

import json
import os
import pkgutil
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path

from django.utils.module_loading import autodiscover_modules

from runtime import ports
from runtime.embedded import EmbeddedPostgres, EmbeddedValkey

SUPERUSER_ENV = "BENCH_SUPERUSER_URL"
OWNER = "czj_owner"


@dataclass(frozen=True, slots=True)
class Result:
    """n: how many measurements. ratio: the figure that has a bound. reference: what it was measured against."""

    n: int
    ratio: float
    reference: str
    figures: dict[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a bench may use. `prepare()` makes a migrated database without provinces; settings point at it."""

    superuser_url: str

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


Function = Callable[[Stage], Result]
_REGISTRY: dict[str, Function] = {}


def bench(name: str) -> Callable[[Function], Function]:
    """Register a function under a name."""

    def register(function: Function) -> Function:
        if name in _REGISTRY:
            raise ValueError(f"two benches are called {name}")
        _REGISTRY[name] = function
        return function

    return register


def found() -> dict[str, Function]:
    """All benches by name."""
    package = import_module("runtime.benches")
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"runtime.benches.{module.name}")
    autodiscover_modules("benches")
    return dict(sorted(_REGISTRY.items()))


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


def run_here(name: str) -> str:
    """Run one bench in this process, whose environment `run_apart` has made."""
    return line(name, found()[name](Stage(os.environ[SUPERUSER_ENV])))


def run_apart(name: str, manage: Path) -> int:
    """Start fresh servers, run one bench against them in a child process, clean up. Returns its exit status."""
    with tempfile.TemporaryDirectory(prefix="czj-bench-") as name_of_folder:
        folder = Path(name_of_folder)
        folder.chmod(0o711)  # the database server may run as another user
        postgres = EmbeddedPostgres(folder / "postgres", ports.free_port(), durable=False)
        valkey = EmbeddedValkey(folder / "valkey", ports.free_port(), durable=False)
        with postgres, valkey:
            password = secrets.token_urlsafe(16)
            environment = os.environ | {
                "DATABASE_URL": postgres.url("bench", user=OWNER, password=password),
                "BROKER_URL": valkey.url(),
                "CACHE_URL": valkey.url(1),
                "VAR_DIR": str(folder / "var"),
                "DATABASE_PREFIX": "",
                "DOMAIN": "bench.localhost",
                "DEBUG": "false",
                "S3_ENDPOINT_URL": "",
                SUPERUSER_ENV: postgres.url(),
            }
            return subprocess.run(
                [sys.executable, str(manage), "bench", name, "--here"], env=environment, check=False
            ).returncode


def median_ms(seconds: Sequence[float]) -> float:
    """Median of durations, in milliseconds."""
    return statistics.median(seconds) * 1000
