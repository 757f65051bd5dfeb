"""What parts above do when a province comes back as it was: letters, heads of sealed logs, other installations.

They register at start-up and are called in the order of registration.

    @at_swap      as the owner, in the one transaction that puts the restored rows in place: all of it happens or none
    @on_return    in the seat of each province that came back, before it is served again; safe to repeat
    @on_rejoin    once, when all provinces of the restoration are back: for what is told beyond this installation
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass
class Return:
    """A province that comes back.

    since: the moment that its rows are of. until: when it was closed; what happened between is what it has forgotten.
    backup: name. whole: the shared tables went back with it, so this installation's own letters went back, too.
    before: the schema that holds the rows as they were until now, readable in `at_swap`; empty where there is none.
    coming: in `at_swap`, the schema that is about to take its place. Letters and deliveries that the backup knew stand
    in temporary tables then, see `goes_along`.
    found: what each hook has to say, by name, for the report; JSON.
    """

    restoration_id: UUID
    code: str
    since: datetime
    until: datetime
    whole: bool = False
    before: str = ""
    coming: str = ""
    new_host: bool = False
    found: dict[str, Any] = field(default_factory=dict)


AtSwap = Callable[[Return, Any], None]
OnReturn = Callable[[Return], None]
OnRejoin = Callable[[Mapping[str, Return]], None]

AT_SWAP: list[AtSwap] = []
ON_RETURN: list[OnReturn] = []
ON_REJOIN: list[OnRejoin] = []


def at_swap(function: AtSwap) -> AtSwap:
    """Have `function(back, cursor)` called in the transaction of the swap, as the owner standing in `public`."""
    if function not in AT_SWAP:
        AT_SWAP.append(function)
    return function


def on_return(function: OnReturn) -> OnReturn:
    """Have `function(back)` called in the seat of the province."""
    if function not in ON_RETURN:
        ON_RETURN.append(function)
    return function


def on_rejoin(function: OnRejoin) -> OnRejoin:
    """Have `function(backs)` called once at the end, without a seat; keys are the provinces' codes."""
    if function not in ON_REJOIN:
        ON_REJOIN.append(function)
    return function


@dataclass(frozen=True)
class Beside:
    """A shared table whose rows go with one province's backup. where: SQL condition with {code}, a plain name."""

    model: str
    where: str


BESIDE: list[Beside] = []


def goes_along(model: str, where: str) -> None:
    """Have rows of a shared table written with each province's backup, so that they can be compared at the swap.

    There they stand in a temporary table `back_<table>`, with the columns that the backup has.
    """
    line = Beside(model, where)
    if line not in BESIDE:
        BESIDE.append(line)
