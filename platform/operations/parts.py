"""What apps do for a procedure, found by the name of a module: an app above this one is never imported here.

| module | function | when, and in which seat |
|---|---|---|
| `opening` | `open_province(new) -> str` | a province is added; in its own seat. new: `Opening` |
| `ending` | `end_sessions(code) -> dict[str, int]` | a province is suspended; in its own seat |
| `resuming` | `resume_province(code) -> dict[str, int]` | it is resumed; as the owner in `public` |
| `closing` | `close_province(code, former) -> dict[str, int]` | it is removed; as the owner in `public` |
| `closing` | `outstanding(code) -> dict[str, int]` | what must be done before it is removed; as the owner |
| `rekeying` | `reseal() -> int` | the master key changes; in every seat with people |
| `rekeying` | `signs() -> str` | logs change their keys: the name (`audit.keys`) by which the seat signs something
|            |                     | else, "" where it does not; in every seat with a log |
| `rekeying` | `own_key() -> dict` | others know us by a key: its `generation`, and whether it is `former`, that is of a
|            |                     | master key on its way out; in the office's seat |
| `rekeying` | `next_key(after, by) -> int` | the one after that generation is made, once; in the office's seat |
| `rekeying` | `introduce() -> (told, missing)` | whoever knows an earlier one is told of it; in the courier's seat |

Each must bear being repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps


@dataclass(frozen=True)
class FirstPerson:
    """One of the three first administrators: the first sign-in is by a code to the phone."""

    role: str
    username: str
    name: str
    phone: str


@dataclass(frozen=True)
class Opening:
    """What every `open_province` gets."""

    code: str
    name: str
    title: str
    agency_word: str
    division_code: str
    is_superior: bool = False
    people: tuple[FirstPerson, ...] = field(default=())


def found(module: str, function: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """(label of the app, function) of each app that has it, in the order of INSTALLED_APPS."""
    for config in apps.get_app_configs():
        name = f"{config.name}.{module}"
        if find_spec(name) is not None and hasattr(part := import_module(name), function):
            yield config.label, getattr(part, function)
