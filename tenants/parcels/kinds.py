"""Which records go by file. Apps register theirs: their columns, what goes out, how one that came in is checked and
taken in.

    register(RecordKind(name="clue", label=_("线索"), columns=(...), out=..., check=..., take=...))

What a column says about a value (needed, length, choices, date) is checked for all kinds alike before `check` is asked;
`check` writes nothing, `take` writes one record in a transaction of its own and raises what its services raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from accounts.models import User
from audit.trail import Person
from kernel.errors import Words


class Link(Protocol):
    """What is known here of a connection."""

    id: UUID
    name: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One item of a record. kind: text, date, moment, number, yes_no, list (words with 、 between in a sheet).

    choices: value -> what people pick; a sheet may hold either.
    """

    name: str
    label: Words
    kind: str = "text"
    needed: bool = False
    longest: int = 200
    choices: Mapping[str, Words] = field(default_factory=dict)
    hint: Words = ""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that goes with a record: its bytes lie in the store under `object_key`, or are `content`.

    sha256: of what was stored; a changed file does not go.
    """

    name: str
    media_type: str
    object_key: str = ""
    sha256: str = ""
    content: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record on its way out. said: by column, for the table. whole: as JSON, where it says more than the table."""

    id: UUID | str
    at: datetime
    said: Mapping[str, Any]
    whole: Mapping[str, Any] | None = None
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Given:
    """One record that came in. said: by column, checked. before: the record here that the same number made earlier.

    open: a file of the package by its SHA-256, None where there is none.
    """

    connection: Link
    by: User
    ref: str
    said: Mapping[str, Any]
    before: UUID | None = None
    open: Callable[[str], BinaryIO | None] = lambda sha256: None


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What would become of it: "new", "change", "same" or "rejected" (with code, column, data)."""

    effect: str
    code: str = ""
    column: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    record_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Made:
    """What was written, and where it is seen."""

    record_id: UUID
    title: str = ""
    url: str = ""
    changed: bool = False


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A record of a file that is in: what it said, and the record here."""

    said: Mapping[str, Any]
    record_id: UUID


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the other side says of a record that went out in our parcel of that number; ref empty: of the whole parcel.

    refused: it was not taken there. words: why, in its own.
    """

    connection_id: UUID
    parcel: int
    ref: str
    refused: bool
    words: str


Out = Callable[[Link, datetime, datetime], Iterable[Record]]
Check = Callable[[Given], Checked]
Take = Callable[[Given], Made]
Went = Callable[[Link, Sequence[str], int], None]
Heard = Callable[[Answer, Person], None]
Finish = Callable[[Link, User, Sequence[Taken]], None]


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """One kind. columns: of what comes in; out_columns: of what goes out, where they differ.

    for_kinds: of connections that exchange it; None: all. rewritable: the same number may come again saying something
    else, which changes the record. title: which column names a row in the report. went: told, in the transaction that
    makes a parcel ready, which records are in it and its number. heard: told, in the transaction that keeps a receipt,
    what became of them there, each time that is something new. keep: asked before the transaction of `take`, to keep
    files that the record names. finish: told once, after the rows of a file, of those that were new; safe to run twice.
    """

    name: str
    label: Words
    columns: tuple[Column, ...] = ()
    out_columns: tuple[Column, ...] = ()
    out: Out | None = None
    check: Check | None = None
    take: Take | None = None
    for_kinds: frozenset[str] | None = None
    rewritable: bool = False
    title: str = ""
    went: Went | None = None
    heard: Heard | None = None
    keep: Callable[[Given], None] | None = None
    finish: Finish | None = None

    @property
    def goes_out(self) -> bool:
        return self.out is not None

    @property
    def comes_in(self) -> bool:
        return self.check is not None and self.take is not None


_kinds: dict[str, RecordKind] = {}


def register(kind: RecordKind) -> RecordKind:
    """Offer a kind of record; at start-up. Registering its name again replaces it."""
    _kinds[kind.name] = kind
    return kind


def kinds_of(connection: Link, *, incoming: bool = False) -> list[RecordKind]:
    """The kinds a connection exchanges, outward or inward."""
    return [
        each
        for each in _kinds.values()
        if (each.comes_in if incoming else each.goes_out)
        and (each.for_kinds is None or connection.kind in each.for_kinds)
    ]


def kind(name: str) -> RecordKind | None:
    """One kind by its name."""
    return _kinds.get(name)
