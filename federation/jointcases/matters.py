"""One's own cases and clues beside a room. Apps above register where theirs are; nothing of them leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from kernel.errors import Words


@dataclass(frozen=True)
class Found:
    """A case or clue as its own pages call it."""

    id: UUID
    title: str
    url: str


@dataclass(frozen=True)
class _Source:
    label: Words
    find: Callable[[User, UUID], Found | None]
    recent: Callable[[User], list[Found]]


_sources: dict[str, _Source] = {}


def register(
    kind: str, label: Words, *, find: Callable[[User, UUID], Found | None], recent: Callable[[User], list[Found]]
) -> None:
    """find: the one with this id, if the person may see it. recent: those to choose from, newest first."""
    _sources[kind] = _Source(label, find, recent)


def label(kind: str) -> Words:
    """What a kind is called."""
    return _sources[kind].label if kind in _sources else kind


def find(person: User, kind: str, matter_id: UUID) -> Found | None:
    """One of them, or None for who may not see it."""
    source = _sources.get(kind)
    return source.find(person, matter_id) if source else None


def recent(person: User) -> list[tuple[str, Found]]:
    """What may be put beside a room, of every kind."""
    return [(kind, found) for kind, source in _sources.items() for found in source.recent(person)]
