"""Which papers there are. Apps above register theirs; this one knows no matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from kernel.errors import NotFound404, Words
from papers.content import PaperContent
from papers.models import Paper


@dataclass(frozen=True)
class Draft:
    """What a paper would say now, and whose it is."""

    content: PaperContent
    unit_id: UUID


@dataclass(frozen=True)
class Kind:
    """One kind of paper.

    build: reads the records through their own doors and raises what those raise, or BadInput when something is still
    missing. completed: told in the transaction that completes a paper, with who gave the last signature.
    officers: how many have to sign it at least.
    """

    code: str
    words: Words
    matter_kind: str
    build: Callable[[User, UUID], Draft]
    completed: Callable[[Paper, User], None] | None = None
    officers: int = 2


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Offer a kind of paper; at start-up."""
    _kinds[kind.code] = kind
    return kind


def kind(code: str) -> Kind:
    """One kind by its code. Raises NotFound404."""
    found = _kinds.get(code)
    if found is None:
        raise NotFound404()
    return found


def kinds_of(matter_kind: str) -> list[Kind]:
    """The papers of one kind of matter, in the order they were registered."""
    return [each for each in _kinds.values() if each.matter_kind == matter_kind]
