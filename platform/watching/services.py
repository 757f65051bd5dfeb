"""Look, and write down what was found: figures and states, for the office, for Prometheus, for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from kernel import clock
from provinces.context import required
from provinces.hosts import DIRECTORY
from watching import health
from watching.board.models import Reading, Standing
from watching.health import Host, Looked, State

SILENT = timedelta(minutes=5)
"""A seat whose reading is older than this is not watched any more: its tasks do not run."""


def kind_of_host() -> Host:
    """Which host's checks are made in the seat of this thread."""
    seat = required()
    if seat.kind == "province":
        superior = DIRECTORY.superior()
        return "superior" if superior is not None and superior.seat == seat else "province"
    return seat.kind  # type: ignore[return-value] # brands, office, public; nobody else looks


def take_reading() -> Reading:
    """Make all checks of this seat and keep what they found, instead of what was kept before."""
    # Whether tasks run is what the reading's own age says.
    found = [each for each in health.look(kind_of_host()) if each.check.name != "workers"]
    seat, now = required().name, clock.now()
    state = health.worst(found)
    figures: dict[str, float] = {}
    for each in found:
        figures |= {name: float(value) for name, value in each.finding.figures.items() if name in health.FIGURES}
    with transaction.atomic():
        before = Reading.objects.select_for_update().filter(seat=seat).first()
        since = before.since if before is not None and before.state == state else now
        said: dict[str, Any] = {
            "state": state,
            "since": since,
            "states": {each.check.name: str(each.finding.state) for each in found},
            "figures": figures,
            "taken_at": now,
            "version": settings.VERSION[:40],
        }
        reading, _made = Reading.objects.update_or_create(seat=seat, defaults=said)
    return reading


def say_standing() -> Standing:
    """In the office's seat: how the whole stands, for everybody. One province's trouble is not told; many are."""
    now = clock.now()
    readings = list(Reading.objects.all())
    silent = [each for each in readings if now - each.taken_at > SILENT]
    broken = [each for each in readings if _is_felt(each)]
    worse = bool(readings) and (len(silent) * 2 > len(readings) or len(broken) * 2 > len(readings))
    state = State.WORSE if worse else State.GOOD
    with transaction.atomic():
        before = Standing.objects.select_for_update().first()
        since = before.since if before is not None and before.state == state else now
        said, _made = Standing.objects.update_or_create(
            id=1, defaults={"state": str(state), "since": since, "looked_at": now}
        )
    return said


FELT = ("database", "store", "queues", "valkey", "letters")
"""Checks whose failing people notice."""


def _is_felt(reading: Reading) -> bool:
    return any(reading.states.get(name) == State.BAD for name in FELT)


def forget_gone(keep: set[str]) -> int:
    """In the office's seat: drop readings of seats that are no more. Returns how many."""
    return Reading.objects.exclude(seat__in=keep).delete()[0]


def shown(found: list[Looked]) -> list[dict[str, Any]]:
    """For pages and the API."""
    return [
        {
            "name": each.check.name,
            "title": each.check.title,
            "state": str(each.finding.state),
            "state_name": health.NAMES[each.finding.state],
            "said": each.finding.said,
            "figures": dict(each.finding.figures),
        }
        for each in found
    ]
