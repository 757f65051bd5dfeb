"""Letters that an order from above may be on. The app that holds them says who sees which, and reads one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import Unit, User
from kernel.errors import Words


@dataclass(frozen=True, kw_only=True)
class Thing:
    """The record an order is on. unit: who owes the answer. holders: who does the work, if they are named.

    topics, event: how its page is told to fetch itself.
    """

    kind: str
    kind_name: Words
    row: Model
    number: str
    title: str
    unit: Unit
    url: str
    open: bool
    holders: Sequence[User] = ()
    topics: Sequence[str] = ()
    event: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """Letters of one kind. seen_by: the door of whoever holds them. rows: all, for the machine. read: as a `Thing`."""

    code: str
    name: Words
    seen_by: Callable[[User], QuerySet[Any]]
    rows: Callable[[], QuerySet[Any]]
    read: Callable[[Any], Thing]


LETTERS: dict[str, LetterKind] = {}


def register_letters(kind: LetterKind) -> None:
    """Let orders be given on letters of a kind."""
    LETTERS[kind.code] = kind
