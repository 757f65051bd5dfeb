"""What says that goods of one request are the same as goods of an earlier one. Registered by name of the evidence.

A source is a function of a task that gives matches; it must rest on an equal unique code or on a run that people
confirmed, never on likeness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from appraisal.desk.models import DeskTask


@dataclass(frozen=True)
class Match:
    """item_id, earlier_item_id: rows of the desk (DeskItem). text: what an officer may read of why, no secrets."""

    item_id: UUID
    earlier_item_id: UUID
    basis: Literal["same_code", "same_run"]
    text: str = ""


Source = Callable[[DeskTask], Iterable[Match]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Ask this function too."""
    if source not in _sources:
        _sources.append(source)
    return source


def matches(task: DeskTask) -> list[Match]:
    """All matches of a task, an equal code before a run."""
    found = [match for source in _sources for match in source(task)]
    return sorted(found, key=lambda match: (match.basis != "same_code", str(match.item_id), str(match.earlier_item_id)))
