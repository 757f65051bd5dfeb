"""Checks: what an operator, or a province's administrator, wants to know at a glance.

An app puts its checks in a module `health.py`; it is imported at start-up:

    register(Check("letters_stuck", _("滞留件"), probe=_stuck, hosts=("province", "office")))

    def _stuck() -> Finding:
        count = ...
        return worse(_("有 {count} 封没有送到…"), count=count) if count else good(figure=…)

A probe runs in the seat of whoever asks, reads only, and says three things: how it stands, in one sentence what to do,
and figures. Figures go to Prometheus under their declared names with the label `province`; they are numbers, never
contents. A probe that fails is itself a finding.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from kernel.errors import Words
from provinces.context import required

log = logging.getLogger(__name__)
Host = Literal["province", "superior", "brands", "office", "public"]


class State(StrEnum):
    """How something stands: in order, to be looked after, broken, or not to be said."""

    GOOD = "good"
    WORSE = "worse"
    BAD = "bad"
    UNKNOWN = "unknown"


WORST_FIRST = (State.BAD, State.WORSE, State.UNKNOWN, State.GOOD)
NAMES: dict[str, Words] = {
    State.GOOD: _("正常"),
    State.WORSE: _("需要处理"),
    State.BAD: _("故障"),
    State.UNKNOWN: _("查不到"),
}


@dataclass(frozen=True)
class Finding:
    """What a probe found. sentence: what it means and what to do, with `{names}` from data. figures: by declared name.

    data: numbers and dates for the sentence alone.
    """

    state: State
    sentence: Words = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The sentence in the language that is active now."""
        return str(self.sentence).format_map(dict(self.data))


@dataclass(frozen=True)
class Check:
    """One thing to look at. name: stable, for programs. hosts: whose status pages show it, and in whose seat it runs.

    once: it is about the installation and not about the seat, so one seat (the office's) is enough for figures.
    """

    name: str
    title: Words
    probe: Callable[[], Finding]
    hosts: tuple[Host, ...] = ("province", "brands", "office")
    once: bool = False


@dataclass(frozen=True)
class Looked:
    """A check and what it found."""

    check: Check
    finding: Finding
    ms: int = 0


CHECKS: dict[str, Check] = {}
FIGURES: dict[str, str] = {}
"""Figures that checks may tell, by name, with what they mean."""


def figure(name: str, meaning: str) -> str:
    """Declare a figure. Raises ValueError for a name that has another meaning already."""
    if not name.startswith("czj_") or FIGURES.setdefault(name, meaning) != meaning:
        raise ValueError(f"{name}: figures are called czj_… and have one meaning")
    return name


def register(check: Check) -> Check:
    """Have a check made. One registered again under its name replaces the first."""
    CHECKS[check.name] = check
    return check


def good(sentence: Words = "", *, figures: Mapping[str, float] | None = None, **data: object) -> Finding:
    """All is well."""
    return Finding(State.GOOD, sentence, figures or {}, data)


def worse(sentence: Words, *, figures: Mapping[str, float] | None = None, **data: object) -> Finding:
    """Somebody should look at it today."""
    return Finding(State.WORSE, sentence, figures or {}, data)


def bad(sentence: Words, *, figures: Mapping[str, float] | None = None, **data: object) -> Finding:
    """It does not work."""
    return Finding(State.BAD, sentence, figures or {}, data)


def graded(
    value: float, *, worse_from: float, bad_from: float | None = None, sentence: Words, name: str = "", **data: object
) -> Finding:
    """A finding by one number, the higher the worse. name: the figure that it is told as."""
    figures = {name: value} if name else {}
    if bad_from is not None and value >= bad_from:
        return bad(sentence, figures=figures, **data)
    if value >= worse_from:
        return worse(sentence, figures=figures, **data)
    return good(figures=figures)


def discover() -> None:
    """Import every app's module `health`."""
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.health") is not None and app.name != "watching":
            import_module(f"{app.name}.health")


def look(host: Host, *, only: Iterable[str] = ()) -> list[Looked]:
    """Make all checks of this kind of host in the seat that this thread holds, the worst first."""
    wanted = set(only)
    found = [
        _made(check)
        for check in CHECKS.values()
        if host in check.hosts and (not wanted or check.name in wanted)
    ]  # fmt: skip
    return sorted(found, key=lambda each: WORST_FIRST.index(each.finding.state))


def worst(found: Iterable[Looked]) -> State:
    """How the whole stands. What is not known makes nothing worse than "to be looked after"."""
    states = {each.finding.state for each in found}
    if State.BAD in states:
        return State.BAD
    return State.WORSE if states & {State.WORSE, State.UNKNOWN} else State.GOOD


def _made(check: Check) -> Looked:
    began = time.monotonic()
    try:
        finding = check.probe()
    except Exception as error:
        log.warning("check %s failed at %s: %s", check.name, required(), type(error).__name__)
        finding = Finding(State.UNKNOWN, _("这一项现在查不到。请一分钟后刷新；仍查不到，请联系运维。"))
    return Looked(check, finding, round((time.monotonic() - began) * 1000))
