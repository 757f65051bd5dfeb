"""A clue became urgent: whoever wakes people says so here. This app knows nobody who does."""

from __future__ import annotations

from collections.abc import Callable

from audit.trail import Person
from tenants.clues.models import Clue

Waker = Callable[[Clue, Person], None]
_wakers: list[Waker] = []


def on_urgent(func: Waker) -> Waker:
    """Have `func(clue, by)` called in the transaction in which an urgent clue is registered."""
    if func not in _wakers:
        _wakers.append(func)
    return func


def became_urgent(clue: Clue, by: Person) -> None:
    """Say it. What is not said here is found by the sweep a few seconds later."""
    for func in _wakers:
        func(clue, by)
