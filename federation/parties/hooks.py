"""What apps above add to the parties: what happens on enrolment, and which figures the coverage list shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from federation.parties.models import Organisation

OnEnrolled = Callable[[Organisation, Sequence[str]], None]
Figures = Callable[[datetime], dict[str, dict[UUID, int]]]
_on_enrolled: list[OnEnrolled] = []
_figures: list[Figures] = []


def on_enrolled(func: OnEnrolled) -> OnEnrolled:
    """Call `func(organisation, brand names)` in the transaction that approves an enrolment, at the office's seat."""
    if func not in _on_enrolled:
        _on_enrolled.append(func)
    return func


def figures(func: Figures) -> Figures:
    """Ask `func(now)` for columns of Coverage: {"median_answer_s": {organisation id: seconds}, …}."""
    if func not in _figures:
        _figures.append(func)
    return func


def enrolled(organisation: Organisation, brand_names: Sequence[str]) -> None:
    """Tell everybody; by `services` alone."""
    for func in _on_enrolled:
        func(organisation, brand_names)


def all_figures(now: datetime) -> dict[str, dict[UUID, int]]:
    """Everybody's columns together."""
    found: dict[str, dict[UUID, int]] = {}
    for func in _figures:
        found.update(func(now))
    return found
