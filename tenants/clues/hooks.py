"""What happens when a clue takes a step. Hooks run in the transaction of the step, after it.

Whoever moves a clue (`audit.move.move`) calls `state_changed(clue)` right after, and `merged(clue)` or `unmerged(clue)`
instead where a clue went into another or came back out. Those who listen register in `CluesConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenants.clues.models import Clue

Listener = Callable[["Clue"], None]
_changed: list[Listener] = []


def on_state_changed(func: Listener) -> Listener:
    """Call `func(clue)` after every step of a clue, and once when it is registered."""
    if func not in _changed:
        _changed.append(func)
    return func


def state_changed(clue: Clue) -> None:
    """Tell everybody that the clue stands where it stands now. Calling it twice for one step is harmless."""
    for func in _changed:
        func(clue)


def merged(clue: Clue) -> None:
    """The clue went into `clue.lead`: from now on its sources hear what happens to that one."""
    state_changed(clue)


def unmerged(clue: Clue) -> None:
    """The clue came back out: its sources hear of its own again."""
    state_changed(clue)
