"""Open the sandbox, make it anew, and know when to."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from evidence.store import store
from kernel import clock
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.models import DirectoryVersion, Province
from provinces.provisioning import empty, provision
from provinces.seats import named_seat
from runtime.sample.papers import paper

log = logging.getLogger(__name__)
CODE = "sandbox"
DIVISION_CODE = "990000"
"""Of no division: the national list ends before."""
RESET_HOUR = 4
"""Of Beijing."""
BUSY_S = 600


@dataclass
class Stage:
    """What every `fill` and `clear` gets. code: the sandbox's. made: what one app leaves for the next, by name."""

    code: str
    now: datetime
    made: dict[str, Any] = field(default_factory=dict)

    def enter(self, name: str) -> AbstractContextManager[Any]:
        """Work for one seat inside the block."""
        return context.seat(named_seat(name))

    def owner(self) -> AbstractContextManager[Any]:
        """Work as the owner in `public`, inside the block."""
        return context.owner()

    def paper(self, title: str, lines: Sequence[str]) -> bytes:
        """A page as an applicant would hand it in: a JPEG, marked as without legal effect."""
        return paper(title, lines)


def create(say: Callable[[str], None] = log.info) -> bool:
    """Open the sandbox and fill it. Returns False where there is one."""
    with context.owner():
        if Province.objects.filter(schema_name=CODE).exists():
            return False
    began = time.monotonic()
    provision(
        CODE,
        name="沙箱",
        title="沙箱（联调用，每晚重置）",
        agency_word="沙箱",
        division_code=DIVISION_CODE,
        kind=Province.Kind.SANDBOX,
    )
    _fill()
    with context.owner():
        Province.objects.filter(schema_name=CODE).update(reset_at=clock.now())
        DirectoryVersion.objects.update(version=F("version") + 1)
    DIRECTORY.clear()
    say(f"sandbox: made in {time.monotonic() - began:.1f} s")
    return True


def reset(say: Callable[[str], None] = log.info) -> None:
    """Drop what was written and put the sample back. Nobody else notices."""
    began = time.monotonic()
    stage = Stage(CODE, clock.now())
    for module in _modules("clear"):
        module.clear(stage)
    empty(CODE)
    store().forget(f"{CODE}/")
    _fill()
    say(f"sandbox: reset in {time.monotonic() - began:.1f} s")


def mind(now: datetime | None = None) -> str:
    """Make the sandbox where it should be and is not; reset it once a night. Says which: "made", "reset", ""."""
    host = DIRECTORY.sandbox()
    wanted = settings.SANDBOX if host is None else due(host.reset_at, now or clock.now())
    if not wanted or not cache.add("sandbox-busy", True, BUSY_S):
        return ""
    try:
        if host is None:
            return "made" if create() else ""
        reset()
        return "reset"
    finally:
        cache.delete("sandbox-busy")


def due(reset_at: datetime | None, now: datetime) -> bool:
    """Whether it was last made before the most recent hour of resetting."""
    return reset_at is None or reset_at < last_hour(now)


def last_hour(now: datetime) -> datetime:
    """The most recent moment at which a reset was due."""
    local = now.astimezone(clock.SHANGHAI)
    today = local.replace(hour=RESET_HOUR, minute=0, second=0, microsecond=0)
    return today if today <= local else today - timedelta(days=1)


def _fill() -> None:
    stage = Stage(CODE, clock.now())
    for module in _modules("fill"):
        module.fill(stage)


def _modules(function: str) -> list[ModuleType]:
    found = []
    for config in apps.get_app_configs():
        name = f"{config.name}.sandbox"
        if config.name == "runtime" or find_spec(name) is None:
            continue
        module = import_module(name)
        if hasattr(module, function):
            found.append(module)
    return found
