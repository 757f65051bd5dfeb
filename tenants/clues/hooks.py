"""What others are told of a clue, in the transaction that changes it. The clue's own app knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from kernel.clock import Pause
from tenants.clues.models import Clue

Changed = Callable[[Clue, str], None]
Pauses = Callable[[Collection[UUID]], Iterable[tuple[UUID, Pause]]]
_changed: list[Changed] = []


def on_change(func: Changed) -> Changed:
    """Call `func(clue, verb)` after each step of a clue: register, propose, assess, dispatch, sign_for, return, end, …"""
    if func not in _changed:
        _changed.append(func)
    return func


def changed(clue: Clue, verb: str) -> None:
    """Tell everybody. Called by the services, once a step."""
    for func in _changed:
        func(clue, verb)
