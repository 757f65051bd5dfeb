"""What Prometheus reads: counters of all processes of this machine, and the figures that the checks left.

Served by `manage.py metrics` on an address of its own, for operators; no page of the product leads here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from kernel import clock
from provinces import context
from provinces.seats import OFFICE
from watching import health, metrics, readiness, selectors
from watching.checks.servers import queue_lengths

READING_AGE = "czj_reading_age_seconds"
STATE = "czj_check_state"
QUEUE = "czj_queue_waiting"
UP = "czj_up"
BUILD = "czj_build"
OWN = {
    READING_AGE: "Seconds since a seat last looked at itself",
    STATE: "0 good, 1 to be looked after, 2 broken, -1 not known",
    QUEUE: "Tasks that wait, by queue",
    UP: "1 while the part answers",
    BUILD: "1, with the version that runs",
}
_NUMBER = {health.State.GOOD: 0, health.State.WORSE: 1, health.State.BAD: 2, health.State.UNKNOWN: -1}


class Processes:
    """Counters that the processes of all folders below METRICS_DIR wrote."""

    def collect(self) -> Iterable[Metric]:
        files = list(living_files(Path(settings.METRICS_DIR)))
        merge: Callable[[list[str]], Iterable[Metric]] = MultiProcessCollector.merge
        return merge([str(each) for each in files]) if files else []


def living_files(base: Path) -> Iterator[Path]:
    """All files; but of a gauge, what a process that is gone left in the folder of this machine is taken away."""
    here = metrics.namespace()
    for folder in sorted(each for each in base.glob("*") if each.is_dir()):
        mark = folder / "namespace"
        same = mark.exists() and mark.read_text() == here
        for file in sorted(folder.glob("*.db")):
            number = file.stem.rpartition("_")[2]
            if same and file.name.startswith("gauge_live") and number.isdigit() and not _lives(int(number)):
                file.unlink(missing_ok=True)
                continue
            yield file


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Figures:
    """What the seats found of themselves, and what this process reaches now."""

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily(UP, OWN[UP], labels=["part"])
        reached = readiness.reached()
        for part in ("database", "valkey", "store"):
            up.add_metric([part], float(getattr(reached, part)))
        yield up
        build = GaugeMetricFamily(BUILD, OWN[BUILD], labels=["version"])
        build.add_metric([settings.VERSION], 1.0)
        yield build
        waiting = GaugeMetricFamily(QUEUE, OWN[QUEUE], labels=["queue"])
        for name, length in queue_lengths().items():
            waiting.add_metric([name], float(length))
        yield waiting
        if reached.database:
            yield from _of_readings(clock.now())


def _of_readings(now: datetime) -> Iterable[Metric]:
    with context.seat(OFFICE):
        readings = selectors.all_readings()
    ages = GaugeMetricFamily(READING_AGE, OWN[READING_AGE], labels=["province"])
    states = GaugeMetricFamily(STATE, OWN[STATE], labels=["province", "check"])
    families = {name: GaugeMetricFamily(name, meaning, labels=["province"]) for name, meaning in health.FIGURES.items()}
    for each in readings:
        ages.add_metric([each.seat], max(0.0, (now - each.taken_at).total_seconds()))
        for name, state in each.states.items():
            states.add_metric([each.seat, name], float(_NUMBER.get(state, -1)))
        for name, value in each.figures.items():
            if name in families:
                families[name].add_metric([each.seat], value)
    yield ages
    yield states
    yield from families.values()


def registry() -> CollectorRegistry:
    """Everything that is told, gathered anew at each question."""
    made = CollectorRegistry()
    if settings.METRICS_DIR:
        made.register(Processes())  # a collector by its shape
    made.register(Figures())
    return made


def text() -> bytes:
    """In Prometheus' own format."""
    return generate_latest(registry())


def names() -> set[str]:
    """Every name that may be told, as rules and boards write them."""
    from prometheus_client import REGISTRY

    counted = {
        sample
        for metric in REGISTRY.collect()
        if metric.name.startswith("czj_")
        for sample in (metric.name, *(f"{metric.name}_{end}" for end in ("total", "bucket", "sum", "count")))
    }
    return counted | set(OWN) | set(health.FIGURES)
