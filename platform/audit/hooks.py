"""Who wants to hear of each line of the trail, in the transaction that writes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True, slots=True)
class Step:
    """What was done to some rows of one model. The states are empty where nothing moved."""

    rows: Sequence[models.Model]
    verb: str
    from_state: str
    to_state: str


Listener = Callable[[Step], None]
_listeners: list[Listener] = []


def on_step(listener: Listener) -> None:
    """Have `listener` called for each line of the trail from now on. What it raises ends the change."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(rows: Sequence[models.Model], verb: str, *, from_state: str, to_state: str) -> None:
    """Tell all who listen. The trail does this."""
    if _listeners:
        step = Step(rows, verb, from_state, to_state)
        for listener in _listeners:
            listener(step)
