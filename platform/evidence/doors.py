"""Who may see an exhibit. Nobody, until an app above registers a door that says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from accounts.models import User

if TYPE_CHECKING:
    from evidence.models import Exhibit

Door = Callable[[User, "Exhibit"], bool]
_doors: list[Door] = []
_original_doors: list[Door] = []


def register(door: Door, *, originals: bool = False) -> Door:
    """Let those in for whom `door(person, exhibit)` is true. originals: to the original too, not to the view alone."""
    registered = _original_doors if originals else _doors
    if door not in registered:
        registered.append(door)
    return door


def open_to(person: User, exhibit: Exhibit, *, original: bool = False) -> bool:
    """Whether one of the doors lets this person in."""
    if original:
        return any(door(person, exhibit) for door in _original_doors)
    return any(door(person, exhibit) for door in (*_doors, *_original_doors))
